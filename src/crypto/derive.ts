import { hkdfSync } from "node:crypto";

/**
 * 32 bytes for one purpose from a secret of 32 bytes (HKDF-SHA256, RFC 5869). Each part of `purpose` carries its length, so
 * that no two lists of parts give one key.
 */
export function deriveKey(secret: Uint8Array, ...purpose: readonly string[]): Uint8Array {
  const info = purpose.map((part) => `${Buffer.byteLength(part)}:${part}`).join("");
  return new Uint8Array(hkdfSync("sha256", secret, new Uint8Array(0), info, 32));
}

/** HMAC-SHA256 (RFC 2104) over the parts, each with its length before it; 32 bytes. */
export function hmacParts(key: Uint8Array, ...parts: readonly string[]): Buffer {
  const input = parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join("");
  return new Bun.CryptoHasher("sha256", key).update(input).digest();
}
