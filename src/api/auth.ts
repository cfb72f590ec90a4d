import { z } from "zod";
import { principalOfSession } from "../auth/authenticate.ts";
import { SESSION_COOKIE } from "../auth/cookie.ts";
import { userOfIdentity } from "../auth/external-user.ts";
import { githubAuthorizeUrl, githubIdentity } from "../auth/github.ts";
import {
  checkState,
  clearedStateCookie,
  newOAuthState,
  type OAuthState,
  STATE_COOKIE,
  stateCookie,
} from "../auth/oauth-state.ts";
import { checkRedirect } from "../auth/redirect.ts";
import { endSession, sessionCookie } from "../auth/session.ts";
import {
  auditFailure,
  completeSignIn,
  redeemInvitation,
  type SignedIn,
  type SignInRequest,
  setUp,
  signInWithPassword,
} from "../auth/sign-in.ts";
import { anyAdminExists } from "../db/users.ts";
import { MaskerError } from "../errors.ts";
import { labelSchema } from "./agent-schema.ts";
import type { ApiContext } from "./context.ts";
import { publicProcedure, router } from "./trpc.ts";
import { emailSchema, meSchema, showMe } from "./user-schema.ts";

/** Where people land when they asked for nothing else. */
const HOME = "/portal";

const personName = labelSchema.min(1).max(128);
const oneTimeToken = z.string().max(128);
const redirected = z.object({ location: z.string() });
const beginInput = z.object({ redirect_to: z.string().default(HOME) });
const callbackInput = z.object({
  code: z.string().optional(),
  state: z.string().optional(),
  error: z.string().optional(),
  iss: z.string().optional(),
});

function requestOf(ctx: ApiContext): SignInRequest {
  return { address: ctx.address, cameWith: ctx.cookie(SESSION_COOKIE) };
}

/** Gives the browser its session and says who it is now. */
async function welcome(ctx: ApiContext, signedIn: SignedIn) {
  ctx.setCookie(sessionCookie(signedIn.secret, ctx.secure));
  const principal = await principalOfSession(ctx.deps.auth, signedIn.secret);
  if (!principal) throw new MaskerError("unauthenticated");
  return showMe(principal);
}

function begin(ctx: ApiContext, provider: OAuthState["provider"], redirectTo: string): OAuthState {
  const state = newOAuthState(ctx.deps.auth, provider, checkRedirect(redirectTo));
  ctx.setCookie(stateCookie(ctx.deps.auth, state, ctx.secure));
  return state;
}

/**
 * A failure as an event of the log. Anybody can come back with a state of their own making, so that of one client only the
 * first few are noted: the log must not be filled from outside.
 */
async function noteFailure(ctx: ApiContext, provider: OAuthState["provider"], reason: string): Promise<void> {
  const { auth } = ctx.deps;
  try {
    auth.throttle.attempt(`${provider} callback`, ctx.address);
  } catch {
    return;
  }
  await auditFailure(auth, null, provider, reason);
}

/** The state of a sign-in that comes back; its cookie is used up whatever comes of it. */
async function finish(ctx: ApiContext, provider: OAuthState["provider"], returned: string | undefined) {
  ctx.setCookie(clearedStateCookie(ctx.secure));
  try {
    return checkState(ctx.deps.auth, provider, ctx.cookie(STATE_COOKIE), returned);
  } catch (thrown) {
    await noteFailure(ctx, provider, "invalid_state");
    throw thrown;
  }
}

/** The identity that the provider gives; a refusal is an event of the log like a wrong password. */
async function exchanged<T>(ctx: ApiContext, provider: OAuthState["provider"], exchange: () => Promise<T>): Promise<T> {
  try {
    return await exchange();
  } catch (thrown) {
    await noteFailure(ctx, provider, "exchange_failed");
    throw thrown;
  }
}

function callbackUri(ctx: ApiContext, provider: OAuthState["provider"]): string {
  return `${ctx.deps.baseUrl()}/api/v1/auth/${provider}/callback`;
}

