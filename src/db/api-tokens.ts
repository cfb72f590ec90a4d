import { and, desc, eq, lt, or } from "drizzle-orm";
import type { Db } from "./open.ts";
import { type Page, type Position, toPage } from "./page.ts";
import { apiTokens } from "./schema.ts";

export type ApiTokenRow = typeof apiTokens.$inferSelect;

export async function insertApiToken(db: Db, row: ApiTokenRow): Promise<void> {
  db.insert(apiTokens).values(row).run();
}

/** Whatever its expiry: the caller checks that against its clock. */
export async function findApiTokenByHash(db: Db, hash: string): Promise<ApiTokenRow | null> {
  return db.select().from(apiTokens).where(eq(apiTokens.hash, hash)).get() ?? null;
}

export async function findApiToken(db: Db, accountId: string, tokenId: string): Promise<ApiTokenRow | null> {
  const own = and(eq(apiTokens.id, tokenId), eq(apiTokens.account_id, accountId));
  return db.select().from(apiTokens).where(own).get() ?? null;
}

export interface ApiTokenFilter {
  readonly accountId: string;
  /** Absent: of all users, and those of none. */
  readonly userId?: string;
  readonly limit: number;
  readonly after?: Position | null;
}

/** Newest first. */
export async function listApiTokens(
  db: Db,
  { accountId, userId, limit, after }: ApiTokenFilter,
): Promise<Page<ApiTokenRow>> {
  const owner = userId === undefined ? undefined : eq(apiTokens.user_id, userId);
  const older = after
    ? or(lt(apiTokens.created_at, after.time), and(eq(apiTokens.created_at, after.time), lt(apiTokens.id, after.id)))
    : undefined;
  const rows = db
    .select()
    .from(apiTokens)
    .where(and(eq(apiTokens.account_id, accountId), owner, older))
    .orderBy(desc(apiTokens.created_at), desc(apiTokens.id))
    .limit(limit + 1)
    .all();
  return toPage(rows, limit, (row) => ({ time: row.created_at, id: row.id }));
}

/** @returns the deleted row, null when the account has none of that id. */
export async function deleteApiToken(db: Db, accountId: string, tokenId: string): Promise<ApiTokenRow | null> {
  const own = and(eq(apiTokens.id, tokenId), eq(apiTokens.account_id, accountId));
  return db.delete(apiTokens).where(own).returning().get() ?? null;
}

export async function touchApiToken(db: Db, tokenId: string, nowMs: number): Promise<void> {
  db.update(apiTokens).set({ last_used_at: nowMs }).where(eq(apiTokens.id, tokenId)).run();
}
