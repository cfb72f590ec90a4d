/** From the model's logits to spans: word means, hysteresis, runs of one kind, whole identifiers, confidence. */
import type { Kind } from "../detect/kind.ts";
import type { Labels } from "./labels.ts";
import type { Pieces } from "./tokenizer.ts";

/** `label` is the index of the kind in the model's labels; offsets in UTF-16 units, end exclusive. */
export interface LabelledSpan {
  readonly start: number;
  readonly end: number;
  readonly label: number;
  /** Calibrated, 0 to 1. */
  readonly confidence: number;
}

interface Word {
  readonly start: number;
  readonly end: number;
  /** Mean probability of each label over the word's pieces; null when no piece touches it (then it is left alone). */
  readonly mean: Float32Array | null;
}

interface Run {
  start: number;
  end: number;
  label: number;
  /** Sum of the words' label probabilities. */
  readonly sums: Float32Array;
  lowestOutside: number;
}

const WORD = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*/gu;

/** Identifiers made of digits and letters: the model often wavers between these kinds within one number. */
const NUMBER_KINDS: ReadonlySet<Kind> = new Set<Kind>([
  "PHONE",
  "FAX",
  "SSN",
  "MRN",
  "HEALTH_PLAN_ID",
  "ACCOUNT",
  "CREDIT_CARD",
  "LICENSE",
  "VEHICLE",
  "DEVICE",
  "BIOMETRIC",
  "OTHER_ID",
]);

