import type { AuditSink } from "../audit/event.ts";
import type { Config } from "../config/config.ts";
import { newSecret, sha256Hex } from "../crypto/secret.ts";
import { insertAgentKey } from "../db/agent-keys.ts";
import { type AgentRow, findLiveAgent, insertAgent } from "../db/agents.ts";
import { findInstallationValue, setInstallationValue } from "../db/installation.ts";
import type { Db } from "../db/open.ts";
import { newId } from "../id.ts";
import { DEFAULT_POLICY_NAME } from "../policy/presets.ts";

export interface DemoAgent {
  readonly agent: AgentRow;
  /** The key that callers must send; only at the start that made the agent, and only when one is asked for. */
  readonly key: string | null;
}

export interface DemoAgentOptions {
  readonly db: Db;
  readonly audit: AuditSink;
  readonly accountId: string;
  readonly upstream: Config["upstream"];
  readonly keyRequired: boolean;
  readonly nowMs: number;
}

/** The agent that a first start makes, so that there is something to try; null when somebody has deleted it. */
export async function ensureDemoAgent(options: DemoAgentOptions): Promise<DemoAgent | null> {
  const { db, audit, accountId, upstream, keyRequired, nowMs } = options;
  const known = await findInstallationValue(db, "demo_agent_id");
  if (known !== null) {
    const agent = await findLiveAgent(db, known);
    return agent && { agent, key: null };
  }
  const agent: AgentRow = {
    id: newId("agent"),
    account_id: accountId,
    name: "demo",
    upstream: defaultUpstream(upstream),
    tokenization: "vault-deterministic",
    policy_name: DEFAULT_POLICY_NAME,
    platform: null,
    allowed_models: [],
    on_block: "error",
    block_message: null,
    platform_auth: { key_required: keyRequired },
    assistant: null,
    assistant_callback_url: null,
    baa_chain: {},
    created_at: nowMs,
    updated_at: nowMs,
    deleted_at: null,
  };
  const scope = { account_id: accountId, agent_id: agent.id, session_id: null, call_id: null };
  await audit.append([{ kind: "agent_created", scope, body: { actor: "first start" } }]);
  await insertAgent(db, agent);
  let key: string | null = null;
  if (keyRequired) {
    key = newSecret("agentKey");
    const row = { id: newId("key"), agent_id: agent.id, hash: sha256Hex(key), created_at: nowMs, last_used_at: null };
    await insertAgentKey(db, row);
  }
  await setInstallationValue(db, "demo_agent_id", agent.id);
  return { agent, key };
}

function defaultUpstream({ provider, providers, defaultModel }: Config["upstream"]): string {
  if (provider === "stub") return "stub";
  const models = providers.get(provider)?.models ?? [];
  return `${provider}:${models.length === 0 || models.includes(defaultModel) ? defaultModel : models[0]}`;
}
