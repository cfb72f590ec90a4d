import { and, asc, desc, eq, getTableColumns, gte, inArray, lt, or, type SQL, sql } from "drizzle-orm";
import type { SessionStatus } from "../audit/event.ts";
import type { Db } from "./open.ts";
import { type Page, type Position, toPage } from "./page.ts";
import { agents, payloads, sessions } from "./schema.ts";

export type SessionRow = typeof sessions.$inferSelect;
/** Null when the agent's row is gone; deleted agents keep theirs. */
export type NamedSessionRow = SessionRow & { readonly agent_name: string | null };

export interface SessionFilter {
  readonly accountId: string;
  /** Absent: all agents of the account, deleted ones included. */
  readonly agentId?: string;
  /** Epoch ms, inclusive. */
  readonly since?: number;
  /** Epoch ms, exclusive. */
  readonly until?: number;
  readonly status?: SessionStatus;
  readonly minRedactions?: number;
  readonly limit: number;
  readonly after?: Position | null;
}

const NAMED = { ...getTableColumns(sessions), agent_name: agents.name };

/** Fewer rows than this are read whole and sorted; a page of more is found soon by walking back in time. */
const RARE_ROWS = 2000;

/** Newest first by start. One descending range scan of an index, however deep the page lies. */
export async function listSessions(db: Db, filter: SessionFilter): Promise<Page<NamedSessionRow>> {
  const { after, limit } = filter;
  if (filter.minRedactions && isRare(db, filter)) return listRareSessions(db, filter);
  const older = after
    ? or(lt(sessions.started_at, after.time), and(eq(sessions.started_at, after.time), lt(sessions.id, after.id)))
    : undefined;
  const rows = db
    .select(NAMED)
    .from(sessions)
    .leftJoin(agents, eq(agents.id, sessions.agent_id))
    // Bounds the scan at the cursor; the exact comparison of pairs alone would start from the newest row again.
    .where(and(inScope(filter), after ? lt(sessions.started_at, after.time + 1) : undefined, older))
    .orderBy(desc(sessions.started_at), desc(sessions.id))
    .limit(limit + 1)
    .all();
  return toPage(rows, limit, (row) => ({ time: row.started_at, id: row.id }));
}

/** Whether so few sessions of the scope, at any time, have that many redactions that a walk by time would read for ever. */
function isRare(db: Db, { accountId, agentId, minRedactions = 0 }: SessionFilter): boolean {
  const scope = agentId === undefined ? eq(sessions.account_id, accountId) : eq(sessions.agent_id, agentId);
  const some = db
    .select({ one: sql`1`.as("one") })
    .from(sessions)
    .where(and(scope, gte(sessions.redaction_count, minRedactions)))
    .limit(RARE_ROWS)
    .as("some");
  return (db.select({ rows: sql<number>`count(*)` }).from(some).get()?.rows ?? 0) < RARE_ROWS;
}

/** The same page from the index by count: the pluses keep the planner off the indexes by time. */
function listRareSessions(db: Db, filter: SessionFilter): Page<NamedSessionRow> {
  const { accountId, agentId, since, until, status, minRedactions = 0, after, limit } = filter;
  const time = sql`+${sessions.started_at}`;
  const rows = db
    .select(NAMED)
    .from(sessions)
    .leftJoin(agents, eq(agents.id, sessions.agent_id))
    .where(
      and(
        agentId === undefined ? eq(sessions.account_id, accountId) : sql`+${sessions.account_id} = ${accountId}`,
        agentId === undefined ? undefined : eq(sessions.agent_id, agentId),
        gte(sessions.redaction_count, minRedactions),
        since === undefined ? undefined : sql`${time} >= ${since}`,
        until === undefined ? undefined : sql`${time} < ${until}`,
        status === undefined ? undefined : sql`+${sessions.status} = ${status}`,
        after ? sql`(${time}, ${sessions.id}) < (${after.time}, ${after.id})` : undefined,
      ),
    )
    .orderBy(desc(time), desc(sql`+${sessions.id}`))
    .limit(limit + 1)
    .all();
  return toPage(rows, limit, (row) => ({ time: row.started_at, id: row.id }));
}

/** Ids of the window, oldest first, in pages of `limit` after the id given: for reports of any size. */
export async function listSessionsForward(db: Db, filter: SessionFilter): Promise<Page<SessionRow>> {
  const { after, limit } = filter;
  const newer = after
    ? or(
        gte(sessions.started_at, after.time + 1),
        and(eq(sessions.started_at, after.time), gte(sessions.id, `${after.id}\u0000`)),
      )
    : undefined;
  const rows = db
    .select()
    .from(sessions)
    .where(and(inScope(filter), after ? gte(sessions.started_at, after.time) : undefined, newer))
    .orderBy(asc(sessions.started_at), asc(sessions.id))
    .limit(limit + 1)
    .all();
  return toPage(rows, limit, (row) => ({ time: row.started_at, id: row.id }));
}

export async function findSession(db: Db, accountId: string, sessionId: string): Promise<NamedSessionRow | null> {
  return (
    db
      .select(NAMED)
      .from(sessions)
      .leftJoin(agents, eq(agents.id, sessions.agent_id))
      .where(and(eq(sessions.id, sessionId), eq(sessions.account_id, accountId)))
      .get() ?? null
  );
}

/** How many sessions started before a moment, in epoch ms. */
export async function countSessionsBefore(db: Db, beforeMs: number): Promise<number> {
  return db.$count(sessions, lt(sessions.started_at, beforeMs));
}

/**
 * Deletes up to `limit` sessions that started before `beforeMs`, with their payloads; the audit log keeps its events.
 * @returns how many; the caller goes on until it is fewer than `limit`.
 */
export async function purgeSessions(db: Db, beforeMs: number, limit: number): Promise<number> {
  return db.transaction((tx) => {
    const ids = tx
      .select({ id: sessions.id })
      .from(sessions)
      .where(lt(sessions.started_at, beforeMs))
      .limit(limit)
      .all()
      .map(({ id }) => id);
    if (ids.length === 0) return 0;
    tx.delete(payloads).where(inArray(payloads.session_id, ids)).run();
    tx.delete(sessions).where(inArray(sessions.id, ids)).run();
    return ids.length;
  });
}

function inScope({ accountId, agentId, since, until, status, minRedactions }: SessionFilter): SQL | undefined {
  return and(
    // An agent belongs to one account. The plus keeps the planner, which cannot know that, off the account's index.
    agentId === undefined ? eq(sessions.account_id, accountId) : sql`+${sessions.account_id} = ${accountId}`,
    agentId === undefined ? undefined : eq(sessions.agent_id, agentId),
    since === undefined ? undefined : gte(sessions.started_at, since),
    until === undefined ? undefined : lt(sessions.started_at, until),
    // Rare statuses have indexes of their own, which the planner takes when told that they are rare.
    status === undefined
      ? undefined
      : status === "ok"
        ? eq(sessions.status, status)
        : sql`unlikely(${sessions.status} = ${status})`,
    minRedactions ? gte(sessions.redaction_count, minRedactions) : undefined,
  );
}
