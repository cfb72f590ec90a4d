import type { AccountRow } from "../db/accounts.ts";
import type { UserRole } from "../db/schema.ts";
import {
  anyAdminExists,
  findUserByEmail,
  findUserByGithubId,
  findUserByOidcSubject,
  type UserRow,
  updateUser,
} from "../db/users.ts";
import { MaskerError } from "../errors.ts";
import { type AuthDeps, accountScope } from "./deps.ts";
import { addAccount, addUser, ensureFirstAccount } from "./new-user.ts";
import { endSessionsOf } from "./session.ts";
import { auditFailure } from "./sign-in.ts";

/** A person as an identity provider describes them. */
export interface ExternalIdentity {
  readonly provider: "github" | "oidc";
  /** The provider's id of the person; names and addresses can change hands, this cannot. */
  readonly subject: string;
  readonly login: string | null;
  /** Lower case. Verified where the provider says so; some OpenID providers say neither yes nor no, and are believed. */
  readonly email: string;
  readonly name: string;
  readonly avatarUrl: string | null;
  /** From the role claim: a role, null when the claim names none, undefined when roles are not mapped. */
  readonly role: UserRole | null | undefined;
}

/**
 * The user whom an identity belongs to: known already, invited under that address, sent by a provider that gives out roles,
 * the first of the installation, or, where sign-up is open, the admin of a new account.
 * @throws MaskerError forbidden
 */
export async function userOfIdentity(deps: AuthDeps, identity: ExternalIdentity): Promise<UserRow> {
  const known = await findByIdentity(deps, identity);
  if (identity.role === null) {
    // The provider took the role away: what is still signed in goes with it.
    if (known) await endSessionsOf(deps, known.id);
    return refuse(deps, known, identity, "no_role");
  }
  if (known)
    return known.disabled_at === null ? refresh(deps, known, identity) : refuse(deps, known, identity, "disabled");

  const namesake = await findUserByEmail(deps.db, identity.email);
  if (namesake) {
    // Only an open invitation is taken over by address; a user who has a way in of their own is not.
    const invited =
      namesake.password_hash === null &&
      namesake.github_id === null &&
      namesake.oidc_subject === null &&
      namesake.disabled_at === null;
    return invited ? refresh(deps, namesake, identity) : refuse(deps, namesake, identity, "address_taken");
  }
  if (identity.role !== undefined) return add(deps, identity, await ensureFirstAccount(deps), identity.role);
  if (!(await anyAdminExists(deps.db))) return add(deps, identity, await ensureFirstAccount(deps), "admin");
  if (deps.config.signup === "open") return add(deps, identity, await addAccount(deps, identity.name), "admin");
  return refuse(deps, null, identity, "sign_up_closed");
}

function findByIdentity(deps: AuthDeps, { provider, subject }: ExternalIdentity): Promise<UserRow | null> {
  return provider === "github" ? findUserByGithubId(deps.db, Number(subject)) : findUserByOidcSubject(deps.db, subject);
}

function identityFields(identity: ExternalIdentity) {
  const own =
    identity.provider === "github"
      ? { github_id: Number(identity.subject), github_login: identity.login }
      : { oidc_subject: identity.subject };
  return { ...own, name: identity.name, avatar_url: identity.avatarUrl };
}

async function refresh(deps: AuthDeps, user: UserRow, identity: ExternalIdentity): Promise<UserRow> {
  const role = identity.role ?? user.role;
  if (role !== user.role) await auditChange(deps, user, `role ${user.role} to ${role} by the identity provider`);
  await updateUser(deps.db, user.id, { ...identityFields(identity), role });
  return { ...user, ...identityFields(identity), role };
}

function add(deps: AuthDeps, identity: ExternalIdentity, account: AccountRow, role: UserRole): Promise<UserRow> {
  return addUser(deps, { account_id: account.id, email: identity.email, role, ...identityFields(identity) }, null);
}

async function refuse(
  deps: AuthDeps,
  user: UserRow | null,
  identity: ExternalIdentity,
  reason: string,
): Promise<never> {
  await auditFailure(deps, user, identity.provider, reason);
  throw new MaskerError("forbidden", { message: "This person has no access here. Ask an admin for an invitation." });
}

async function auditChange(deps: AuthDeps, user: UserRow, change: string): Promise<void> {
  const body = { actor: user.id, user_id: user.id, change };
  await deps.audit.append([{ kind: "user_changed", scope: accountScope(user.account_id), body }]);
}
