import { sha256Hex } from "../crypto/secret.ts";
import { findAccount, findFirstAccount } from "../db/accounts.ts";
import { findApiTokenByHash, touchApiToken } from "../db/api-tokens.ts";
import { findUserById, updateUser } from "../db/users.ts";
import { readCookie, SESSION_COOKIE } from "./cookie.ts";
import type { AuthDeps } from "./deps.ts";
import { isPermission, type Permission, permissionsOf } from "./permission.ts";
import type { Principal } from "./principal.ts";
import { findSession } from "./session.ts";

const TOUCH_EVERY_MS = 60_000;

export interface Authentication {
  readonly principal: Principal | null;
  /** The secret of a session whose cookie is to be set anew, because its expiry slid. */
  readonly renewedSecret: string | null;
}

/**
 * Who sends a request: its API token if it has an `Authorization` header, else its session cookie, else nobody.
 * @param touch whether this counts as use; false for a look that the caller did not cause
 */
export async function authenticate(deps: AuthDeps, headers: Headers, touch = true): Promise<Authentication> {
  const authorization = headers.get("authorization");
  if (authorization !== null) {
    const secret = /^Bearer +(msk_[A-Za-z0-9_-]+)$/i.exec(authorization)?.[1];
    return { principal: secret ? await tokenPrincipal(deps, secret) : null, renewedSecret: null };
  }
  const secret = readCookie(headers.get("cookie"), SESSION_COOKIE);
  return secret ? sessionPrincipal(deps, secret, touch) : { principal: null, renewedSecret: null };
}

/** Who a session's secret belongs to, right after sign-in. */
export async function principalOfSession(deps: AuthDeps, secret: string): Promise<Principal | null> {
  return (await sessionPrincipal(deps, secret, false)).principal;
}

async function sessionPrincipal(deps: AuthDeps, secret: string, touch: boolean): Promise<Authentication> {
  const nobody = { principal: null, renewedSecret: null };
  const found = await findSession(deps, secret, touch);
  if (!found) return nobody;
  const { user } = found;
  if (user.disabled_at !== null) return nobody;
  const account = await findAccount(deps.db, user.account_id);
  if (!account) return nobody;
  if (found.touched) await updateUser(deps.db, user.id, { last_seen_at: deps.clock() });
  const first = (await findFirstAccount(deps.db))?.id === account.id;
  return {
    principal: {
      account,
      user,
      role: user.role,
      permissions: new Set(permissionsOf(user.role, first)),
      sessionHash: found.session.hash,
      tokenExpiresAt: null,
      actor: user.id,
    },
    renewedSecret: found.touched ? secret : null,
  };
}

/** A token can never do more than its owner can now: it loses what the owner lost, and all of it when the owner is gone. */
async function tokenPrincipal(deps: AuthDeps, secret: string): Promise<Principal | null> {
  const token = await findApiTokenByHash(deps.db, sha256Hex(secret));
  const now = deps.clock();
  if (!token || (token.expires_at !== null && now >= token.expires_at)) return null;
  const user = token.user_id === null ? null : await findUserById(deps.db, token.user_id);
  if (token.user_id !== null && (!user || user.disabled_at !== null)) return null;
  const account = await findAccount(deps.db, token.account_id);
  if (!account) return null;
  const role = user?.role ?? "admin";
  const first = (await findFirstAccount(deps.db))?.id === account.id;
  const allowed = new Set<Permission>(permissionsOf(role, first));
  if (now - (token.last_used_at ?? 0) >= TOUCH_EVERY_MS) await touchApiToken(deps.db, token.id, now);
  return {
    account,
    user,
    role,
    permissions: new Set(token.permissions.filter(isPermission).filter((permission) => allowed.has(permission))),
    sessionHash: null,
    tokenExpiresAt: token.expires_at,
    actor: token.id,
  };
}
