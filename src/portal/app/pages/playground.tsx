import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, type Outputs } from "../api.ts";
import { Badge } from "../parts/badge.tsx";
import { SelectField } from "../parts/field.tsx";
import { Highlight, KindBadge } from "../parts/kind.tsx";
import { PageHead, Panel } from "../parts/panel.tsx";
import { Empty, Failed } from "../parts/states.tsx";
import { parseConversation } from "../playground/conversation.ts";
import { cutAtTokens } from "../session/align.ts";

type Masked = Outputs["detect"]["mask"];

const TYPING_PAUSE_MS = 180;
const SAMPLE = `agent: Thanks for calling Lakeside Clinic. Can I have your name and date of birth?
caller: it's Priya Raman, p r i y a, march fourteenth nineteen eighty two
agent: And a number we can reach you at?
caller: four one five, five five five, oh one three two`;

/** The firewall, live: nothing typed here is stored. */
export default function Playground() {
  const [text, setText] = useState(SAMPLE);
  const [policy, setPolicy] = useState("healthcare-default");
  const [other, setOther] = useState("");
  const policies = useQuery({ queryKey: ["policies"], queryFn: () => api.policies.list.query({ limit: 100 }) });
  const names = (policies.data?.data.map((one) => one.name) ?? ["healthcare-default"]).map(
    (name) => [name, name] as const,
  );
  const settled = useSettled(text);
  return (
    <>
      <PageHead
        title="Playground"
        hint="Type or paste a turn or a whole call. Lines that begin with “agent:” or “caller:” are read as a conversation. Nothing is stored."
      />
      <div className="grid gap-5 xl:grid-cols-2">
        <Panel title="The call">
          <textarea
            aria-label="Text of the call"
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.target.value)}
            className="h-72 w-full resize-y rounded-lg border bg-panel p-3 font-mono text-sm leading-relaxed"
          />
          <div className="mt-3 grid gap-3 sm:grid-cols-2">
            <SelectField
              label="Policy"
              value={policy}
              options={names}
              onChange={(event) => setPolicy(event.target.value)}
            />
            <SelectField
              label="Compare with"
              value={other}
              options={[["", "Nothing"], ...names.filter(([name]) => name !== policy)]}
              onChange={(event) => setOther(event.target.value)}
            />
          </div>
        </Panel>
        <div className="min-w-0 space-y-5">
          <Result text={settled} policy={policy} />
          {other !== "" && <Result text={settled} policy={other} />}
        </div>
      </div>
    </>
  );
}

function Result({ text, policy }: { readonly text: string; readonly policy: string }) {
  const messages = parseConversation(text);
  const masked = useQuery({
    queryKey: ["playground", policy, text],
    queryFn: () => api.detect.mask.mutate({ messages: [...messages], policy_name: policy }),
    enabled: text.trim() !== "",
    gcTime: 0,
    placeholderData: (before) => before,
  });
  if (text.trim() === "") {
    return (
      <Panel title={policy}>
        <Empty title="Type something at the left" />
      </Panel>
    );
  }
  return (
    <Panel
      title={policy}
      actions={masked.data !== undefined && <Badge tone="accent">{masked.data.spans.length} found</Badge>}
    >
      {masked.error !== null && <Failed error={masked.error} onRetry={() => masked.refetch()} />}
      {masked.data !== undefined && <Found messages={messages} masked={masked.data} />}
    </Panel>
  );
}

interface FoundProps {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly masked: Masked;
}

function Found({ messages, masked }: FoundProps) {
  return (
    <div className="space-y-5 text-sm leading-relaxed" aria-live="polite">
      <div className="space-y-2">
        <h3 className="text-xs font-medium text-muted">What was found</h3>
        {messages.map((message, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: messages keep their order
          <p key={at} className="break-words whitespace-pre-wrap">
            <Marked text={message.content} events={masked.spans.filter((event) => event.message === at)} />
          </p>
        ))}
      </div>
      <div className="space-y-2">
        <h3 className="text-xs font-medium text-muted">What the model would see</h3>
        {(masked.messages ?? []).map((message, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: messages keep their order
          <p key={at} className="font-mono text-xs break-words whitespace-pre-wrap">
            {cutAtTokens(message.content).map((piece, index) =>
              piece.kind === null ? (
                piece.text
              ) : (
                // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text keep their order
                <Highlight key={index} kind={piece.kind}>
                  {piece.text}
                </Highlight>
              ),
            )}
          </p>
        ))}
      </div>
      {masked.spans.length > 0 && (
        <ul className="flex flex-wrap gap-1.5 border-t pt-4">
          {masked.spans.map((event) => (
            <li key={`${event.message}:${event.start}`} className="flex items-center gap-1">
              <KindBadge kind={event.kind} />
              <span className="text-xs text-muted">
                {event.pass} {event.confidence.toFixed(2)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Marked({ text, events }: { readonly text: string; readonly events: Masked["spans"] }) {
  let at = 0;
  const out = events.flatMap((event) => {
    const before = text.slice(at, event.start);
    at = event.end;
    return [
      before,
      <Highlight
        key={event.start}
        kind={event.kind}
        title={`${event.kind}, ${event.pass}, ${event.confidence.toFixed(2)}`}
      >
        {text.slice(event.start, event.end)}
      </Highlight>,
    ];
  });
  return [...out, text.slice(at)];
}

/** The text once typing has paused. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
