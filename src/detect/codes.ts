import type { Announced, Cue } from "./context/cues.ts";
import { isCounting, isMeasured, isMeasureForm, isPriced } from "./context/harmless.ts";
import { NO_TOPIC, type Topic } from "./context/topic.ts";
import type { Kind } from "./kind.ts";
import type { CodeShape, Reading, Recognizer } from "./recognizer.ts";
import { type Run, splitRun } from "./spoken/runs.ts";
import { FILLERS } from "./spoken/words.ts";
import type { Token } from "./text/tokens.ts";

/** A run with the kind it was given. */
export interface CodeHit {
  readonly run: Run;
  readonly kind: Kind;
  readonly score: number;
  readonly validated: boolean;
}

type Stretch = Pick<Run, "first" | "last" | "digits" | "letters">;

interface Shape extends CodeShape {
  readonly kind: Kind;
  readonly fakes: ReadonlySet<string> | undefined;
}

/** Kinds whose values have no grammar, so that any run behind their cue is taken. */
const CODE_KINDS: ReadonlySet<Announced> = new Set<Announced>([
  "MRN",
  "HEALTH_PLAN_ID",
  "ACCOUNT",
  "LICENSE",
  "VEHICLE",
  "DEVICE",
  "BIOMETRIC",
  "OTHER_ID",
  "PHONE",
  "FAX",
  "SSN",
  "CREDIT_CARD",
]);

/** How far a cue reaches, in words. */
const REACH_BEFORE = 12;
const REACH_ACROSS_SENTENCE = 8;
const REACH_AFTER = 5;
/** The same in tokens of any type, so that a text of commas costs nothing. */
const REACH_TOKENS = 60;
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
]);

/** Gives every run of code its kind, from its shape and what announces it. */
export class CodeReader {
  readonly #shapes: readonly Shape[];

  constructor(recognizers: readonly Recognizer[]) {
    this.#shapes = recognizers.flatMap((r) =>
      (r.codes ?? []).map((shape) => ({ ...shape, kind: r.kind, fakes: r.fakes })),
    );
  }

  read(reading: Reading, runs: readonly Run[], cues: readonly Cue[], keyCue: Announced | null): CodeHit[] {
    const hits: CodeHit[] = [];
    let previous: { hit: CodeHit; cue: Announced | null } | null = null;
    for (let i = 0; i < runs.length; i++) {
      const run = runs[i] as Run;
      const announced = this.#announced(reading, runs, i, cues, keyCue, previous);
      const found = this.#decide(reading, run, announced);
      for (const hit of found) hits.push(hit);
      const last = found.at(-1);
      if (last) previous = { hit: last, cue: announced };
    }
    return hits;
  }

  /** What announces the run: a cue before it, after it, the JSON key, the number it goes on from, or the topic. */
  #announced(
    reading: Reading,
    runs: readonly Run[],
    index: number,
    cues: readonly Cue[],
    keyCue: Announced | null,
    previous: { hit: CodeHit; cue: Announced | null } | null,
  ): Announced | null {
    const run = runs[index] as Run;
    const before = cueBefore(reading.tokens, cues, run, runs[index - 1]);
    if (before && before !== "ANY") return before;
    const after = cueAfter(reading.tokens, cues, run, runs[index + 1]);
    if (after && after !== "HARMLESS" && after !== "ANY") return after;
    if (keyCue) return keyCue;
    if (previous && run.first - previous.hit.run.last <= 9 && !cueBetween(cues, previous.hit.run.last, run.first)) {
      return previous.cue && previous.cue !== "HARMLESS" ? previous.hit.kind : (before ?? after);
    }
    return before ?? (after === "HARMLESS" ? null : after);
  }

  /** The kinds that the conversation asks for, where this run may be the answer or a part of it. */
  #asked(reading: Reading, run: Run): Topic {
    const { topic, answering } = reading.context;
    if (topic.length === 0) return topic;
    if (!answering) return run.digits >= 3 || run.letters >= 3 ? topic : NO_TOPIC;
    if (run.compact.length >= 3) return topic;
    let words = 0;
    for (const token of reading.tokens) if (token.type === "word" && !FILLERS.has(token.text)) words++;
    return words <= 9 + (run.last - run.first) ? topic : NO_TOPIC;
  }

  #decide(reading: Reading, run: Run, announced: Announced | null): CodeHit[] {
    const whole = this.#match(reading, run, announced);
    if (whole && (whole.score >= 0.6 || run.joints.length === 0)) return [whole];
    if (run.joints.length > 0) {
      const parts = splitRun(reading.tokens, run);
      if (parts.length > 1) return parts.flatMap((part) => this.#match(reading, part, announced) ?? []);
    }
    return whole ? [whole] : [];
  }

  #match(reading: Reading, run: Run, cue: Announced | null): CodeHit | null {
    const { compact, grouped } = run;
    if (compact.length === 0) return null;
    const asked = cue === null || cue === "ANY" ? this.#asked(reading, run) : NO_TOPIC;
    const announced =
      cue === "ANY" || cue === null ? (asked.includes("HARMLESS") && asked.length === 1 ? "HARMLESS" : cue) : cue;
    let best: CodeHit | null = null;
    if (compact.length <= 64) {
      for (const shape of this.#shapes) {
        const isCued = announced === shape.kind || asked.includes(shape.kind);
        if (!isCued && shape.alone === 0) continue;
        if (!shape.pattern.test(shape.grouped ? grouped : compact)) continue;
        if (shape.fakes?.has(compact)) continue;
        const valid = shape.valid?.(compact);
        const score = isCued ? shape.cued : valid === false ? 0 : shape.alone;
        if (score === 0) continue;
        const hit = { run, kind: shape.kind, score, validated: valid === true };
        if (best === null || rank(hit) > rank(best)) best = hit;
      }
    }
    const plain = isMeasureForm(run) || isPriced(reading.tokens, run) || isMeasured(reading.tokens, run);
    if (plain && !(best?.validated && compact.length > 7)) return null;
    if (best) {
      if (announced === "HARMLESS" && !best.validated && compact.length < 9) return null;
      return best;
    }
    if (announced === "HARMLESS" || isCounting(compact)) return null;
    if (announced === "ANY" && compact.length >= 4 && run.digits >= 3)
      return { run, kind: "OTHER_ID", score: 0.7, validated: false };
    if (announced && announced !== "ANY" && CODE_KINDS.has(announced) && run.digits >= 4)
      return { run, kind: announced, score: 0.65, validated: false };
    if (run.digits >= 7 || (compact.length >= 7 && run.digits >= 4 && run.letters > 0)) {
      return { run, kind: "OTHER_ID", score: 0.62, validated: false };
    }
    return null;
  }
}

