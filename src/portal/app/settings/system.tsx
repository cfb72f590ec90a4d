import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { api } from "../api.ts";
import { StatusBadge } from "../parts/badge.tsx";
import { Panel } from "../parts/panel.tsx";
import { Failed, Loading } from "../parts/states.tsx";

export default function System() {
  const system = useQuery({ queryKey: ["system"], queryFn: () => api.system.get.query() });
  if (system.error !== null) return <Failed error={system.error} onRetry={() => system.refetch()} />;
  if (system.data === undefined) return <Loading lines={8} />;
  const { version, build, files, keys, retention, coverage } = system.data;
  return (
    <div className="grid gap-5 xl:grid-cols-2">
      <Panel title="This installation">
        <Rows
          rows={[
            ["Version", version],
            ["Build", build.commit],
            ...files.map((file) => [file.name, bytes(file.bytes)] as const),
          ]}
        />
      </Panel>
      <Panel title="Keys">
        <p className="mb-3 text-sm text-muted">Names and ages only; a key itself is shown nowhere.</p>
        <Rows
          rows={keys.map(
            (key) =>
              [key.kid, key.rotating ? "rotating: the key before is still read" : `${key.age_days} days old`] as const,
          )}
        />
      </Panel>
      <Panel title="Retention">
        <Rows
          rows={Object.entries(retention).map(
            ([name, days]) => [name.replaceAll("_", " "), days === 0 ? "off" : `${days} days`] as const,
          )}
        />
      </Panel>
      <Panel title="Safe Harbor coverage, as measured">
        <dl className="divide-y text-sm">
          {Object.entries(coverage).map(([category, row]) => (
            <div key={category} className="flex items-center justify-between gap-3 py-1.5">
              <dt>{category.replaceAll("_", " ")}</dt>
              <dd className="flex items-center gap-2 text-muted tabular-nums">
                {row.cases > 0 && `${row.cases} cases`}
                <StatusBadge status={row.status} />
              </dd>
            </div>
          ))}
        </dl>
      </Panel>
    </div>
  );
}

function Rows({ rows }: { readonly rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="divide-y text-sm">
      {rows.map(([name, value]) => (
        <div key={name} className="flex items-center justify-between gap-3 py-2">
          <dt className="text-muted">{name}</dt>
          <dd className="min-w-0 truncate font-medium">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function bytes(count: number): string {
  if (count < 1024) return `${count} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let size = count;
  let unit = -1;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${size.toFixed(1)} ${units[unit]}`;
}
