import { randomFillSync } from "node:crypto";
import { ulid } from "ulid";

/** Prefixes of every resource id (rest-api, Conventions). */
const ID_PREFIXES = {
  agent: "agt",
  session: "sess",
  event: "evt",
  report: "rep",
  job: "job",
  user: "usr",
  account: "acc",
  request: "req",
  policy: "pol",
  key: "key",
  call: "call",
} as const;

export type IdNoun = keyof typeof ID_PREFIXES;

/**
 * A fresh id: prefix, underscore, 26 characters of ULID. Never from a monotonic factory: its ids are neighbours, and an
 * agent id is 80 random bits that a caller must not guess.
 */
export function newId(noun: IdNoun, timeMs?: number): string {
  return `${ID_PREFIXES[noun]}_${ulid(timeMs, randomFraction)}`;
}

/** Drawn from the system many at a time: the library's own way asks it once for each character. */
const randomPool = new Uint8Array(4096);
let randomAt = randomPool.length;

function randomFraction(): number {
  if (randomAt === randomPool.length) {
    randomFillSync(randomPool);
    randomAt = 0;
  }
  return (randomPool[randomAt++] as number) / 256;
}

/** True when `text` has the form of an id of that noun. */
export function isId(noun: IdNoun, text: string): boolean {
  return (
    text.startsWith(`${ID_PREFIXES[noun]}_`) &&
    /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(text.slice(ID_PREFIXES[noun].length + 1))
  );
}

/** Names of keys (kid): upper-case letters, digits and underscores, as in `MASKER_KEY_<KID>`; 1 to 32 characters. */
export const KID_PATTERN = /^[A-Z][A-Z0-9_]{0,31}$/;
