import type { Run } from "../spoken/runs.ts";
import { FILLERS } from "../spoken/words.ts";
import type { Token } from "../text/tokens.ts";
import type { Announced, Cue } from "./cues.ts";

/** How far a cue reaches, in words. */
const REACH_BEFORE = 12;
const REACH_ACROSS_SENTENCE = 8;
const REACH_HARMLESS = 3;
const REACH_AFTER = 6;
/** The same in tokens of any type, so that a text of commas costs nothing. */
const REACH_TOKENS = 60;
/** Cues that are looked at for one run. */
const MOST_CUES = 6;

/** Words that tie a number to the cue behind it ("4471 is my member number"). */
const LINKS: ReadonlySet<string> = new Set([
  "is",
  "as",
  "was",
  "for",
  "my",
  "the",
  "his",
  "her",
  "their",
  "our",
  "your",
  "on",
  "that's",
  "thats",
  "(",
  "its",
  "it's",
  "be",
  "are",
]);

/** A stretch of tokens that something may announce. */
export type Stretch = Pick<Run, "first" | "last" | "digits">;

function isSentenceEnd(token: Token, next: Token | undefined): boolean {
  return token.type === "mark" && /^[.?!;]$/.test(token.text) && (next === undefined || next.spaced);
}

/** Index of the last cue that ends before a token, or -1. */
function lastCueBefore(cues: readonly Cue[], token: number): number {
  let low = 0;
  let high = cues.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cues[middle] as Cue).last < token) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** What the cues before a stretch announce, the nearest first; none from before `previous`, the number that they belong to. */
export function cuesBefore(
  tokens: readonly Token[],
  cues: readonly Cue[],
  stretch: Stretch,
  previous: Stretch | undefined,
): Announced[] {
  const found: Announced[] = [];
  let counted = stretch.first;
  let words = 0;
  let sentences = 0;
  for (let i = lastCueBefore(cues, stretch.last + 1); i >= 0 && found.length < MOST_CUES; i--) {
    const cue = cues[i] as Cue;
    if (cue.last >= stretch.first && cue.first > stretch.first) continue;
    if (stretch.first - cue.last > REACH_TOKENS) break;
    if (previous && previous.last > cue.last && previous.digits > 0) break;
    for (; counted > cue.last + 1; counted--) {
      const token = tokens[counted - 1] as Token;
      if (token.type === "word" && !FILLERS.has(token.text)) words++;
      else if (isSentenceEnd(token, tokens[counted])) sentences++;
    }
    if (words > REACH_BEFORE || sentences > 1 || (sentences === 1 && words > REACH_ACROSS_SENTENCE)) break;
    // A name announced before a number does not say what the number is.
    if ((cue.announces === "NAME" || cue.announces === "FACILITY") && stretch.digits > 0) continue;
    if (cue.announces === "HARMLESS" && (words > REACH_HARMLESS || sentences > 0)) continue;
    found.push(cue.announces);
  }
  return found;
}

/** What the cues behind a stretch announce, where a word ties them to it. */
export function cuesAfter(
  tokens: readonly Token[],
  cues: readonly Cue[],
  stretch: Stretch,
  next: Stretch | undefined,
): Announced[] {
  const found: Announced[] = [];
  for (let i = lastCueBefore(cues, stretch.last + 1) + 1; i < cues.length && found.length < 2; i++) {
    const cue = cues[i] as Cue;
    if (cue.first <= stretch.last) continue;
    if (next && next.first <= cue.first) break;
    const between = tokens.slice(stretch.last + 1, Math.min(cue.first, stretch.last + 2 + REACH_AFTER));
    if (cue.first - stretch.last - 1 > REACH_AFTER || between.length === 0) break;
    if (between.some((token, at) => isSentenceEnd(token, between[at + 1] ?? tokens[cue.first]))) break;
    if (between.some((token) => LINKS.has(token.text))) found.push(cue.announces);
  }
  return found;
}

/** True when something harmless is announced right before a token. */
export function isHarmlessBefore(cues: readonly Cue[], first: number): boolean {
  const cue = cues[lastCueBefore(cues, first)];
  return cue?.announces === "HARMLESS" && cue.last >= first - 2;
}

/** True when a cue of a kind ends at a token. */
export function endsCue(cues: readonly Cue[], token: number): boolean {
  const cue = cues[lastCueBefore(cues, token + 1)];
  return cue !== undefined && cue.last === token && cue.announces !== "HARMLESS";
}

/** True when a cue stands between two tokens. */
export function hasCueBetween(cues: readonly Cue[], from: number, to: number): boolean {
  const cue = cues[lastCueBefore(cues, from + 1) + 1];
  return cue !== undefined && cue.first > from && cue.last < to;
}
