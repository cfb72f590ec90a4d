/** One loaded model on the calling thread: text in, spans out. */
import { type InferenceSession, Tensor } from "onnxruntime-common";
import { decode, type LabelledSpan, softmaxRows } from "./decode.ts";
import type { Labels } from "./labels.ts";
import { type NativeBinding, type NativeMetadata, type NativeSession, nerFailure } from "./native.ts";
import { caseOf, createTokenizer, type Pieces, type Tokenizer } from "./tokenizer.ts";
import { pieceWindows } from "./windows.ts";

/** One thread a session: more workers serve more than more threads in one, at this size. */
const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  executionProviders: ["cpu"],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: "sequential",
  graphOptimizationLevel: "all",
  // Every length has another plan; keeping them all would only grow.
  enableMemPattern: false,
  logSeverityLevel: 4,
  // Its fused kernel takes seven times what the two operators that it replaces take.
  extra: { optimization: { disable_specified_optimizers: "SkipLayerNormFusion" } },
};

const INPUTS = ["input_ids", "token_type_ids", "attention_mask"] as const;
const OUTPUT = "logits";
const FLOAT32 = 1;
const INT64 = 7;

export interface Labeller {
  /**
   * Spans of one text of at most a few thousand characters.
   * @throws Error when inference fails or its output is not finite.
   */
  label(text: string, question: string | null): LabelledSpan[];
}

/**
 * @param model the bytes of the ONNX file.
 * @throws MaskerError detection_unavailable with a message for the operator.
 */
export function createLabeller(
  binding: NativeBinding,
  model: Uint8Array<ArrayBuffer>,
  { labels, vocabulary }: { readonly labels: Labels; readonly vocabulary: string },
): Labeller {
  const session = openSession(binding, model);
  requireShape(session, labels.labels.length);
  const tokenizer = openTokenizer(vocabulary);
  const encode = (text: string): Segment => {
    const pieces = tokenizer.encode(text);
    return { pieces, cases: labels.case_feature ? caseOf(text, pieces) : new Uint8Array(pieces.ids.length) };
  };
  const labeller: Labeller = {
    label(text, question) {
      const own = encode(text);
      const count = own.pieces.ids.length;
      if (count === 0) return [];
      const asked = question === null || labels.question_pieces === 0 ? null : encode(question);
      const askedCount = Math.min(labels.question_pieces, asked?.pieces.ids.length ?? 0);
      const width = labels.labels.length;
      const probabilities = new Float32Array(count * width);
      const room = labels.max_pieces - 2 - (askedCount > 0 ? askedCount + 1 : 0);
      for (const window of pieceWindows(count, room)) {
        const sequence = sequenceOf(tokenizer, own, window, askedCount > 0 ? asked : null, askedCount);
        const rows = softmaxRows(infer(session, sequence, width), width);
        // Row 0 is [CLS].
        const first = window.coreFrom - window.from + 1;
        const core = rows.subarray(first * width, (first + window.coreTo - window.coreFrom) * width);
        probabilities.set(core, window.coreFrom * width);
      }
      return decode(text, own.pieces, probabilities, labels);
    },
  };
  // Fills caches, and finds out now whether the vocabulary and the model belong together.
  try {
    labeller.label("Hello, this is a test of 1 sentence.", "Who is calling?");
    infer(
      session,
      { ids: [vocabularySize(vocabulary) - 1], types: [labels.case_feature ? 5 : 1] },
      labels.labels.length,
    );
  } catch (error) {
    throw nerFailure("The NER model does not run: its vocabulary or its labels do not belong to it.", error);
  }
  requireProbes(labeller, labels);
  return labeller;
}

/** An int8 model can answer worse on processors whose instructions saturate: what it must find, it must find here. */
function requireProbes(labeller: Labeller, { probes = [] }: Labels): void {
  for (const { text, masked } of probes) {
    const spans = labeller.label(text, null);
    const covered = masked.every((part) => {
      const at = text.indexOf(part);
      return spans.some(({ start, end }) => start <= at && at + part.length <= end);
    });
    if (!covered) throw nerFailure("The NER model does not find what it must find on this processor.");
  }
}

