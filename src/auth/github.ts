import { createHash } from "node:crypto";
import { z } from "zod";
import { MaskerError } from "../errors.ts";
import type { AuthDeps } from "./deps.ts";
import type { ExternalIdentity } from "./external-user.ts";
import type { OAuthState } from "./oauth-state.ts";

const TIMEOUT_MS = 10_000;

type GitHubConfig = NonNullable<AuthDeps["config"]["github"]>;

const tokenSchema = z.object({ access_token: z.string().min(1) });
const profileSchema = z.object({
  id: z.int().positive(),
  login: z.string().min(1).max(128),
  name: z.string().nullish(),
  avatar_url: z.string().nullish(),
});
const emailsSchema = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }));

/** Where the browser goes to be asked. */
export function githubAuthorizeUrl(github: GitHubConfig, state: OAuthState, redirectUri: string): string {
  const url = new URL(`${github.url}/login/oauth/authorize`);
  url.search = new URLSearchParams({
    client_id: github.clientId,
    redirect_uri: redirectUri,
    scope: "read:user user:email",
    state: state.state,
    code_challenge: createHash("sha256").update(state.verifier).digest("base64url"),
    code_challenge_method: "S256",
  }).toString();
  return url.href;
}

/**
 * The person behind a code that came back.
 * @throws MaskerError oauth_exchange_failed
 */
export async function githubIdentity(
  github: GitHubConfig,
  code: string | undefined,
  state: OAuthState,
  redirectUri: string,
): Promise<ExternalIdentity> {
  try {
    // GitHub sends `error` in its place when the person said no.
    if (!code) throw new Error("no code");
    const token = await exchange(github, code, state, redirectUri);
    const profile = profileSchema.parse(await get(github, "/user", token));
    const emails = emailsSchema.parse(await get(github, "/user/emails", token));
    const email = emails.find((entry) => entry.primary && entry.verified) ?? emails.find((entry) => entry.verified);
    if (!email) throw new Error("no verified address");
    return {
      provider: "github",
      subject: String(profile.id),
      login: profile.login,
      email: email.email.toLowerCase(),
      name: (profile.name || profile.login).slice(0, 128),
      avatarUrl: profile.avatar_url?.startsWith("https://") ? profile.avatar_url : null,
      role: undefined,
    };
  } catch (cause) {
    throw new MaskerError("oauth_exchange_failed", { cause });
  }
}

async function exchange(github: GitHubConfig, code: string, state: OAuthState, redirectUri: string): Promise<string> {
  const response = await fetch(`${github.url}/login/oauth/access_token`, {
    method: "POST",
    headers: { accept: "application/json" },
    body: new URLSearchParams({
      client_id: github.clientId,
      client_secret: github.clientSecret,
      code,
      redirect_uri: redirectUri,
      code_verifier: state.verifier,
    }),
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  // GitHub answers a bad code with 200 and an `error` field.
  return tokenSchema.parse(await response.json()).access_token;
}

async function get(github: GitHubConfig, path: string, token: string): Promise<unknown> {
  const response = await fetch(`${apiBase(github.url)}${path}`, {
    headers: { accept: "application/vnd.github+json", authorization: `Bearer ${token}`, "user-agent": "masker" },
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response.json();
}

/** github.com has its API on a host of its own, Enterprise below its base URL. */
function apiBase(url: string): string {
  return new URL(url).hostname === "github.com" ? "https://api.github.com" : `${url}/api/v3`;
}