export const authRouter = router({
  methods: publicProcedure
    .meta({
      rest: { method: "GET", path: "/auth/methods", access: "public", summary: "Ways to sign in that are switched on" },
    })
    .output(z.object({ setup_needed: z.boolean(), password: z.boolean(), github: z.boolean(), oidc: z.boolean() }))
    .query(async ({ ctx: { deps } }) => ({
      setup_needed: !(await anyAdminExists(deps.db)),
      password: true,
      github: deps.config.github !== null,
      oidc: deps.oidc !== null,
    })),

  setup: publicProcedure
    .meta({
      rest: {
        method: "POST",
        path: "/auth/setup",
        access: "public",
        summary: "Make the first admin with the token of the setup link",
      },
    })
    .input(z.strictObject({ setup_token: oneTimeToken, email: emailSchema, password: z.string(), name: personName }))
    .output(meSchema)
    .mutation(async ({ ctx, input }) => welcome(ctx, await setUp(ctx.deps.auth, input, requestOf(ctx)))),

  login: publicProcedure
    .meta({
      rest: { method: "POST", path: "/auth/login", access: "public", summary: "Sign in with e-mail and password" },
    })
    .input(
      z.strictObject({
        email: z.string().max(254),
        password: z.string().max(1024),
        totp: z.string().max(16).optional(),
      }),
    )
    .output(meSchema)
    .mutation(async ({ ctx, input }) => welcome(ctx, await signInWithPassword(ctx.deps.auth, input, requestOf(ctx)))),

  invite: publicProcedure
    .meta({
      rest: {
        method: "POST",
        path: "/auth/invite",
        access: "public",
        summary: "Set the first or a new password with the token of an invitation or reset link",
      },
    })
    .input(z.strictObject({ invite_token: oneTimeToken, password: z.string(), name: personName.optional() }))
    .output(meSchema)
    .mutation(async ({ ctx, input }) => welcome(ctx, await redeemInvitation(ctx.deps.auth, input, requestOf(ctx)))),

  logout: publicProcedure
    .meta({
      rest: { method: "POST", path: "/auth/logout", access: "public", status: 204, summary: "End this session" },
    })
    .mutation(async ({ ctx }) => {
      const secret = ctx.cookie(SESSION_COOKIE);
      if (secret !== null) await endSession(ctx.deps.auth, secret);
      ctx.setCookie(sessionCookie("", ctx.secure));
    }),

  github: publicProcedure
    .meta({
      rest: { method: "GET", path: "/auth/github", access: "public", status: 302, summary: "Sign in with GitHub" },
    })
    .input(beginInput)
    .output(redirected)
    .query(({ ctx, input }) => {
      const { github } = ctx.deps.config;
      if (!github) throw new MaskerError("not_found");
      const state = begin(ctx, "github", input.redirect_to);
      return { location: githubAuthorizeUrl(github, state, callbackUri(ctx, "github")) };
    }),

  githubCallback: publicProcedure
    .meta({
      rest: {
        method: "GET",
        path: "/auth/github/callback",
        access: "public",
        status: 302,
        summary: "Where GitHub sends the browser back to",
      },
    })
    .input(callbackInput)
    .output(redirected)
    .query(async ({ ctx, input }) => {
      const { auth, config } = ctx.deps;
      if (!config.github) throw new MaskerError("not_found");
      const { github } = config;
      const state = await finish(ctx, "github", input.state);
      const identity = await exchanged(ctx, "github", () =>
        githubIdentity(github, input.code, state, callbackUri(ctx, "github")),
      );
      const user = await userOfIdentity(auth, identity);
      await welcome(ctx, await completeSignIn(auth, user, "github", requestOf(ctx)));
      return { location: state.redirect_to };
    }),

  oidc: publicProcedure
    .meta({
      rest: {
        method: "GET",
        path: "/auth/oidc",
        access: "public",
        status: 302,
        summary: "Sign in with OpenID Connect",
      },
    })
    .input(beginInput)
    .output(redirected)
    .query(async ({ ctx, input }) => {
      const { oidc } = ctx.deps;
      if (!oidc) throw new MaskerError("not_found");
      const state = begin(ctx, "oidc", input.redirect_to);
      return { location: await oidc.authorizeUrl(state, callbackUri(ctx, "oidc")) };
    }),

  oidcCallback: publicProcedure
    .meta({
      rest: {
        method: "GET",
        path: "/auth/oidc/callback",
        access: "public",
        status: 302,
        summary: "Where the OpenID Connect provider sends the browser back to",
      },
    })
    .input(callbackInput)
    .output(redirected)
    .query(async ({ ctx, input }) => {
      const { auth, oidc } = ctx.deps;
      if (!oidc) throw new MaskerError("not_found");
      const state = await finish(ctx, "oidc", input.state);
      const answered = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
      const query = new URLSearchParams(answered as Record<string, string>);
      const identity = await exchanged(ctx, "oidc", () => oidc.identity(query, state, callbackUri(ctx, "oidc")));
      const user = await userOfIdentity(auth, identity);
      await welcome(ctx, await completeSignIn(auth, user, "oidc", requestOf(ctx)));
      return { location: state.redirect_to };
    }),
});
