/**
 * Structured log. Only the fields named here can be written: there is no place for a body, a header, a URL or the text of
 * an error, so that no identifier can reach a log line by accident.
 */
export interface LogFields {
  readonly request_id?: string;
  readonly session_id?: string;
  readonly call_id?: string;
  readonly agent_id?: string;
  readonly account_id?: string;
  readonly user_id?: string;
  /** Name of the route (`POST /api/v1/agents`), never the path that was asked for. */
  readonly route?: string;
  readonly status?: number;
  readonly duration_ms?: number;
  /** Code of the error table. */
  readonly code?: string;
  /** Class name of an unexpected error and the functions of its stack, without its message. */
  readonly error_class?: string;
  readonly error_at?: string;
  readonly upstream?: string;
  readonly upstream_status?: number;
  readonly count?: number;
  readonly bytes?: number;
  readonly component?: string;
  readonly version?: string;
  readonly seq?: number;
  readonly segment?: number;
  readonly kid?: string;
  readonly policy?: string;
  readonly file?: string;
}

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
