/** Server-sent events: bytes to events and back (WHATWG HTML, 9.2). */
import { MaskerError } from "../errors.ts";

/** One event; `event` null when the stream named none. */
export interface SseEvent {
  readonly event: string | null;
  readonly data: string;
}

/** The last event of every stream, with its blank line: clients lose an event that has none. */
export const SSE_DONE = "data: [DONE]\n\n";

/** Keeps a connection alive; every known client ignores comments. */
export const SSE_KEEPALIVE = ": keep-alive\n\n";

/** Longest line or event in UTF-16 code units that is accepted from an upstream. */
export const MAX_SSE_EVENT_LENGTH = 16 * 1024 * 1024;

/** One event as text. `data` is JSON on one line: its serializer escapes line breaks. */
export function formatSseData(data: string): string {
  return `data: ${data}\n\n`;
}

/**
 * Reads events from bytes cut anywhere: inside a UTF-8 sequence, between CR and LF, inside a field name.
 * Comments, `id` and `retry` are dropped; an event that the stream ends without a blank line is given by `end()`.
 */
export class SseReader {
  readonly #decoder = new TextDecoder("utf-8");
  #line = "";
  /** The last character was CR: an LF that follows belongs to it. */
  #afterCarriageReturn = false;
  #data: string[] = [];
  #size = 0;
  #event: string | null = null;

  /** @throws MaskerError upstream_error when an event is longer than `MAX_SSE_EVENT_LENGTH`. */
  push(bytes: Uint8Array): SseEvent[] {
    return this.#read(this.#decoder.decode(bytes, { stream: true }));
  }

  end(): SseEvent[] {
    const events = this.#read(this.#decoder.decode());
    if (this.#line !== "") this.#field(this.#line);
    this.#line = "";
    const last = this.#dispatch();
    return last ? [...events, last] : events;
  }

  #read(text: string): SseEvent[] {
    const events: SseEvent[] = [];
    let from = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === 10 && this.#afterCarriageReturn) {
        this.#afterCarriageReturn = false;
        from = i + 1;
        continue;
      }
      this.#afterCarriageReturn = code === 13;
      if (code !== 10 && code !== 13) continue;
      const line = this.#line + text.slice(from, i);
      this.#line = "";
      from = i + 1;
      if (line === "") {
        const event = this.#dispatch();
        if (event) events.push(event);
      } else {
        this.#field(line);
      }
    }
    this.#line += text.slice(from);
    if (this.#line.length + this.#size > MAX_SSE_EVENT_LENGTH) throw tooLong();
    return events;
  }

  #field(line: string): void {
    const colon = line.indexOf(":");
    const name = colon === -1 ? line : line.slice(0, colon);
    let value = colon === -1 ? "" : line.slice(colon + 1);
    if (value.startsWith(" ")) value = value.slice(1);
    if (name === "data") {
      this.#data.push(value);
      this.#size += value.length;
      if (this.#size > MAX_SSE_EVENT_LENGTH) throw tooLong();
    } else if (name === "event") {
      this.#event = value;
    }
  }

  #dispatch(): SseEvent | null {
    const event = this.#data.length === 0 ? null : { event: this.#event || null, data: this.#data.join("\n") };
    this.#data = [];
    this.#size = 0;
    this.#event = null;
    return event;
  }
}

function tooLong(): MaskerError {
  return new MaskerError("upstream_error", { message: "An event of the model provider's answer is too long." });
}