function rank(hit: CodeHit): number {
  return hit.score + (hit.validated ? 0.3 : 0);
}

function isSentenceEnd(token: Token, next: Token | undefined): boolean {
  return token.type === "mark" && /^[.?!;]$/.test(token.text) && (next === undefined || next.spaced);
}

function cueBefore(
  tokens: readonly Token[],
  cues: readonly Cue[],
  run: Stretch,
  previous: Run | undefined,
): Announced | null {
  let weak: Announced | null = null;
  for (let i = lastCueBefore(cues, run.first); i >= 0; i--) {
    const cue = cues[i] as Cue;
    if (run.first - cue.last > REACH_TOKENS) break;
    if (previous && previous.last > cue.last && previous.digits > 0) break;
    let words = 0;
    let sentences = 0;
    for (let t = cue.last + 1; t < run.first; t++) {
      const token = tokens[t] as Token;
      if (token.type === "word" && !FILLERS.has(token.text)) words++;
      else if (isSentenceEnd(token, tokens[t + 1])) sentences++;
    }
    if (words > REACH_BEFORE || sentences > 1 || (sentences === 1 && words > REACH_ACROSS_SENTENCE)) break;
    // A name or an address announced before a number does not say what the number is.
    if ((cue.announces === "NAME" || cue.announces === "FACILITY") && run.digits > 0) continue;
    if (cue.announces === "HARMLESS" && (words > 3 || sentences > 0)) continue;
    if (cue.announces === "ANY") {
      weak ??= "ANY";
      continue;
    }
    return cue.announces;
  }
  return weak;
}

/** What announces a stretch that a grammar found, from token `first` to `last`. */
export function cueOf(
  reading: Reading,
  cues: readonly Cue[],
  first: number,
  last: number,
  keyCue: Announced | null,
): Announced | null {
  const stretch = { first, last, digits: 1, letters: 0 };
  const before = cueBefore(reading.tokens, cues, stretch, undefined);
  if (before && before !== "ANY" && before !== "HARMLESS") return before;
  return keyCue ?? cueAfter(reading.tokens, cues, stretch, undefined);
}

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

function cueAfter(
  tokens: readonly Token[],
  cues: readonly Cue[],
  run: Stretch,
  next: Run | undefined,
): Announced | null {
  const cue = cues[lastCueBefore(cues, run.last + 1) + 1];
  if (cue === undefined || cue.first <= run.last || (next && next.first <= cue.first)) return null;
  const between = tokens.slice(run.last + 1, cue.first);
  if (between.length > REACH_AFTER || between.length === 0) return null;
  if (between.some((token, i) => isSentenceEnd(token, between[i + 1] ?? tokens[cue.first]))) return null;
  if (!between.some((token) => LINKS.has(token.text))) return null;
  return cue.announces;
}

function cueBetween(cues: readonly Cue[], from: number, to: number): boolean {
  const cue = cues[lastCueBefore(cues, from + 1) + 1];
  return cue !== undefined && cue.first > from && cue.last < to;
}
