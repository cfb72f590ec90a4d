import { decodeBase32, encodeBase32 } from "../crypto/base32.ts";
import { hmacParts } from "../crypto/derive.ts";
import { NONCE_BYTES, openSiv, sealSiv, TAG_BYTES } from "../crypto/gcm-siv.ts";
import type { Kind } from "../detect/kind.ts";
import { MaskerError } from "../errors.ts";
import type { AgentKeys } from "./key-ring.ts";

const LENGTH_BYTES = 2;
/** Plain sizes in bytes; a token's length tells the bucket and nothing finer. */
const BUCKETS = [16, 32, 64, 128, 256, 512, 1024, 2048] as const;

/**
 * The value part of a reversible token: nonce, then AES-256-GCM-SIV (RFC 8452) of the padded value, in base32. The nonce
 * comes from the value itself by HMAC, so equal values give equal tokens and a nonce never meets a second plaintext; kind
 * and agent are associated data, so that a token of one cannot be read as one of another.
 * @throws MaskerError validation_failed for a value over 2,046 bytes of UTF-8.
 */
export function sealValue(keys: AgentKeys, agentId: string, kind: Kind, value: string): string {
  const plain = Buffer.from(value);
  const bucket = BUCKETS.find((size) => size >= plain.length + LENGTH_BYTES);
  if (bucket === undefined) {
    throw new MaskerError("validation_failed", { message: "An identifier is too long for a reversible token." });
  }
  const padded = new Uint8Array(bucket);
  padded[0] = plain.length >>> 8;
  padded[1] = plain.length & 255;
  padded.set(plain, LENGTH_BYTES);
  const nonce = hmacParts(keys.nonce, kind, agentId, value).subarray(0, NONCE_BYTES);
  const sealed = sealSiv(keys.aead, nonce, padded, associated(kind, agentId));
  return encodeBase32(Buffer.concat([nonce, sealed]));
}

/** The value that was sealed, or null when key, kind, agent or any bit differs. */
export function openValue(keys: AgentKeys, agentId: string, kind: Kind, text: string): string | null {
  const bytes = decodeBase32(text);
  if (bytes === null || bytes.length < NONCE_BYTES + TAG_BYTES + BUCKETS[0]) return null;
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const padded = openSiv(keys.aead, nonce, bytes.subarray(NONCE_BYTES), associated(kind, agentId));
  if (padded === null) return null;
  const length = ((padded[0] ?? 0) << 8) | (padded[1] ?? 0);
  return Buffer.from(padded.subarray(LENGTH_BYTES, LENGTH_BYTES + length)).toString();
}

function associated(kind: Kind, agentId: string): Uint8Array {
  return Buffer.from(`${kind.length}:${kind}${agentId.length}:${agentId}`);
}
