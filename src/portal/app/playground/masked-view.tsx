import { Badge } from "../parts/badge.tsx";
import { Highlight } from "../parts/kind.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import { cutAtTokens } from "../session/align.ts";
import type { usePreview } from "./preview.ts";

interface MaskedViewProps {
  readonly policy: string;
  readonly preview: ReturnType<typeof usePreview>;
  readonly empty: boolean;
}

/** What would cross to the model under one policy. */
export function MaskedView({ policy, preview, empty }: MaskedViewProps) {
  const { data, error, refetch } = preview;
  return (
    <Panel
      title={<span title={policy}>What the model would see, under {policy}</span>}
      actions={data !== undefined && !empty && <Badge tone="accent">{data.spans.length} found</Badge>}
    >
      {error !== null && <Failed error={error} onRetry={() => refetch()} />}
      {empty && <Empty title="Type something, or paste a call" />}
      {!empty && data === undefined && error === null && <Loading lines={5} />}
      {!empty && data !== undefined && (
        <div className="space-y-3 text-sm leading-relaxed" aria-live="polite">
          {data.blocked && (
            <p className="rounded-lg bg-bad-soft px-3 py-2 font-medium text-bad">
              This policy refuses the request: nothing would be sent.
            </p>
          )}
          {data.ner_skipped && (
            <p className="rounded-lg bg-warn-soft px-3 py-2 text-warn">
              The detection model was not used: what only it finds is missing here.
            </p>
          )}
          {(data.messages ?? []).map((message, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: messages keep their order
            <div key={at}>
              <p className="text-xs font-medium text-muted">{message.role}</p>
              <p className="break-words whitespace-pre-wrap">
                {cutAtTokens(message.content).map((piece) =>
                  piece.kind === null ? (
                    piece.text
                  ) : (
                    <Highlight key={piece.at} kind={piece.kind}>
                      <span className="font-mono text-xs break-all">{piece.text}</span>
                    </Highlight>
                  ),
                )}
              </p>
            </div>
          ))}
        </div>
      )}
    </Panel>
  );
}
