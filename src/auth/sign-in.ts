import type { EventBodies } from "../audit/event.ts";
import { openText } from "../crypto/seal.ts";
import { anyAdminExists, findUserByEmail, findUserById, takeTotpStep, type UserRow, updateUser } from "../db/users.ts";
import { MaskerError } from "../errors.ts";
import { type AuthDeps, accountScope } from "./deps.ts";
import { checkLink, consumeLink } from "./link.ts";
import { addAdmin } from "./new-user.ts";
import { passwordProblem } from "./password.ts";
import { totpKey } from "./second-factor.ts";
import { endSessionsOf, startSession } from "./session.ts";
import { matchTotp } from "./totp.ts";

/** What every way in needs to know of the request. */
export interface SignInRequest {
  readonly address: string | null;
  /** The session secret that the request already carried. */
  readonly cameWith: string | null;
}

export interface SignedIn {
  readonly userId: string;
  /** For the session cookie. */
  readonly secret: string;
}

type Method = EventBodies["user_login"]["method"];

/**
 * Local sign-in. A user who does not exist, is disabled or has no password costs the same hash work and gets the same
 * answer as a wrong password.
 * @throws MaskerError unauthenticated (`details` say `totp_required` when only the code is missing), rate_limited
 */
export async function signInWithPassword(
  deps: AuthDeps,
  given: { readonly email: string; readonly password: string; readonly totp?: string | undefined },
  request: SignInRequest,
): Promise<SignedIn> {
  const email = given.email.toLowerCase();
  await attempt(deps, email, request.address);
  const user = await findUserByEmail(deps.db, email);
  const usable = user !== null && user.disabled_at === null;
  const matches = await deps.hasher.verify(given.password, usable ? user.password_hash : null);
  if (!usable || !matches) {
    await auditFailure(deps, user, "password", "wrong_password");
    throw new MaskerError("unauthenticated", { message: "The e-mail address or the password is wrong." });
  }
  if (user.totp_sealed !== null) await checkSecondFactor(deps, user, user.totp_sealed, given.totp);
  deps.throttle.succeeded(email, request.address);
  return completeSignIn(deps, user, "password", request);
}

async function attempt(deps: AuthDeps, email: string, address: string | null): Promise<void> {
  try {
    deps.throttle.attempt(email, address);
  } catch (thrown) {
    if (deps.throttle.isNews(email)) await auditFailure(deps, null, "password", "throttled");
    throw thrown;
  }
}

async function checkSecondFactor(
  deps: AuthDeps,
  user: UserRow,
  sealed: string,
  code: string | undefined,
): Promise<void> {
  if (code === undefined) {
    throw new MaskerError("unauthenticated", {
      message: "The code of the second factor is needed.",
      details: [{ path: "totp", code: "totp_required", message: "totp_required" }],
    });
  }
  const secret = openText(totpKey(deps), sealed, user.id);
  const step = secret === null ? null : matchTotp(secret, code, deps.clock(), user.totp_last_step);
  // The step is taken in one statement, so that one code sent twice at once signs in once.
  if (step === null || !(await takeTotpStep(deps.db, user.id, step))) {
    await auditFailure(deps, user, "password", "wrong_totp");
    throw new MaskerError("unauthenticated", {
      message: "The code of the second factor is wrong.",
      details: [{ path: "totp", code: "totp_wrong", message: "totp_wrong" }],
    });
  }
}

/** The first admin, with the installation's first account. The link is used up only by a request that succeeds. */
export async function setUp(
  deps: AuthDeps,
  given: { readonly setup_token: string; readonly email: string; readonly password: string; readonly name: string },
  request: SignInRequest,
): Promise<SignedIn> {
  deps.throttle.attempt("setup link", request.address);
  const link = await checkLink(deps, given.setup_token, ["setup"]);
  const email = given.email.toLowerCase();
  refuseBadPassword(given.password, email);
  const password_hash = await deps.hasher.hash(given.password);
  if (await anyAdminExists(deps.db)) {
    throw new MaskerError("unauthenticated", { message: "This installation is already set up." });
  }
  await consumeLink(deps, link.hash);
  const user = await addAdmin(deps, { email, name: given.name, password_hash });
  deps.throttle.succeeded("setup link", request.address);
  return completeSignIn(deps, user, "setup", request);
}

/** Redeems an invitation or a password reset: sets the password, ends what sessions there were, and signs in. */
export async function redeemInvitation(
  deps: AuthDeps,
  given: { readonly invite_token: string; readonly password: string; readonly name?: string | undefined },
  request: SignInRequest,
): Promise<SignedIn> {
  deps.throttle.attempt("invite link", request.address);
  const link = await checkLink(deps, given.invite_token, ["invite", "reset"]);
  const user = link.userId === null ? null : await findUserById(deps.db, link.userId);
  if (!user || user.disabled_at !== null) throw new MaskerError("unauthenticated");
  refuseBadPassword(given.password, user.email);
  const password_hash = await deps.hasher.hash(given.password);
  const body = { actor: user.id, user_id: user.id, change: `password set by ${link.purpose} link` };
  await deps.audit.append([{ kind: "user_changed", scope: accountScope(user.account_id), body }]);
  await consumeLink(deps, link.hash);
  await updateUser(deps.db, user.id, { password_hash, ...(given.name === undefined ? {} : { name: given.name }) });
  await endSessionsOf(deps, user.id);
  deps.throttle.succeeded("invite link", request.address);
  // A second factor that was set up stays: a reset link alone must not get around it.
  return user.totp_sealed === null ? completeSignIn(deps, user, "invite", request) : totpStillNeeded();
}

function totpStillNeeded(): never {
  throw new MaskerError("unauthenticated", {
    message: "The password is set. Sign in with it and the code of the second factor.",
    details: [{ path: "totp", code: "totp_required", message: "totp_required" }],
  });
}

/** A session for a user who has proved who they are. Nothing is given out before the event is on disk. */
export async function completeSignIn(
  deps: AuthDeps,
  user: UserRow,
  method: Method,
  request: SignInRequest,
): Promise<SignedIn> {
  const body = { user_id: user.id, method };
  await deps.audit.append([{ kind: "user_login", scope: accountScope(user.account_id), body }]);
  await updateUser(deps.db, user.id, { last_seen_at: deps.clock() });
  return { userId: user.id, secret: await startSession(deps, user.id, request.cameWith) };
}

/** Never the e-mail address that was tried: it is somebody's, or a password typed into the wrong field. */
export async function auditFailure(
  deps: AuthDeps,
  user: UserRow | null,
  method: string,
  reason: string,
): Promise<void> {
  const scope = accountScope(user?.account_id ?? null);
  await deps.audit.append([{ kind: "user_login_failed", scope, body: { method, reason } }]);
}

/** @throws MaskerError validation_failed */
export function refuseBadPassword(password: string, email: string): void {
  const problem = passwordProblem(password, email);
  if (problem !== null)
    throw new MaskerError("validation_failed", { details: [{ path: "password", message: problem }] });
}
