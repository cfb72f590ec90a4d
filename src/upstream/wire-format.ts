/**
 * What the pipeline knows of a provider's wire format: a request as text slots, the masked body, the answer put back.
 * One file per format (`openai-chat.ts`) implements `WireFormat`; nothing outside this folder knows its fields.
 */
import type { TextSlot } from "../detect/detector.ts";
import type { RehydrationReport } from "../rehydrate/report.ts";
import type { Ledger } from "../tokens/ledger.ts";
import type { SseEvent } from "./sse.ts";

/** New text for `[start, end)` of a decoded text, in UTF-16 code units. Lists are sorted and disjoint. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A text slot of a request, with its place in it. */
export interface RequestSlot extends TextSlot {
  /** For events: `messages[3].tool_calls[0].arguments`. Never holds text of the request, such as a JSON key. */
  readonly path: string;
  /** True for a bare JSON number: `text` is its digits, and what replaces any part of it becomes a quoted string. */
  readonly numeric: boolean;
  /** Offsets of `[start, end)` in the text at `path`, as events report them (JSON in a message: in its raw text). */
  locate(start: number, end: number): readonly [number, number];
}

/** An image, audio or file part: kind PHOTO. It is never forwarded: a note to the model stands in its place. */
export interface MediaPart {
  readonly path: string;
  readonly message: number;
}

export interface RenderOptions {
  /** The upstream's name of the model. */
  readonly model: string;
  /** Keyed one-way name for opaque identifiers (`user`, `safety_identifier`, `prompt_cache_key`): 1 to 64 of [A-Za-z0-9_-]. */
  readonly pseudonym: (text: string) => string;
}

/** A decoded string or number of the body about to leave, outside protocol fields (egress check). */
export interface EgressString {
  /** `messages[3].content`; `*` stands for keys of the caller's own. */
  readonly path: string;
  readonly text: string;
}

/** The body as it will be sent. */
export interface MaskedBody {
  readonly body: string;
  /** Read anew from `body`, JSON inside strings taken apart, keys included. Minted tokens stand in it as text. */
  readonly strings: readonly EgressString[];
  /** The same body with survivors replaced: one list of replacements for each entry of `strings`. */
  mask(replacements: readonly (readonly Replacement[])[]): MaskedBody;
  /** Reads the answer to this body. `ledger` holds the tokens that this request minted. */
  answer(ledger: Ledger): AnswerReader;
}

export interface ParsedRequest {
  /** The model that the caller asks for; null when absent. */
  readonly model: string | null;
  readonly stream: boolean;
  /** Call id that the platform put into the body (`call.id`, `call.callId`), or null. */
  readonly callId: string | null;
  /** The body's fields that are read, as they came: platforms add others, their own secrets among them. */
  understood(): string;
  /** Text of each message as it came, for joining requests to calls. Only to be hashed with a key. */
  readonly messageKeys: readonly string[];
  readonly slots: readonly RequestSlot[];
  readonly media: readonly MediaPart[];
  /** The body with one list of replacements for each slot, by allow-list of fields; media parts become notes. */
  render(replacements: readonly (readonly Replacement[])[], options: RenderOptions): MaskedBody;
}

/** Puts values back into one answer. `report` grows while reading. */
export interface AnswerReader {
  readonly report: RehydrationReport;
  /** Content of the first choice as it went to the caller; grows while reading. */
  readonly spoken: string;
  /**
   * A whole JSON body.
   * @throws MaskerError upstream_error when it is not an answer of this format.
   */
  whole(body: string): string;
  /** A whole JSON body as the SSE text of a stream, up to `[DONE]`: some servers do not stream when asked to. */
  wholeAsStream(body: string): string;
  /**
   * One event of a stream; the SSE text to write, "" while everything is held back. The closing `[DONE]` only sets
   * `done`: the caller writes `SSE_DONE` itself, after the events are durable.
   * @throws MaskerError upstream_error for an error event or garbage; `end()` still gives what was held.
   */
  push(event: SseEvent): string;
  /** What is still held, once the stream is over or broken. */
  end(): string;
  /** True once the upstream said `[DONE]`. */
  readonly done: boolean;
  /** True once every choice seen has its finish reason: a stream that ends without it and without `[DONE]` broke. */
  readonly finished: boolean;
}

export interface WireFormat {
  /**
   * Reads a request body (already UTF-8 decoded, size bounded by the caller).
   * @throws MaskerError validation_failed with path and fixed messages; nothing of the body is echoed.
   */
  parse(body: string): ParsedRequest;
  /** A valid answer that says one sentence (`on_block: say`): a JSON body, or the whole SSE text up to `[DONE]` excluded. */
  say(sentence: string, options: { readonly model: string; readonly stream: boolean; readonly id: string }): string;
  /** An error after the first byte: the full envelope in a `data:` event. */
  errorEvent(envelope: unknown): string;
}
