import { type AccountRow, findFirstAccount, insertAccount } from "../db/accounts.ts";
import { findUserByEmail, insertUser, type UserRow } from "../db/users.ts";
import { MaskerError } from "../errors.ts";
import { newId } from "../id.ts";
import { type AuthDeps, accountScope } from "./deps.ts";

type NewUserDeps = Pick<AuthDeps, "db" | "clock" | "audit">;

/** What a new user has from the start; the rest is empty. */
export type NewUser = Pick<UserRow, "account_id" | "email" | "name" | "role"> & Partial<UserRow>;

/**
 * Adds a user and logs it.
 * @param actor who adds them, null when they add themselves
 * @throws MaskerError name_taken
 */
export async function addUser(deps: NewUserDeps, given: NewUser, actor: string | null): Promise<UserRow> {
  const user: UserRow = {
    password_hash: null,
    totp_sealed: null,
    totp_pending_sealed: null,
    totp_last_step: null,
    github_id: null,
    github_login: null,
    oidc_subject: null,
    avatar_url: null,
    last_seen_at: null,
    disabled_at: null,
    ...given,
    id: newId("user"),
    created_at: deps.clock(),
  };
  if (await findUserByEmail(deps.db, user.email)) throw new MaskerError("name_taken");
  // Logged first, here and wherever rights change: what cannot be logged must not come to be.
  const body = { actor: actor ?? user.id, user_id: user.id, change: `added as ${user.role}` };
  await deps.audit.append([{ kind: "user_changed", scope: accountScope(user.account_id), body }]);
  await insertUser(deps.db, user);
  return user;
}

/** An admin of the installation's first account. */
export async function addAdmin(
  deps: NewUserDeps,
  given: { readonly email: string; readonly name: string; readonly password_hash: string },
): Promise<UserRow> {
  const account = await ensureFirstAccount(deps);
  return addUser(deps, { ...given, account_id: account.id, role: "admin" }, null);
}

/** The installation's first account, made when there is none. */
export async function ensureFirstAccount(deps: Pick<AuthDeps, "db" | "clock">): Promise<AccountRow> {
  return (await findFirstAccount(deps.db)) ?? addAccount(deps, "Main");
}

export async function addAccount(deps: Pick<AuthDeps, "db" | "clock">, name: string): Promise<AccountRow> {
  const account: AccountRow = { id: newId("account"), name, plan: "self-hosted", created_at: deps.clock() };
  await insertAccount(deps.db, account);
  return account;
}
