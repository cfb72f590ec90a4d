import { eq, lt } from "drizzle-orm";
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

/** @returns how many rows were deleted. */
export async function purgePayloads(db: Db, beforeMs: number): Promise<number> {
  return db.delete(payloads).where(lt(payloads.created_at, beforeMs)).returning({ id: payloads.session_id }).all()
    .length;
}
