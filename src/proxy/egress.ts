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

/** Originals that begin with one word, so that a text is read once whatever their number. */
interface Originals {
  /** Longest first, each once. */
  readonly lengths: number[];
  readonly byText: Map<string, ReplacedValue>;
}

/** By first word. A single plain word is compared as it is written, since in lower case it may be any word. */
interface OriginalIndex {
  readonly words: ReadonlyMap<string, ReplacedValue>;
  /** Everything else, in lower case. */
  readonly phrases: ReadonlyMap<string, Originals>;
  /** All of them in lower case, unless there are many. */
  readonly few: readonly string[] | null;
}

interface Survivor extends Omit<Replacement, "text"> {
  readonly value: ReplacedValue;
}

export interface EgressResult {
  readonly body: MaskedBody;
  /** Survivors that were masked, as spans of the body that leaves. */
  readonly survivors: readonly MaskedSpan[];
  /** False when an original stands there even so: then nothing may leave. */
  readonly clean: boolean;
}

/** Words that are looked up at a stretch. */
const WORDS_AT_ONCE = 200;
/** Few originals are first looked for as plain text, which is far faster than word by word, and mostly finds none. */
const FEW = 64;

/** Masks every survivor and looks again. In steps, so that the serving thread can rest in a long body. */
export function* checkEgress(
  body: MaskedBody,
  replaced: ReadonlyMap<string, ReplacedValue>,
  ledger: Ledger,
): Generator<void, EgressResult> {
  const originals = yield* indexOriginals(replaced);
  if (originals.words.size + originals.phrases.size === 0) return { body, survivors: [], clean: true };
  const found: Survivor[][] = [];
  for (const string of body.strings) found.push(yield* survivorsIn(string.text, originals, ledger));
  const survivors = found.flatMap((hits, i) =>
    hits.map(({ start, end, value }) => ({
      ...value.by,
      slot: body.strings[i]!.path,
      message: messageOf(body.strings[i]!.path),
      span: [start, end] as const,
      slotIndex: null,
    })),
  );
  if (survivors.length === 0) return { body, survivors, clean: true };

  const masked = body.mask(
    found.map((hits) => hits.map(({ start, end, value }) => ({ start, end, text: value.replacement }))),
  );
  let clean = true;
  for (const string of masked.strings) clean &&= (yield* survivorsIn(string.text, originals, ledger)).length === 0;
  return { body: masked, survivors, clean };
}

function* indexOriginals(replaced: ReadonlyMap<string, ReplacedValue>): Generator<void, OriginalIndex> {
  const words = new Map<string, ReplacedValue>();
  const phrases = new Map<string, Originals>();
  for (const [text, value] of replaced) {
    yield;
    const first = firstWord(text);
    // What stands before the first word ("+", "(") may differ at the exit; the words are what tells.
    const original = text.slice(first?.index ?? 0);
    if (first === null || original.length < MIN_LENGTH || isItsOwnReplacement(text, value)) continue;
    if (/^[\p{L}\p{M}]+$/u.test(original)) {
      words.set(original, value);
      continue;
    }
    const key = foldCase(first[0]);
    const entry = phrases.get(key) ?? { lengths: [], byText: new Map() };
    phrases.set(key, entry);
    entry.byText.set(foldCase(original), value);
  }
  for (const { lengths, byText } of phrases.values()) {
    lengths.push(...new Set([...byText.keys()].map((text) => text.length)));
    lengths.sort((a, b) => b - a);
  }
  const all = new Set([...words.keys()].map(foldCase));
  for (const { byText } of phrases.values()) for (const text of byText.keys()) all.add(text);
  return { words, phrases, few: all.size <= FEW ? [...all] : null };
}

function firstWord(text: string): RegExpExecArray | null {
  return new RegExp(WORD.source, "u").exec(text);
}

/** A year that was generalised to itself cannot be a leak. */
function isItsOwnReplacement(text: string, value: ReplacedValue): boolean {
  return value.replacement.includes(text);
}

function* survivorsIn(text: string, originals: OriginalIndex, ledger: Ledger): Generator<void, Survivor[]> {
  yield;
  const hits: Survivor[] = [];
  const folded = foldCase(text);
  if (originals.few !== null && !originals.few.some((original) => folded.includes(original))) return hits;
  const ownRanges = ownRangesIn(text, ledger);
  let own = ownRanges.next().value;
  let from = 0;
  let words = 0;
  for (const word of text.matchAll(WORD)) {
    if (++words % WORDS_AT_ONCE === 0) yield;
    const start = word.index;
    while (own && own[1] <= start) own = ownRanges.next().value;
    if (start < from || (own && own[0] <= start)) continue;
    const hit = phraseAt(folded, start, originals.phrases.get(foldCase(word[0]))) ?? wordAt(word, originals);
    if (hit === null) continue;
    from = hit.end;
    hits.push(hit);
  }
  return hits;
}

/** Lower case of the same length, so that offsets stay: the few letters whose lower case is longer are left as they are. */
function foldCase(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return text.replace(/\p{Lu}/gu, (letter) => {
    const small = letter.toLowerCase();
    return small.length === letter.length ? small : letter;
  });
}

/** The longest phrase that stands at `start` and ends with a word there. */
function phraseAt(text: string, start: number, originals: Originals | undefined): Survivor | null {
  for (const length of originals?.lengths ?? []) {
    const end = start + length;
    const value = originals?.byText.get(text.slice(start, end));
    if (value !== undefined && !/^[\p{L}\p{M}\p{N}]/u.test(text.slice(end, end + 2))) return { start, end, value };
  }
  return null;
}

function wordAt(word: RegExpExecArray, { words }: OriginalIndex): Survivor | null {
  const value = words.get(word[0]);
  return value === undefined ? null : { start: word.index, end: word.index + word[0].length, value };
}

function* ownRangesIn(text: string, ledger: Ledger): Generator<readonly [number, number], undefined> {
  for (const match of text.matchAll(OWN_TEXT)) {
    if (match[0].startsWith("[") || ledger.has(match[0])) yield [match.index, match.index + match[0].length];
  }
}

function messageOf(path: string): number | null {
  const match = /^messages\[(\d+)\]/.exec(path);
  return match === null ? null : Number(match[1]);
}
