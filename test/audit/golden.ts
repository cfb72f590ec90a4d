import type { AuditEventInput, EventBodies, EventKind } from "../../src/audit/event.ts";

const SCOPE = {
  account_id: "acc_01ARZ3NDEKTSV4RRFFQ69G5FAV",
  agent_id: "agt_01ARZ3NDEKTSV4RRFFQ69G5FAV",
  session_id: "sess_01ARZ3NDEKTSV4RRFFQ69G5FAV",
  call_id: "call_01ARZ3NDEKTSV4RRFFQ69G5FAV",
};
const INSTALLATION = { account_id: null, agent_id: null, session_id: null, call_id: null };
const ACTOR = { actor: "usr_01ARZ3NDEKTSV4RRFFQ69G5FAV" };
const KEY_ID = "key_01ARZ3NDEKTSV4RRFFQ69G5FAV";

/** One body of each kind, with every field that it may have. */
const BODIES: EventBodies = {
  call_started: { platform: "vapi", source: "proxy" },
  call_ended: { source: "vapi" },
  redaction: {
    pass: "regex",
    entity_kind: "PHONE",
    span: [12, 24],
    slot: "messages[3].tool_calls[0].arguments",
    message_index: 3,
    confidence: 0.95,
    token_kind: "MSKV1",
    kid: "K_HEALTHCARE",
    action: "tokenize",
    policy_version: 1,
  },
  redaction_repeat: { counts: { PHONE: 2, NAME: 1 } },
  rehydration: { counts: { PHONE: 1 }, event_ids: ["evt_01ARZ3NDEKTSV4RRFFQ69G5FAV"] },
  rehydration_failed: { entity_kind: "NAME", choice: 0, slot: "choices[0].message.content" },
  session_completed: {
    status: "partial",
    reason: null,
    started_at: "2026-05-03T21:14:32.481Z",
    ended_at: "2026-05-03T21:14:33.127Z",
    stage_durations_ms: { detection: 1.25, tokenize: 0.5, upstream: 640, rehydrate: 0.125 },
    added_ms: 4.5,
    upstream: "openai",
    upstream_model: "gpt-4o-mini",
    policy_name: "healthcare-default",
    policy_version: 1,
    ner_skipped: false,
    counts: { PHONE: 1 },
    counts_by_pass: { regex: 1 },
    repeated_counts: { PHONE: 2, NAME: 1 },
    retry: false,
  },
  agent_created: ACTOR,
  agent_updated: { ...ACTOR, fields: ["upstream", "policy_name"] },
  agent_deleted: ACTOR,
  agent_restored: ACTOR,
  agent_key_created: { ...ACTOR, key_id: KEY_ID },
  agent_key_deleted: { ...ACTOR, key_id: KEY_ID },
  policy_changed: {
    ...ACTOR,
    policy_name: "clínica",
    policy_version: 2,
    change: "updated",
    yaml_sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  },
  user_login: { user_id: "usr_01ARZ3NDEKTSV4RRFFQ69G5FAV", method: "password" },
  user_login_failed: { method: "password", reason: "wrong_password" },
  user_changed: { ...ACTOR, user_id: "usr_01ARZ3NDEKTSV4RRFFQ69G5FAV", change: "role" },
  token_created: { ...ACTOR, key_id: KEY_ID },
  token_revoked: { ...ACTOR, key_id: KEY_ID },
  payload_viewed: { ...ACTOR, viewed_session_id: SCOPE.session_id },
  report_generated: {
    ...ACTOR,
    report_id: "rep_01ARZ3NDEKTSV4RRFFQ69G5FAV",
    scope: "session",
    format: "pdf",
  },
  vault_purged: { rows: 3, reason: "retention" },
  payloads_purged: { rows: 4 },
  sessions_purged: { rows: 5 },
  audit_segment_purged: { segment: 1, events: 6 },
  key_rotated: { kid: "K_HEALTHCARE" },
  chain_recovered: { reason: "torn_tail", segment: 1, dropped_bytes: 17 },
  chain_broken: { at_seq: 9, segment: 1, line: 10 },
  server_started: { version: "0.1.0", checkpoint_seq: 0 },
  server_stopped: { clean: true },
};

const OF_THE_INSTALLATION: ReadonlySet<string> = new Set([
  "vault_purged",
  "payloads_purged",
  "sessions_purged",
  "audit_segment_purged",
  "key_rotated",
  "chain_recovered",
  "chain_broken",
  "server_started",
  "server_stopped",
]);

/** The events of the golden log: one of each kind, in the order of the contract. */
export function goldenInputs(): AuditEventInput[] {
  return Object.entries(BODIES).map(([kind, body], index) => ({
    kind: kind as EventKind,
    event_id: `evt_01ARZ3NDEKTSV4RRFFQ69G${String(index).padStart(4, "0")}`,
    scope: OF_THE_INSTALLATION.has(kind) ? INSTALLATION : SCOPE,
    body,
  })) as AuditEventInput[];
}
