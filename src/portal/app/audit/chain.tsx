import { useMutation } from "@tanstack/react-query";
import { ShieldCheck, ShieldX } from "lucide-react";
import { api, type Outputs } from "../api.ts";
import { Button } from "../parts/button.tsx";
import { Copyable } from "../parts/copy.tsx";
import { Panel } from "../parts/panel.tsx";
import { Failed } from "../parts/states.tsx";

/** Walks the chain on request, and says what came of it. */
export function Chain() {
  const verify = useMutation({ mutationFn: () => api.audit.verify.mutate({}) });
  return (
    <Panel
      title="The chain"
      actions={
        <Button look="primary" busy={verify.isPending} onClick={() => verify.mutate()}>
          {verify.isPending ? "Verifying…" : "Verify now"}
        </Button>
      }
    >
      <div aria-live="polite">
        {verify.error !== null && <Failed error={verify.error} />}
        {verify.isPending && (
          <p className="text-sm text-muted">
            Reading the log from its first event: every hash, every signed checkpoint. Calls go on meanwhile; a log of
            millions of events takes some minutes.
          </p>
        )}
        {verify.isIdle && (
          <p className="text-sm text-muted">Walks the whole log and says whether every event is as it was written.</p>
        )}
        {verify.data !== undefined && !verify.isPending && <Verdict found={verify.data} />}
      </div>
    </Panel>
  );
}

function Verdict({ found }: { readonly found: Outputs["audit"]["verify"] }) {
  const Icon = found.ok ? ShieldCheck : ShieldX;
  const { first_break, complete_to_seq, notes } = found;
  return (
    <div
      className={`flex items-start gap-3 rounded-lg px-4 py-3 text-sm ${found.ok ? "bg-good-soft text-good" : "bg-bad-soft text-bad"}`}
    >
      <Icon className="size-5 shrink-0" aria-hidden />
      <div className="min-w-0 flex-1 space-y-1">
        <p className="font-medium">{found.message}</p>
        {first_break !== null && (
          <p>
            First break: <code className="font-mono text-xs break-all">{first_break.file}</code>, line{" "}
            {first_break.line}
            {first_break.seq !== null && `, event ${first_break.seq}`}: {first_break.reason}
          </p>
        )}
        <p>
          {found.event_count.toLocaleString()} events of this account
          {complete_to_seq !== null && `; nothing can have been cut off up to event ${complete_to_seq}`}.
        </p>
        {notes.map((note) => (
          <p key={note}>{note}</p>
        ))}
        <p className="flex min-w-0 items-center gap-2">
          <span className="shrink-0 text-xs">Root hash</span>
          <Copyable text={found.root_hash} />
        </p>
      </div>
    </div>
  );
}
