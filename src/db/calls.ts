import { and, eq, isNull } from "drizzle-orm";
import type { Db } from "./open.ts";
import { calls } from "./schema.ts";

export type CallRow = typeof calls.$inferSelect;

export async function findCall(db: Db, callId: string): Promise<CallRow | null> {
  return db.select().from(calls).where(eq(calls.id, callId)).get() ?? null;
}

/** Keeps the earliest start when the call is already there. */
export async function insertCall(db: Db, row: CallRow): Promise<void> {
  db.insert(calls).values(row).onConflictDoNothing().run();
}

export async function endCall(db: Db, callId: string, nowMs: number): Promise<void> {
  db.update(calls)
    .set({ ended_at: nowMs })
    .where(and(eq(calls.id, callId), isNull(calls.ended_at)))
    .run();
}
