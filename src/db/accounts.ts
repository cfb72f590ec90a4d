import { asc, eq } from "drizzle-orm";
import type { Db } from "./open.ts";
import { accounts } from "./schema.ts";

export type AccountRow = typeof accounts.$inferSelect;

export async function insertAccount(db: Db, row: AccountRow): Promise<void> {
  db.insert(accounts).values(row).run();
}

export async function findAccount(db: Db, accountId: string): Promise<AccountRow | null> {
  return db.select().from(accounts).where(eq(accounts.id, accountId)).get() ?? null;
}

/** The oldest account: its admins look after the machine itself. */
export async function findFirstAccount(db: Db): Promise<AccountRow | null> {
  return db.select().from(accounts).orderBy(asc(accounts.created_at), asc(accounts.id)).limit(1).get() ?? null;
}
