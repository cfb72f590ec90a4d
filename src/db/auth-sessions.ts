import { and, eq, gt, lt, ne } from "drizzle-orm";
import type { Db } from "./open.ts";
import { authSessions, users } from "./schema.ts";
import type { UserRow } from "./users.ts";

export type AuthSessionRow = typeof authSessions.$inferSelect;

export async function insertAuthSession(db: Db, row: AuthSessionRow): Promise<void> {
  db.insert(authSessions).values(row).run();
}

/** The sign-in that a cookie names, with its user; null when unknown or over. Idle limits are the caller's. */
export async function findAuthSession(
  db: Db,
  hash: string,
  nowMs: number,
): Promise<{ readonly session: AuthSessionRow; readonly user: UserRow } | null> {
  return (
    db
      .select({ session: authSessions, user: users })
      .from(authSessions)
      .innerJoin(users, eq(users.id, authSessions.user_id))
      .where(and(eq(authSessions.hash, hash), gt(authSessions.expires_at, nowMs)))
      .get() ?? null
  );
}

export async function touchAuthSession(
  db: Db,
  hash: string,
  times: Pick<AuthSessionRow, "last_seen_at" | "expires_at">,
): Promise<void> {
  db.update(authSessions).set(times).where(eq(authSessions.hash, hash)).run();
}

export async function deleteAuthSession(db: Db, hash: string): Promise<void> {
  db.delete(authSessions).where(eq(authSessions.hash, hash)).run();
}

/** Ends all sign-ins of a user but the one named. */
export async function deleteAuthSessionsOf(db: Db, userId: string, exceptHash?: string): Promise<void> {
  const others = exceptHash === undefined ? undefined : ne(authSessions.hash, exceptHash);
  db.delete(authSessions)
    .where(and(eq(authSessions.user_id, userId), others))
    .run();
}

export async function purgeAuthSessions(db: Db, nowMs: number): Promise<void> {
  db.delete(authSessions).where(lt(authSessions.expires_at, nowMs)).run();
}
