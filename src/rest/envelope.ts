import { type MaskerError, statusOf } from "../errors.ts";

/** Headers of every answer under /api/v1: nothing here belongs in a cache, and nothing is to be sniffed. */
export const API_HEADERS = { "cache-control": "no-store", "x-content-type-options": "nosniff" } as const;

/** The error envelope (rest-api, Errors) with its status and headers. */
export function errorResponse(error: MaskerError, requestId: string, headers?: Headers): Response {
  const all = new Headers(headers);
  for (const [name, value] of Object.entries({ ...API_HEADERS, ...error.headers })) all.set(name, value);
  all.set("content-type", "application/json");
  all.set("x-request-id", requestId);
  if (error.retryAfterSeconds !== undefined) all.set("retry-after", String(error.retryAfterSeconds));
  const body = {
    error: {
      code: error.code,
      message: error.message,
      request_id: requestId,
      ...(error.details ? { details: error.details } : {}),
    },
  };
  return new Response(JSON.stringify(body), { status: statusOf(error.code), headers: all });
}
