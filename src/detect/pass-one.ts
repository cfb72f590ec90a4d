/**
 * Pass 1 over one text: fold, tokenise, read spoken and written numbers as one, run the grammars, give each run of code its kind.
 * Linear in the text; pure.
 */
import { CodeReader } from "./codes.ts";
import { cuesAfter, cuesBefore, isHarmlessBefore } from "./context/announce.ts";
import { type Announced, type Cue, CueMatcher } from "./context/cues.ts";
import { HARMLESS_CUES } from "./context/harmless.ts";
import { GENERIC_CUES, KEY_CUES, valueOfKey } from "./context/key-cues.ts";
import { type Topic, topicAfter } from "./context/topic.ts";
import type { Kind } from "./kind.ts";
import { type Hit, isEntirelyMasked } from "./merge.ts";
import type { Range } from "./ranges.ts";
import type { Context, Reading } from "./recognizer.ts";
import { RECOGNIZERS } from "./registry.ts";
import { type Atom, AtomIndex } from "./spoken/atom.ts";
import { isCodeWord, readAtoms } from "./spoken/atoms.ts";
import { readRuns } from "./spoken/runs.ts";
import { type Folded, fold } from "./text/fold.ts";
import { type Token, tokenize } from "./text/tokens.ts";

const textCues = new CueMatcher();
const keyCues = new CueMatcher();
for (const recognizer of RECOGNIZERS) {
  for (const phrase of recognizer.cues ?? []) {
    textCues.add(phrase, recognizer.kind);
    keyCues.add(phrase, recognizer.kind);
  }
}
for (const phrase of HARMLESS_CUES) textCues.add(phrase, "HARMLESS");
for (const phrase of GENERIC_CUES) textCues.add(phrase, "ANY");
for (const [phrase, kind] of KEY_CUES) keyCues.add(phrase, kind);

const codes = new CodeReader(RECOGNIZERS);

export interface PassOneResult {
  readonly hits: readonly Hit[];
  /** Numbers that certainly count or measure something. */
  readonly harmless: readonly Range[];
  /** True when the JSON key says that its value is no identifier. */
  readonly harmlessKey: boolean;
  readonly topic: Topic;
  readonly folded: Folded;
  readonly tokens: readonly Token[];
  readonly atoms: readonly Atom[];
}

/** Finds the structured identifiers of a text and says what the conversation is after behind it. */
export function passOne(text: string, context: Context): PassOneResult {
  const folded = fold(text);
  const tokens = tokenize(folded, text);
  const atoms = readAtoms(tokens);
  const reading: Reading = {
    original: text,
    folded,
    tokens,
    atoms,
    startsAt: new AtomIndex(atoms, tokens.length, "first"),
    endsAt: new AtomIndex(atoms, tokens.length, "last"),
    cased: /\p{Lu}/u.test(text) && /\p{Ll}/u.test(text),
    context,
  };
  const cues = standing(tokens, textCues.find(tokens));
  const keyCue = context.keyWords.length > 0 ? keyCues.ofKey(context.keyWords) : null;
  const hits: Hit[] = [];
  const add = (from: number, to: number, kind: Kind, score: number, validated: boolean): void => {
    hits.push({ start: folded.start(from), end: folded.end(to - 1), kind, score, validated, pass: "regex" });
  };
  const taken = new Uint8Array(tokens.length);
  for (const recognizer of RECOGNIZERS) {
    if (recognizer.find === undefined) continue;
    for (const found of recognizer.find(reading)) {
      let kind = found.kind;
      const [first, last] = tokenRange(reading, found.from, found.to);
      if (kind === "DATE") {
        const cue = cueOf(tokens, cues, first, last, keyCue);
        if (cue === "DOB" || cue === "ACCOUNT") kind = cue;
        if (
          cue !== "DOB" &&
          cue !== "DATE" &&
          context.topic.includes("DOB") &&
          !context.topic.includes("DATE") &&
          context.answering
        )
          kind = "DOB";
      }
      if (kind === "DATE" && numeric(tokens, first, last) && cueOf(tokens, cues, first, last, keyCue) === "HARMLESS")
        continue;
      add(found.from, found.to, kind, found.score, found.validated);
      if (kind !== "NAME") taken.fill(1, first, last + 1);
      // The time of a timestamp is no part of its date, and no code.
      for (let i = last + 1; found.kind === "DATE" && isTimeOfDay(tokens, i); i++) taken[i] = 1;
    }
  }
  markCues(tokens, cues, taken);
  markTimes(tokens, taken);
  const runs = readRuns(tokens, atoms, (token) => taken[token] === 1);
  let coded = 0;
  for (const run of runs) coded += run.digits >= 2 || run.letters >= 3 ? run.compact.length : 0;
  const read = codes.read(reading, runs, cues, keyCue);
  for (const hit of read.hits) {
    add(
      (tokens[hit.first] as { from: number }).from,
      (tokens[hit.last] as { to: number }).to,
      hit.kind,
      hit.score,
      hit.validated,
    );
  }
  if (keyCue) {
    const whole = valueOfKey(text, keyCue, context.keyWords);
    if (whole && !isEntirelyMasked(text, hits)) hits.push({ ...whole, score: 0.85, validated: false, pass: "regex" });
  }
  const harmless = read.harmless.map((run) => ({
    start: folded.start((tokens[run.first] as Token).from),
    end: folded.end((tokens[run.last] as Token).to - 1),
  }));
  return {
    hits,
    harmless,
    harmlessKey: keyCue === "HARMLESS",
    topic: topicAfter(context.topic, context.role, tokens, cues, coded),
    folded,
    tokens,
    atoms,
  };
}

