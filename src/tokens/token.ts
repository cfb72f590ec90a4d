import { isKind, type Kind } from "../detect/kind.ts";

/** `MSKV1`: a random name looked up in the vault. `MSK1`: the value itself, sealed with AES-256-GCM-SIV. */
export const TOKEN_SCHEMES = { "vault-deterministic": "MSKV1", "reversible-aead": "MSK1" } as const;

export type TokenScheme = (typeof TOKEN_SCHEMES)[keyof typeof TOKEN_SCHEMES];

export { KID_PATTERN } from "../id.ts";

/** 128 random bits in base32 without padding (RFC 4648). */
export const VAULT_VALUE_LENGTH = 26;

/** The longest token text, in characters; bounds what a stream may hold back. */
export const MAX_TOKEN_LENGTH = 4096;

export interface Token {
  readonly scheme: TokenScheme;
  readonly kind: Kind;
  readonly kid: string;
  readonly value: string;
}

/** `{scheme}.{KIND}.{kid}.{value}`. */
export function formatToken(token: Token): string {
  return `${token.scheme}.${token.kind}.${token.kid}.${token.value}`;
}

/** The parts of an exactly written token, or null. Tolerant reading belongs to rehydration. */
export function parseToken(text: string): Token | null {
  const match = /^(MSKV1|MSK1)\.([A-Z_]{2,16})\.([A-Z][A-Z0-9_]{0,31})\.([A-Z2-7]{16,})$/.exec(text);
  if (!match || text.length > MAX_TOKEN_LENGTH) return null;
  const [, scheme, kind, kid, value] = match as unknown as [string, TokenScheme, string, string, string];
  return isKind(kind) ? { scheme, kind, kid, value } : null;
}

/** What stands in place of a value that cannot or may not be put back. */
export function redactedText(kind: Kind): string {
  return `[REDACTED:${kind}]`;
}
