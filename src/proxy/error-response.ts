import { type MaskerError, statusOf, toMaskerError } from "../errors.ts";
import { errorFields } from "../log/error-fields.ts";
import type { Log, LogFields } from "../log/log.ts";
import type { Client } from "./deps.ts";

/** Headers of every answer under /proxy: it may hold PHI and belongs in no cache. */
export function proxyHeaders(client: Client): Headers {
  return new Headers({ "x-request-id": client.requestId, "cache-control": "no-store" });
}

/** OpenAI's names for classes of errors; clients switch on the status, people read the type. */
function typeOf(status: number): string {
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  if (status === 429) return "rate_limit_error";
  return status < 500 ? "invalid_request_error" : "api_error";
}

/** The error envelope of OpenAI's API with all four keys, and the request id (protocols 4.4). */
export function errorEnvelope(error: MaskerError, requestId: string): { readonly error: Record<string, unknown> } {
  const detail = error.details?.[0];
  return {
    error: {
      message: detail === undefined ? error.message : `${error.message} ${detail.path}: ${detail.message}`,
      type: typeOf(statusOf(error.code, "proxy")),
      param: detail?.path ?? null,
      code: error.code,
      request_id: requestId,
    },
  };
}

export interface RefusalContext {
  readonly log: Log;
  readonly client: Client;
  /** Of the answer; those of the error are added. */
  readonly headers: Headers;
  /** What the log line says besides: route, agent. */
  readonly fields: LogFields;
  /** The client went away: nobody reads the answer, and what was cut off failed for that reason. */
  readonly gone: boolean;
}

/** The answer to a request that failed, with a log line under the request id that the caller is told. */
export function refuse(thrown: unknown, { log, client, headers, fields, gone }: RefusalContext): Response {
  const error = toMaskerError(thrown);
  const status = statusOf(error.code, "proxy");
  const line = { request_id: client.requestId, ...fields, code: error.code, status };
  if (gone) log.info("client went away", { request_id: client.requestId, ...fields });
  else if (error.code === "internal_error") log.error("request failed", { ...line, ...errorFields(thrown) });
  else if (status >= 500) log.warn("request failed", line);
  else log.info("request refused", line);

  const all = new Headers(headers);
  for (const [name, value] of Object.entries(error.headers)) all.set(name, value);
  all.set("content-type", "application/json");
  if (error.retryAfterSeconds !== undefined) all.set("retry-after", String(error.retryAfterSeconds));
  return new Response(JSON.stringify(errorEnvelope(error, client.requestId)), { status, headers: all });
}
