/** Lists of hits as one buffer of numbers: between threads a hundred thousand objects take longer than finding them did. */
import type { Span } from "./detector.ts";
import { KIND_NAMES, type Kind } from "./kind.ts";
import type { Hit } from "./merge.ts";

export type Packed = Float64Array<ArrayBuffer>;

/** List, start, end, score, and kind with flags. */
const FIELDS = 5;
const VALIDATED = 1;
const FORCED = 2;
const NER = 4;
const FLAGS = 8;

const KIND_INDEX = new Map(KIND_NAMES.map((kind, i) => [kind, i]));

/** The lists, in order. */
export function packHits(lists: readonly (readonly Hit[])[]): Packed {
  let rows = 0;
  for (const hits of lists) rows += hits.length;
  const packed = new Float64Array(rows * FIELDS);
  let at = 0;
  for (const [list, hits] of lists.entries()) {
    for (const { start, end, score, kind, validated, forced, pass } of hits) {
      packed[at] = list;
      packed[at + 1] = start;
      packed[at + 2] = end;
      packed[at + 3] = score;
      const flags = (validated ? VALIDATED : 0) | (forced ? FORCED : 0) | (pass === "ner" ? NER : 0);
      packed[at + 4] = (KIND_INDEX.get(kind) as number) * FLAGS + flags;
      at += FIELDS;
    }
  }
  return packed;
}

export function packSpans(lists: readonly (readonly Span[])[]): Packed {
  return packHits(lists.map((spans) => spans.map((span) => ({ ...span, score: span.confidence, validated: false }))));
}

/** The hits in `count` lists, in steps of one hit. */
export function* unpackHits(packed: Packed, count: number): Generator<void, Hit[][]> {
  const lists = Array.from({ length: count }, (): Hit[] => []);
  for (let at = 0; at < packed.length; at += FIELDS) {
    const coded = packed[at + 4] as number;
    (lists[packed[at] as number] as Hit[]).push({
      start: packed[at + 1] as number,
      end: packed[at + 2] as number,
      kind: KIND_NAMES[Math.floor(coded / FLAGS)] as Kind,
      score: packed[at + 3] as number,
      validated: (coded & VALIDATED) !== 0,
      pass: (coded & NER) !== 0 ? "ner" : "regex",
      ...((coded & FORCED) !== 0 && { forced: true }),
    });
    yield;
  }
  return lists;
}

/** As `unpackHits`, for spans. */
export function* unpackSpans(packed: Packed, count: number): Generator<void, Span[][]> {
  const lists = Array.from({ length: count }, (): Span[] => []);
  for (const [i, hits] of (yield* unpackHits(packed, count)).entries()) {
    for (const { start, end, kind, score, pass } of hits)
      (lists[i] as Span[]).push({ start, end, kind, confidence: score, pass });
    yield;
  }
  return lists;
}