/** What may stand inside one number between its groups. */
const NUMBER_JOINT = /^[\s._/#()+-]*$/;
const WHOLE_IDENTIFIER = /[\p{L}\p{M}\p{N}_.-]+/gu;
/** Two names in a list are two persons. */
const NAME_BREAK = /[\n;|"]/;

/**
 * Softmax in place over each row of `labels` logits.
 * @throws RangeError when a logit is not finite: such a row would compare as harmless.
 */
export function softmaxRows(logits: Float32Array, labels: number): Float32Array {
  for (let row = 0; row < logits.length; row += labels) {
    let highest = Number.NEGATIVE_INFINITY;
    for (let i = row; i < row + labels; i += 1) highest = Math.max(highest, logits[i] ?? 0);
    let sum = 0;
    for (let i = row; i < row + labels; i += 1) {
      const value = Math.exp((logits[i] ?? 0) - highest);
      logits[i] = value;
      sum += value;
    }
    if (!Number.isFinite(sum)) throw new RangeError("the model's output is not finite");
    for (let i = row; i < row + labels; i += 1) logits[i] = (logits[i] ?? 0) / sum;
  }
  return logits;
}

/**
 * @param probabilities rows of `labels.labels.length`, one for each piece of the text.
 * @returns sorted, disjoint spans.
 */
export function decode(text: string, pieces: Pieces, probabilities: Float32Array, labels: Labels): LabelledSpan[] {
  const words = wordsOf(text, pieces, probabilities, labels.labels.length);
  const runs = runsOf(text, words, masked(words, labels), labels);
  const whole = widen(text, joinNumbers(text, runs, labels), labels);
  return whole.map(({ start, end, label, lowestOutside }) => ({
    start,
    end,
    label,
    confidence: calibrate(1 - lowestOutside, labels.confidence),
  }));
}

function wordsOf(text: string, pieces: Pieces, probabilities: Float32Array, width: number): Word[] {
  const words: Word[] = [];
  let first = 0;
  for (const match of text.matchAll(WORD)) {
    const start = match.index;
    const end = start + match[0].length;
    while (first < pieces.ids.length && (pieces.ends[first] ?? 0) <= start) first += 1;
    let mean: Float32Array | null = null;
    let count = 0;
    for (let piece = first; piece < pieces.ids.length && (pieces.starts[piece] ?? 0) < end; piece += 1) {
      mean ??= new Float32Array(width);
      for (let i = 0; i < width; i += 1) mean[i] = (mean[i] ?? 0) + (probabilities[piece * width + i] ?? 0);
      count += 1;
    }
    if (mean !== null) for (let i = 0; i < width; i += 1) mean[i] = (mean[i] ?? 0) / count;
    words.push({ start, end, mean });
  }
  return words;
}

/** Index of the best label other than "O". */
function bestKind(values: Float32Array): number {
  let best = 1;
  for (let i = 2; i < values.length; i += 1) if ((values[i] ?? 0) > (values[best] ?? 0)) best = i;
  return best;
}

function masked(words: readonly Word[], labels: Labels): boolean[] {
  const thresholds = words.map(({ mean }) => {
    if (mean === null) return null;
    const kind = labels.labels[bestKind(mean)];
    return (
      (kind === undefined || kind === "O" ? undefined : labels.thresholds.kinds[kind]) ?? labels.thresholds.default
    );
  });
  const outside = (index: number) => words[index]?.mean?.[0] ?? 1;
  const on = words.map((_, index) => outside(index) < (thresholds[index]?.seed ?? 0));
  const spread = (index: number, from: number) => {
    if (!on[index] && on[from] && outside(index) < (thresholds[index]?.neighbour ?? 0)) on[index] = true;
  };
  for (let index = 1; index < words.length; index += 1) spread(index, index - 1);
  for (let index = words.length - 2; index >= 0; index -= 1) spread(index, index + 1);
  return on;
}

function runsOf(text: string, words: readonly Word[], on: readonly boolean[], labels: Labels): Run[] {
  const runs: Run[] = [];
  for (const [index, { start, end, mean }] of words.entries()) {
    if (!on[index] || mean === null) continue;
    const label = bestKind(mean);
    const last = runs.at(-1);
    const joins =
      last !== undefined &&
      on[index - 1] === true &&
      last.label === label &&
      !(labels.labels[label] === "NAME" && NAME_BREAK.test(text.slice(last.end, start)));
    if (joins) absorb(last, { start, end, label, sums: mean, lowestOutside: mean[0] ?? 0 });
    else runs.push({ start, end, label, sums: mean.slice(), lowestOutside: mean[0] ?? 0 });
  }
  return runs;
}

function absorb(run: Run, other: Run): void {
  run.start = Math.min(run.start, other.start);
  run.end = Math.max(run.end, other.end);
  for (let i = 0; i < run.sums.length; i += 1) run.sums[i] = (run.sums[i] ?? 0) + (other.sums[i] ?? 0);
  run.lowestOutside = Math.min(run.lowestOutside, other.lowestOutside);
}

function isNumberKind(label: number, labels: Labels): boolean {
  const kind = labels.labels[label];
  return kind !== undefined && kind !== "O" && NUMBER_KINDS.has(kind);
}

function joinNumbers(text: string, runs: readonly Run[], labels: Labels): Run[] {
  const joined: Run[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    if (
      last !== undefined &&
      isNumberKind(last.label, labels) &&
      isNumberKind(run.label, labels) &&
      NUMBER_JOINT.test(text.slice(last.end, run.start))
    ) {
      absorb(last, run);
      last.label = bestKind(last.sums);
    } else joined.push(run);
  }
  return joined;
}

/** A number kind takes in the whole run of word characters, dots and hyphens around it ("ord_77c1", not "77c1"). */
function widen(text: string, runs: readonly Run[], labels: Labels): Run[] {
  const wide: Run[] = [];
  const wholes = text.matchAll(WHOLE_IDENTIFIER);
  let whole = wholes.next();
  for (const run of runs) {
    if (isNumberKind(run.label, labels)) {
      while (!whole.done && whole.value.index + whole.value[0].length <= run.start) whole = wholes.next();
      const parts: RegExpExecArray[] = [];
      while (!whole.done && whole.value.index < run.end) {
        parts.push(whole.value);
        if (whole.value.index + whole.value[0].length > run.end) break;
        whole = wholes.next();
      }
      for (const part of [parts[0], parts.at(-1)]) {
        if (part === undefined || !/\p{N}/u.test(part[0])) continue;
        const trimmed = part[0].replace(/[._-]+$/, "");
        const lead = part[0].length - part[0].replace(/^[._-]+/, "").length;
        run.start = Math.min(run.start, part.index + lead);
        run.end = Math.max(run.end, part.index + trimmed.length);
      }
    }
    // A whole identifier may take in several runs before it, whose kinds are then those of its parts.
    for (let last = wide.at(-1); last !== undefined && run.start < last.end; last = wide.at(-1)) {
      if (last.end - last.start > run.end - run.start) run.label = last.label;
      absorb(run, last);
      wide.pop();
    }
    wide.push(run);
  }
  return wide;
}

/** Linear between the points of the model's confidence curve. */
function calibrate(raw: number, points: Labels["confidence"]): number {
  for (let i = 1; i < points.length; i += 1) {
    const [x0, y0] = points[i - 1] ?? [0, 0];
    const [x1, y1] = points[i] ?? [1, 1];
    if (raw <= x1) return y0 + ((Math.max(raw, x0) - x0) / (x1 - x0)) * (y1 - y0);
  }
  return points.at(-1)?.[1] ?? 1;
}
