import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link, useLocation, useSearch } from "wouter";
import type { EventKind } from "../../../audit/event.ts";
import { api, type Outputs } from "../api.ts";
import { Badge, type Tone } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Copyable } from "../parts/copy.tsx";
import { SelectField, TextField } from "../parts/field.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { EVENT_WORDS, fieldsOf } from "./event-words.ts";

type Row = Outputs["audit"]["events"]["data"][number];

const EVER = "36500d";
const BAD = new Set(["rehydration_failed", "user_login_failed", "chain_broken"]);

const COLUMNS: readonly Column<Row>[] = [
  { name: "No.", cell: (event) => event.seq, numeric: true },
  { name: "When", cell: (event) => <Time iso={event.ts} /> },
  { name: "Event", cell: (event) => <Badge tone={toneOf(event.kind)}>{wordsOf(event.kind)}</Badge> },
  {
    name: "Session",
    cell: (event) =>
      event.session_id === null ? <span className="text-muted">–</span> : sessionLink(event.session_id),
  },
  {
    name: "What",
    cell: (event) => (
      <span className="text-xs text-muted" title={fieldsOf(event)}>
        {fieldsOf(event)}
      </span>
    ),
    wideOnly: true,
  },
  { name: "Hash", cell: (event) => <Copyable text={event.this_hash} short />, roomyOnly: true },
];

/** The list, with its filters in the address. */
export function Events() {
  const search = new URLSearchParams(useSearch());
  const [, navigate] = useLocation();
  const kind = search.get("kind") ?? "";
  const session = search.get("session") ?? "";
  const set = (name: string, value: string) => {
    if (value === "") search.delete(name);
    else search.set(name, value);
    navigate(`/audit${search.size === 0 ? "" : `?${search}`}`, { replace: true });
  };
  const list = useInfiniteQuery({
    queryKey: ["audit", kind, session],
    queryFn: ({ pageParam }) =>
      api.audit.events.query({
        limit: 50,
        since: EVER,
        ...(kind === "" ? {} : { kind }),
        ...(session === "" ? {} : { session_id: session }),
        ...(pageParam === null ? {} : { cursor: pageParam }),
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
  const rows = list.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <Panel title="Events">
      <div className="mb-4 grid gap-3 sm:grid-cols-2 lg:max-w-3xl">
        <SelectField
          label="Kind"
          options={[["", "Every event"], ...Object.entries(EVENT_WORDS)]}
          value={kind}
          onChange={(event) => set("kind", event.target.value)}
        />
        <TextField
          label="Session"
          type="search"
          placeholder="sess_…"
          value={session}
          onChange={(event) => set("session", event.target.value.trim())}
        />
      </div>
      {list.error !== null && <Failed error={list.error} onRetry={() => list.refetch()} />}
      {list.isPending && <Loading />}
      {list.data !== undefined && list.error === null && rows.length === 0 && <Empty title="No such event yet" />}
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

function sessionLink(id: string) {
  return (
    <Link
      href={`/sessions/detail?id=${id}`}
      title={id}
      className="inline-block max-w-40 truncate align-middle font-mono text-xs text-accent hover:underline"
    >
      {id}
    </Link>
  );
}

function wordsOf(kind: string): string {
  return Object.hasOwn(EVENT_WORDS, kind) ? EVENT_WORDS[kind as EventKind] : kind;
}

function toneOf(kind: string): Tone {
  if (BAD.has(kind)) return "bad";
  return kind === "session_completed" ? "good" : "plain";
}
