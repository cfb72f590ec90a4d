import { openPlatformSecret } from "../auth/platform-secret.ts";
import { findAgentKey, touchAgentKey } from "../db/agent-keys.ts";
import { findLiveAgent } from "../db/agents.ts";
import type { Db } from "../db/open.ts";
import type { ProxyDeps } from "./deps.ts";

/** The last use of a key is kept to the minute: not every turn writes a row. */
const TOUCH_EVERY_MS = 60_000;

/** Agents and their keys from the database. @param sessionKey `config.keys.session`, which seals platform secrets */
export function createAgentAccess(db: Db, sessionKey: Uint8Array): ProxyDeps["agents"] {
  const touched = new Map<string, number>();
  return {
    find: (agentId) => findLiveAgent(db, agentId),
    findKey: async (agentId, hash) => (await findAgentKey(db, agentId, hash))?.id ?? null,
    async touchKey(keyId) {
      const now = Date.now();
      if (now - (touched.get(keyId) ?? 0) < TOUCH_EVERY_MS) return;
      touched.set(keyId, now);
      await touchAgentKey(db, keyId, now);
    },
    openSecret(agent, secret) {
      const sealed = agent.platform_auth[secret]?.secret_sealed;
      return sealed === undefined ? null : openPlatformSecret(sessionKey, agent.id, secret, sealed);
    },
  };
}
