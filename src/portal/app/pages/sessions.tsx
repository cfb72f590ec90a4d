import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { Radio } from "lucide-react";
import { useEffect, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { api } from "../api.ts";
import { Button } from "../parts/button.tsx";
import { PageHead, Panel } from "../parts/panel.tsx";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import { FilterBar } from "../session/filter-bar.tsx";
import { addressOf, type Filters, filtersOf, queryOf } from "../session/filters.ts";
import { useLiveSessions } from "../session/live.ts";
import { SessionsTable } from "../session/sessions-table.tsx";

const ROWS_A_PAGE = 50;

/** Filters live in the address, so that a view can be shared and survives a reload and the sign-in. */
export default function Sessions() {
  const filters = filtersOf(new URLSearchParams(useSearch()));
  const [, navigate] = useLocation();
  const [live, setLive] = useState(false);
  const queries = useQueryClient();
  const { fresh, connected } = useLiveSessions(live);
  // A live row is only a sign that there is something newer; the list itself is asked again, with its filters.
  useEffect(() => {
    if (fresh > 0) void queries.invalidateQueries({ queryKey: ["sessions"] });
  }, [fresh, queries]);
  return (
    <>
      <PageHead
        title="Sessions"
        hint="One row for each request through the proxy, newest first."
        actions={
          <>
            <Button
              look={live ? "primary" : "plain"}
              aria-pressed={live}
              icon={<Radio className="size-4" aria-hidden />}
              onClick={() => setLive(!live)}
            >
              Live
            </Button>
            <span role="status" className="text-sm text-muted empty:hidden lg:order-first">
              {live && (connected ? "Following" : "Connection lost; trying again…")}
            </span>
          </>
        }
      />
      <Panel>
        <FilterBar filters={filters} onChange={(next) => navigate(addressOf(next), { replace: true })} />
        <List key={addressOf(filters)} filters={filters} />
      </Panel>
    </>
  );
}

/** One page at a time, so that a list of a million costs no more than one of fifty; the next is fetched ahead. */
function List({ filters }: { readonly filters: Filters }) {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const queries = useQueryClient();
  const list = useQuery({ ...pageQuery(filters, cursors.at(-1)), placeholderData: keepPreviousData });
  const next = list.isPlaceholderData ? null : (list.data?.next_cursor ?? null);
  useEffect(() => {
    if (next !== null) void queries.prefetchQuery(pageQuery(filters, next));
  }, [queries, filters, next]);
  if (list.error !== null) return <Failed error={list.error} onRetry={() => list.refetch()} />;
  if (list.data === undefined) return <Loading lines={8} />;
  const rows = list.data.data;
  if (rows.length === 0) {
    return <Empty title="No session matches">Widen the filters, or send a call through an agent's proxy URL.</Empty>;
  }
  const first = cursors.length * ROWS_A_PAGE + 1;
  return (
    <>
      <SessionsTable rows={rows} />
      <div className="mt-4 flex flex-wrap items-center justify-between gap-3">
        <p className="text-sm text-muted tabular-nums" role="status">
          {first.toLocaleString()}–{(first + rows.length - 1).toLocaleString()}
          {list.data.next_cursor === null ? ", no older ones" : ""}
        </p>
        <span className="flex gap-2">
          {cursors.length > 0 && <Button onClick={() => setCursors(cursors.slice(0, -1))}>Newer sessions</Button>}
          {list.data.next_cursor !== null && (
            <Button busy={list.isPlaceholderData} onClick={() => next !== null && setCursors([...cursors, next])}>
              Older sessions
            </Button>
          )}
        </span>
      </div>
    </>
  );
}

function pageQuery(filters: Filters, cursor: string | undefined) {
  return {
    queryKey: ["sessions", filters, cursor ?? ""],
    queryFn: () =>
      api.sessions.list.query({
        ...queryOf(filters),
        limit: ROWS_A_PAGE,
        ...(cursor === undefined ? {} : { cursor }),
      }),
  };
}
