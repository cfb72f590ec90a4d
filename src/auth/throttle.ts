import { MaskerError } from "../errors.ts";
import { TokenBuckets } from "./token-bucket.ts";

/**
 * Slows down guessing of passwords, second factors and one-time links. Each attempt is taken from all buckets before any
 * work is done, so that attempts sent at once do not slip through together; a success gives the pair its attempts back.
 */
export interface Throttle {
  /**
   * @param subject what is guessed at: a lower-case e-mail address, or the name of a form
   * @param address of the client, null when unknown
   * @throws MaskerError rate_limited with the seconds to wait
   */
  attempt(subject: string, address: string | null): void;
  succeeded(subject: string, address: string | null): void;
  /** True for the first refusal of a subject in an hour: refusals are logged, a flood of them not one by one. */
  isNews(subject: string): boolean;
}

/** From one address at one account: five attempts, then one every half minute. */
const PAIR = { perSecond: 1 / 30, burst: 5 };
/** At one account from anywhere; wide enough that a stranger's guesses do not lock its owner out at once. */
const SUBJECT = { perSecond: 1 / 10, burst: 50 };
/** From one address at any account. */
const ADDRESS = { perSecond: 1 / 6, burst: 60 };
const NEWS = { perSecond: 1 / 3600, burst: 1 };

export function createThrottle(clock: () => number): Throttle {
  const pairs = new TokenBuckets(PAIR, clock);
  const subjects = new TokenBuckets(SUBJECT, clock);
  const addresses = new TokenBuckets(ADDRESS, clock);
  const news = new TokenBuckets(NEWS, clock);
  const pair = (subject: string, address: string | null) => JSON.stringify([subject, address]);
  return {
    attempt(subject, address) {
      const waits = [pairs.take(pair(subject, address)), subjects.take(subject), addresses.take(address ?? "unknown")];
      const wait = Math.max(...waits.map((seconds) => seconds ?? 0));
      if (wait > 0) {
        throw new MaskerError("rate_limited", { message: "Too many attempts.", retryAfterSeconds: wait });
      }
    },
    succeeded(subject, address) {
      pairs.reset(pair(subject, address));
    },
    isNews: (subject) => news.take(subject) === null,
  };
}
