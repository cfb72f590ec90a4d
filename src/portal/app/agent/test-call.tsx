import { useMutation } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { api } from "../api.ts";
import { Button } from "../parts/button.tsx";
import { Highlight } from "../parts/kind.tsx";
import { Failed } from "../parts/states.tsx";
import { cutAtTokens, cutLikeMasked, type Piece, plain } from "../session/align.ts";

/** A turn of an invented patient through the real pipeline, and what each side saw of it. */
export function TestCall({ agentId }: { readonly agentId: string }) {
  const call = useMutation({ mutationFn: () => api.agents.testCall.mutate({ agent_id: agentId }) });
  const seen = call.data;
  return (
    <div className="space-y-3">
      <Button
        look="primary"
        icon={<Play className="size-4" aria-hidden />}
        busy={call.isPending}
        onClick={() => call.mutate()}
      >
        Send a test call
      </Button>
      {call.error !== null && <Failed error={call.error} />}
      {seen !== undefined && (
        <dl className="grid gap-3 md:grid-cols-2" aria-live="polite">
          <Side title="The caller said" pieces={cutLikeMasked(seen.sent, seen.upstream_saw) ?? [plain(seen.sent, 0)]} />
          <Side title="The model saw" pieces={cutAtTokens(seen.upstream_saw)} />
          <Side title="The model answered" pieces={cutAtTokens(seen.answered)} />
          <Side title="The caller heard" pieces={cutLikeMasked(seen.heard, seen.answered) ?? [plain(seen.heard, 0)]} />
        </dl>
      )}
    </div>
  );
}

function Side({ title, pieces }: { readonly title: string; readonly pieces: readonly Piece[] }) {
  return (
    <div className="rounded-lg border p-3">
      <dt className="text-xs font-medium text-muted">{title}</dt>
      <dd className="mt-1 text-sm leading-relaxed break-words whitespace-pre-wrap">
        {pieces.map((piece, at) =>
          piece.kind === null ? (
            piece.text
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text keep their order
            <Highlight key={at} kind={piece.kind}>
              {piece.text}
            </Highlight>
          ),
        )}
      </dd>
    </div>
  );
}
