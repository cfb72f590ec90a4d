/**
 * Who may use an agent's proxy. Every demand that the agent makes must be met: key, secret header, address list, signature.
 * What can be told from the head is checked before the body is read.
 */
import { equalSecrets, isOwnSecret, sha256Hex } from "../crypto/secret.ts";
import type { AgentRow } from "../db/agents.ts";
import { MaskerError } from "../errors.ts";
import { isAllowedAddress } from "./address.ts";
import type { Client, ProxyDeps } from "./deps.ts";
import { bearerOf, checkHmac, checkVapiSecret } from "./platform-proof.ts";

/**
 * The agent of the path, once the request's head proves that the caller may use it.
 * @throws MaskerError bad_signature, or agent_not_found where that tells a stranger nothing.
 */
export async function authenticateHead(
  deps: ProxyDeps,
  agentId: string,
  headers: Headers,
  client: Client,
): Promise<AgentRow> {
  const [agent, keyId] = await Promise.all([deps.agents.find(agentId), findKey(deps, agentId, headers)]);
  if (agent === null) {
    throw new MaskerError(deps.settings.keysByDefault && keyId === null ? "bad_signature" : "agent_not_found");
  }
  const auth = agent.platform_auth;
  const header = auth.header;
  const refused =
    (auth.key_required && keyId === null) ||
    (header !== undefined && !isHeaderSecret(headers, header.name, deps.agents.openSecret(agent, "header"))) ||
    (auth.allowed_addresses !== undefined &&
      auth.allowed_addresses.length > 0 &&
      !isAllowedAddress(client.address, auth.allowed_addresses));
  if (refused) throw new MaskerError("bad_signature");
  if (keyId !== null) await deps.agents.touchKey(keyId);
  return agent;
}

/**
 * Checks signatures over the body: those that are sent must be right, and the agent's own must be sent when it says so.
 * @throws MaskerError bad_signature
 */
export function authenticateBody(deps: ProxyDeps, agent: AgentRow, headers: Headers, body: Uint8Array): void {
  const nowMs = Date.now();
  const hmac = agent.platform_auth.hmac;
  if (hmac !== undefined) {
    const secret = deps.agents.openSecret(agent, "hmac");
    if (secret === null) throw new MaskerError("bad_signature");
    const form = { ...hmac, secret, header: hmac.header.toLowerCase(), timestampHeader: hmac.timestamp_header };
    const proof = checkHmac(headers, body, form, nowMs);
    if (proof === "invalid" || (proof === "absent" && hmac.required)) throw new MaskerError("bad_signature");
    if (proof === "valid") return;
  }
  const secret = deps.settings.vapiWebhookSecret;
  const vapiSent = headers.has("x-vapi-signature") || headers.has("x-vapi-secret");
  if (secret !== null && vapiSent) {
    const proof = checkVapiSecret(headers, body, secret, { nowMs, bearer: false });
    if (proof === "invalid") throw new MaskerError("bad_signature");
  }
}

/** The caller's own `Authorization` value where the provider may see it: never one of Masker's secrets, nor a platform's. */
export function passableAuthorization(deps: ProxyDeps, agent: AgentRow, headers: Headers): string | null {
  const bearer = bearerOf(headers);
  if (bearer === null || isOwnSecret(bearer)) return null;
  const auth = agent.platform_auth;
  const secrets = [
    deps.settings.vapiWebhookSecret,
    auth.header === undefined ? null : deps.agents.openSecret(agent, "header"),
    auth.hmac === undefined ? null : deps.agents.openSecret(agent, "hmac"),
  ];
  return secrets.some((secret) => secret !== null && equalSecrets(secret, bearer)) ? null : `Bearer ${bearer}`;
}

async function findKey(deps: ProxyDeps, agentId: string, headers: Headers): Promise<string | null> {
  const sent = [headers.get("masker-agent-key")?.trim(), bearerOf(headers)];
  for (const key of sent) {
    if (typeof key !== "string" || !isOwnSecret(key)) continue;
    const keyId = await deps.agents.findKey(agentId, sha256Hex(key));
    if (keyId !== null) return keyId;
  }
  return null;
}

/** A secret in a header, with or without the word `Bearer` before it. */
function isHeaderSecret(headers: Headers, name: string, secret: string | null): boolean {
  const sent = headers.get(name);
  if (sent === null || secret === null) return false;
  return equalSecrets(sent, secret) || equalSecrets(sent.replace(/^Bearer +/i, ""), secret);
}
