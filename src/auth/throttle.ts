import { isIPv6 } from "node:net";
import { MaskerError } from "../errors.ts";
import { TokenBuckets } from "./token-bucket.ts";

/**
 * Slows down guessing of passwords, second factors and one-time links. Each attempt is taken from the buckets before any
 * work is done, so that attempts sent at once do not slip through together; a success gives the pair its attempts back. The
 * narrowest comes first, and what one bucket refuses is not taken from the next: whoever is refused already can neither lock
 * somebody else out nor push other keys out of the buckets.
 */
export interface Throttle {
  /**
   * @param subject what is guessed at: a lower-case e-mail address, or the name of a form
   * @param address of the client, null when unknown
   * @throws MaskerError rate_limited with the seconds to wait
   */
  attempt(subject: string, address: string | null): void;
  succeeded(subject: string, address: string | null): void;
  /**
   * True for the first refusal of a subject in an hour: refusals are logged, a flood of them not one by one. Subjects are
   * what a stranger writes, so of all of them together only so many are news.
   */
  isNews(subject: string): boolean;
}

/** From one address at one account: five attempts, then one every half minute. */
const PAIR = { perSecond: 1 / 30, burst: 5 };
/** At one account from anywhere; wide enough that a stranger's guesses do not lock its owner out at once. */
const SUBJECT = { perSecond: 1 / 10, burst: 50 };
/** From one address at any account. */
const ADDRESS = { perSecond: 1 / 6, burst: 60 };
const NEWS = { perSecond: 1 / 3600, burst: 1 };
const ALL_NEWS = { perSecond: 1 / 60, burst: 30 };

export function createThrottle(clock: () => number): Throttle {
  const pairs = new TokenBuckets(PAIR, clock);
  const subjects = new TokenBuckets(SUBJECT, clock);
  const addresses = new TokenBuckets(ADDRESS, clock);
  const news = new TokenBuckets(NEWS, clock);
  const allNews = new TokenBuckets(ALL_NEWS, clock);
  const pair = (subject: string, network: string) => JSON.stringify([subject, network]);
  return {
    attempt(subject, address) {
      const network = networkOf(address);
      const wait = addresses.take(network) ?? pairs.take(pair(subject, network)) ?? subjects.take(subject);
      if (wait !== null) {
        throw new MaskerError("rate_limited", { message: "Too many attempts.", retryAfterSeconds: wait });
      }
    },
    succeeded(subject, address) {
      pairs.reset(pair(subject, networkOf(address)));
    },
    isNews: (subject) => news.take(subject) === null && allNews.take("all") === null,
  };
}

/** The client as a network gives it out: one customer has a whole /64 of IPv6 and would count as that many. */
function networkOf(address: string | null): string {
  if (address === null || !isIPv6(address)) return address ?? "unknown";
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = "", tail] = address.replace(/%.*$/, "").split("::");
  const groups = (text: string | undefined) => (text ? text.split(":") : []);
  const gap = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array.from({ length: Math.max(0, gap) }, () => "0"), ...groups(tail)];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}
