import { cuesAfter, cuesBefore, endsCue, hasCueBetween } from "./context/announce.ts";
import { COMMON_WORDS } from "./context/common-words.ts";
import type { Announced, Cue } from "./context/cues.ts";
import {
  isClinicalShorthand,
  isCodeOfSystem,
  isCounting,
  isMeasured,
  isMeasureForm,
  isPriced,
  isPublicNumber,
  isTimeLike,
  isYearAlone,
} from "./context/harmless.ts";
import type { Topic } from "./context/topic.ts";
import { UNITS } from "./context/units.ts";
import type { Kind } from "./kind.ts";
import type { CodeShape, Reading, Recognizer } from "./recognizer.ts";
import type { Atom } from "./spoken/atom.ts";
import { type Run, splitRun } from "./spoken/runs.ts";
import { FILLERS } from "./spoken/words.ts";
import type { Token } from "./text/tokens.ts";

/** A run with the kind it was given; `first` and `last` are the tokens of the span, an extension and a prefix included. */
export interface CodeHit {
  readonly run: Run;
  readonly first: number;
  readonly last: number;
  readonly kind: Kind;
  readonly score: number;
  readonly validated: boolean;
}

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
/** Kinds that say more than the general "reference", "number" or "card" that stands nearer. */
const TELLING: ReadonlySet<Announced> = new Set<Announced>([
  "BIOMETRIC",
  "DEVICE",
  "VEHICLE",
  "LICENSE",
  "MRN",
  "HEALTH_PLAN_ID",
  "ACCOUNT",
  "FAX",
  "SSN",
]);
/** How far a number goes on after an interruption, in tokens. */
const GOES_ON = 12;
/** Said or written where nothing but its length speaks for a number. */
const UNNAMED = 0.62;

const BEFORE_TIMES: ReadonlySet<string> = new Set([
  "before",
  "after",
  "until",
  "till",
  "around",
  "at",
  "about",
  "by",
  "every",
  "takes",
  "like",
  "than",
  "of",
]);

/** What people say when they break off and begin again. */
const CORRECTIONS: ReadonlySet<string> = new Set(
  `no sorry wait actually correction scratch mean meant again misread excuse strike let oops hang hold not rather
  back`.split(/\s+/),
);

/** What speaks for the kind of a run. */
interface Evidence {
  /** Cues around it and the JSON key, the nearest first. */
  readonly cues: readonly Announced[];
  /** Kind of the number it goes on from, and what the conversation asks for. */
  readonly expected: Topic;
  /** True when the number breaks off and is said again right behind. */
  readonly broken: boolean;
}

export interface CodesRead {
  readonly hits: readonly CodeHit[];
  readonly harmless: readonly Run[];
}

/** Gives every run of code its kind, from its shape and what announces it. */
export class CodeReader {
  readonly #shapes: readonly Shape[];

