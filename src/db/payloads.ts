import { and, asc, eq, lt, sql } from "drizzle-orm";
import type { Db } from "./open.ts";
import { payloads } from "./schema.ts";

export type PayloadRow = typeof payloads.$inferSelect;
export type PayloadStage = PayloadRow["stage"];

/** Writes the sealed payloads of a session; a stage that is already there is replaced. */
export async function insertPayloads(db: Db, rows: readonly PayloadRow[]): Promise<void> {
  db.transaction((tx) => {
    for (const row of rows) {
      tx.insert(payloads)
        .values(row)
        .onConflictDoUpdate({
          target: [payloads.session_id, payloads.stage],
          set: { sealed: row.sealed, created_at: row.created_at },
        })
        .run();
    }
  });
}

export async function findPayloads(db: Db, sessionId: string): Promise<readonly PayloadRow[]> {
  return db.select().from(payloads).where(eq(payloads.session_id, sessionId)).all();
}

/** Up to `limit` rows after the given place, in the order of session and stage. */
export async function listPayloadsAfter(
  db: Db,
  after: Pick<PayloadRow, "session_id" | "stage"> | null,
  limit: number,
): Promise<readonly PayloadRow[]> {
  const later = after
    ? sql`(${payloads.session_id}, ${payloads.stage}) > (${after.session_id}, ${after.stage})`
    : undefined;
  return db
    .select()
    .from(payloads)
    .where(later)
    .orderBy(asc(payloads.session_id), asc(payloads.stage))
    .limit(limit)
    .all();
}

/** Puts rows under another key. A row that was purged or replaced in the meantime stays as it is. */
export async function resealPayloads(
  db: Db,
  changed: readonly { readonly row: PayloadRow; readonly sealed: string }[],
): Promise<void> {
  db.transaction((tx) => {
    for (const { row, sealed } of changed) {
      const same = and(
        eq(payloads.session_id, row.session_id),
        eq(payloads.stage, row.stage),
        eq(payloads.sealed, row.sealed),
      );
      tx.update(payloads).set({ sealed }).where(same).run();
    }
  });
}

/** How many rows were made before a moment, in epoch ms. */
export async function countPayloadsBefore(db: Db, beforeMs: number): Promise<number> {
  return db.$count(payloads, lt(payloads.created_at, beforeMs));
}

/** @returns how many rows were deleted. */
export async function purgePayloads(db: Db, beforeMs: number): Promise<number> {
  return db.delete(payloads).where(lt(payloads.created_at, beforeMs)).returning({ id: payloads.session_id }).all()
    .length;
}
