import { equalSecrets, sha256Hex } from "../crypto/secret.ts";
import type { AgentRow } from "../db/agents.ts";
import { MaskerError } from "../errors.ts";
import { isAllowedAddress } from "../proxy/address.ts";
import type { Client } from "../proxy/deps.ts";
import { bearerOf, checkHmac, checkVapiSecret, type Proof } from "../proxy/platform-proof.ts";
import type { WebhookDeps } from "./deps.ts";

export interface WebhookRequest {
  readonly agentId: string;
  readonly headers: Headers;
  /** The body as it came: signatures are made over it. */
  readonly raw: Uint8Array;
  readonly client: Client;
}

/**
 * The agent of a server message, once the message proves that it comes from the platform. The installation's webhook secret
 * is demanded when it is set; else one proof of the agent's own, when it has any.
 * @throws MaskerError bad_signature; agent_not_found only to those who proved themselves, or where no proof is demanded.
 */
export async function authenticateWebhook(deps: WebhookDeps, request: WebhookRequest): Promise<AgentRow> {
  const { agentId, headers, raw, client } = request;
  const nowMs = Date.now();
  const agent = await deps.agents.find(agentId);
  const hmac = agent === null ? "absent" : agentHmac(deps, agent, headers, raw, nowMs);
  const secret = deps.settings.vapiWebhookSecret;
  const shared = secret === null ? "absent" : checkVapiSecret(headers, raw, secret, { nowMs, bearer: true });
  if (secret !== null && shared !== "valid" && hmac !== "valid") throw new MaskerError("bad_signature");
  if (agent === null) {
    throw new MaskerError(secret === null && deps.settings.keysByDefault ? "bad_signature" : "agent_not_found");
  }

  const auth = agent.platform_auth;
  const demanded = auth.key_required || auth.header !== undefined || auth.hmac !== undefined;
  const proven = shared === "valid" || hmac === "valid" || (await hasOwnSecret(deps, agent, headers));
  const addresses = auth.allowed_addresses ?? [];
  if (
    (demanded && !proven) ||
    (hmac === "invalid" && shared !== "valid") ||
    (addresses.length > 0 && !isAllowedAddress(client.address, addresses))
  ) {
    throw new MaskerError("bad_signature");
  }
  return agent;
}

function agentHmac(deps: WebhookDeps, agent: AgentRow, headers: Headers, raw: Uint8Array, nowMs: number): Proof {
  const form = agent.platform_auth.hmac;
  if (form === undefined) return "absent";
  const secret = deps.agents.openSecret(agent, "hmac");
  if (secret === null) return "invalid";
  return checkHmac(headers, raw, { ...form, secret, timestampHeader: form.timestamp_header }, nowMs);
}

/** The agent's header secret, or one of its keys wherever the platform can put it. */
async function hasOwnSecret(deps: WebhookDeps, agent: AgentRow, headers: Headers): Promise<boolean> {
  const header = agent.platform_auth.header;
  const secret = header === undefined ? null : deps.agents.openSecret(agent, "header");
  if (header !== undefined && secret !== null) {
    const sent = headers.get(header.name);
    if (sent !== null && equalSecrets(sent.replace(/^Bearer +/i, ""), secret)) return true;
  }
  for (const key of [headers.get("masker-agent-key"), headers.get("x-vapi-secret"), bearerOf(headers)]) {
    if (key !== null && (await deps.agents.findKey(agent.id, sha256Hex(key))) !== null) return true;
  }
  return false;
}
