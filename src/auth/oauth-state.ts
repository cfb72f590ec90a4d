import { randomBytes } from "node:crypto";
import { z } from "zod";
import { deriveKey } from "../crypto/derive.ts";
import { openText, sealText } from "../crypto/seal.ts";
import { equalSecrets } from "../crypto/secret.ts";
import { MaskerError } from "../errors.ts";
import { formatCookie } from "./cookie.ts";
import type { AuthDeps } from "./deps.ts";

export const STATE_COOKIE = "masker_oauth_state";

const LIFETIME_SECONDS = 600;

const stateSchema = z.strictObject({
  provider: z.enum(["github", "oidc"]),
  state: z.string(),
  /** PKCE (RFC 7636). */
  verifier: z.string(),
  nonce: z.string(),
  redirect_to: z.string(),
  expires_at: z.number(),
});

/** What must be remembered between the redirect to the identity provider and the way back. */
export type OAuthState = z.infer<typeof stateSchema>;

/** Fresh random values for one sign-in. */
export function newOAuthState(deps: AuthDeps, provider: OAuthState["provider"], redirectTo: string): OAuthState {
  const random = () => randomBytes(32).toString("base64url");
  return {
    provider,
    state: random(),
    verifier: random(),
    nonce: random(),
    redirect_to: redirectTo,
    expires_at: deps.clock() + LIFETIME_SECONDS * 1000,
  };
}

/** Sealed into a cookie of the browser that began: only that browser can finish, and nothing is kept here. */
export function stateCookie(deps: AuthDeps, state: OAuthState, secure: boolean): string {
  const sealed = sealText(stateKey(deps), JSON.stringify(state), STATE_COOKIE);
  return formatCookie(STATE_COOKIE, sealed, { maxAge: LIFETIME_SECONDS, secure, path: "/api/v1/auth" });
}

export function clearedStateCookie(secure: boolean): string {
  return formatCookie(STATE_COOKIE, "", { maxAge: 0, secure, path: "/api/v1/auth" });
}

/**
 * The remembered state, when the `state` that came back belongs to it.
 * @throws MaskerError invalid_state
 */
export function checkState(
  deps: AuthDeps,
  provider: OAuthState["provider"],
  sealed: string | null,
  returned: string | undefined,
): OAuthState {
  const text = sealed === null ? null : openText(stateKey(deps), sealed, STATE_COOKIE);
  const state = text === null ? null : stateSchema.parse(JSON.parse(text));
  const matches =
    state !== null &&
    returned !== undefined &&
    state.provider === provider &&
    deps.clock() < state.expires_at &&
    equalSecrets(state.state, returned);
  if (!matches) throw new MaskerError("invalid_state");
  return state;
}

function stateKey(deps: AuthDeps): Uint8Array {
  return deriveKey(deps.config.keys.session, "oauth state", "1");
}
