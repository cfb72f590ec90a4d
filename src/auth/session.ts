import { newSecret, sha256Hex } from "../crypto/secret.ts";
import {
  type AuthSessionRow,
  deleteAuthSession,
  deleteAuthSessionsOf,
  findAuthSession,
  insertAuthSession,
  touchAuthSession,
} from "../db/auth-sessions.ts";
import type { UserRow } from "../db/users.ts";
import { type CookieOptions, formatCookie, SESSION_COOKIE, SESSION_MAX_AGE } from "./cookie.ts";
import type { AuthDeps } from "./deps.ts";

const LIFETIME_MS = SESSION_MAX_AGE * 1000;

/** Use is written down at most this often, so that a busy portal does not write on every request. */
const TOUCH_EVERY_MS = 60_000;

/**
 * A new session. Its secret is always made here and never taken from the request, so that a session which somebody planted
 * in a browser before sign-in is worth nothing after it (fixation); the one that came with the request ends.
 * @param cameWith the session secret of the request that signs in, null when it had none
 * @returns the secret for the cookie; only its hash is stored
 */
export async function startSession(deps: AuthDeps, userId: string, cameWith: string | null): Promise<string> {
  const now = deps.clock();
  if (cameWith !== null) await deleteAuthSession(deps.db, sha256Hex(cameWith));
  const secret = newSecret("session");
  await insertAuthSession(deps.db, {
    hash: sha256Hex(secret),
    user_id: userId,
    created_at: now,
    last_seen_at: now,
    expires_at: now + LIFETIME_MS,
  });
  return secret;
}

/**
 * The live session of a cookie's secret, or null. Idle ones are deleted on sight; expired ones are not found.
 * @param touch whether this look counts as use
 * @returns `touched` when this use moved the expiry, so that the browser's cookie must move too
 */
export async function findSession(
  deps: AuthDeps,
  secret: string,
  touch: boolean,
): Promise<{ readonly session: AuthSessionRow; readonly user: UserRow; readonly touched: boolean } | null> {
  const now = deps.clock();
  const found = await findAuthSession(deps.db, sha256Hex(secret), now);
  if (!found) return null;
  const { session, user } = found;
  const idleMs = deps.config.sessionIdleMinutes * 60_000;
  if (idleMs > 0 && now - session.last_seen_at >= idleMs) {
    await deleteAuthSession(deps.db, session.hash);
    return null;
  }
  const every = idleMs > 0 ? Math.min(TOUCH_EVERY_MS, idleMs / 10) : TOUCH_EVERY_MS;
  const touched = touch && now - session.last_seen_at >= every;
  if (touched) await touchAuthSession(deps.db, session.hash, { last_seen_at: now, expires_at: now + LIFETIME_MS });
  return { session, user, touched };
}

export async function endSession(deps: AuthDeps, secret: string): Promise<void> {
  await deleteAuthSession(deps.db, sha256Hex(secret));
}

/** Ends every session of a user, but for the one whose hash is given. */
export async function endSessionsOf(deps: Pick<AuthDeps, "db">, userId: string, exceptHash?: string): Promise<void> {
  await deleteAuthSessionsOf(deps.db, userId, exceptHash);
}

/** The cookie that carries a session; an empty secret deletes it. */
export function sessionCookie(secret: string, secure: boolean): string {
  const options: CookieOptions = { maxAge: secret === "" ? 0 : SESSION_MAX_AGE, secure };
  return formatCookie(SESSION_COOKIE, secret, options);
}
