import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
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
        <List filters={filters} />
      </Panel>
    </>
  );
}

function List({ filters }: { readonly filters: Filters }) {
  const list = useInfiniteQuery({
    queryKey: ["sessions", filters],
    queryFn: ({ pageParam }) =>
      api.sessions.list.query({
        ...queryOf(filters),
        limit: ROWS_A_PAGE,
        ...(pageParam === null ? {} : { cursor: pageParam }),
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
  if (list.error !== null) return <Failed error={list.error} onRetry={() => list.refetch()} />;
  if (list.data === undefined) return <Loading lines={8} />;
  const rows = list.data.pages.flatMap((page) => page.data);
  if (rows.length === 0) {
    return <Empty title="No session matches">Widen the filters, or send a call through an agent's proxy URL.</Empty>;
  }
  return (
    <div className={list.isPlaceholderData ? "opacity-60" : ""}>
      <SessionsTable rows={rows} />
      <div className="mt-4 flex flex-col items-center gap-2">
        <p className="text-sm text-muted">
          {rows.length.toLocaleString()} shown{list.hasNextPage ? "" : ", no more"}
        </p>
        {list.hasNextPage && (
          <Button busy={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
            Older sessions
          </Button>
        )}
      </div>
    </div>
  );
}