  constructor(recognizers: readonly Recognizer[]) {
    this.#shapes = recognizers.flatMap((r) =>
      (r.codes ?? []).map((shape) => ({ ...shape, kind: r.kind, fakes: r.fakes })),
    );
  }

  /** The hits, and the runs that certainly count, measure or classify something. */
  read(reading: Reading, runs: readonly Run[], cues: readonly Cue[], keyCue: Announced | null): CodesRead {
    const hits: CodeHit[] = [];
    const harmless: Run[] = [];
    let previous: CodeHit | null = null;
    const turn = weigh(reading);
    for (let i = 0; i < runs.length; i++) {
      const run = runs[i] as Run;
      const before = cuesBefore(reading.tokens, cues, run, runs[i - 1]);
      const near = [
        ...before,
        ...cuesAfter(reading.tokens, cues, run, runs[i + 1]).filter((cue) => cue !== "ADDRESS" || run.digits >= 5),
      ];
      if (keyCue) near.push(keyCue);
      const expected: (Kind | "HARMLESS")[] = [];
      const goesOn = run.compact.length >= 3 || (run.spoken && previous !== null && run.first - previous.last <= 6);
      if (
        goesOn &&
        previous &&
        run.first - previous.last <= GOES_ON &&
        !hasCueBetween(cues, previous.last, run.first)
      ) {
        expected.push(previous.kind);
      }
      expected.push(...asked(reading, run, turn));
      const found = this.#decide(reading, run, {
        cues: near,
        expected,
        broken: isBroken(reading.tokens, cues, run, runs[i + 1]),
      });
      if (found.length === 0 && isCertain(reading.tokens, run, near)) harmless.push(run);
      for (const hit of found) {
        previous = withPrefix(reading.tokens, cues, withExtension(reading.tokens, runs[i + 1], hit));
        hits.push(previous);
      }
    }
    return { hits, harmless };
  }

  #decide(reading: Reading, run: Run, evidence: Evidence): CodeHit[] {
    if (run.joints.length === 0) {
      const hit = this.#match(reading, run, evidence);
      return hit ? [hit] : [];
    }
    const parts = splitRun(reading.tokens, run);
    if (parts.every((part) => isMeasureForm(part))) return [];
    const whole = this.#match(reading, run, evidence);
    if (whole && (whole.score > UNNAMED || run.letters > 0)) return [whole];
    return parts.flatMap((part) => this.#match(reading, part, evidence) ?? []);
  }

  #match(reading: Reading, run: Run, evidence: Evidence): CodeHit | null {
    const { compact } = run;
    const isHarmless =
      evidence.cues[0] === "HARMLESS" || (evidence.cues.length === 0 && evidence.expected[0] === "HARMLESS");
    // "Oh, okay": not a zero.
    if (compact === "0" && run.spoken && reading.tokens.length > 2) return null;
    const isSum = run.spoken && run.atoms.some(isQuantity) && !run.atoms.some((atom) => atom.type === "symbol");
    const alone = isSum ? null : this.#best(run, null);
    const isTime =
      isTimeLike(reading.tokens, run) &&
      (run.compact.startsWith("0") || !evidence.cues.some((cue) => CODE_KINDS.has(cue)));
    const plain =
      isTime ||
      isMeasureForm(run) ||
      isPriced(reading.tokens, run) ||
      isMeasured(reading.tokens, run) ||
      isYearAlone(reading.tokens, run);
    if (plain || isHarmless) {
      return alone && (alone.validated || alone.score >= 0.85) && compact.length >= 7 ? alone : null;
    }
    const named = this.#named(run, evidence);
    if (isPublicNumber(compact) && (named === null || named.kind === "PHONE")) return null;
    if (isClinicalShorthand(run)) return null;
    if (isCodeOfSystem(run) && evidence.expected.length === 0 && (named === null || named.kind === "OTHER_ID"))
      return null;
    if (alone?.validated && (named === null || (!evidence.cues.includes(named.kind) && alone.score >= 0.7)))
      return alone;
    if (named) return named;
    if (alone) return alone;
    const made = (kind: Kind, score: number): CodeHit => ({
      run,
      first: run.first,
      last: run.last,
      kind,
      score,
      validated: false,
    });
    const code = evidence.cues.find((cue) => CODE_KINDS.has(cue));
    if (code !== undefined && run.digits >= 4 && !/^(?:19|20)\d\d$/.test(compact)) return made(code as Kind, 0.65);
    // A piece of the number that was asked for, or that goes on.
    if (evidence.broken && code !== undefined && evidence.cues[0] === code) return made(code as Kind, 0.7);
    const piece = evidence.expected.find((kind) => CODE_KINDS.has(kind));
    if (piece !== undefined && isPiece(reading.tokens, run)) return made(piece as Kind, 0.7);
    if (evidence.cues.includes("ANY") && compact.length >= 4 && run.digits >= 3) return made("OTHER_ID", 0.7);
    return isCounting(run) || !looksIssued(run) ? null : made("OTHER_ID", UNNAMED);
  }

  /** The hit of the nearest cue that fits the run's shape; a telling cue behind a general one wins. */
  #named(run: Run, evidence: Evidence): CodeHit | null {
    let general: CodeHit | null = null;
    for (const cue of evidence.cues) {
      if (cue === "HARMLESS") break;
      if (cue === "ANY" || (general !== null && !TELLING.has(cue))) continue;
      const hit = this.#best(run, cue);
      if (hit === null) continue;
      if (cue !== "OTHER_ID") return hit;
      general ??= hit;
    }
    if (general) return general;
    for (const kind of evidence.expected) {
      const hit = kind === "HARMLESS" ? null : this.#best(run, kind);
      if (hit) return hit;
    }
    return null;
  }

  /** The best shape of a cued kind, or with null of all kinds without a cue. */
  #best(run: Run, cued: Kind | null): CodeHit | null {
    if (run.compact.length > 64) return null;
    let best: CodeHit | null = null;
    for (const shape of this.#shapes) {
      if (cued === null ? shape.alone === 0 : shape.kind !== cued) continue;
      if (!shape.pattern.test(shape.grouped ? run.grouped : run.compact)) continue;
      if (cued === null && shape.fakes?.has(run.compact)) continue;
      const valid = shape.valid?.(run.compact);
      if (cued === null && valid === false) continue;
      const score = cued === null ? shape.alone : shape.cued;
      const hit = { run, first: run.first, last: run.last, kind: shape.kind, score, validated: valid === true };
      if (best === null || rank(hit) > rank(best)) best = hit;
    }
    return best;
  }
}

