import type { Pass } from "../detect/detector.ts";
import type { Kind } from "../detect/kind.ts";
import type { Action } from "../policy/policy.ts";

/** Who and what an event belongs to; null where it belongs to the installation as a whole. */
export interface EventScope {
  readonly account_id: string | null;
  readonly agent_id: string | null;
  readonly session_id: string | null;
  readonly call_id: string | null;
}

export type SessionStatus = "ok" | "error" | "partial";

/** Milliseconds with up to three decimals. */
export interface StageDurations {
  readonly detection: number;
  readonly tokenize: number;
  readonly upstream: number;
  readonly rehydrate: number;
}

export type CountsByKind = Partial<Record<Kind, number>>;

/** The fields of each kind of event beside the envelope. Never a value, a token or a payload. */
export interface EventBodies {
  call_started: { readonly platform: string | null; readonly source: "proxy" | "vapi" };
  call_ended: { readonly source: "vapi" };
  /** One span masked for the first time in its call. `slot` is a path such as `messages[3].tool_calls[0].arguments`. */
  redaction: {
    readonly pass: Pass;
    readonly entity_kind: Kind;
    readonly span: readonly [number, number];
    readonly slot: string;
    readonly message_index: number | null;
    readonly confidence: number;
    /** Scheme of the token (`MSKV1`, `MSK1`); null when the action made none. */
    readonly token_kind: string | null;
    readonly kid: string | null;
    readonly action: Action;
    readonly policy_version: number;
  };
  /** One a session: spans masked again because the call's history was sent again. */
  redaction_repeat: { readonly counts: CountsByKind };
  /** One a session: how many tokens were put back, by kind, and the events whose token came back. */
  rehydration: { readonly counts: CountsByKind; readonly event_ids: readonly string[] };
  rehydration_failed: { readonly entity_kind: Kind; readonly choice: number; readonly slot: string };
  session_completed: {
    readonly status: SessionStatus;
    /** Code of the error table when status is `error` or the reason of `partial`; else null. */
    readonly reason: string | null;
    readonly started_at: string;
    readonly ended_at: string;
    readonly stage_durations_ms: StageDurations;
    /** Time that Masker itself added, ms: everything but waiting for the upstream. */
    readonly added_ms: number;
    readonly upstream: string;
    readonly upstream_model: string;
    readonly policy_name: string;
    readonly policy_version: number;
    readonly ner_skipped: boolean;
    readonly counts: CountsByKind;
    readonly counts_by_pass: Partial<Record<Pass, number>>;
    readonly repeated_counts: CountsByKind;
    readonly retry: boolean;
  };
  agent_created: { readonly actor: string };
  agent_updated: { readonly actor: string; readonly fields: readonly string[] };
  agent_deleted: { readonly actor: string };
  agent_restored: { readonly actor: string };
  agent_key_created: { readonly actor: string; readonly key_id: string };
  agent_key_deleted: { readonly actor: string; readonly key_id: string };
  policy_changed: {
    readonly actor: string;
    readonly policy_name: string;
    readonly policy_version: number;
    readonly change: "created" | "updated" | "deleted" | "reloaded";
    /** SHA-256 of the YAML in hex. */
    readonly yaml_sha256: string | null;
  };
  user_login: { readonly user_id: string; readonly method: "password" | "github" | "oidc" | "setup" | "invite" };
  user_login_failed: { readonly method: string; readonly reason: string };
  user_changed: { readonly actor: string; readonly user_id: string; readonly change: string };
  token_created: { readonly actor: string; readonly key_id: string };
  token_revoked: { readonly actor: string; readonly key_id: string };
  payload_viewed: { readonly actor: string; readonly viewed_session_id: string };
  report_generated: {
    readonly actor: string;
    readonly report_id: string;
    readonly scope: "session" | "agent" | "account";
    readonly format: "json" | "pdf";
  };
  vault_purged: { readonly rows: number; readonly reason: "retention" | "command" };
  payloads_purged: { readonly rows: number };
  sessions_purged: { readonly rows: number };
  audit_segment_purged: { readonly segment: number; readonly events: number };
  key_rotated: { readonly kid: string };
  /**
   * What lay behind the last trusted line of `segment` does not count: a line that a crash tore, or what a write left that
   * was never confirmed to be on disk (its events stand again in the next segment).
   */
  chain_recovered: {
    readonly reason: "torn_tail" | "failed_write" | "file_vanished";
    readonly segment: number;
    readonly dropped_bytes: number;
  };
  /** The first line that does not stand; the log goes on in a new segment. `at_seq` 0: not known. */
  chain_broken: { readonly at_seq: number; readonly segment: number; readonly line: number };
  server_started: {
    readonly version: string;
    /** Filled in by the log: up to which event a signed checkpoint was written by then; 0: none. */
    readonly checkpoint_seq?: number;
  };
  server_stopped: { readonly clean: boolean };
}

export type EventKind = keyof EventBodies;

/** What a caller of the log hands over; the log adds `v`, `ts`, `seq`, `node` and the hashes. */
export type AuditEventInput<K extends EventKind = EventKind> = {
  [P in K]: { readonly kind: P; readonly event_id?: string; readonly scope: EventScope; readonly body: EventBodies[P] };
}[K];

/** The envelope as it stands in the file, one flat object a line; the body's fields stand beside these. */
export interface EventEnvelope extends EventScope {
  readonly v: 1;
  readonly ts: string;
  readonly event_id: string;
  /** Counts events of the installation from 1; headers of segments have none. */
  readonly seq: number;
  readonly node: string;
  readonly kind: EventKind;
  readonly prev_hash: string;
  readonly this_hash: string;
}

export type AuditEvent<K extends EventKind = EventKind> = {
  [P in K]: EventEnvelope & { readonly kind: P } & EventBodies[P];
}[K];

/** First line of each segment file, chained like an event. */
export interface SegmentHeader {
  readonly v: 1;
  readonly segment: number;
  readonly node: string;
  readonly created_at: string;
  readonly first_seq: number;
  readonly prev_hash: string;
  /** Number of the segment before, null for the first. */
  readonly prev_segment: number | null;
  /** Up to which event a signed checkpoint was written by then; 0: none. Shows that the file of checkpoints was put back. */
  readonly checkpoint_seq: number;
  readonly this_hash: string;
}

/** The writing side of the log, as the proxy and the API see it. */
export interface AuditSink {
  /**
   * Appends in order and resolves with the written events when they are on disk (fsync), grouped with whatever else waits.
   * @throws MaskerError audit_unavailable when they cannot be made durable; then nothing may be released.
   */
  append(events: readonly AuditEventInput[]): Promise<readonly AuditEvent[]>;
}
