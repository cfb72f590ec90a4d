/** The API of an installation: the tRPC router with its two surfaces, REST and the portal's own. */
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import type { Context, Hono } from "hono";
import type { ApiContext } from "../api/context.ts";
import { Cursors } from "../api/cursor.ts";
import type { ApiDeps, ApiParts } from "../api/deps.ts";
import { oneAtATime } from "../api/one-verification.ts";
import { appRouter, createCaller } from "../api/root.ts";
import { asMaskerError } from "../api/trpc.ts";
import { authenticate } from "../auth/authenticate.ts";
import { readCookie } from "../auth/cookie.ts";
import { createOidc } from "../auth/oidc.ts";
import { createPasswordHasher, type PasswordHasher } from "../auth/password.ts";
import { isCrossOrigin } from "../auth/same-origin.ts";
import { sessionCookie } from "../auth/session.ts";
import { createThrottle } from "../auth/throttle.ts";
import { TokenBuckets } from "../auth/token-bucket.ts";
import { BUILD } from "../build-info.ts";
import { MaskerError, statusOf } from "../errors.ts";
import { newId } from "../id.ts";
import { errorFields } from "../log/error-fields.ts";
import { type AdapterOptions, type Admission, createRestAdapter, type RequestInfo, refuse } from "./adapter.ts";
import { DOCS_STYLE, docsPage } from "./docs-page.ts";
import { endpointsOf } from "./endpoint.ts";
import { API_HEADERS, errorResponse } from "./envelope.ts";
import { openApiDocument } from "./openapi.ts";
import { readBytes } from "./request-input.ts";

/** More procedures than any page of the portal asks for at once. */
const MAX_BATCH = 50;

export interface Api {
  /** To be mounted at `/api/v1`. The listener gives `{ info }` as its environment. */
  readonly rest: Hono;
  /** Requests below `/trpc`. */
  readonly trpc: (request: Request, info: RequestInfo) => Promise<Response>;
  readonly deps: ApiDeps;
}

export interface ApiOptions {
  /** Another cost, or a hasher that counts. */
  readonly hasher?: PasswordHasher;
}

export function createApi(parts: ApiParts, options: ApiOptions = {}): Api {
  const deps = depsOf(parts, options);
  const admit = createAdmission(deps);
  const infoOf = createInfoOf();
  const adapter: AdapterOptions = {
    router: appRouter,
    call: (context, signal) => createCaller(context, { signal }),
    admit,
    infoOf,
    maxBodyBytes: parts.config.maxBodyBytes,
    onAnswer: (answer) => logAnswer(deps, answer),
  };
  const rest = createRestAdapter(adapter);
  addDocs(rest, deps, infoOf);
  rest.all("*", (c) => refuse(c, "unknown", new MaskerError("not_found"), adapter));
  return { rest, trpc: createTrpcHandler(deps, admit), deps };
}

function depsOf(parts: ApiParts, options: ApiOptions): ApiDeps {
  const { config, clock } = parts;
  return {
    ...parts,
    verifier: oneAtATime(parts.verifier),
    auth: {
      db: parts.db,
      audit: parts.audit,
      config,
      hasher: options.hasher ?? createPasswordHasher(),
      throttle: createThrottle(clock),
      clock,
      baseUrl: parts.baseUrl,
    },
    oidc: config.oidc && createOidc(config.oidc, clock),
    cursors: new Cursors(config.keys.session),
  };
}

/** Who is calling and what their procedures may do with the response. */
function createAdmission(deps: ApiDeps): (request: Request, info: RequestInfo) => Promise<Admission> {
  const { rateLimit } = deps.config;
  const limiter = rateLimit.enabled ? new TokenBuckets(rateLimit.api, deps.clock) : null;
  return async (request, info) => {
    const headers = new Headers();
    const setCookie = (value: string) => headers.append("set-cookie", value);
    const { principal, renewedSecret } = await authenticate(deps.auth, request.headers);
    if (renewedSecret !== null) setCookie(sessionCookie(renewedSecret, info.secure));
    // A token is sent by a program that was given it; only what a browser sends by itself can be misused by another site.
    const byToken = principal !== null && principal.sessionHash === null;
    const context: ApiContext = {
      ...info,
      principal,
      crossOrigin: !byToken && isCrossOrigin(request, deps.baseUrl()),
      cookie: (name) => readCookie(request.headers.get("cookie"), name),
      setCookie,
      stillValid: async () => (await authenticate(deps.auth, request.headers, false)).principal !== null,
      limitRate() {
        const wait = limiter?.take(principal?.account.id ?? `address ${info.address}`) ?? null;
        if (wait !== null) throw new MaskerError("rate_limited", { retryAfterSeconds: wait });
      },
      deps,
    };
    return { context, headers };
  };
}

