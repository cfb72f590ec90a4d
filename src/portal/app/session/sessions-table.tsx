import { Link } from "wouter";
import type { Outputs } from "../api.ts";
import { kindCounts } from "../kind-counts.ts";
import { StatusBadge } from "../parts/badge.tsx";
import { KindBadge } from "../parts/kind.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { milliseconds, Time } from "../parts/time.tsx";

type Row = Outputs["sessions"]["list"]["data"][number];

const COLUMNS: readonly Column<Row>[] = [
  {
    name: "Started",
    cell: (row) => (
      <Link href={`/sessions/detail?id=${row.id}`} className="font-medium text-accent hover:underline">
        <Time iso={row.started_at} />
      </Link>
    ),
  },
  { name: "Agent", cell: (row) => <span title={row.agent_name}>{row.agent_name}</span> },
  { name: "Outcome", cell: (row) => <StatusBadge status={row.status} /> },
  { name: "Masked", cell: (row) => row.redaction_count.toLocaleString(), numeric: true },
  {
    name: "Kinds",
    roomyOnly: true,
    cell: (row) => (
      <span className="flex gap-1 overflow-hidden">
        {kindCounts(row.redactions_by_kind)
          .slice(0, 3)
          .map(([kind, count]) => (
            <KindBadge key={kind} kind={kind} count={count} />
          ))}
      </span>
    ),
  },
  { name: "Model", cell: (row) => <span title={row.upstream_model}>{row.upstream_model}</span>, wideOnly: true },
  { name: "Duration", cell: (row) => milliseconds(row.duration_ms), numeric: true },
];

export function SessionsTable({ rows }: { readonly rows: readonly Row[] }) {
  return <Table label="Sessions" columns={COLUMNS} rows={rows} rowKey={(row) => row.id} />;
}
