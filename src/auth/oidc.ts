import * as client from "openid-client";
import type { UserRole } from "../db/schema.ts";
import { MaskerError } from "../errors.ts";
import type { AuthDeps } from "./deps.ts";
import type { ExternalIdentity } from "./external-user.ts";
import type { OAuthState } from "./oauth-state.ts";
import { ROLES } from "./permission.ts";

type OidcConfig = NonNullable<AuthDeps["config"]["oidc"]>;

/** Providers rotate keys and move endpoints; a discovery document is read again after this. */
const DISCOVERY_TTL_MS = 3_600_000;
const TIMEOUT_SECONDS = 10;

/** Sign-in with one OpenID Connect provider. */
export interface Oidc {
  /** @throws MaskerError oauth_exchange_failed when the provider's discovery document cannot be read */
  authorizeUrl(state: OAuthState, redirectUri: string): Promise<string>;
  /** @throws MaskerError oauth_exchange_failed */
  identity(query: URLSearchParams, state: OAuthState, redirectUri: string): Promise<ExternalIdentity>;
}

export function createOidc(oidc: OidcConfig, clock: () => number): Oidc {
  const discover = createDiscovery(oidc, clock);
  return {
    async authorizeUrl(state, redirectUri) {
      const configuration = await exchangeStep(discover);
      const url = client.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: "openid email profile",
        state: state.state,
        nonce: state.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(state.verifier),
        code_challenge_method: "S256",
      });
      return url.href;
    },
    identity: (query, state, redirectUri) =>
      exchangeStep(async () => {
        const configuration = await discover();
        // The library takes redirect_uri from the URL it is given; behind a proxy the request's own host is not it.
        const url = new URL(redirectUri);
        url.search = query.toString();
        const tokens = await client.authorizationCodeGrant(configuration, url, {
          expectedState: state.state,
          expectedNonce: state.nonce,
          pkceCodeVerifier: state.verifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (!claims) throw new Error("no id token");
        // Some providers keep what they know of a person out of the id token.
        const lacking =
          claims.email === undefined || (oidc.roleClaim !== null && claimAt(claims, oidc.roleClaim) === undefined);
        const more =
          lacking && configuration.serverMetadata().userinfo_endpoint
            ? await client.fetchUserInfo(configuration, tokens.access_token, claims.sub)
            : {};
        return identityOf({ ...more, ...claims }, oidc);
      }),
  };
}

function createDiscovery(oidc: OidcConfig, clock: () => number): () => Promise<client.Configuration> {
  let cached: { readonly configuration: client.Configuration; readonly until: number } | null = null;
  return async () => {
    if (cached && clock() < cached.until) return cached.configuration;
    const issuer = new URL(oidc.issuer);
    // A provider on plain HTTP is what a test or a lab has; the operator wrote the scheme down.
    const execute = issuer.protocol === "http:" ? [client.allowInsecureRequests] : [];
    const configuration = await client.discovery(issuer, oidc.clientId, oidc.clientSecret, undefined, {
      execute,
      timeout: TIMEOUT_SECONDS,
    });
    cached = { configuration, until: clock() + DISCOVERY_TTL_MS };
    return configuration;
  };
}

async function exchangeStep<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    throw new MaskerError("oauth_exchange_failed", { cause });
  }
}

function identityOf(claims: Readonly<Record<string, unknown>>, oidc: OidcConfig): ExternalIdentity {
  const text = (name: string) => (typeof claims[name] === "string" ? (claims[name] as string) : null);
  const subject = text("sub");
  const email = text("email");
  // Some providers never send email_verified; one that says false is believed.
  if (subject === null || email === null || claims.email_verified === false) throw new Error("no usable address");
  return {
    provider: "oidc",
    subject,
    login: null,
    email: email.toLowerCase(),
    name: (text("name") ?? text("preferred_username") ?? email).slice(0, 128),
    avatarUrl: null,
    role: oidc.roleClaim === null ? undefined : roleOf(claimAt(claims, oidc.roleClaim)),
  };
}

/** A claim by name, or by dotted path as Keycloak nests them (`realm_access.roles`). */
function claimAt(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let at: unknown = claims;
  for (const step of name.split(".")) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string, unknown>)[step];
  }
  return at;
}

/** The strongest role that a claim names (`admin` or `masker-admin`), null when it names none. */
function roleOf(claim: unknown): UserRole | null {
  const values = new Set(Array.isArray(claim) ? claim : [claim]);
  return ROLES.find((role) => values.has(role) || values.has(`masker-${role}`)) ?? null;
}
