import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Prefixes of Masker's own secrets; a text that begins with one never leaves the building. */
const SECRET_PREFIXES = { agentKey: "mak_", apiToken: "msk_", session: "mss_", link: "mlk_" } as const;

/** A fresh secret of 256 random bits: prefix and 43 characters of base64url. */
export function newSecret(use: keyof typeof SECRET_PREFIXES): string {
  return SECRET_PREFIXES[use] + randomBytes(32).toString("base64url");
}

/** True for a text that is, by its prefix, one of Masker's own secrets. */
export function isOwnSecret(text: string): boolean {
  return Object.values(SECRET_PREFIXES).some((prefix) => text.startsWith(prefix));
}

/** SHA-256 in hex: how secrets of high entropy are stored. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Compares in a time that tells nothing of where the texts differ, nor of their lengths. */
export function equalSecrets(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
