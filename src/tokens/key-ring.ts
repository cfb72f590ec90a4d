import type { KeyConfig } from "../config/config.ts";
import { deriveKey, hmacParts } from "../crypto/derive.ts";
import { MaskerError } from "../errors.ts";

/** The keys of one kid for one agent, derived by HKDF from the kid's secret. */
export interface AgentKeys {
  /** Names the secret without telling it: 16 hex characters. */
  readonly keyId: string;
  readonly index: Uint8Array;
  readonly seal: Uint8Array;
  readonly aead: Uint8Array;
  readonly nonce: Uint8Array;
}

const MAX_CACHED = 4096;

/** Hands out derived keys; the secret itself never leaves it. */
export class KeyRing {
  readonly #keys: ReadonlyMap<string, KeyConfig>;
  readonly #cache = new Map<string, AgentKeys>();

  constructor(keys: ReadonlyMap<string, KeyConfig>) {
    this.#keys = keys;
  }

  kids(): readonly string[] {
    return [...this.#keys.keys()];
  }

  /** @throws MaskerError internal_error for a kid without a key: a policy with one is refused before it gets here. */
  current(kid: string, agentId: string): AgentKeys {
    const key = this.#keys.get(kid);
    if (!key) throw new MaskerError("internal_error");
    return this.#derive(kid, "current", key.secret, agentId);
  }

  /** The key before, while it is configured; null otherwise. */
  old(kid: string, agentId: string): AgentKeys | null {
    const old = this.#keys.get(kid)?.old;
    return old ? this.#derive(kid, "old", old, agentId) : null;
  }

  /** Id of the current secret of a kid, null for an unknown kid. */
  keyId(kid: string): string | null {
    const key = this.#keys.get(kid);
    return key ? keyIdOf(key.secret) : null;
  }

  #derive(kid: string, age: string, secret: Uint8Array, agentId: string): AgentKeys {
    const name = `${kid}/${age}/${agentId}`;
    const cached = this.#cache.get(name);
    if (cached) return cached;
    const keys = {
      keyId: keyIdOf(secret),
      index: deriveKey(secret, "vault-index", agentId),
      seal: deriveKey(secret, "vault-seal", agentId),
      aead: deriveKey(secret, "token-aead", agentId),
      nonce: deriveKey(secret, "token-nonce", agentId),
    };
    if (this.#cache.size >= MAX_CACHED) this.#cache.clear();
    this.#cache.set(name, keys);
    return keys;
  }
}

function keyIdOf(secret: Uint8Array): string {
  return hmacParts(deriveKey(secret, "key-id"), "key-id").toString("hex").slice(0, 16);
}