/** What the listener gave with a request, or the same made up once for each request. */
function createInfoOf(): (c: Context) => RequestInfo {
  const made = new WeakMap<Request, RequestInfo>();
  return (c) => {
    const given = (c.env as { info?: RequestInfo } | undefined)?.info ?? made.get(c.req.raw);
    if (given) return given;
    const info = { requestId: newId("request"), address: null, secure: new URL(c.req.url).protocol === "https:" };
    made.set(c.req.raw, info);
    return info;
  };
}

function createTrpcHandler(
  deps: ApiDeps,
  admit: (request: Request, info: RequestInfo) => Promise<Admission>,
): Api["trpc"] {
  return async (request, info) => {
    const startedAt = performance.now();
    let failure: MaskerError | null = null;
    let response: Response;
    let context: ApiContext | null = null;
    try {
      // Read here with the same limit as REST has; tRPC itself would take any length.
      const body = request.method === "POST" ? await readBytes(request, deps.config.maxBodyBytes) : null;
      const admission = await admit(request, info);
      context = admission.context;
      const answer = await fetchRequestHandler({
        endpoint: "/trpc",
        req: body === null ? request : new Request(request, { body }),
        router: appRouter,
        maxBatchSize: MAX_BATCH,
        createContext: () => admission.context,
        onError: ({ error }) => {
          failure = asMaskerError(error);
        },
      });
      response = new Response(answer.body, answer);
      for (const [name, value] of admission.headers) response.headers.append(name, value);
    } catch (thrown) {
      failure = asMaskerError(thrown);
      response = errorResponse(failure, info.requestId);
    }
    for (const [name, value] of Object.entries(API_HEADERS)) response.headers.set(name, value);
    response.headers.set("x-request-id", info.requestId);
    const { status } = response;
    const route = `${request.method} /trpc`;
    logAnswer(deps, { route, requestId: info.requestId, status, startedAt, error: failure, context });
    return response;
  };
}

function logAnswer({ log }: ApiDeps, answer: Parameters<AdapterOptions["onAnswer"]>[0]): void {
  const { error, context } = answer;
  const fields = {
    request_id: answer.requestId,
    route: answer.route,
    status: answer.status,
    duration_ms: Math.round(performance.now() - answer.startedAt),
    ...(context?.principal ? { account_id: context.principal.account.id } : {}),
    ...(context?.principal?.user ? { user_id: context.principal.user.id } : {}),
  };
  if (!error) log.info("request", fields);
  else if (statusOf(error.code) >= 500)
    log.error("request", { ...fields, ...errorFields(error.cause ?? error), code: error.code });
  else log.info("request", { ...fields, code: error.code });
}

/** The API's description, for programs and for people. */
function addDocs(rest: Hono, deps: ApiDeps, infoOf: (c: Context) => RequestInfo): void {
  const endpoints = endpointsOf(appRouter);
  for (const path of ["/openapi.json", "/docs", "/docs/*"]) {
    rest.use(path, async (c, next) => {
      c.header("x-request-id", infoOf(c).requestId);
      await next();
    });
  }
  const options = () => ({ version: BUILD.version, serverUrl: `${deps.baseUrl()}/api/v1` });
  rest.get("/openapi.json", (c) => c.json(openApiDocument(endpoints, options())));
  rest.get("/docs", (c) => {
    c.header("content-security-policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'");
    return c.html(docsPage(endpoints, options()));
  });
  rest.get("/docs/style.css", (c) => c.body(DOCS_STYLE, 200, { "content-type": "text/css; charset=utf-8" }));
}
