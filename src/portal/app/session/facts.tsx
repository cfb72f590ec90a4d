import type { ReactNode } from "react";
import { Link } from "wouter";
import { kindCounts } from "../kind-counts.ts";
import { Badge } from "../parts/badge.tsx";
import { Copyable } from "../parts/copy.tsx";
import { KindBadge } from "../parts/kind.tsx";
import { Panel } from "../parts/panel.tsx";
import { milliseconds, Time } from "../parts/time.tsx";
import type { Session } from "./session.ts";

const LINK = "text-accent hover:underline";

export function Facts({ session }: { readonly session: Session }) {
  const kinds = kindCounts(session.redactions_by_kind);
  const passes = Object.entries(session.redactions_by_pass).map(([pass, count]) => `${pass} ${count}`);
  return (
    <Panel>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 text-sm md:grid-cols-4">
        <Fact name="Agent">
          <Link href={`/agents/detail?id=${session.agent_id}`} className={LINK} title={session.agent_name}>
            {session.agent_name}
          </Link>
        </Fact>
        <Fact name="Started">
          <Time iso={session.started_at} />
        </Fact>
        <Fact name="Duration">
          {milliseconds(session.duration_ms)}
          <span className="font-normal text-muted">, {milliseconds(session.added_ms)} added</span>
        </Fact>
        <Fact name="Model">{session.upstream_model}</Fact>
        <Fact name="Policy">
          <Link href={`/policies/edit?name=${encodeURIComponent(session.policy_name)}`} className={LINK}>
            {session.policy_name}
          </Link>{" "}
          <Badge>v{session.policy_version}</Badge>
        </Fact>
        <Fact name="Masked for the first time">
          {session.redaction_count.toLocaleString()}
          {passes.length > 0 && <span className="font-normal text-muted"> ({passes.join(", ")})</span>}
        </Fact>
        <Fact name="Masked again, known from before">{session.repeated_redaction_count.toLocaleString()}</Fact>
        <Fact name="Call">
          <Copyable text={session.call_id} />
        </Fact>
        {session.reason !== null && <Fact name="Why it ended so">{session.reason.replaceAll("_", " ")}</Fact>}
        {session.rehydration_failed_count > 0 && (
          <Fact name="Tokens not put back">
            <Badge tone="bad">{session.rehydration_failed_count.toLocaleString()}</Badge>
          </Fact>
        )}
        <Fact name="Merkle root of its events" wide>
          <Copyable text={session.merkle_root_hex} />
        </Fact>
      </dl>
      {kinds.length > 0 && (
        <div className="mt-4 flex flex-wrap gap-1.5 border-t pt-4">
          {kinds.map(([kind, count]) => (
            <KindBadge key={kind} kind={kind} count={count} />
          ))}
        </div>
      )}
    </Panel>
  );
}

interface FactProps {
  readonly name: string;
  readonly wide?: boolean;
  readonly children: ReactNode;
}

function Fact({ name, wide = false, children }: FactProps) {
  return (
    <div className={`min-w-0 ${wide ? "col-span-2" : ""}`}>
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="mt-0.5 truncate font-medium">{children}</dd>
    </div>
  );
}
