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
const HOUR_MS = 3_600_000;
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
  const hours = useMemo(() => byHour(stats), [stats]);
  const labels = useMemo(() => hours.map((hour) => HOUR.format(hour.start)), [hours]);
  const byStatus = useMemo(
    () =>
      (["ok", "partial", "error"] as const).map((status) => ({
        name: status,
        color: STATUS_COLORS[status],
        values: hours.map((hour) => sum(hour.points, (point) => point.sessions_by_status[status])),
      })),
    [hours],
  );
  const byKind = useMemo(() => {
    const kinds = [...new Set(stats.series.flatMap((point) => Object.keys(point.redactions_by_kind)))].filter(isKind);
    return kinds.map((kind) => ({
      name: KINDS[kind].label,
      color: kindColor(kind),
      values: hours.map((hour) => sum(hour.points, (point) => point.redactions_by_kind[kind])),
    }));
  }, [stats, hours]);
  return (
    <>
      <dl className="grid grid-cols-2 gap-3 max-md:*:last:col-span-2 md:grid-cols-5">
        <Card name="Active agents">{stats.agent_count.toLocaleString()}</Card>
        <Card name="Sessions">{stats.session_count.toLocaleString()}</Card>
        <Card name="Identifiers masked">{stats.redaction_count.toLocaleString()}</Card>
        <Card name="Added latency, p95">
          {stats.p95_latency_ms === null ? "–" : milliseconds(stats.p95_latency_ms)}
        </Card>
        <Card name="Tokens not put back" bad={stats.leak_count > 0}>
          {stats.leak_count.toLocaleString()}
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

type Point = Stats["series"][number];

/** Every hour since the window began, the quiet ones too. */
function byHour(stats: Stats): readonly { readonly start: Date; readonly points: readonly Point[] }[] {
  const first = Math.floor(Date.parse(stats.since) / HOUR_MS);
  const last = Math.floor(Date.now() / HOUR_MS);
  return Array.from({ length: last - first + 1 }, (_, at) => ({
    start: new Date((first + at) * HOUR_MS),
    points: stats.series.filter((point) => Math.floor(Date.parse(point.start) / HOUR_MS) === first + at),
  }));
}

function sum(points: readonly Point[], of: (point: Point) => number | undefined): number {
  return points.reduce((total, point) => total + (of(point) ?? 0), 0);
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
