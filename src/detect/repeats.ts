import { COMMON_WORDS } from "./context/common-words.ts";
import type { Span, TextSlot } from "./detector.ts";
import { LiteralMatcher } from "./literals.ts";
import type { Hit } from "./merge.ts";
import { readAtoms } from "./spoken/atoms.ts";
import { type Run, readRuns } from "./spoken/runs.ts";
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

/**
 * What was found once in a request is masked everywhere in it: in any turn, in other case, a number said or written in
 * another form, a name in part. Returns further hits for each slot.
 */
export function findRepeats(slots: readonly TextSlot[], spans: readonly (readonly Span[])[]): Hit[][] {
  const literals = new LiteralMatcher<Span>();
  const numbers = new Map<string, Span>();
  slots.forEach((slot, i) => {
    for (const span of spans[i] as readonly Span[]) {
      const text = slot.text.slice(span.start, span.end);
      if (WORDED.has(span.kind)) {
        if (text.length >= 3) literals.add(text, span);
        if (span.kind === "NAME") for (const part of nameParts(text)) literals.add(part, span);
      } else if (!EVERYDAY.has(span.kind)) {
        const code = codeOf(text);
        const digits = code.replace(/\D/g, "").length;
        if (digits >= MIN_DIGITS || (digits >= 3 && code.length >= MIN_MIXED)) numbers.set(code, span);
        else if (/[a-z]/i.test(text) && /\d/.test(text) && text.length >= 4 && !/\s/.test(text))
          literals.add(text, span);
      }
    }
  });
  return slots.map((slot) => {
    if (literals.size === 0 && numbers.size === 0) return [];
    const folded = fold(slot.text);
    const tokens = tokenize(folded);
    const hits: Hit[] = [];
    for (const match of literals.find(folded, tokens)) hits.push(again(match.value, match.start, match.end));
    if (numbers.size > 0) {
      for (const run of readRuns(tokens, readAtoms(tokens), () => false)) {
        const known = run.digits >= 3 ? numbers.get(run.compact) : undefined;
        if (known)
          hits.push(
            again(
              known,
              folded.start((tokens[run.first] as { from: number }).from),
              folded.end((tokens[run.last] as { to: number }).to - 1),
            ),
          );
      }
    }
    return hits;
  });
}

function again(span: Span, start: number, end: number): Hit {
  return { start, end, kind: span.kind, score: span.confidence, validated: false, pass: span.pass };
}

/** Letters and digits of a number however it is said or written. */
function codeOf(text: string): string {
  const tokens = tokenize(fold(text));
  return readRuns(tokens, readAtoms(tokens), () => false)
    .map((run: Run) => run.compact)
    .join("");
}

/** Parts of a full name that are unmistakable alone: words of three letters and more that are no everyday words. */
function nameParts(name: string): string[] {
  const words = name.split(/[\s,]+/).filter((word) => word !== "");
  if (words.length < 2 || words.length > 6) return [];
  return words.filter(
    (word) => word.length >= 3 && /^\p{L}[\p{L}'’-]+$/u.test(word) && !COMMON_WORDS.has(word.toLowerCase()),
  );
}
