import { and, asc, count, desc, eq, isNull, lt, or } from "drizzle-orm";
import { MaskerError } from "../errors.ts";
import { isUniqueViolation } from "./constraint.ts";
import type { Db } from "./open.ts";
import { type Page, type Position, toPage } from "./page.ts";
import { apiTokens, authSessions, oneTimeTokens, users } from "./schema.ts";

export type UserRow = typeof users.$inferSelect;
export type UserPatch = Partial<Omit<UserRow, "id" | "account_id" | "created_at">>;

/** @throws MaskerError name_taken when the e-mail address or the outside identity belongs to another user. */
export async function insertUser(db: Db, row: UserRow): Promise<void> {
  try {
    db.insert(users).values(row).run();
  } catch (thrown) {
    throw isUniqueViolation(thrown) ? new MaskerError("name_taken", { cause: thrown }) : thrown;
  }
}

/** A user of that account; disabled ones included. */
export async function findUser(db: Db, accountId: string, userId: string): Promise<UserRow | null> {
  const own = and(eq(users.id, userId), eq(users.account_id, accountId));
  return db.select().from(users).where(own).get() ?? null;
}

export async function findUserById(db: Db, userId: string): Promise<UserRow | null> {
  return db.select().from(users).where(eq(users.id, userId)).get() ?? null;
}

/** @param email in lower case. */
export async function findUserByEmail(db: Db, email: string): Promise<UserRow | null> {
  return db.select().from(users).where(eq(users.email, email)).get() ?? null;
}

export async function findUserByGithubId(db: Db, githubId: number): Promise<UserRow | null> {
  return db.select().from(users).where(eq(users.github_id, githubId)).get() ?? null;
}

export async function findUserByOidcSubject(db: Db, subject: string): Promise<UserRow | null> {
  return db.select().from(users).where(eq(users.oidc_subject, subject)).get() ?? null;
}

export interface UserFilter {
  readonly accountId: string;
  readonly limit: number;
  readonly after?: Position | null;
}

/** Newest first. */
export async function listUsers(db: Db, { accountId, limit, after }: UserFilter): Promise<Page<UserRow>> {
  const older = after
    ? or(lt(users.created_at, after.time), and(eq(users.created_at, after.time), lt(users.id, after.id)))
    : undefined;
  const rows = db
    .select()
    .from(users)
    .where(and(eq(users.account_id, accountId), older))
    .orderBy(desc(users.created_at), desc(users.id))
    .limit(limit + 1)
    .all();
  return toPage(rows, limit, (row) => ({ time: row.created_at, id: row.id }));
}

/** @throws MaskerError name_taken as insertUser. */
export async function updateUser(db: Db, userId: string, patch: UserPatch): Promise<UserRow | null> {
  if (Object.keys(patch).length === 0) return findUserById(db, userId);
  try {
    return db.update(users).set(patch).where(eq(users.id, userId)).returning().get() ?? null;
  } catch (thrown) {
    throw isUniqueViolation(thrown) ? new MaskerError("name_taken", { cause: thrown }) : thrown;
  }
}

/**
 * Takes a code of the second factor once: false when that time step, or a later one, was already used.
 * One statement, so that two requests with the same code cannot both pass.
 */
export async function takeTotpStep(db: Db, userId: string, step: number): Promise<boolean> {
  const unused = or(isNull(users.totp_last_step), lt(users.totp_last_step, step));
  const taken = db
    .update(users)
    .set({ totp_last_step: step })
    .where(and(eq(users.id, userId), unused))
    .returning({ id: users.id })
    .get();
  return taken !== undefined;
}

/** Deletes the user with their sign-ins, API tokens and links; the audit log keeps its events. */
export async function deleteUser(db: Db, accountId: string, userId: string): Promise<boolean> {
  return db.transaction((tx) => {
    const own = and(eq(users.id, userId), eq(users.account_id, accountId));
    if (!tx.select({ id: users.id }).from(users).where(own).get()) return false;
    tx.delete(authSessions).where(eq(authSessions.user_id, userId)).run();
    tx.delete(apiTokens).where(eq(apiTokens.user_id, userId)).run();
    tx.delete(oneTimeTokens).where(eq(oneTimeTokens.user_id, userId)).run();
    tx.delete(users).where(own).run();
    return true;
  });
}

/** Admins of the account who can sign in: the last of them must stay. */
export async function countActiveAdmins(db: Db, accountId: string): Promise<number> {
  const active = and(eq(users.account_id, accountId), eq(users.role, "admin"), isNull(users.disabled_at));
  return db.select({ n: count() }).from(users).where(active).get()?.n ?? 0;
}

/** True when some admin exists in the installation: then the setup link is over. */
export async function anyAdminExists(db: Db): Promise<boolean> {
  return (
    db.select({ id: users.id }).from(users).where(eq(users.role, "admin")).orderBy(asc(users.id)).limit(1).get() !==
    undefined
  );
}
