/** A database of its own for a test, with one account and one agent. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { insertAccount } from "../../src/db/accounts.ts";
import { type AgentRow, insertAgent } from "../../src/db/agents.ts";
import { type Db, openDatabase } from "../../src/db/open.ts";
import type { SessionRow } from "../../src/db/sessions.ts";
import { newId } from "../../src/id.ts";

export const NOW = Date.UTC(2026, 4, 3, 12);

export function emptyDatabase() {
  const path = join(mkdtempSync(join(tmpdir(), "masker-db-")), "masker.db");
  return { ...openDatabase(path), path };
}

export async function makeAccount(db: Db, createdAt = NOW): Promise<string> {
  const id = newId("account");
  await insertAccount(db, { id, name: "Clinic", plan: "self-hosted", created_at: createdAt });
  return id;
}

export function agentRow(accountId: string, extra: Partial<AgentRow> = {}): AgentRow {
  return {
    id: newId("agent"),
    account_id: accountId,
    name: "bot",
    upstream: "stub",
    tokenization: "vault-deterministic",
    policy_name: "healthcare-default",
    platform: null,
    allowed_models: [],
    on_block: "error",
    block_message: null,
    platform_auth: { key_required: false },
    assistant: null,
    assistant_callback_url: null,
    baa_chain: {},
    created_at: NOW,
    updated_at: NOW,
    deleted_at: null,
    ...extra,
  };
}

export async function makeAgent(db: Db, accountId: string, extra: Partial<AgentRow> = {}): Promise<AgentRow> {
  const row = agentRow(accountId, extra);
  await insertAgent(db, row);
  return row;
}

export function sessionRow(agent: Pick<AgentRow, "id" | "account_id">, extra: Partial<SessionRow> = {}): SessionRow {
  const startedAt = extra.started_at ?? NOW;
  return {
    id: newId("session"),
    account_id: agent.account_id,
    agent_id: agent.id,
    call_id: "call_1",
    started_at: startedAt,
    ended_at: startedAt + 100,
    status: "ok",
    reason: null,
    redaction_count: 0,
    repeated_redaction_count: 0,
    redactions_by_kind: {},
    redactions_by_pass: {},
    rehydration_failed_count: 0,
    upstream: "stub",
    upstream_model: "stub",
    policy_name: "healthcare-default",
    policy_version: 1,
    stage_durations_ms: { detection: 1, tokenize: 1, upstream: 1, rehydrate: 1 },
    added_ms: 1,
    merkle_root_hex: "00",
    event_count: 1,
    ...extra,
  };
}