/** A number of which nothing is said, but that is too long or too mixed to count or measure anything. */
function looksIssued(run: Run): boolean {
  if (/ [/x×] /i.test(run.grouped)) return false;
  if (!run.spoken)
    return (
      run.joints.length === 0 && (run.digits >= 7 || (run.compact.length >= 7 && run.digits >= 4 && run.letters > 0))
    );
  // Said digit by digit; readings and counts are said in pairs and hundreds.
  const said = run.atoms.filter((atom) => atom.type !== "symbol");
  if (said.some((atom) => atom.cardinal) || said.filter((atom) => atom.text.length === 1).length < said.length * 0.6)
    return false;
  return run.letters > 0
    ? run.compact.length >= 5 && run.digits >= 3 && run.letters <= 8
    : run.digits >= 7 && run.joints.length === 0;
}

/** Characters that can be a part of a number: not a lone "oh" or letter, and no abbreviation in the middle of a sentence. */
function isPiece(tokens: readonly Token[], run: Run): boolean {
  if (run.letters === 0)
    return (tokens[run.first] as Token).text !== "one" || run.compact.length > 1 || tokens.length <= 3;
  if (run.digits > 0) return run.compact.length > 2 || tokens.length < 8;
  return run.letters >= 2 && run.first <= 2 && tokens.length - run.last <= 3;
}

/** What no statistics should doubt: a quantity with its unit, a reading, a classification's code, a public number. */
function isCertain(tokens: readonly Token[], run: Run, near: readonly Announced[]): boolean {
  return (
    near[0] === "HARMLESS" ||
    isMeasureForm(run) ||
    isPriced(tokens, run) ||
    isMeasured(tokens, run) ||
    isYearAlone(tokens, run) ||
    isPublicNumber(run.compact) ||
    isClinicalShorthand(run) ||
    isCounting(run)
  );
}

/** "one hundred ninety three"; "eight hundred" is how prefixes are said. */
function isQuantity(atom: Atom): boolean {
  return atom.cardinal && !/^[1-9]00$/.test(atom.text);
}

function rank(hit: CodeHit): number {
  return hit.score + (hit.validated ? 0.3 : 0);
}

interface TurnWeight {
  readonly words: number;
  /** "it ends two one": the caller mends the end of a number. */
  readonly ends: boolean;
}

function weigh(reading: Reading): TurnWeight {
  let words = 0;
  let ends = false;
  for (const token of reading.tokens) {
    if (token.type !== "word" || FILLERS.has(token.text)) continue;
    words++;
    if (/^ends?$|^ending$/.test(token.text)) ends = true;
  }
  return { words, ends };
}

/** The kinds that the conversation asks for, where this run may be the answer or a part of it. */
function asked(reading: Reading, run: Run, turn: TurnWeight): Topic {
  const { topic, answering } = reading.context;
  if (topic.length === 0 || run.compact.length >= 3) return topic;
  if (!answering || BEFORE_TIMES.has(reading.tokens[run.first - 1]?.text ?? "")) return [];
  const others = turn.words - (run.last - run.first + 1);
  return others <= (turn.ends ? 9 : 5) ? topic : [];
}

/** "record number five seven, no, five seven five": the first attempt. */
function isBroken(tokens: readonly Token[], cues: readonly Cue[], run: Run, next: Run | undefined): boolean {
  if (
    next === undefined ||
    run.compact.length > 3 ||
    next.first - run.last > 9 ||
    hasCueBetween(cues, run.last, next.first)
  )
    return false;
  return tokens.slice(run.last + 1, next.first).some((token) => CORRECTIONS.has(token.text));
}

/** Letters between the cue and the digits that are no word ("medical record mr 6145") belong to the number. */
function withPrefix(tokens: readonly Token[], cues: readonly Cue[], hit: CodeHit): CodeHit {
  const prefix = tokens[hit.first - 1];
  if (prefix?.type !== "word" || prefix.text.length < 2 || prefix.text.length > 4 || COMMON_WORDS.has(prefix.text))
    return hit;
  if (!CODE_KINDS.has(hit.kind) || UNITS.has(prefix.text) || FILLERS.has(prefix.text) || hit.run.digits < 2) return hit;
  return endsCue(cues, hit.first - 2) ? { ...hit, first: hit.first - 1 } : hit;
}

/** "extension 417" and "x 417" behind a telephone number belong to it. */
function withExtension(tokens: readonly Token[], next: Run | undefined, hit: CodeHit): CodeHit {
  if (next === undefined || (hit.kind !== "PHONE" && hit.kind !== "FAX")) return hit;
  let at = hit.last + 1;
  if (tokens[at]?.text === "," || tokens[at]?.text === "(") at++;
  if (!/^(?:extension|extension's|ext|extn|x)$/.test(tokens[at]?.text ?? "")) return hit;
  at++;
  while (/^(?:\.|number|is|#|:)$/.test(tokens[at]?.text ?? "")) at++;
  return next.first === at && next.compact.length <= 8 ? { ...hit, last: next.last } : hit;
}
