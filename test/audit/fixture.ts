import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditEventInput, EventBodies } from "../../src/audit/event.ts";
import { type AuditLog, type AuditLogOptions, openAuditLog } from "../../src/audit/log.ts";
import { SILENT } from "../log/silent.ts";

export { SILENT };

export const KEY = new Uint8Array(32).fill(7);
export const SEED = new Uint8Array(32).fill(9);

/** A fresh folder, gone with the machine's temporary files. */
export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "masker-audit-"));
}

export function open(path: string, options: Partial<AuditLogOptions> = {}): Promise<AuditLog> {
  return openAuditLog({ path, key: KEY, signingSeed: SEED, node: "node-1", log: SILENT, ...options });
}

export const SCOPE = { account_id: "acc_1", agent_id: "agt_1", session_id: "sess_1", call_id: "call_1" } as const;

export function redaction(index: number, session = "sess_1"): AuditEventInput<"redaction"> {
  return {
    kind: "redaction",
    scope: { ...SCOPE, session_id: session },
    body: {
      pass: "regex",
      entity_kind: "PHONE",
      span: [index, index + 12],
      slot: `messages[${index}].content`,
      message_index: index,
      confidence: 0.95,
      token_kind: "MSKV1",
      kid: "K_HEALTHCARE",
      action: "tokenize",
      policy_version: 3,
    },
  };
}

/** The end of a session; `change` is what a test looks at. */
export function completed(
  scope: AuditEventInput["scope"],
  change: Partial<EventBodies["session_completed"]> = {},
): AuditEventInput<"session_completed"> {
  return {
    kind: "session_completed",
    scope,
    body: {
      status: "ok",
      reason: null,
      started_at: "2026-05-03T21:14:32.481Z",
      ended_at: "2026-05-03T21:14:33.100Z",
      stage_durations_ms: { detection: 1, tokenize: 1, upstream: 1, rehydrate: 1 },
      added_ms: 3,
      upstream: "stub",
      upstream_model: "stub",
      policy_name: "healthcare-default",
      policy_version: 1,
      ner_skipped: false,
      counts: { PHONE: 1 },
      counts_by_pass: { regex: 1 },
      repeated_counts: {},
      retry: false,
      ...change,
    },
  };
}

export async function lines(path: string): Promise<string[]> {
  return (await readFile(path, "utf8")).trimEnd().split("\n");
}
