import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { Radio } from "lucide-react";
import { useEffect, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { api } from "../api.ts";
import { Button } from "../parts/button.tsx";
import { SelectField } from "../parts/field.tsx";
import { PageHead, Panel } from "../parts/panel.tsx";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import { useLiveSessions } from "../session/live.ts";
import { SessionsTable } from "../session/sessions-table.tsx";

const WINDOWS = [
  ["1h", "Last hour"],
  ["24h", "Last 24 hours"],
  ["7d", "Last 7 days"],
  ["30d", "Last 30 days"],
  ["3650d", "All"],
] as const;
const STATUSES = [
  ["", "Any outcome"],
  ["ok", "ok"],
  ["partial", "partial"],
  ["error", "error"],
] as const;
const MINIMA = [
  ["0", "Any number"],
  ["1", "1 or more"],
  ["5", "5 or more"],
  ["20", "20 or more"],
] as const;

/** Filters live in the address, so that a view can be shared and survives a reload. */
export default function Sessions() {
  const search = new URLSearchParams(useSearch());
  const [, navigate] = useLocation();
  const filters = {
    agent_id: search.get("agent") ?? "",
    since: search.get("since") ?? "24h",
    status: search.get("status") ?? "",
    min: search.get("min") ?? "0",
  };
  const set = (name: string, value: string) => {
    search.set(name, value);
    navigate(`/sessions?${search}`, { replace: true });
  };
  const agents = useQuery({ queryKey: ["agents", "names"], queryFn: () => api.agents.list.query({ limit: 100 }) });
  return (
    <>
      <PageHead title="Sessions" hint="One row for each request through the proxy, newest first." />
      <Panel>
        <div className="mb-4 grid grid-cols-2 gap-3 md:grid-cols-4">
          <SelectField
            label="Agent"
            value={filters.agent_id}
            onChange={(event) => set("agent", event.target.value)}
            options={[["", "All agents"], ...(agents.data?.data ?? []).map((agent) => [agent.id, agent.name] as const)]}
          />
          <SelectField
            label="Started"
            value={filters.since}
            onChange={(event) => set("since", event.target.value)}
            options={WINDOWS}
          />
          <SelectField
            label="Outcome"
            value={filters.status}
            onChange={(event) => set("status", event.target.value)}
            options={STATUSES}
          />
          <SelectField
            label="Identifiers masked"
            value={filters.min}
            onChange={(event) => set("min", event.target.value)}
            options={MINIMA}
          />
        </div>
        <List key={JSON.stringify(filters)} filters={filters} />
      </Panel>
    </>
  );
}

interface Filters {
  readonly agent_id: string;
  readonly since: string;
  readonly status: string;
  readonly min: string;
}

function List({ filters }: { readonly filters: Filters }) {
  const [live, setLive] = useState(false);
  const queries = useQueryClient();
  const { fresh, connected } = useLiveSessions(live);
  // A live row is only a sign that there is something newer; the list itself is asked again, with its filters.
  useEffect(() => {
    if (fresh > 0) void queries.invalidateQueries({ queryKey: ["sessions"] });
  }, [fresh, queries]);
  const list = useInfiniteQuery({
    queryKey: ["sessions", filters],
    queryFn: ({ pageParam }) =>
      api.sessions.list.query({
        since: filters.since,
        limit: 50,
        min_redactions: Number(filters.min),
        ...(filters.agent_id === "" ? {} : { agent_id: filters.agent_id }),
        ...(filters.status === "" ? {} : { status: filters.status as "ok" | "error" | "partial" }),
        ...(pageParam === null ? {} : { cursor: pageParam }),
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
  if (list.error !== null) return <Failed error={list.error} onRetry={() => list.refetch()} />;
  if (list.data === undefined) return <Loading lines={8} />;
  const rows = list.data.pages.flatMap((page) => page.data);
  return (
    <>
      <div className="mb-3 flex items-center justify-between gap-3 text-sm text-muted">
        <span>{live && !connected ? "Connection lost; trying again…" : `${rows.length} shown`}</span>
        <Button
          look={live ? "primary" : "plain"}
          aria-pressed={live}
          icon={<Radio className="size-4" aria-hidden />}
          onClick={() => setLive(!live)}
        >
          Live
        </Button>
      </div>
      {rows.length === 0 ? (
        <Empty title="No session matches">Widen the filters, or send a call through an agent's proxy URL.</Empty>
      ) : (
        <SessionsTable rows={rows} />
      )}
      {list.hasNextPage && (
        <div className="mt-4 text-center">
          <Button busy={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
            Older sessions
          </Button>
        </div>
      )}
    </>
  );
}
