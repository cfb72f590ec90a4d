import { COMMON_WORDS } from "./context/common-words.ts";
import type { Span } from "./detector.ts";
import { LiteralMatcher } from "./literals.ts";
import type { Hit } from "./merge.ts";
import { codeOf, eachNumber, type NumberKeys } from "./number-keys.ts";
import { fold } from "./text/fold.ts";
import { tokenize } from "./text/tokens.ts";

/** Digits that a number needs to be known again anywhere in the request. */
const MIN_DIGITS = 5;
/** The same for a code with letters in it, of which at least three are digits. */
const MIN_MIXED = 6;

/** Kinds whose values are words. */
const WORDED = new Set(["NAME", "ADDRESS", "FACILITY", "EMAIL", "URL"]);
/** Kinds whose values are too everyday to be known again elsewhere. */
const EVERYDAY = new Set(["AGE", "DATE"]);

/** A text of a request with all that was found in it. */
export interface ReadSlot {
  readonly text: string;
  readonly hits: readonly Hit[];
  readonly numbers: NumberKeys;
}

/**
 * What was found once in a request is masked everywhere in it: in any turn, in other case, a number said or written in
 * another form, a name in part. Gives further hits for each slot, in steps of one value or one text.
 */
export function* findRepeats(
  slots: readonly ReadSlot[],
  spans: readonly (readonly Span[])[],
  seed: bigint,
): Generator<void, Hit[][]> {
  const literals = new LiteralMatcher<Span>();
  const numbers = new Map<number, Span>();
  for (const [i, slot] of slots.entries()) {
    for (const span of spans[i] as readonly Span[]) {
      const text = slot.text.slice(span.start, span.end);
      if (WORDED.has(span.kind)) {
        if (text.length >= 3) literals.add(text, span);
        if (span.kind === "NAME") for (const part of nameParts(text)) literals.add(part, span);
      } else if (!EVERYDAY.has(span.kind)) {
        const { compact, key } = codeOf(text, seed);
        const digits = compact.replace(/\D/g, "").length;
        if (digits >= MIN_DIGITS || (digits >= 3 && compact.length >= MIN_MIXED)) numbers.set(key, span);
        else if (/[a-z]/i.test(text) && /\d/.test(text) && text.length >= 4 && !/\s/.test(text))
          literals.add(text, span);
      }
      yield;
    }
  }
  const found: Hit[][] = [];
  for (const slot of slots) {
    const hits: Hit[] = [];
    if (literals.size > 0) {
      const folded = fold(slot.text);
      if (literals.mayStandIn(folded)) {
        for (const match of literals.find(folded, tokenize(folded)))
          hits.push(again(match.value, match.start, match.end));
      }
    }
    if (numbers.size > 0) {
      for (const { key, start, end } of eachNumber(slot.numbers)) {
        const known = numbers.get(key);
        if (known) hits.push(again(known, start, end));
      }
    }
    found.push(hits);
    yield;
  }
  return found;
}

function again(span: Span, start: number, end: number): Hit {
  return { start, end, kind: span.kind, score: span.confidence, validated: false, pass: span.pass };
}

/** Parts of a full name that are unmistakable alone: words of three letters and more that are no everyday words. */
function nameParts(name: string): string[] {
  const words = name.split(/[\s,]+/).filter((word) => word !== "");
  if (words.length < 2 || words.length > 6) return [];
  return words.filter(
    (word) => word.length >= 3 && /^\p{L}[\p{L}'’-]+$/u.test(word) && !COMMON_WORDS.has(word.toLowerCase()),
  );
}
