import { type MaskerError, statusOf } from "../errors.ts";
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

export function errorResponse(error: MaskerError, headers: Headers, requestId: string): Response {
  const all = new Headers(headers);
  for (const [name, value] of Object.entries(error.headers)) all.set(name, value);
  all.set("content-type", "application/json");
  if (error.retryAfterSeconds !== undefined) all.set("retry-after", String(error.retryAfterSeconds));
  return new Response(JSON.stringify(errorEnvelope(error, requestId)), {
    status: statusOf(error.code, "proxy"),
    headers: all,
  });
}
