import type { AuditEventInput, EventBodies, EventKind } from "./event.ts";

/**
 * The fields of each kind of event that may reach the file. What a caller hands over beside them is dropped, so that a
 * wider object passed by mistake cannot carry a value into the log. The type makes the table complete.
 */
export const EVENT_FIELDS: { readonly [K in EventKind]: { readonly [F in keyof EventBodies[K]]-?: true } } = {
  call_started: { platform: true, source: true },
  call_ended: { source: true },
  redaction: {
    pass: true,
    entity_kind: true,
    span: true,
    slot: true,
    message_index: true,
    confidence: true,
    token_kind: true,
    kid: true,
    action: true,
    policy_version: true,
  },
  redaction_repeat: { counts: true },
  rehydration: { counts: true, event_ids: true },
  rehydration_failed: { entity_kind: true, choice: true, slot: true },
  session_completed: {
    status: true,
    reason: true,
    started_at: true,
    ended_at: true,
    stage_durations_ms: true,
    added_ms: true,
    upstream: true,
    upstream_model: true,
    policy_name: true,
    policy_version: true,
    ner_skipped: true,
    counts: true,
    counts_by_pass: true,
    repeated_counts: true,
    retry: true,
  },
  agent_created: { actor: true },
  agent_updated: { actor: true, fields: true },
  agent_deleted: { actor: true },
  agent_restored: { actor: true },
  agent_key_created: { actor: true, key_id: true },
  agent_key_deleted: { actor: true, key_id: true },
  policy_changed: { actor: true, policy_name: true, policy_version: true, change: true, yaml_sha256: true },
  user_login: { user_id: true, method: true },
  user_login_failed: { method: true, reason: true },
  user_changed: { actor: true, user_id: true, change: true },
  token_created: { actor: true, key_id: true },
  token_revoked: { actor: true, key_id: true },
  payload_viewed: { actor: true, viewed_session_id: true },
  report_generated: { actor: true, report_id: true, scope: true, format: true },
  vault_purged: { rows: true, reason: true },
  payloads_purged: { rows: true },
  sessions_purged: { rows: true },
  audit_segment_purged: { segment: true, events: true },
  key_rotated: { kid: true },
  chain_recovered: { reason: true, segment: true, dropped_bytes: true },
  chain_broken: { at_seq: true, segment: true, line: true },
  server_started: { version: true, checkpoint_seq: true },
  server_stopped: { clean: true },
};

/**
 * The fields of an event before it is chained: envelope and body, nothing else.
 * @throws TypeError for an unknown kind, and for a value that JSON cannot hold.
 */
export function eventFields(
  input: AuditEventInput,
  envelope: { readonly ts: string; readonly event_id: string; readonly node: string },
): Record<string, unknown> {
  const allowed: Readonly<Record<string, true>> | undefined = EVENT_FIELDS[input.kind];
  if (allowed === undefined) throw new TypeError("unknown kind of audit event");
  const { account_id, agent_id, session_id, call_id } = input.scope;
  const fields: Record<string, unknown> = {
    v: 1,
    ...envelope,
    kind: input.kind,
    account_id: wellFormed(account_id),
    agent_id: wellFormed(agent_id),
    session_id: wellFormed(session_id),
    call_id: wellFormed(call_id),
  };
  const body: Readonly<Record<string, unknown>> = { ...input.body };
  for (const name of Object.keys(allowed)) {
    if (name in fields) throw new TypeError(`the body of ${input.kind} shadows a field of the envelope`);
    fields[name] = wellFormed(body[name]);
  }
  return fields;
}

/** A lone surrogate has no canonical form (RFC 8785, 3.2.2.2): it must not stop the log. */
function wellFormed(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value === "number" && !Number.isFinite(value))
    throw new TypeError("an audit event holds finite numbers only");
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(wellFormed);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name.toWellFormed(), wellFormed(member)]));
}
