import { useInfiniteQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { Link } from "wouter";
import { api, type Outputs } from "../api.ts";
import { Badge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { TextField } from "../parts/field.tsx";
import { LinkButton } from "../parts/link-button.tsx";
import { PageHead, Panel } from "../parts/panel.tsx";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { useMay } from "../signed-in.tsx";

type Row = Outputs["agents"]["list"]["data"][number];

const COLUMNS: readonly Column<Row>[] = [
  {
    name: "Name",
    cell: (agent) => (
      <Link
        href={`/agents/detail?id=${agent.id}`}
        title={agent.name}
        className="font-medium text-accent hover:underline"
      >
        {agent.name}
      </Link>
    ),
  },
  {
    name: "Model",
    cell: (agent) => (
      <code className="font-mono text-xs" title={agent.upstream}>
        {agent.upstream}
      </code>
    ),
  },
  { name: "Policy", cell: (agent) => <Badge>{agent.policy_name}</Badge> },
  { name: "Platform", cell: (agent) => agent.platform ?? "–", wideOnly: true },
  {
    name: "Key",
    cell: (agent) => (
      <Badge tone={agent.platform_auth.key_required ? "good" : "warn"}>
        {agent.platform_auth.key_required ? "asked for" : "none"}
      </Badge>
    ),
  },
  { name: "Tokens", cell: (agent) => agent.tokenization, roomyOnly: true },
  { name: "Sessions, 24 h", cell: (agent) => agent.session_count_24h, numeric: true },
  { name: "Created", cell: (agent) => <Time iso={agent.created_at} relative />, wideOnly: true },
];

export default function Agents() {
  const mayWrite = useMay("agents:write");
  const [name, setName] = useState("");
  const wanted = useDeferredValue(name.trim());
  const list = useInfiniteQuery({
    queryKey: ["agents", wanted],
    queryFn: ({ pageParam }) =>
      api.agents.list.query({
        limit: 50,
        ...(wanted === "" ? {} : { name_contains: wanted }),
        ...(pageParam === null ? {} : { cursor: pageParam }),
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
  const rows = list.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <>
      <PageHead
        title="Agents"
        hint="Each agent has a proxy URL of its own: paste it into the voice platform in place of the model's."
        actions={mayWrite && <NewAgentLink />}
      />
      <Panel>
        <div className="mb-4 max-w-sm">
          <TextField
            label="Search by name"
            quiet
            type="search"
            placeholder="Search by name"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </div>
        {list.error !== null && <Failed error={list.error} onRetry={() => list.refetch()} />}
        {list.isPending && <Loading />}
        {list.data !== undefined && rows.length === 0 && (
          <Empty title={wanted === "" ? "No agent yet" : "No agent has that in its name"}>
            {wanted === "" && mayWrite ? "Create one, and send a test call through it in a minute." : null}
          </Empty>
        )}
        {rows.length > 0 && <Table label="Agents" columns={COLUMNS} rows={rows} rowKey={(agent) => agent.id} />}
        {list.hasNextPage && (
          <div className="mt-4 text-center">
            <Button busy={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
              More agents
            </Button>
          </div>
        )}
      </Panel>
    </>
  );
}

function NewAgentLink() {
  return (
    <LinkButton href="/agents/new" look="primary">
      <Plus className="size-4" aria-hidden />
      New agent
    </LinkButton>
  );
}
