import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo, useState } from "react";
import { useSearch } from "wouter";
import { api } from "../api.ts";
import { kindCounts } from "../kind-counts.ts";
import { Badge, StatusBadge } from "../parts/badge.tsx";
import { Copyable } from "../parts/copy.tsx";
import { KindBadge } from "../parts/kind.tsx";
import { PageHead, Panel } from "../parts/panel.tsx";
import { ScrollRegion } from "../parts/scroll-region.tsx";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import { milliseconds, Time } from "../parts/time.tsx";
import { ReportButtons } from "../report-buttons.tsx";
import { cutAtTokens, cutLikeMasked } from "../session/align.ts";
import { EventsTable } from "../session/events-table.tsx";
import { type Focus, TurnView } from "../session/pieces.tsx";
import type { Session } from "../session/session.ts";
import { Timings } from "../session/timings.tsx";
import { type Turn, turnsOfAnswer, turnsOfRequest } from "../session/transcript.ts";
import { useMay } from "../signed-in.tsx";

export default function SessionPage() {
  const id = new URLSearchParams(useSearch()).get("id") ?? "";
  const query = useQuery({ queryKey: ["session", id], queryFn: () => api.sessions.get.query({ session_id: id }) });
  if (query.error !== null) return <Failed error={query.error} onRetry={() => query.refetch()} />;
  if (query.data === undefined) return <Loading lines={8} />;
  return <Whole session={query.data.session} />;
}

function Whole({ session }: { readonly session: Session }) {
  const mayReport = useMay("reports:read");
  return (
    <>
      <PageHead
        title={
          <span className="flex flex-wrap items-center gap-3">
            Session <StatusBadge status={session.status} />
          </span>
        }
        hint={<Copyable text={session.id} />}
        actions={mayReport && <ReportButtons scope={{ session_id: session.id }} />}
      />
      <div className="space-y-5">
        <Facts session={session} />
        <Panels session={session} />
        <Panel title="Where the time went">
          <Timings durations={session.stage_durations_ms} />
        </Panel>
        <Panel title={`Events (${session.events.length})`}>
          <EventsTable events={session.events} />
        </Panel>
      </div>
    </>
  );
}

function Facts({ session }: { readonly session: Session }) {
  const kinds = kindCounts(session.redactions_by_kind);
  return (
    <Panel>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 text-sm md:grid-cols-4">
        <Fact name="Agent">{session.agent_name}</Fact>
        <Fact name="Started">
          <Time iso={session.started_at} />
        </Fact>
        <Fact name="Duration">{milliseconds(session.duration_ms)}</Fact>
        <Fact name="Model">{session.upstream_model}</Fact>
        <Fact name="Policy">
          {session.policy_name} <Badge>v{session.policy_version}</Badge>
        </Fact>
        <Fact name="Masked now">{session.redaction_count}</Fact>
        <Fact name="Masked again">{session.repeated_redaction_count}</Fact>
        <Fact name="Call">
          <Copyable text={session.call_id} />
        </Fact>
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
    <div className={`min-w-0 ${wide ? "col-span-2 md:col-span-4" : ""}`}>
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="mt-0.5 truncate font-medium">{children}</dd>
    </div>
  );
}

/** The firewall made visible: what was said and heard at the edges, what crossed to the model and back in the middle. */
function Panels({ session }: { readonly session: Session }) {
  const [token, setToken] = useState<string | null>(null);
  const mayRead = useMay("payloads:read");
  const { request, masked, response, final } = session.payloads;
  const focus: Focus = useMemo(() => ({ token, set: setToken }), [token]);
  if (request === null && masked === null && response === null && final === null) {
    return (
      <Panel title="What was said, what crossed, what was heard">
        <Empty title="The texts of this session are not here">
          {mayRead
            ? "Masker keeps no payloads unless the policy says so: set audit.log_payloads to true and MASKER_PAYLOAD_RETENTION_DAYS above 0. The events below show what was masked without them."
            : "Reading texts needs the permission payloads:read. The events below show what was masked without them."}
        </Empty>
      </Panel>
    );
  }
  const said = turnsOfRequest(request ?? "");
  const crossed = turnsOfRequest(masked ?? "");
  const answered = turnsOfAnswer(response ?? "");
  const heard = turnsOfAnswer(final ?? "");
  return (
    <div className="grid gap-4 lg:grid-cols-2 2xl:grid-cols-4">
      <Conversation title="What was said" turns={said} like={crossed} focus={focus} inside />
      <Conversation title="What the model received" turns={crossed} focus={focus} />
      <Conversation title="What it answered" turns={answered} focus={focus} />
      <Conversation title="What the caller heard" turns={heard} like={answered} focus={focus} inside />
    </div>
  );
}

interface ConversationProps {
  readonly title: string;
  readonly turns: readonly Turn[];
  /** The masked side that these turns are cut like. */
  readonly like?: readonly Turn[];
  readonly focus: Focus;
  /** Holds real values, which never left the building. */
  readonly inside?: boolean;
}

function Conversation({ title, turns, like, focus, inside = false }: ConversationProps) {
  return (
    <Panel
      title={title}
      actions={<Badge tone={inside ? "accent" : "plain"}>{inside ? "stays inside" : "crosses the wall"}</Badge>}
    >
      <ScrollRegion label={title} className="max-h-[28rem] space-y-4 overflow-y-auto">
        {turns.length === 0 && <p className="text-sm text-muted">Nothing.</p>}
        {turns.map((turn, at) => {
          const masked = like?.[at];
          const pieces = masked === undefined ? cutAtTokens(turn.text) : cutLikeMasked(turn.text, masked.text);
          // biome-ignore lint/suspicious/noArrayIndexKey: turns keep their order
          return <TurnView key={at} turn={turn} pieces={pieces} focus={focus} />;
        })}
      </ScrollRegion>
    </Panel>
  );
}
