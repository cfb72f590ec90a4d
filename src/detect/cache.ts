/** Bounded map that forgets what was not used for longest. */
export class RecentMap<V> {
  readonly #values = new Map<string, V>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): V | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  set(key: string, value: V): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > this.#limit) this.#values.delete(this.#values.keys().next().value as string);
  }
}

/** HMAC-SHA-256 of the parts, each with its length before it, so that no two lists of parts are the same input. */
export function cacheKeyOf(key: Uint8Array, parts: readonly string[]): string {
  // Asked for every text of every turn: one call of the hash costs a fifth of one for each part.
  const input = parts.map((part) => `${part.length}:${part}`).join("");
  return new Bun.CryptoHasher("sha256", key).update(input).digest("base64");
}
