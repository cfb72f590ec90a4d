import { and, count, desc, eq, gte, inArray, isNull, type SQL, sql, sum } from "drizzle-orm";
import type { CountsByKind, SessionStatus } from "../audit/event.ts";
import type { Kind } from "../detect/kind.ts";
import type { Db } from "./open.ts";
import { agents, sessions } from "./schema.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface AgentStats {
  readonly session_count_24h: number;
  readonly session_count_7d: number;
  readonly redaction_count_24h: number;
  /** Added latency of the last 24 h; null without sessions. */
  readonly p50_latency_ms: number | null;
  readonly p95_latency_ms: number | null;
}

export async function agentStats(db: Db, agentId: string, nowMs: number): Promise<AgentStats> {
  const lastDay = of(agentId, nowMs - DAY_MS);
  const day = totals(db, lastDay);
  return {
    session_count_24h: day.sessions,
    session_count_7d: totals(db, of(agentId, nowMs - 7 * DAY_MS)).sessions,
    redaction_count_24h: day.redactions,
    p50_latency_ms: percentile(db, lastDay, day.sessions, 0.5),
    p95_latency_ms: percentile(db, lastDay, day.sessions, 0.95),
  };
}

/** Sessions of the last 24 hours, by agent id; agents without any are absent. */
export async function sessionCounts24h(
  db: Db,
  agentIds: readonly string[],
  nowMs: number,
): Promise<Readonly<Record<string, number>>> {
  if (agentIds.length === 0) return {};
  const rows = db
    .select({ id: sessions.agent_id, n: count() })
    .from(sessions)
    .where(and(inArray(sessions.agent_id, [...agentIds]), gte(sessions.started_at, nowMs - DAY_MS)))
    .groupBy(sessions.agent_id)
    .all();
  return Object.fromEntries(rows.map(({ id, n }) => [id, n]));
}

export interface StatsBucket {
  readonly start: number;
  readonly sessions: number;
  readonly redactions: number;
  readonly sessions_by_status: Partial<Record<SessionStatus, number>>;
  readonly redactions_by_kind: CountsByKind;
}

export interface AccountStats {
  /** Live agents. */
  readonly agent_count: number;
  readonly session_count: number;
  readonly redaction_count: number;
  /** Tokens that could not be put back. */
  readonly rehydration_failed_count: number;
  readonly sessions_by_status: Partial<Record<SessionStatus, number>>;
  readonly redactions_by_kind: CountsByKind;
  readonly p50_latency_ms: number | null;
  readonly p95_latency_ms: number | null;
  /** Oldest first; `start` in epoch ms; buckets without sessions are absent. */
  readonly buckets: readonly StatsBucket[];
  /** The ten busiest agents. */
  readonly agents: readonly { readonly id: string; readonly name: string | null; readonly sessions: number }[];
}

/** Figures of an account since `sinceMs`, with a series in steps of `bucketMs`. */
export async function accountStats(
  db: Db,
  { accountId, sinceMs, bucketMs }: { readonly accountId: string; readonly sinceMs: number; readonly bucketMs: number },
): Promise<AccountStats> {
  const window = and(eq(sessions.account_id, accountId), gte(sessions.started_at, sinceMs));
  const all = totals(db, window);
  const start = sql<number>`(${sessions.started_at} / ${bucketMs}) * ${bucketMs}`;
  const statuses = db
    .select({ start, status: sessions.status, n: count(), redactions: sql<number>`sum(${sessions.redaction_count})` })
    .from(sessions)
    .where(window)
    .groupBy(sql`1`, sessions.status)
    .orderBy(sql`1`)
    .all();
  const kind = sql<Kind>`kinds.key`;
  const kinds = db
    .select({ start, kind, n: sql<number>`sum(kinds.value)` })
    .from(sql`${sessions}, json_each(${sessions.redactions_by_kind}) as kinds`)
    .where(window)
    .groupBy(sql`1`, kind)
    .all();
  const failed = db
    .select({ n: sum(sessions.rehydration_failed_count) })
    .from(sessions)
    .where(window)
    .get();
  const live = db
    .select({ n: count() })
    .from(agents)
    .where(and(eq(agents.account_id, accountId), isNull(agents.deleted_at)))
    .get();
  const busiest = db
    .select({ id: sessions.agent_id, name: agents.name, sessions: count() })
    .from(sessions)
    .leftJoin(agents, eq(agents.id, sessions.agent_id))
    .where(window)
    .groupBy(sessions.agent_id)
    .orderBy(desc(count()))
    .limit(10)
    .all();
  return {
    agent_count: live?.n ?? 0,
    session_count: all.sessions,
    redaction_count: all.redactions,
    rehydration_failed_count: Number(failed?.n ?? 0),
    sessions_by_status: tally(statuses, (row) => row.status),
    redactions_by_kind: tally(kinds, (row) => row.kind),
    p50_latency_ms: percentile(db, window, all.sessions, 0.5),
    p95_latency_ms: percentile(db, window, all.sessions, 0.95),
    buckets: bucketsOf(statuses, kinds),
    agents: busiest,
  };
}

type StatusRow = {
  readonly start: number;
  readonly status: SessionStatus;
  readonly n: number;
  readonly redactions: number;
};
type KindRow = { readonly start: number; readonly kind: Kind; readonly n: number };

/** `statuses` is sorted by start and has a row for each start that occurs. */
function bucketsOf(statuses: readonly StatusRow[], kinds: readonly KindRow[]): StatsBucket[] {
  const byStart = Map.groupBy(statuses, (row) => row.start);
  const kindsByStart = Map.groupBy(kinds, (row) => row.start);
  return [...byStart].map(([start, rows]) => ({
    start,
    sessions: rows.reduce((total, row) => total + row.n, 0),
    redactions: rows.reduce((total, row) => total + row.redactions, 0),
    sessions_by_status: tally(rows, (row) => row.status),
    redactions_by_kind: tally(kindsByStart.get(start) ?? [], (row) => row.kind),
  }));
}

function tally<Row extends { readonly n: number }, Key extends string>(
  rows: readonly Row[],
  keyOf: (row: Row) => Key,
): Partial<Record<Key, number>> {
  const totals: Partial<Record<Key, number>> = {};
  for (const row of rows) totals[keyOf(row)] = (totals[keyOf(row)] ?? 0) + row.n;
  return totals;
}

function of(agentId: string, sinceMs: number): SQL | undefined {
  return and(eq(sessions.agent_id, agentId), gte(sessions.started_at, sinceMs));
}

function totals(db: Db, where: SQL | undefined): { readonly sessions: number; readonly redactions: number } {
  const row = db
    .select({ n: count(), redactions: sum(sessions.redaction_count) })
    .from(sessions)
    .where(where)
    .get();
  return { sessions: row?.n ?? 0, redactions: Number(row?.redactions ?? 0) };
}

/** The smallest value that at least that share of the `n` values does not exceed (nearest rank). */
function percentile(db: Db, where: SQL | undefined, n: number, share: number): number | null {
  if (n === 0) return null;
  const row = db
    .select({ ms: sessions.added_ms })
    .from(sessions)
    .where(where)
    .orderBy(sessions.added_ms)
    .limit(1)
    .offset(Math.ceil(n * share) - 1)
    .get();
  return row?.ms ?? null;
}
