/**
 * The one error type of Masker and its code table.
 * Clients get the code, the safe message and a request id; `cause` stays inside and is never serialised.
 */

interface ErrorRow {
  /** HTTP status under /api/v1. */
  readonly status: number;
  /** Fixed public sentence, used when the thrower gives none. */
  readonly message: string;
  /** HTTP status under /proxy where it differs: some clients retry a 422 (protocols 4.5). */
  readonly proxyStatus?: number;
}

export const ERROR_TABLE = {
  unauthenticated: { status: 401, message: "Sign in, or send a valid API token." },
  bad_signature: { status: 401, message: "The platform's signature, secret or agent key does not match." },
  forbidden: { status: 403, message: "You are not permitted to do this." },
  not_found: { status: 404, message: "Not found." },
  agent_not_found: { status: 404, message: "No such agent." },
  session_not_found: { status: 404, message: "No such session." },
  policy_not_found: { status: 404, message: "No such policy." },
  user_not_found: { status: 404, message: "No such user." },
  method_not_allowed: { status: 405, message: "This path does not take that method." },
  name_taken: { status: 409, message: "That name is already taken." },
  policy_in_use: { status: 409, message: "The policy is used by an agent." },
  payload_too_large: { status: 413, message: "The body is larger than the limit." },
  validation_failed: { status: 422, proxyStatus: 400, message: "The request failed validation." },
  unknown_upstream: { status: 422, proxyStatus: 400, message: "No such upstream is configured." },
  unknown_policy: { status: 422, proxyStatus: 400, message: "No such policy." },
  policy_yaml_invalid: { status: 422, proxyStatus: 400, message: "The policy is not valid." },
  model_not_allowed: { status: 422, proxyStatus: 400, message: "This agent may not use that model." },
  unsupported_event: { status: 422, proxyStatus: 400, message: "That event type is not supported." },
  blocked_by_policy: { status: 422, proxyStatus: 400, message: "The policy of this agent refuses this request." },
  invalid_state: { status: 400, message: "The sign-in state does not match. Start the sign-in again." },
  oauth_exchange_failed: { status: 502, message: "The identity provider did not complete the sign-in." },
  rate_limited: { status: 429, message: "Too many requests." },
  internal_error: { status: 500, message: "Something went wrong on our side." },
  report_generation_failed: { status: 500, message: "The report could not be made." },
  upstream_error: { status: 502, message: "The model provider answered with an error or not at all." },
  audit_unavailable: { status: 503, message: "The audit log cannot be written, so nothing is released." },
  detection_unavailable: { status: 503, message: "Detection could not finish, so nothing was forwarded." },
  upstream_timeout: { status: 504, message: "The model provider did not answer in time." },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERROR_TABLE;

/** One failed field: `path` as a caller writes it (`limit`, `messages[3].content`), `message` without any input. */
export interface ErrorDetail {
  readonly path: string;
  readonly message: string;
  /** What is wrong, for programs (`unknown_kid`); where the surface defines such codes. */
  readonly code?: string;
  /** Line in the text that was validated, from 1. */
  readonly line?: number;
}

export interface MaskerErrorOptions {
  readonly message?: string;
  readonly details?: readonly ErrorDetail[];
  /** Whole seconds for the Retry-After header. */
  readonly retryAfterSeconds?: number;
  /** Response headers that belong to the error (`Allow`, `x-should-retry`). */
  readonly headers?: Readonly<Record<string, string>>;
  /** For the log's classification only; never sent to a client. */
  readonly cause?: unknown;
}

export class MaskerError extends Error {
  readonly code: ErrorCode;
  readonly details: readonly ErrorDetail[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, options: MaskerErrorOptions = {}) {
    super(
      options.message ?? ERROR_TABLE[code].message,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = "MaskerError";
    this.code = code;
    this.details = options.details;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.headers = options.headers ?? {};
  }
}

/** HTTP status of a code; `surface` picks the row's proxy form where one exists. */
export function statusOf(code: ErrorCode, surface: "api" | "proxy" = "api"): number {
  const row: ErrorRow = ERROR_TABLE[code];
  return surface === "proxy" ? (row.proxyStatus ?? row.status) : row.status;
}

/** Whatever was thrown, as a MaskerError: an unknown error becomes `internal_error` with the fixed sentence. */
export function toMaskerError(thrown: unknown): MaskerError {
  return thrown instanceof MaskerError ? thrown : new MaskerError("internal_error", { cause: thrown });
}