interface Segment {
  readonly pieces: Pieces;
  readonly cases: Uint8Array;
}

interface Sequence {
  readonly ids: readonly number[];
  readonly types: readonly number[];
}

/** `[CLS] text [SEP]`, and `question [SEP]` as the second segment; type = segment + 2 x case. */
function sequenceOf(
  tokenizer: Tokenizer,
  own: Segment,
  window: { readonly from: number; readonly to: number },
  asked: Segment | null,
  askedCount: number,
): Sequence {
  const ids = [tokenizer.cls];
  const types = [0];
  const add = ({ pieces, cases }: Segment, from: number, to: number, segment: number) => {
    for (let piece = from; piece < to; piece += 1) {
      ids.push(pieces.ids[piece] ?? tokenizer.unk);
      types.push(segment + 2 * (cases[piece] ?? 0));
    }
    ids.push(tokenizer.sep);
    types.push(segment);
  };
  add(own, window.from, window.to, 0);
  if (asked !== null) add(asked, asked.pieces.ids.length - askedCount, asked.pieces.ids.length, 1);
  return { ids, types };
}

/**
 * Logits of one sequence, row by row. Sequences are never padded or put side by side: the int8 model scales its activations
 * over the whole batch, so what a text gets would depend on the texts beside it, and batches gain little here (README).
 */
function infer(session: NativeSession, { ids, types }: Sequence, width: number): Float32Array {
  const dims = [1, ids.length];
  const feeds = {
    input_ids: new Tensor("int64", int64(ids), dims),
    token_type_ids: new Tensor("int64", int64(types), dims),
    attention_mask: new Tensor("int64", new BigInt64Array(ids.length).fill(1n), dims),
  };
  const logits = session.run(feeds, { [OUTPUT]: null }, {})[OUTPUT];
  if (logits === undefined || !(logits.data instanceof Float32Array) || logits.data.length !== ids.length * width) {
    throw new RangeError("the model's output has another shape");
  }
  return logits.data;
}

/** Ids are below 2^31: writing the low halves spares a BigInt for each. All supported processors are little-endian. */
function int64(values: readonly number[]): BigInt64Array {
  const wide = new BigInt64Array(values.length);
  const halves = new Int32Array(wide.buffer);
  for (let i = 0; i < values.length; i += 1) halves[2 * i] = values[i] ?? 0;
  return wide;
}

function openSession(binding: NativeBinding, model: Uint8Array<ArrayBuffer>): NativeSession {
  try {
    const session = new binding.InferenceSession();
    session.loadModel(model.buffer, model.byteOffset, model.byteLength, SESSION_OPTIONS);
    return session;
  } catch (error) {
    throw nerFailure("The NER model file is damaged or not a model that ONNX Runtime can load.", error);
  }
}

function requireShape(session: NativeSession, labels: number): void {
  const names = (metadata: readonly NativeMetadata[]) => metadata.map(({ name }) => name).sort();
  if (names(session.inputMetadata).join() !== [...INPUTS].sort().join()) {
    throw nerFailure(`The NER model must have exactly the inputs ${INPUTS.join(", ")}.`);
  }
  if (
    !session.inputMetadata.every(({ type, shape }) => type === INT64 && shape.length === 2 && shape.every((n) => n < 0))
  ) {
    throw nerFailure("The NER model's inputs must be int64 [batch, length], both free.");
  }
  const [output] = session.outputMetadata;
  if (session.outputMetadata.length !== 1 || output?.name !== OUTPUT || output.type !== FLOAT32) {
    throw nerFailure(`The NER model must have one float32 output named ${OUTPUT}.`);
  }
  if (output.shape.length !== 3 || output.shape[2] !== labels) {
    throw nerFailure("The NER model's output does not have as many labels as labels.json.");
  }
}

function openTokenizer(vocabulary: string): Tokenizer {
  try {
    return createTokenizer(vocabulary);
  } catch (error) {
    throw nerFailure("The NER model's vocab.txt is not a WordPiece vocabulary.", error);
  }
}

function vocabularySize(vocabulary: string): number {
  return vocabulary.trimEnd().split("\n").length;
}
