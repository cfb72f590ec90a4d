import type { ReactNode } from "react";
import { Badge } from "../parts/badge.tsx";
import { KindBadge } from "../parts/kind.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { type Found, foundIn, type Preview } from "./preview.ts";

interface Row {
  readonly key: string;
  readonly text: string;
  readonly first: Found["span"] | undefined;
  readonly second: Found["span"] | undefined;
}

interface FoundTableProps {
  readonly policies: readonly [first: string, second: string];
  readonly first: Preview;
  /** Null: nothing is compared. */
  readonly second: Preview | null;
}

/** Everything that was found, by kind and pass with confidence; beside it what the other policy makes of it. */
export function FoundTable({ policies, first, second }: FoundTableProps) {
  const rows = rowsOf(first, second);
  if (rows.length === 0) return <p className="text-sm text-muted">Nothing was found.</p>;
  const one = (span: (row: Row) => Found["span"] | undefined) => (row: Row) => <Outcome span={span(row)} />;
  const columns: readonly Column<Row>[] = [
    { name: "Text", cell: (row) => <span className="font-medium">{row.text}</span> },
    { name: "Kind", cell: ({ first, second }) => kindOf(first ?? second) },
    { name: second === null ? "Outcome" : policies[0], cell: one((row) => row.first) },
    ...(second === null
      ? []
      : [
          { name: policies[1], cell: one((row) => row.second) },
          { name: "", cell: differs },
        ]),
  ];
  return <Table label="Identifiers found" columns={columns} rows={rows} rowKey={(row) => row.key} />;
}

function rowsOf(first: Preview, second: Preview | null): readonly Row[] {
  const rows = new Map<string, Row & { readonly start: number }>();
  for (const { start, end, span } of foundIn(first)) {
    const key = `${start}-${end}-${span.kind}`;
    rows.set(key, { key, start, text: first.text.slice(start, end), first: span, second: undefined });
  }
  for (const { start, end, span } of second === null ? [] : foundIn(second)) {
    const key = `${start}-${end}-${span.kind}`;
    const known = rows.get(key);
    rows.set(key, { key, start, text: first.text.slice(start, end), first: known?.first, second: span });
  }
  return [...rows.values()].sort((a, b) => a.start - b.start);
}

function kindOf(span: Found["span"] | undefined): ReactNode {
  return span && <KindBadge kind={span.kind} />;
}

function Outcome({ span }: { readonly span: Found["span"] | undefined }) {
  if (span === undefined) return <span className="text-muted">not found</span>;
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      <Badge tone={span.action === "passthrough" ? "warn" : "plain"}>{span.action}</Badge>
      <span className="text-muted tabular-nums">
        {span.pass} {span.confidence.toFixed(2)}
      </span>
    </span>
  );
}

function differs({ first, second }: Row): ReactNode {
  return first?.action === second?.action ? null : <Badge tone="accent">differs</Badge>;
}
