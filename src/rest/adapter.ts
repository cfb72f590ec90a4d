/**
 * REST over the tRPC router: one route for each procedure, from its metadata. No procedure is written twice, so what the
 * portal sees and what a REST client sees cannot differ.
 */
import type { AnyTRPCRouter } from "@trpc/server";
import { type Context, Hono } from "hono";
import type { ApiContext } from "../api/context.ts";
import { asMaskerError } from "../api/trpc.ts";
import { MaskerError } from "../errors.ts";
import { type Endpoint, endpointsOf } from "./endpoint.ts";
import { API_HEADERS, errorResponse } from "./envelope.ts";
import { eventStream } from "./event-stream.ts";
import { readInput } from "./request-input.ts";

/** What the listener knows of a request; made anew when it is not given. */
export interface RequestInfo {
  readonly requestId: string;
  readonly address: string | null;
  readonly secure: boolean;
}

/** A request that was let in: its context, and the headers that its answer carries (cookies among them). */
export interface Admission {
  readonly context: ApiContext;
  readonly headers: Headers;
}

export interface AdapterOptions {
  readonly router: AnyTRPCRouter;
  /** A caller of the router's procedures in one request's context. */
  readonly call: (context: ApiContext, signal: AbortSignal) => unknown;
  /** Authenticates; never throws for a request without credentials. */
  readonly admit: (request: Request, info: RequestInfo) => Promise<Admission>;
  readonly infoOf: (c: Context) => RequestInfo;
  readonly maxBodyBytes: number;
  /** Told of every answer, for the log. */
  readonly onAnswer: (answer: {
    readonly route: string;
    readonly requestId: string;
    readonly status: number;
    readonly startedAt: number;
    readonly error: MaskerError | null;
    readonly context: ApiContext | null;
  }) => void;
}

/** The routes of `/api/v1`, to be mounted there. */
export function createRestAdapter(options: AdapterOptions): Hono {
  const app = new Hono();
  const endpoints = endpointsOf(options.router);
  for (const endpoint of endpoints) {
    app.on(endpoint.rest.method, honoPath(endpoint.rest.path), (c) => answer(endpoint, c, options));
  }
  for (const path of new Set(endpoints.map((endpoint) => endpoint.rest.path))) {
    const methods = endpoints.filter((endpoint) => endpoint.rest.path === path).map((endpoint) => endpoint.rest.method);
    const allow = methods.includes("GET") ? [...methods, "HEAD"] : methods;
    app.all(honoPath(path), (c) =>
      refuse(c, `* ${path}`, new MaskerError("method_not_allowed", { headers: { allow: allow.join(", ") } }), options),
    );
  }
  return app;
}

/** Answers with an error where no procedure is involved. */
export function refuse(c: Context, route: string, error: MaskerError, options: AdapterOptions): Response {
  const { requestId } = options.infoOf(c);
  const response = errorResponse(error, requestId);
  options.onAnswer({ route, requestId, status: response.status, startedAt: performance.now(), error, context: null });
  return response;
}

function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

async function answer(endpoint: Endpoint, c: Context, options: AdapterOptions): Promise<Response> {
  const startedAt = performance.now();
  const info = options.infoOf(c);
  let context: ApiContext | null = null;
  let headers = new Headers();
  let error: MaskerError | null = null;
  let response: Response;
  try {
    const admission = await options.admit(c.req.raw, info);
    context = admission.context;
    headers = admission.headers;
    response = await respond(endpoint, c, admission, options);
  } catch (thrown) {
    error = asMaskerError(thrown);
    response = errorResponse(error, info.requestId, headers);
  }
  const route = `${endpoint.rest.method} /api/v1${endpoint.rest.path}`;
  options.onAnswer({ route, requestId: info.requestId, status: response.status, startedAt, error, context });
  return response;
}

async function respond(
  endpoint: Endpoint,
  c: Context,
  { context, headers }: Admission,
  options: AdapterOptions,
): Promise<Response> {
  const closed = new AbortController();
  c.req.raw.signal.addEventListener("abort", () => closed.abort(), { once: true });
  const call = procedureAt(options.call(context, closed.signal), endpoint.name);
  // Nobody's body is read before they are known: a stranger gets their 401 whatever they sent.
  const input =
    context.principal || endpoint.rest.access === "public"
      ? await readInput(endpoint, c.req.raw, c.req.param(), options.maxBodyBytes)
      : undefined;
  const output = await call(input);

  for (const [name, value] of Object.entries(API_HEADERS)) headers.set(name, value);
  headers.set("x-request-id", context.requestId);
  if (endpoint.type === "subscription") return eventStream(output as AsyncIterable<unknown>, headers, closed);
  const status = endpoint.rest.status ?? 200;
  if (status === 204) return new Response(null, { status, headers });
  if (status === 302) {
    headers.set("location", (output as { location: string }).location);
    return new Response(null, { status, headers });
  }
  if (isBinary(endpoint, output)) {
    headers.set("content-type", output.content_type);
    headers.set("content-disposition", `attachment; filename="${output.file_name}"`);
    return new Response(output.body, { status, headers });
  }
  headers.set("content-type", "application/json");
  return new Response(JSON.stringify(output), { status, headers });
}

interface BinaryOutput {
  readonly content_type: string;
  readonly file_name: string;
  readonly body: ReadableStream<Uint8Array>;
}

function isBinary(endpoint: Endpoint, output: unknown): output is BinaryOutput {
  return (
    endpoint.rest.binary !== undefined &&
    typeof output === "object" &&
    output !== null &&
    (output as Partial<BinaryOutput>).body instanceof ReadableStream
  );
}

/** The callable of a dotted name on tRPC's caller, which is a proxy of nested properties. */
function procedureAt(caller: unknown, name: string): (input: unknown) => Promise<unknown> {
  let at = caller as Record<string, unknown>;
  for (const step of name.split(".")) at = at[step] as Record<string, unknown>;
  return at as unknown as (input: unknown) => Promise<unknown>;
}
