/**
 * A streamed answer. Its head is sent with the first text, so that what fails before has a status of its own; a provider
 * that stays silent for too long gets the head sent early, with comments that keep the client waiting. After the head, errors
 * go into the stream.
 */
import { type MaskerError, toMaskerError } from "../errors.ts";
import { SSE_DONE, SSE_KEEPALIVE, type SseEvent, SseReader } from "../upstream/sse.ts";
import type { UpstreamAnswer } from "../upstream/upstream.ts";
import type { AnswerReader } from "../upstream/wire-format.ts";
import { readAnswer } from "./answer-whole.ts";
import { errorEnvelope } from "./error-response.ts";
import { answerHeaders, brokenOff, closeAnswered, openReader, type Turn } from "./turn.ts";

/** How long a provider may take to end a stream that said `[DONE]`. */
const DRAIN_MS = 1_000;

type Pieces = AsyncGenerator<string, void, undefined>;

/**
 * @param answering the provider's answer, which may still be on its way
 * @throws MaskerError when the answer fails before anything of it was released; the session is then still open
 */
export async function answerStream(turn: Turn, answering: Promise<UpstreamAnswer>): Promise<Response> {
  const pieces = new StreamedAnswer(turn).pieces(answering);
  const first = await pieces.next();
  const headers = answerHeaders(turn, "text/event-stream; charset=utf-8");
  // Tells nginx and its kind not to collect the stream.
  headers.set("x-accel-buffering", "no");
  return new Response(toByteStream(turn, first, pieces), { headers });
}

class StreamedAnswer {
  readonly #reader: AnswerReader;
  /** Something was given out, be it a comment: the status can no longer change. */
  #released = false;
  /** Text of the answer was given out. */
  #spoke = false;
  #source: AsyncIterator<Uint8Array> | null = null;

  constructor(private readonly turn: Turn) {
    this.#reader = openReader(turn);
  }

  async *pieces(answering: Promise<UpstreamAnswer>): Pieces {
    let handedOver = false;
    try {
      yield* this.#read(yield* this.#patiently(answering));
    } catch (thrown) {
      if (this.turn.presence.gone) return;
      if (!this.#released) {
        handedOver = true;
        throw thrown;
      }
      yield* this.#fail(toMaskerError(thrown));
    } finally {
      // The provider's work ends with ours, and a client that left finds its session closed.
      void this.#endSource();
      if (!handedOver && !this.turn.closing.begun) await this.#closeLeft();
    }
  }

  async *#read(answer: UpstreamAnswer): Pieces {
    if (answer.eventStream) yield* this.#events(answer);
    else yield* this.#whole(answer);
    const rest = this.#reader.end();
    await this.#durable();
    await closeAnswered(this.turn, this.#reader);
    yield await this.#release(rest + SSE_DONE);
  }

  /** A provider that does not stream when asked to: its answer is said as one. */
  async *#whole(answer: UpstreamAnswer): Pieces {
    const body = yield* this.#patiently(readAnswer(answer.body));
    this.turn.payloads.set("response", () => body);
    const text = this.turn.record.stopwatch.timeSync("rehydrate", () => this.#reader.wholeAsStream(body));
    if (text !== "") yield await this.#release(text);
  }

  async *#events(answer: UpstreamAnswer): Pieces {
    const sse = new SseReader();
    const source = answer.body[Symbol.asyncIterator]();
    this.#source = source;
    for (let ended = false; !ended && !this.#reader.done; ) {
      const chunk = yield* this.#patiently(source.next());
      ended = chunk.done === true;
      const { text, failure } = this.#rehydrate(chunk.done ? sse.end() : sse.push(chunk.value));
      if (text !== "") yield await this.#release(text);
      if (failure !== null) throw failure;
    }
    if (!this.#reader.done && !this.#reader.finished) throw brokenOff();
  }

  /** The text of some events; what came before a broken one is still said. */
  #rehydrate(events: readonly SseEvent[]): { readonly text: string; readonly failure: unknown } {
    let text = "";
    try {
      this.turn.record.stopwatch.timeSync("rehydrate", () => {
        for (const event of events) {
          this.turn.payloads.append("response", `data: ${event.data}\n\n`);
          text += this.#reader.push(event);
        }
      });
    } catch (failure) {
      return { text, failure };
    }
    return { text, failure: null };
  }

  /** Reads what follows `[DONE]`, which is its end, so that the connection can serve the next turn; anything else is cut off. */
  async #endSource(): Promise<void> {
    try {
      if (this.#reader.done && this.#source !== null) await within(drained(this.#source), DRAIN_MS);
    } catch {
      // It broke after all was said.
    } finally {
      this.turn.presence.giveUp();
    }
  }

  /** Nobody waits for this any more; that it could not be logged is in the log of the audit itself. */
  async #closeLeft(): Promise<void> {
    await this.turn.closing.close("partial", "client_disconnected", this.#reader.report).catch(() => undefined);
  }

  async *#fail(error: MaskerError): Pieces {
    const rest = this.#reader.end();
    const event = this.turn.deps.format.errorEvent(errorEnvelope(error, this.turn.requestId));
    try {
      const status = this.#spoke || rest !== "" ? "partial" : "error";
      await this.turn.closing.close(status, error.code, this.#reader.report);
    } catch {
      // Nothing about the end is on disk, so the end is not said either.
      yield event;
      return;
    }
    yield rest + event + SSE_DONE;
  }

  async #release(text: string): Promise<string> {
    await this.#durable();
    this.#released = true;
    this.#spoke ||= text !== SSE_KEEPALIVE;
    this.turn.payloads.append("final", text);
    return text;
  }

  #durable(): Promise<void> {
    return this.turn.record.stopwatch.time("audit", () => this.turn.durable);
  }

  /** Waits for the provider, with a comment after each silence that a client would not bear. */
  async *#patiently<T>(promise: Promise<T>): AsyncGenerator<string, T, undefined> {
    for (;;) {
      const limit = this.#released ? this.turn.deps.settings.keepAliveMs : untilCommit(this.turn);
      const result = await this.turn.record.stopwatch.time("upstream", () => within(promise, limit));
      if (result !== null) return result.value;
      yield await this.#release(SSE_KEEPALIVE);
    }
  }
}

async function drained(source: AsyncIterator<Uint8Array>): Promise<void> {
  while (!(await source.next()).done);
}

/** Milliseconds until the head of the answer is sent even without any text. */
function untilCommit(turn: Turn): number {
  return Math.max(0, turn.commitAt - performance.now());
}

/** The value of a promise, or null when it takes longer. */
async function within<T>(promise: Promise<T>, ms: number): Promise<{ readonly value: T } | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, ms, null);
  });
  try {
    return await Promise.race([promise.then((value) => ({ value })), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Pulls one piece at a time, so that a slow client slows the provider's stream and not our memory. */
function toByteStream(turn: Turn, first: IteratorResult<string, void>, pieces: Pieces): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let next: IteratorResult<string, void> | null = first;
  // Closes the session also when nobody pulls any more.
  turn.presence.onLeave(() => void pieces.return());
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const piece = next ?? (await pieces.next());
        next = null;
        if (piece.done || turn.presence.gone) controller.close();
        else controller.enqueue(encoder.encode(piece.value));
      },
      async cancel() {
        turn.presence.leave();
        await pieces.return();
      },
    },
    { highWaterMark: 0 },
  );
}
