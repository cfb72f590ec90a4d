import { createHmac, randomBytes } from "node:crypto";
import { decodeBase32, encodeBase32 } from "../crypto/base32.ts";
import { equalSecrets } from "../crypto/secret.ts";

const STEP_MS = 30_000;
const DIGITS = 6;

/** A fresh second-factor secret: 160 bits (RFC 4226, section 4, R6) in base32. */
export function newTotpSecret(): string {
  return encodeBase32(randomBytes(20));
}

/** The code of one time step (RFC 6238 over RFC 4226 with SHA-1, which is what every authenticator app speaks). */
export function totpCode(secret: Uint8Array, step: number, digits = DIGITS): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", secret).update(counter).digest();
  const offset = mac[mac.length - 1]! & 15;
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** digits).padStart(digits, "0");
}

/**
 * The time step whose code was given, or null. One step of clock drift either way is allowed; a step at or before
 * `lastStep` is refused, so that a code that was looked over somebody's shoulder cannot be used again (RFC 6238, 5.2).
 * @param secret base32, as the authenticator app holds it
 * @param nowMs epoch milliseconds
 */
export function matchTotp(secret: string, code: string, nowMs: number, lastStep: number | null): number | null {
  const bytes = decodeBase32(secret);
  if (bytes === null || !/^\d{6}$/.test(code)) return null;
  const now = Math.floor(nowMs / STEP_MS);
  let found: number | null = null;
  for (const step of [now - 1, now, now + 1]) {
    if (equalSecrets(totpCode(bytes, step), code) && (lastStep === null || step > lastStep)) found = step;
  }
  return found;
}

/** What an authenticator app reads from a QR code (Google Authenticator's key URI format). */
export function totpUri(secret: string, email: string): string {
  const label = encodeURIComponent(`Masker:${email}`);
  return `otpauth://totp/${label}?secret=${secret}&issuer=Masker&algorithm=SHA1&digits=${DIGITS}&period=${STEP_MS / 1000}`;
}
