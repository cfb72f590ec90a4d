import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { ShieldCheck, ShieldX } from "lucide-react";
import { useState } from "react";
import { Link } from "wouter";
import { api, type Outputs } from "../api.ts";
import { Badge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Copyable } from "../parts/copy.tsx";
import { SelectField } from "../parts/field.tsx";
import { PageHead, Panel } from "../parts/panel.tsx";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";

type Row = Outputs["audit"]["events"]["data"][number];

const KINDS = [
  ["", "Every event"],
  ["session_completed", "Sessions"],
  ["redaction", "Redactions"],
  ["rehydration_failed", "Tokens not put back"],
  ["user_login", "Sign-ins"],
  ["user_login_failed", "Failed sign-ins"],
  ["policy_changed", "Policy changes"],
  ["payload_viewed", "Payloads viewed"],
  ["report_generated", "Reports"],
  ["key_rotated", "Key rotations"],
] as const;

const COLUMNS: readonly Column<Row>[] = [
  { name: "No.", cell: (event) => event.seq, numeric: true },
  { name: "When", cell: (event) => <Time iso={event.ts} /> },
  { name: "Event", cell: (event) => <Badge>{event.kind}</Badge> },
  {
    name: "Session",
    cell: (event) =>
      event.session_id === null ? (
        "–"
      ) : (
        <Link
          href={`/sessions/detail?id=${event.session_id}`}
          className="font-mono text-xs text-accent hover:underline"
        >
          {event.session_id}
        </Link>
      ),
  },
  { name: "Hash", cell: (event) => <Copyable text={event.this_hash} />, wideOnly: true },
];

export default function Audit() {
  return (
    <>
      <PageHead
        title="Audit"
        hint="Every masking, sign-in and change, in one chain: an event that is changed, removed or added breaks it."
      />
      <div className="space-y-5">
        <Chain />
        <Events />
        <Checkpoints />
      </div>
    </>
  );
}

function Chain() {
  const verify = useMutation({ mutationFn: () => api.audit.verify.mutate({}) });
  return (
    <Panel
      title="The chain"
      actions={
        <Button look="primary" busy={verify.isPending} onClick={() => verify.mutate()}>
          Verify now
        </Button>
      }
    >
      <div aria-live="polite">
        {verify.error !== null && <Failed error={verify.error} />}
        {verify.data === undefined && verify.error === null && (
          <p className="text-sm text-muted">Walks the whole log and says whether every event is as it was written.</p>
        )}
        {verify.data !== undefined && (
          <div
            className={`flex items-start gap-3 rounded-lg px-4 py-3 text-sm ${verify.data.ok ? "bg-good-soft text-good" : "bg-bad-soft text-bad"}`}
          >
            {verify.data.ok ? (
              <ShieldCheck className="size-5" aria-hidden />
            ) : (
              <ShieldX className="size-5" aria-hidden />
            )}
            <div className="min-w-0 space-y-1">
              <p className="font-medium">{verify.data.message}</p>
              <p>{verify.data.event_count} events of this account</p>
              {verify.data.root_hash !== null && <Copyable text={verify.data.root_hash} />}
            </div>
          </div>
        )}
      </div>
    </Panel>
  );
}

function Events() {
  const [kind, setKind] = useState("");
  const list = useInfiniteQuery({
    queryKey: ["audit", kind],
    queryFn: ({ pageParam }) =>
      api.audit.events.query({
        limit: 50,
        since: "3650d",
        ...(kind === "" ? {} : { kind: kind as NonNullable<Parameters<typeof api.audit.events.query>[0]>["kind"] }),
        ...(pageParam === null ? {} : { cursor: pageParam }),
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
  const rows = list.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <Panel title="Events">
      <div className="mb-4 max-w-xs">
        <SelectField
          label="Show"
          quiet
          options={KINDS}
          value={kind}
          onChange={(event) => setKind(event.target.value)}
        />
      </div>
      {list.error !== null && <Failed error={list.error} onRetry={() => list.refetch()} />}
      {list.isPending && <Loading />}
      {list.data !== undefined && rows.length === 0 && <Empty title="No such event yet" />}
      {rows.length > 0 && <Table label="Events" columns={COLUMNS} rows={rows} rowKey={(event) => event.event_id} />}
      {list.hasNextPage && (
        <div className="mt-4 text-center">
          <Button busy={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
            Older events
          </Button>
        </div>
      )}
    </Panel>
  );
}

function Checkpoints() {
  const list = useQuery({ queryKey: ["checkpoints"], queryFn: () => api.audit.checkpoints.query({ limit: 20 }) });
  return (
    <Panel title="Signed checkpoints">
      <p className="mb-3 text-sm text-muted">
        Each pins the chain up to an event with a signature that needs no secret to check. Keep some outside: they show
        that a log was not cut or rolled back.
      </p>
      {list.error !== null && <Failed error={list.error} />}
      {list.isPending && <Loading lines={3} />}
      {list.data?.data.length === 0 && (
        <Empty title="No checkpoint yet">One is written at least once a minute while there are calls.</Empty>
      )}
      <ul className="divide-y text-sm">
        {list.data?.data.map((checkpoint) => (
          <li
            key={`${checkpoint.seq}-${checkpoint.hash}`}
            className="flex flex-wrap items-center justify-between gap-3 py-2"
          >
            <span className="tabular-nums">up to event {checkpoint.seq}</span>
            <Time iso={checkpoint.time} />
            <Copyable text={checkpoint.hash} className="max-w-64" />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
