import type { EventKind } from "../../../audit/event.ts";

/** Every kind of event, as a person reads it. */
export const EVENT_WORDS: Readonly<Record<EventKind, string>> = {
  call_started: "Call started",
  call_ended: "Call ended",
  redaction: "Masked",
  redaction_repeat: "Masked again",
  rehydration: "Put back",
  rehydration_failed: "Not put back",
  session_completed: "Session completed",
  payload_viewed: "Texts viewed",
  report_generated: "Report made",
  agent_created: "Agent created",
  agent_updated: "Agent changed",
  agent_deleted: "Agent deleted",
  agent_restored: "Agent restored",
  agent_key_created: "Agent key made",
  agent_key_deleted: "Agent key deleted",
  policy_changed: "Policy changed",
  user_login: "Signed in",
  user_login_failed: "Sign-in failed",
  user_changed: "User changed",
  token_created: "API token made",
  token_revoked: "API token revoked",
  key_rotated: "Key rotated",
  vault_purged: "Vault purged",
  payloads_purged: "Texts purged",
  sessions_purged: "Sessions purged",
  audit_segment_purged: "Audit log purged",
  chain_recovered: "Chain recovered",
  chain_broken: "Chain broken",
  server_started: "Started",
  server_stopped: "Stopped",
};

const ENVELOPE = new Set([
  "v",
  "ts",
  "event_id",
  "seq",
  "node",
  "kind",
  "account_id",
  "agent_id",
  "session_id",
  "call_id",
  "prev_hash",
  "this_hash",
]);

/** What happened says more than who did it, whose id is long. */
const WHO = new Set(["actor", "user_id"]);

/** The fields that an event has beside its envelope, as one line; what is null or empty says nothing. */
export function fieldsOf(event: Readonly<Record<string, unknown>>): string {
  return Object.entries(event)
    .filter(([name, value]) => !ENVELOPE.has(name) && value !== null && value !== "")
    .sort(([a], [b]) => Number(WHO.has(a)) - Number(WHO.has(b)))
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${wordOf(value)}`)
    .join(" · ");
}

function wordOf(value: unknown): string {
  if (Array.isArray(value)) return value.every((one) => typeof one === "number") ? value.join("–") : value.join(", ");
  if (typeof value === "number") return String(Math.round(value * 1000) / 1000);
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([name, count]) => `${name} ${String(count)}`)
    .join(", ");
}
