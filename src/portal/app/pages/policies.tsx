import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { Link } from "wouter";
import { api, type Outputs } from "../api.ts";
import { Badge } from "../parts/badge.tsx";
import { LinkButton } from "../parts/link-button.tsx";
import { PageHead, Panel } from "../parts/panel.tsx";
import { Failed, Loading } from "../parts/states.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { useMay } from "../signed-in.tsx";

type Row = Outputs["policies"]["list"]["data"][number];

const COLUMNS: readonly Column<Row>[] = [
  {
    name: "Name",
    cell: (policy) => (
      <Link
        href={`/policies/edit?name=${encodeURIComponent(policy.name)}`}
        className="font-medium text-accent hover:underline"
      >
        {policy.name}
      </Link>
    ),
  },
  {
    name: "From",
    cell: (policy) => <Badge tone={policy.source === "database" ? "accent" : "plain"}>{policy.source}</Badge>,
  },
  { name: "Version", cell: (policy) => policy.version, numeric: true },
  { name: "Used by", cell: (policy) => policy.agent_count, numeric: true },
  { name: "Description", cell: (policy) => policy.description, wideOnly: true },
];

export default function Policies() {
  const mayWrite = useMay("policies:write");
  const list = useQuery({ queryKey: ["policies"], queryFn: () => api.policies.list.query({ limit: 100 }) });
  return (
    <>
      <PageHead
        title="Policies"
        hint="What is detected, and what happens to it. Every save is a new version; old ones are kept for the reports."
        actions={
          mayWrite && (
            <LinkButton href="/policies/edit" look="primary">
              <Plus className="size-4" aria-hidden />
              New policy
            </LinkButton>
          )
        }
      />
      <Panel>
        {list.error !== null && <Failed error={list.error} onRetry={() => list.refetch()} />}
        {list.isPending && <Loading />}
        {list.data !== undefined && (
          <Table label="Policies" columns={COLUMNS} rows={list.data.data} rowKey={(policy) => policy.name} />
        )}
      </Panel>
    </>
  );
}
