/**
 * Pass 1 over one text: fold, tokenise, read spoken and written numbers as one, run the grammars, give each run of code its kind.
 * Linear in the text; pure.
 */
import { CodeReader, cueOf } from "./codes.ts";
import { CueMatcher } from "./context/cues.ts";
import { HARMLESS_CUES } from "./context/harmless.ts";
import { GENERIC_CUES, KEY_CUES, valueOfKey } from "./context/key-cues.ts";
import { type Topic, topicAfter } from "./context/topic.ts";
import type { Span } from "./detector.ts";
import type { Kind } from "./kind.ts";
import { type Hit, isEntirelyMasked, merge } from "./merge.ts";
import type { Context, Reading } from "./recognizer.ts";
import { RECOGNIZERS } from "./registry.ts";
import { readAtoms } from "./spoken/atoms.ts";
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
  readonly topic: Topic;
  readonly folded: Folded;
  readonly tokens: readonly Token[];
}

/** Finds the structured identifiers of a text and says what the conversation is after behind it. */
export function passOne(text: string, context: Context): PassOneResult {
  const folded = fold(text);
  const tokens = tokenize(folded);
  const atoms = readAtoms(tokens);
  const reading: Reading = { original: text, folded, tokens, atoms, context };
  const cues = textCues.find(tokens);
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
        const cue = cueOf(reading, cues, first, last, keyCue);
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
      add(found.from, found.to, kind, found.score, found.validated);
      if (kind !== "NAME") taken.fill(1, first, last + 1);
    }
  }
  const runs = readRuns(tokens, atoms, (token) => taken[token] === 1);
  let coded = 0;
  for (const run of runs) coded += run.digits >= 2 || run.letters >= 3 ? run.compact.length : 0;
  for (const hit of codes.read(reading, runs, cues, keyCue)) {
    add(
      (tokens[hit.run.first] as { from: number }).from,
      (tokens[hit.run.last] as { to: number }).to,
      hit.kind,
      hit.score,
      hit.validated,
    );
  }
  if (keyCue) {
    const whole = valueOfKey(text, keyCue, context.keyWords);
    if (whole && !isEntirelyMasked(text, hits)) hits.push({ ...whole, score: 0.85, validated: false, pass: "regex" });
  }
  return { hits, topic: topicAfter(context.topic, context.role, tokens, cues, coded), folded, tokens };
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

/** Spans of Pass 1 alone, without thresholds; for tests and for the recognizers' own examples. */
export function spansOf(text: string, context: Context): Span[] {
  return merge(passOne(text, context).hits);
}
