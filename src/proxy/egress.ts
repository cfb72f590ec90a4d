/**
 * The check at the exit: no original that was to be replaced stands in the body about to leave, wherever it came from. It
 * reads the body anew and knows nothing of how it was masked.
 */
import type { Ledger } from "../tokens/ledger.ts";
import type { MaskedBody, Replacement } from "../upstream/wire-format.ts";
import type { MaskedSpan, ReplacedValue } from "./mask.ts";

/** Shorter originals occur by chance in other words. */
const MIN_LENGTH = 4;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
/** Tokens and marks of redaction: what they are made of is not text of the caller. */
const OWN_TEXT = /MSKV?1\.[A-Z_]+\.[A-Z0-9_]+\.[A-Z2-7]+|\[REDACTED:[A-Z_]+\]/g;

interface Original {
  readonly text: string;
  /** Compared without case: everything but a single plain word, which may be an ordinary word in lower case. */
  readonly folded: boolean;
  readonly value: ReplacedValue;
}

export interface EgressResult {
  readonly body: MaskedBody;
  /** Survivors that were masked, as spans of the body that leaves. */
  readonly survivors: readonly MaskedSpan[];
  /** False when an original stands there even so: then nothing may leave. */
  readonly clean: boolean;
}

/** Masks every survivor and looks again. */
export function checkEgress(
  body: MaskedBody,
  replaced: ReadonlyMap<string, ReplacedValue>,
  ledger: Ledger,
): EgressResult {
  const originals = indexOriginals(replaced);
  if (originals.size === 0) return { body, survivors: [], clean: true };
  const found = body.strings.map((string) => survivorsIn(string.text, originals, ledger));
  const survivors = found.flatMap((hits, i) =>
    hits.map(({ start, end, original }) => ({
      ...original.value.by,
      slot: body.strings[i]!.path,
      message: messageOf(body.strings[i]!.path),
      span: [start, end] as const,
      slotIndex: null,
    })),
  );
  if (survivors.length === 0) return { body, survivors, clean: true };

  const masked = body.mask(
    found.map((hits) => hits.map(({ start, end, original }) => ({ start, end, text: original.value.replacement }))),
  );
  const clean = masked.strings.every((string) => survivorsIn(string.text, originals, ledger).length === 0);
  return { body: masked, survivors, clean };
}

/** Originals by their first word in lower case, so that a text is read once whatever their number. */
function indexOriginals(replaced: ReadonlyMap<string, ReplacedValue>): ReadonlyMap<string, readonly Original[]> {
  const index = new Map<string, Original[]>();
  for (const [text, value] of replaced) {
    const first = firstWord(text);
    // What stands before the first word ("+", "(") may differ at the exit; the words are what tells.
    const words = text.slice(first?.index ?? 0);
    if (first === null || words.length < MIN_LENGTH || isItsOwnReplacement(text, value)) continue;
    const folded = !/^[\p{L}\p{M}]+$/u.test(words);
    const key = first[0].toLowerCase();
    index.set(key, [...(index.get(key) ?? []), { text: folded ? words.toLowerCase() : words, folded, value }]);
  }
  for (const originals of index.values()) originals.sort((a, b) => b.text.length - a.text.length);
  return index;
}

function firstWord(text: string): RegExpExecArray | null {
  return new RegExp(WORD.source, "u").exec(text);
}

/** A year that was generalised to itself cannot be a leak. */
function isItsOwnReplacement(text: string, value: ReplacedValue): boolean {
  return value.replacement.includes(text);
}

function survivorsIn(
  text: string,
  originals: ReadonlyMap<string, readonly Original[]>,
  ledger: Ledger,
): (Omit<Replacement, "text"> & { readonly original: Original })[] {
  const hits: (Omit<Replacement, "text"> & { readonly original: Original })[] = [];
  const lower = text.toLowerCase();
  // Lower-casing changes the length of a few letters; then offsets differ and the text is compared as it is.
  const comparable = lower.length === text.length ? lower : text;
  const own = ownRanges(text, ledger);
  let ownAt = 0;
  let from = 0;
  for (const word of text.matchAll(WORD)) {
    const start = word.index;
    while (ownAt < own.length && own[ownAt]![1] <= start) ownAt++;
    if (start < from || (ownAt < own.length && own[ownAt]![0] <= start)) continue;
    const original = originals.get(word[0].toLowerCase())?.find((candidate) => {
      const end = start + candidate.text.length;
      const stands = (candidate.folded ? comparable : text).startsWith(candidate.text, start);
      return stands && !/^[\p{L}\p{M}\p{N}]/u.test(text.slice(end, end + 2));
    });
    if (original === undefined) continue;
    from = start + original.text.length;
    hits.push({ start, end: from, original });
  }
  return hits;
}

function ownRanges(text: string, ledger: Ledger): (readonly [number, number])[] {
  return [...text.matchAll(OWN_TEXT)]
    .filter((match) => match[0].startsWith("[") || ledger.has(match[0]))
    .map((match) => [match.index, match.index + match[0].length] as const);
}

function messageOf(path: string): number | null {
  const match = /^messages\[(\d+)\]/.exec(path);
  return match === null ? null : Number(match[1]);
}
