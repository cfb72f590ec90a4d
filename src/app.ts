/** Every mount and what stands before it, on one screen. What is not here is answered with 404. */
import { type Context, Hono } from "hono";
import { MaskerError, toMaskerError } from "./errors.ts";
import { errorFields } from "./log/error-fields.ts";
import type { Log } from "./log/log.ts";
import type { Client } from "./proxy/deps.ts";
import type { RequestInfo } from "./rest/adapter.ts";
import type { Api } from "./rest/create-api.ts";
import { errorResponse } from "./rest/envelope.ts";

export interface AppParts {
  readonly proxy: { fetch(request: Request, client: Client): Promise<Response> };
  readonly vapi: { fetch(request: Request, client: Client): Promise<Response> };
  readonly api: Pick<Api, "rest" | "trpc">;
  readonly portal: Hono;
  readonly health: () => HealthReport;
  readonly log: Log;
}

export interface HealthReport {
  readonly status: "ok" | "degraded";
  readonly components: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

export interface App {
  /** Answers any request; never throws. */
  fetch(request: Request, info: RequestInfo): Promise<Response>;
}

type Env = { Bindings: { info: RequestInfo } };

export function createApp({ proxy, vapi, api, portal, health, log }: AppParts): App {
  // Clients join base URLs and paths carelessly (protocols 1.4).
  const app = new Hono<Env>({ getPath: (request) => new URL(request.url).pathname.replaceAll(/\/{2,}/g, "/") });

  app.get("/health/live", (c) => c.json({ status: "ok" }));
  app.get("/health", (c) => {
    const report = health();
    return c.json(report, report.status === "ok" ? 200 : 503);
  });
  app.all("/proxy/*", (c) => proxy.fetch(c.req.raw, clientOf(c)));
  app.all("/vapi/*", (c) => vapi.fetch(c.req.raw, clientOf(c)));
  app.route("/api/v1", api.rest);
  app.all("/trpc/*", (c) => api.trpc(c.req.raw, c.env.info));
  app.route("/portal", portal);
  app.get("/", (c) => c.redirect("/portal/", 302));

  app.all("/health/*", (c) => noted(c, new MaskerError("method_not_allowed", { headers: { allow: "GET, HEAD" } })));
  app.notFound((c) => noted(c, new MaskerError("not_found")));
  app.onError((thrown, c) => {
    log.error("a request failed", { request_id: c.env.info.requestId, ...errorFields(thrown) });
    return refuse(c, toMaskerError(thrown));
  });

  /** The other parts log what they refuse; what belongs to none is logged here, without its path, which may hold anything. */
  function noted(c: Context<Env>, error: MaskerError): Response {
    const response = refuse(c, error);
    const { requestId } = c.env.info;
    log.info("request", { request_id: requestId, route: "unknown", status: response.status, code: error.code });
    return response;
  }

  return {
    async fetch(request, info) {
      const response = await app.fetch(request, { info });
      return withHeaders(response, info);
    },
  };
}

function clientOf(c: Context<Env>): Client {
  const { address, requestId } = c.env.info;
  return { address, requestId };
}

function refuse(c: Context<Env>, error: MaskerError): Response {
  return errorResponse(error, c.env.info.requestId);
}

/** Nothing but the portal and the API's page is to be shown by a browser, and they say so themselves. */
const SECURITY_HEADERS = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

function withHeaders(response: Response, { requestId, secure }: RequestInfo): Response {
  // Headers of a redirect or of a response that came from elsewhere may be immutable.
  const { headers } = response;
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) if (!headers.has(name)) headers.set(name, value);
  if (secure) headers.set("strict-transport-security", "max-age=31536000");
  headers.set("x-request-id", requestId);
  return response;
}
