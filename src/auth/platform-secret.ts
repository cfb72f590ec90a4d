import { deriveKey } from "../crypto/derive.ts";
import { openText, sealText } from "../crypto/seal.ts";

/** Which secret of an agent's platform settings. */
export type PlatformSecretField = "header" | "hmac";

/**
 * Seals a secret by which a platform proves itself to one agent.
 * @param sessionKey `config.keys.session`
 */
export function sealPlatformSecret(
  sessionKey: Uint8Array,
  agentId: string,
  field: PlatformSecretField,
  secret: string,
): string {
  return sealText(platformKey(sessionKey), secret, `${agentId}/${field}`);
}

/** The secret, or null when it was sealed under another key or for another agent. */
export function openPlatformSecret(
  sessionKey: Uint8Array,
  agentId: string,
  field: PlatformSecretField,
  sealed: string,
): string | null {
  return openText(platformKey(sessionKey), sealed, `${agentId}/${field}`);
}

function platformKey(sessionKey: Uint8Array): Uint8Array {
  return deriveKey(sessionKey, "platform secret", "1");
}
