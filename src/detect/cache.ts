interface Weighed<V> {
  readonly value: V;
  readonly weight: number;
}

/** Map bounded by number and weight that forgets what was not used for longest; what was set last always stays. */
export class RecentMap<V> {
  readonly #values = new Map<string, Weighed<V>>();
  readonly #most: number;
  readonly #heaviest: number;
  #weight = 0;

  constructor(most: number, heaviest = Number.POSITIVE_INFINITY) {
    this.#most = most;
    this.#heaviest = heaviest;
  }

  get(key: string): V | undefined {
    const kept = this.#values.get(key);
    if (kept === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, kept);
    return kept.value;
  }

  set(key: string, value: V, weight = 1): void {
    this.delete(key);
    this.#values.set(key, { value, weight });
    this.#weight += weight;
    while (this.#values.size > 1 && (this.#values.size > this.#most || this.#weight > this.#heaviest)) {
      this.delete(this.#values.keys().next().value as string);
    }
  }

  delete(key: string): void {
    this.#weight -= this.#values.get(key)?.weight ?? 0;
    this.#values.delete(key);
  }
}

/** HMAC-SHA-256 of the parts, each with its length before it, so that no two lists of parts are the same input. */
export function cacheKeyOf(key: Uint8Array, parts: readonly string[]): string {
  // Asked for every text of every turn: one call of the hash costs a fifth of one for each part.
  const input = parts.map((part) => `${part.length}:${part}`).join("");
  return new Bun.CryptoHasher("sha256", key).update(input).digest("base64");
}
