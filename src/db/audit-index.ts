import { and, asc, desc, eq, gt, gte, lt, lte } from "drizzle-orm";
import type { Db } from "./open.ts";
import { auditIndex } from "./schema.ts";

/** Where an event lies in the log's files. */
export type AuditPlaceRow = typeof auditIndex.$inferSelect;

/** Where one event lies; null when it is not indexed. */
export async function findPlace(db: Db, seq: number): Promise<AuditPlaceRow | null> {
  return db.select().from(auditIndex).where(eq(auditIndex.seq, seq)).get() ?? null;
}

/** The events of a session in the order of the log. */
export async function listSessionPlaces(db: Db, sessionId: string): Promise<readonly AuditPlaceRow[]> {
  return db.select().from(auditIndex).where(eq(auditIndex.session_id, sessionId)).orderBy(asc(auditIndex.seq)).all();
}

export interface AuditFilter {
  readonly accountId: string;
  readonly sessionId?: string;
  readonly agentId?: string;
  readonly kind?: string;
  /** Epoch ms, inclusive. */
  readonly since?: number;
  readonly limit: number;
  /** Only events before this one. */
  readonly beforeSeq?: number | null;
}

/** Newest first. `next` is the seq to give as `beforeSeq`, null on the last page. */
export async function listAuditPlaces(
  db: Db,
  filter: AuditFilter,
): Promise<{ readonly rows: readonly AuditPlaceRow[]; readonly next: number | null }> {
  const { accountId, sessionId, agentId, kind, since, limit, beforeSeq } = filter;
  const rows = db
    .select()
    .from(auditIndex)
    .where(
      and(
        eq(auditIndex.account_id, accountId),
        sessionId === undefined ? undefined : eq(auditIndex.session_id, sessionId),
        agentId === undefined ? undefined : eq(auditIndex.agent_id, agentId),
        kind === undefined ? undefined : eq(auditIndex.kind, kind),
        since === undefined ? undefined : gte(auditIndex.ts, since),
        beforeSeq ? lt(auditIndex.seq, beforeSeq) : undefined,
      ),
    )
    .orderBy(desc(auditIndex.seq))
    .limit(limit + 1)
    .all();
  const shown = rows.slice(0, limit);
  return { rows: shown, next: rows.length > limit ? (shown.at(-1)?.seq ?? null) : null };
}

/** Events of an account after a seq, in the order of the log: for walks of any length. */
export async function listAccountPlacesForward(
  db: Db,
  accountId: string,
  afterSeq: number,
  limit: number,
): Promise<readonly AuditPlaceRow[]> {
  return db
    .select()
    .from(auditIndex)
    .where(and(eq(auditIndex.account_id, accountId), gt(auditIndex.seq, afterSeq)))
    .orderBy(asc(auditIndex.seq))
    .limit(limit)
    .all();
}

/** Rows of one transaction: it holds the thread for a few milliseconds at most. */
const DELETED_AT_ONCE = 500;

/** Forgets the places of a segment that was purged from disk. */
export async function deleteSegmentPlaces(db: Db, lastSeq: number): Promise<void> {
  for (;;) {
    const oldest = db
      .select({ seq: auditIndex.seq })
      .from(auditIndex)
      .where(lte(auditIndex.seq, lastSeq))
      .orderBy(asc(auditIndex.seq))
      .limit(1)
      .get();
    if (oldest === undefined) return;
    const until = Math.min(lastSeq, oldest.seq + DELETED_AT_ONCE - 1);
    db.delete(auditIndex).where(lte(auditIndex.seq, until)).run();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