/** True when a stretch has no word in it. */
function numeric(tokens: readonly Token[], first: number, last: number): boolean {
  return tokens.slice(first, last + 1).every((token) => token.type !== "word");
}

function isTimeOfDay(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  return token !== undefined && !token.spaced && (token.type === "digits" || /^[tz:.+-]$/.test(token.text));
}

/**
 * The cues that are words of the text: "zip", "m r n". A cue glued to code ("SQ-4417", "mrn44") is a part of it, and only
 * announces it when it names a kind; a cue of single letters counts only where it cannot be part of a spelling.
 */
function standing(tokens: readonly Token[], cues: readonly Cue[]): Cue[] {
  return cues.filter((cue, i) => {
    const before = cues[i - 1];
    const isWeak = cue.announces === "HARMLESS" || cue.announces === "ANY";
    // "plate RR 86 UR": right behind the name of a number, an abbreviation is its beginning.
    const isFirstLetters =
      before !== undefined &&
      before.last === cue.first - 1 &&
      before.announces !== "HARMLESS" &&
      tokens[cue.last + 1]?.type !== "mark";
    if (
      isFirstLetters &&
      (isLetter(tokens[cue.first]) ||
        (cue.announces === "HARMLESS" && cue.last === cue.first && (tokens[cue.first] as Token).text.length <= 3))
    )
      return false;
    return !isSpelling(tokens, cue) && (!isWeak || !isGlued(tokens, cue));
  });
}

function isLetter(token: Token | undefined): boolean {
  return token?.type === "word" && token.text.length === 1;
}

function isSpelling(tokens: readonly Token[], cue: Cue): boolean {
  if (cue.last === cue.first || !isLetter(tokens[cue.first]) || !isLetter(tokens[cue.last])) return false;
  const next = tokens[cue.last + 1];
  return isCodeWord(tokens[cue.first - 1]) || (cue.last - cue.first < 2 && isLetter(next) && next?.text !== "o");
}

function isGlued(tokens: readonly Token[], cue: Cue): boolean {
  const next = tokens[cue.last + 1];
  if (next && !next.spaced && (next.type === "digits" || /^[-_.]$/.test(next.text))) {
    const beyond = tokens[cue.last + 2];
    if (
      next.type === "digits" ||
      (beyond !== undefined && !beyond.spaced && (beyond.type === "digits" || tokens[cue.last + 3]?.spaced === false))
    )
      return true;
  }
  const before = tokens[cue.first - 1];
  return (
    before !== undefined &&
    !(tokens[cue.first] as Token).spaced &&
    (before.type === "digits" || /^[-_]$/.test(before.text))
  );
}

/** Words of a cue are not read as code; a glued one is. */
function markCues(tokens: readonly Token[], cues: readonly Cue[], taken: Uint8Array): void {
  for (const cue of cues) if (!isGlued(tokens, cue)) taken.fill(1, cue.first, cue.last + 1);
}

/** Times of day ("3:40 p.m.") are not read as code. */
function markTimes(tokens: readonly Token[], taken: Uint8Array): void {
  for (let i = 1; i + 1 < tokens.length; i++) {
    const [hour, colon, minute] = [tokens[i - 1], tokens[i], tokens[i + 1]] as [Token, Token, Token];
    if (colon.text !== ":" || colon.spaced || minute.spaced || hour.type !== "digits" || minute.type !== "digits")
      continue;
    if (hour.text.length > 2 || minute.text.length !== 2 || Number(hour.text) > 24 || Number(minute.text) > 59)
      continue;
    const before = tokens[i - 2];
    if (before && !hour.spaced && before.type !== "mark") continue;
    if (before?.text === ":" && !hour.spaced) continue;
    let last = i + 1;
    const next = tokens[last + 1];
    if (next && !next.spaced && (next.text === ":" || next.type === "word") && !/^[ap]m?$/.test(next.text)) {
      if (
        next.text !== ":" ||
        tokens[last + 2]?.text.length !== 2 ||
        (tokens[last + 3]?.text === ":" && !tokens[last + 3]?.spaced)
      )
        continue;
      last += 2;
    }
    if (/^[ap]m?$/.test(tokens[last + 1]?.text ?? "")) {
      last++;
      if (tokens[last + 1]?.text === "." && tokens[last + 2]?.text === "m") last += 2;
    }
    taken.fill(1, i - 1, last + 1);
  }
}

/** What announces a stretch that a grammar found, from token `first` to `last`. */
function cueOf(
  tokens: readonly Token[],
  cues: readonly Cue[],
  first: number,
  last: number,
  keyCue: Announced | null,
): Announced | null {
  const stretch = { first, last, digits: 1 };
  const harmless = isHarmlessBefore(cues, first);
  const before = cuesBefore(tokens, cues, stretch, undefined).find(
    (cue) => cue !== "ANY" && (cue !== "HARMLESS" || harmless),
  );
  return before ?? keyCue ?? cuesAfter(tokens, cues, stretch, undefined).find((cue) => cue !== "HARMLESS") ?? null;
}

function tokenRange(reading: Reading, from: number, to: number): [number, number] {
  const { tokens } = reading;
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens[middle] as { to: number }).to <= from) low = middle + 1;
    else high = middle;
  }
  let last = low;
  while (last + 1 < tokens.length && (tokens[last + 1] as { from: number }).from < to) last++;
  return [low, last];
}
