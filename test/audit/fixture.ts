import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditEventInput } from "../../src/audit/event.ts";
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

export async function lines(path: string): Promise<string[]> {
  return (await readFile(path, "utf8")).trimEnd().split("\n");
}
