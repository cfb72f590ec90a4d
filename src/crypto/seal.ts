import { randomBytes } from "node:crypto";
import { NONCE_BYTES, openSiv, sealSiv, TAG_BYTES } from "./gcm-siv.ts";

const VERSION = 1;

/**
 * Encrypts with AES-256-GCM-SIV (RFC 8452) under a fresh random nonce: version byte, nonce, ciphertext with tag. The
 * associated data names the row or field that it belongs to, so that a sealed value moved elsewhere does not open.
 * @param key 32 bytes
 */
export function sealBytes(key: Uint8Array, plain: Uint8Array, associated: string): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const sealed = sealSiv(key, nonce, plain, Buffer.from(associated));
  const out = new Uint8Array(1 + NONCE_BYTES + sealed.length);
  out[0] = VERSION;
  out.set(nonce, 1);
  out.set(sealed, 1 + NONCE_BYTES);
  return out;
}

/** The plain bytes, or null when the key, the associated data or any bit is not what it was. */
export function openBytes(key: Uint8Array, sealed: Uint8Array, associated: string): Uint8Array | null {
  if (sealed[0] !== VERSION || sealed.length < 1 + NONCE_BYTES + TAG_BYTES) return null;
  const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
  return openSiv(key, nonce, sealed.subarray(1 + NONCE_BYTES), Buffer.from(associated));
}

/** `sealBytes` of UTF-8 text, as base64url. */
export function sealText(key: Uint8Array, plain: string, associated: string): string {
  return Buffer.from(sealBytes(key, Buffer.from(plain), associated)).toString("base64url");
}

/** The text that `sealText` sealed, or null. */
export function openText(key: Uint8Array, sealed: string, associated: string): string | null {
  const plain = openBytes(key, Buffer.from(sealed, "base64url"), associated);
  return plain === null ? null : Buffer.from(plain).toString();
}
