/** What the pool and its workers say to each other. */
import type { LabelledSpan } from "./decode.ts";
import type { ModelFiles } from "./model.ts";
import type { NativePaths } from "./native.ts";

/** The first message to a worker. */
export interface StartMessage {
  readonly native: NativePaths;
  readonly model: ModelFiles;
}

/** A text, or a chunk of one, to label. */
export interface Job {
  readonly text: string;
  readonly question: string | null;
}

export interface LabelMessage {
  readonly jobs: readonly Job[];
}

/** The last message: the worker ends its thread once it is free. */
export interface StopMessage {
  readonly stop: true;
}

/** `failed`: a sentence for the operator's log. `answer`: one packed buffer for all jobs of a LabelMessage, transferred. */
export type WorkerReply =
  | { readonly type: "ready" }
  | { readonly type: "failed"; readonly message: string }
  | { readonly type: "answer"; readonly packed: Float64Array<ArrayBuffer> };

const FAILED = -1;
const FIELDS = 4;

/** For each job its number of spans and four numbers a span; -1 alone for a job that failed. */
export function pack(results: readonly (readonly LabelledSpan[] | null)[]): Float64Array<ArrayBuffer> {
  const size = results.reduce((sum, spans) => sum + 1 + FIELDS * (spans?.length ?? 0), 0);
  const packed = new Float64Array(size);
  let at = 0;
  for (const spans of results) {
    packed[at++] = spans === null ? FAILED : spans.length;
    for (const { start, end, label, confidence } of spans ?? []) {
      packed.set([start, end, label, confidence], at);
      at += FIELDS;
    }
  }
  return packed;
}

export function unpack(packed: Float64Array): (readonly LabelledSpan[] | null)[] {
  const results: (readonly LabelledSpan[] | null)[] = [];
  for (let at = 0; at < packed.length; ) {
    const count = packed[at++] ?? FAILED;
    if (count === FAILED) {
      results.push(null);
      continue;
    }
    const spans: LabelledSpan[] = [];
    for (let i = 0; i < count; i += 1, at += FIELDS) {
      const [start = 0, end = 0, label = 0, confidence = 0] = packed.subarray(at, at + FIELDS);
      spans.push({ start, end, label, confidence });
    }
    results.push(spans);
  }
  return results;
}
