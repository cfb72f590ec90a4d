import { useQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useMemo } from "react";
import { Link } from "wouter";
import { isKind, KINDS } from "../../../detect/kind.ts";
import { api, type Outputs } from "../api.ts";
import { useHealth } from "../health.ts";
import { StatusBadge } from "../parts/badge.tsx";
import { kindColor } from "../parts/kind.tsx";
import { PageHead, Panel } from "../parts/panel.tsx";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import { milliseconds } from "../parts/time.tsx";
import { SessionsTable } from "../session/sessions-table.tsx";

const SeriesChart = lazy(() => import("../dashboard/series-chart.tsx"));

type Stats = Outputs["stats"]["get"];

const REFRESH_MS = 15_000;
const HOUR = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const STATUS_COLORS = { ok: "hsl(150 45% 42%)", partial: "hsl(38 80% 50%)", error: "hsl(5 70% 55%)" } as const;

export default function Dashboard() {
  const stats = useQuery({ queryKey: ["stats"], queryFn: () => api.stats.get.query({}), refetchInterval: REFRESH_MS });
  const recent = useQuery({
    queryKey: ["sessions", "recent"],
    queryFn: () => api.sessions.list.query({ since: "7d", limit: 8 }),
    refetchInterval: REFRESH_MS,
  });
  return (
    <>
      <PageHead title="Dashboard" hint="The last 24 hours." />
      <div className="space-y-5">
        {stats.error !== null && <Failed error={stats.error} onRetry={() => stats.refetch()} />}
        {stats.isPending && <Loading lines={5} />}
        {stats.data !== undefined && <Figures stats={stats.data} />}
        <div className="grid gap-5 xl:grid-cols-[2fr_1fr]">
          <Panel
            title="Recent sessions"
            actions={
              <Link href="/sessions" className="text-sm font-medium text-accent hover:underline">
                All
              </Link>
            }
          >
            {recent.error !== null && <Failed error={recent.error} />}
            {recent.isPending && <Loading />}
            {recent.data?.data.length === 0 && (
              <Empty title="No call yet">
                <Link href="/agents" className="font-medium text-accent hover:underline">
                  Open an agent
                </Link>{" "}
                and send a test call.
              </Empty>
            )}
            {recent.data !== undefined && recent.data.data.length > 0 && <SessionsTable rows={recent.data.data} />}
          </Panel>
          <Health />
        </div>
      </div>
    </>
  );
}

function Figures({ stats }: { readonly stats: Stats }) {
  const labels = useMemo(() => stats.series.map((point) => HOUR.format(new Date(point.start))), [stats]);
  const byStatus = useMemo(
    () =>
      (["ok", "partial", "error"] as const).map((status) => ({
        name: status,
        color: STATUS_COLORS[status],
        values: stats.series.map((point) => point.sessions_by_status[status] ?? 0),
      })),
    [stats],
  );
  const byKind = useMemo(() => {
    const kinds = [...new Set(stats.series.flatMap((point) => Object.keys(point.redactions_by_kind)))].filter(isKind);
    return kinds.map((kind) => ({
      name: KINDS[kind].label,
      color: kindColor(kind),
      values: stats.series.map((point) => point.redactions_by_kind[kind] ?? 0),
    }));
  }, [stats]);
  return (
    <>
      <dl className="grid grid-cols-2 gap-3 md:grid-cols-5">
        <Card name="Active agents">{stats.agent_count}</Card>
        <Card name="Sessions">{stats.session_count}</Card>
        <Card name="Identifiers masked">{stats.redaction_count}</Card>
        <Card name="Added latency, p95">
          {stats.p95_latency_ms === null ? "–" : milliseconds(stats.p95_latency_ms)}
        </Card>
        <Card name="Tokens not put back" bad={stats.leak_count > 0}>
          {stats.leak_count}
        </Card>
      </dl>
      <div className="grid gap-5 xl:grid-cols-2">
        <Panel title="Sessions by outcome">
          <Suspense fallback={<Loading lines={6} />}>
            <SeriesChart title="Sessions by outcome" labels={labels} series={byStatus} />
          </Suspense>
        </Panel>
        <Panel title="Identifiers by kind">
          {byKind.length === 0 ? (
            <Empty title="Nothing masked yet" />
          ) : (
            <Suspense fallback={<Loading lines={6} />}>
              <SeriesChart title="Identifiers by kind" labels={labels} series={byKind} />
            </Suspense>
          )}
        </Panel>
      </div>
    </>
  );
}

function Card({
  name,
  bad = false,
  children,
}: {
  readonly name: string;
  readonly bad?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <div className="rounded-xl border bg-panel p-4">
      <dt className="text-xs text-muted">{name}</dt>
      <dd className={`mt-1 text-2xl font-semibold tabular-nums ${bad ? "text-bad" : ""}`}>{children}</dd>
    </div>
  );
}

const COMPONENTS: Readonly<Record<string, string>> = {
  db: "Database",
  vault: "Vault",
  audit_log: "Audit log",
  upstream: "Model provider",
  ner_model: "Detection model",
};

function Health() {
  const health = useHealth();
  return (
    <Panel title="Health" actions={health.data !== undefined && <StatusBadge status={health.data.status} />}>
      {health.error !== null && <Failed error={health.error} />}
      {health.isPending && <Loading lines={5} />}
      <dl className="divide-y text-sm">
        {Object.entries(health.data?.components ?? {}).map(([name, status]) => (
          <div key={name} className="flex items-center justify-between py-2">
            <dt>{COMPONENTS[name] ?? name}</dt>
            <dd>
              <StatusBadge status={status} />
            </dd>
          </div>
        ))}
      </dl>
      {health.data !== undefined && (
        <p className="mt-3 text-xs text-muted">
          Masker {health.data.version} · build {health.data.build.commit.slice(0, 8)}
        </p>
      )}
    </Panel>
  );
}
