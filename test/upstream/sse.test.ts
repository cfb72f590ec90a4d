import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MaskerError } from "../../src/errors.ts";
import {
  formatSseData,
  MAX_SSE_EVENT_LENGTH,
  SSE_DONE,
  SSE_KEEPALIVE,
  type SseEvent,
  SseReader,
} from "../../src/upstream/sse.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function read(...pieces: readonly Uint8Array[]): SseEvent[] {
  const reader = new SseReader();
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
}

// Examples of the standard (WHATWG HTML, 9.2.6), and what servers in the field send.
describe("SseReader", () => {
  it.each([
    ["data: a\n\n", ["a"]],
    ["data: a\n\ndata: b\n\n", ["a", "b"]],
    ["data: YHOO\ndata: +2\ndata: 10\n\n", ["YHOO\n+2\n10"]],
    [
      ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n",
      ["first event", "second event", " third event"],
    ],
    ["data\n\ndata\ndata\n\ndata:", ["", "\n", ""]],
    ["data:test\n\ndata: test\n\n", ["test", "test"]],
    ["data: a\r\n\r\ndata: b\r\rdata: c\n\n", ["a", "b", "c"]],
    ["event: x\n\ndata: a\n\n", ["a"]],
    ["retry: 5\nDATA: no\ndata : no\n\n", []],
    ["\ufeffdata: a\n\n", ["a"]],
    ["data: a", ["a"]],
    ["", []],
    [SSE_KEEPALIVE, []],
    [SSE_DONE, ["[DONE]"]],
  ])("%j", (text, expected) => {
    expect(read(bytes(text)).map((event) => event.data)).toEqual(expected);
  });

  it("knows the name of an event, and forgets it with the event", () => {
    expect(read(bytes("event: error\ndata: a\n\ndata: b\n\n"))).toEqual([
      { event: "error", data: "a" },
      { event: null, data: "b" },
    ]);
  });

  it("gives the same however the bytes are cut", () => {
    const line = fc.constantFrom("data: é😀", "data", "data:x", ": c", "", "", "event: e", "id: 1", "other: x");
    const end = fc.constantFrom("\n", "\r\n", "\r");
    fc.assert(
      fc.property(fc.array(fc.tuple(line, end), { maxLength: 20 }), fc.array(fc.nat(200)), (lines, cuts) => {
        const all = bytes(lines.map(([text, ending]) => text + ending).join(""));
        const points = [0, ...cuts.filter((cut) => cut < all.length).sort((a, b) => a - b), all.length];
        const pieces = points.slice(1).map((point, i) => all.slice(points[i], point));
        const whole = read(all);
        expect(read(...pieces)).toEqual(whole);
        expect(read(...[...all].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
      }),
    );
  });

  it("gives back what was written, whatever it is", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const [event] = read(bytes(formatSseData(JSON.stringify(value))));
        expect(event?.data).toBe(JSON.stringify(value));
      }),
    );
  });

  it("does not choke on bytes that are no UTF-8", () => {
    expect(read(Uint8Array.of(100, 97, 116, 97, 58, 0xff, 0xc3, 10, 10))[0]?.data).toBe("\ufffd\ufffd");
  });

  it("refuses an event without an end", () => {
    const reader = new SseReader();
    const piece = bytes("x".repeat(1024 * 1024));
    expect(() => {
      reader.push(bytes("data: "));
      for (let size = 0; size <= MAX_SSE_EVENT_LENGTH; size += piece.length) reader.push(piece);
    }).toThrow(MaskerError);
    const lines = new SseReader();
    expect(() => {
      for (let size = 0; size <= MAX_SSE_EVENT_LENGTH; size += piece.length)
        lines.push(bytes(`data: ${"x".repeat(piece.length)}\n`));
    }).toThrow(MaskerError);
  });
});
