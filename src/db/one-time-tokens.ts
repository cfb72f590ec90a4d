import { and, eq, gt, isNull, lt } from "drizzle-orm";
import type { Db } from "./open.ts";
import { oneTimeTokens } from "./schema.ts";

export type OneTimeTokenRow = typeof oneTimeTokens.$inferSelect;
export type OneTimePurpose = OneTimeTokenRow["purpose"];

export async function insertOneTimeToken(db: Db, row: OneTimeTokenRow): Promise<void> {
  db.insert(oneTimeTokens).values(row).run();
}

/** A link that can still be used, or null. */
export async function findOneTimeToken(db: Db, hash: string, nowMs: number): Promise<OneTimeTokenRow | null> {
  const usable = and(eq(oneTimeTokens.hash, hash), isNull(oneTimeTokens.used_at), gt(oneTimeTokens.expires_at, nowMs));
  return db.select().from(oneTimeTokens).where(usable).get() ?? null;
}

/** Uses a link up. Null when it is unknown, used or over; one statement, so that it works only once. */
export async function redeemOneTimeToken(db: Db, hash: string, nowMs: number): Promise<OneTimeTokenRow | null> {
  const usable = and(eq(oneTimeTokens.hash, hash), isNull(oneTimeTokens.used_at), gt(oneTimeTokens.expires_at, nowMs));
  return db.update(oneTimeTokens).set({ used_at: nowMs }).where(usable).returning().get() ?? null;
}

/** Makes earlier links of that purpose useless; `userId` null means links that belong to no user. */
export async function deleteOneTimeTokens(db: Db, purpose: OneTimePurpose, userId: string | null): Promise<void> {
  const owner = userId === null ? isNull(oneTimeTokens.user_id) : eq(oneTimeTokens.user_id, userId);
  db.delete(oneTimeTokens)
    .where(and(eq(oneTimeTokens.purpose, purpose), owner))
    .run();
}

export async function purgeOneTimeTokens(db: Db, nowMs: number): Promise<void> {
  db.delete(oneTimeTokens).where(lt(oneTimeTokens.expires_at, nowMs)).run();
}
