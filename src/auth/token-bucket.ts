/** One bucket: how much is left, and when that was last counted. */
interface Bucket {
  left: number;
  at: number;
}

export interface BucketRate {
  readonly perSecond: number;
  readonly burst: number;
}

/** More keys than this at once and the ones longest untouched are forgotten, so that a flood of keys takes no memory. */
const MAX_KEYS = 50_000;

/** Token buckets by key. A key that is not known has a full bucket. */
export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>();

  constructor(
    private readonly rate: BucketRate,
    /** Epoch milliseconds. */
    private readonly clock: () => number,
  ) {}

  /** Takes one. @returns null when there was one, else the whole seconds until there is. */
  take(key: string): number | null {
    const now = this.clock();
    const bucket = this.#refilled(key, now);
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > MAX_KEYS) this.#buckets.delete(this.#buckets.keys().next().value as string);
    if (bucket.left >= 1) {
      bucket.left -= 1;
      return null;
    }
    return Math.max(1, Math.ceil((1 - bucket.left) / this.rate.perSecond));
  }

  /** Forgets what a key has used. */
  reset(key: string): void {
    this.#buckets.delete(key);
  }

  #refilled(key: string, now: number): Bucket {
    const bucket = this.#buckets.get(key);
    if (!bucket) return { left: this.rate.burst, at: now };
    // A clock that was set back must not empty a bucket.
    const seconds = Math.max(0, now - bucket.at) / 1000;
    return { left: Math.min(this.rate.burst, bucket.left + seconds * this.rate.perSecond), at: now };
  }
}
