import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { api } from "../api.ts";
import { StatusBadge } from "../parts/badge.tsx";
import { Panel } from "../parts/panel.tsx";
import { Failed, Loading } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";

export default function System() {
  const system = useQuery({ queryKey: ["system"], queryFn: () => api.system.get.query() });
  if (system.error !== null) return <Failed error={system.error} onRetry={() => system.refetch()} />;
  if (system.data === undefined) return <Loading lines={8} />;
  const { version, build, uptime_seconds, data, keys, retention, upstreams, coverage } = system.data;
  return (
    <div className="grid items-start gap-5 xl:grid-cols-2">
      <Panel title="This installation">
        <Rows
          rows={[
            ["Version", version],
            ["Running since", <Time key="start" iso={new Date(Date.now() - uptime_seconds * 1000).toISOString()} />],
            ["Build", build.commit],
            ["Database", bytes(data.database_bytes)],
            ["Vault", bytes(data.vault_bytes)],
            ["Audit log", bytes(data.audit_log_bytes)],
            ["Models", upstreams.join(", ")],
          ]}
        />
      </Panel>
      <Panel title="Keys">
        <p className="mb-3 text-sm text-muted">Names and ages only; a key itself is shown nowhere.</p>
        <Rows rows={keys.map((key) => [key.name, keyState(key)] as const)} />
      </Panel>
      <Panel title="Retention">
        <Rows
          rows={Object.entries(retention).map(
            ([name, days]) =>
              [RETENTION[name] ?? name, days === 0 ? "off" : `${days} ${days === 1 ? "day" : "days"}`] as const,
          )}
        />
      </Panel>
      <Panel title="Safe Harbor coverage, as measured">
        <dl className="divide-y text-sm">
          {Object.entries(coverage.categories).map(([category, row]) => (
            <div key={category} className="flex items-center justify-between gap-3 py-1.5">
              <dt className="first-letter:font-semibold">{category.replaceAll("_", " ")}</dt>
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

const RETENTION: Readonly<Record<string, string>> = {
  payload_days: "Texts of calls",
  session_days: "Sessions",
  vault_days: "Unused values in the vault",
  key_rotation_grace_days: "Old keys after a rotation",
};

function keyState(key: { readonly age_days: number | null; readonly rotating: boolean }): string {
  const age =
    key.age_days === null ? "from the environment" : `${key.age_days} ${key.age_days === 1 ? "day" : "days"} old`;
  return key.rotating ? `${age}; the key before is still read` : age;
}

function Rows({ rows }: { readonly rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="divide-y text-sm">
      {rows.map(([name, value]) => (
        <div key={name} className="flex items-center justify-between gap-3 py-2">
          <dt className="text-muted">{name}</dt>
          <dd className="min-w-0 truncate font-medium" title={typeof value === "string" ? value : undefined}>
            {value}
          </dd>
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
