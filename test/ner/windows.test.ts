import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pieceWindows, textChunks, type Window } from "../../src/ner/windows.ts";

function expectTiles(windows: readonly Window[], length: number): void {
  let at = 0;
  for (const { from, to, coreFrom, coreTo } of windows) {
    expect(coreFrom).toBe(at);
    expect(coreTo).toBeGreaterThan(coreFrom);
    expect(from).toBeLessThanOrEqual(coreFrom);
    expect(to).toBeGreaterThanOrEqual(coreTo);
    expect(to).toBeLessThanOrEqual(length);
    expect(from).toBeGreaterThanOrEqual(0);
    at = coreTo;
  }
  expect(at).toBe(length);
}

describe("pieceWindows", () => {
  it("covers every piece once, with context on inner sides, never longer than allowed", () => {
    fc.assert(
      fc.property(fc.nat(3000), fc.integer({ min: 60, max: 300 }), (count, longest) => {
        const windows = pieceWindows(count, longest);
        expectTiles(windows, count);
        for (const [index, { from, to, coreFrom, coreTo }] of windows.entries()) {
          expect(to - from).toBeLessThanOrEqual(longest);
          if (index > 0) expect(coreFrom - from).toBe(24);
          if (index < windows.length - 1) expect(to - coreTo).toBe(24);
        }
      }),
    );
  });

  it("leaves a text that fits in one piece", () => {
    expect(pieceWindows(157, 157)).toHaveLength(1);
    expect(pieceWindows(158, 157)).toHaveLength(2);
    expect(pieceWindows(0, 157)).toEqual([]);
  });
});

describe("textChunks", () => {
  it.each<[string, string]>([
    ["words", "word ".repeat(2000)],
    ["no white space at all", "x".repeat(10_000)],
    ["surrogate pairs only", "\u{1f600}".repeat(5000)],
    ["surrogate pairs at odd places", `a${"\u{1f600}".repeat(5000)}`],
    ["a short text", "hello"],
    ["just over one chunk", "y".repeat(1401)],
  ])("covers %s once and cuts no pair", (_, text) => {
    const chunks = textChunks(text);
    expectTiles(chunks, text.length);
    for (const { from, to, coreFrom, coreTo } of chunks) {
      expect(to - from).toBeLessThanOrEqual(2000);
      for (const cut of [from, to, coreFrom, coreTo]) {
        const splits = /[\uD800-\uDBFF]/.test(text[cut - 1] ?? "") && /[\uDC00-\uDFFF]/.test(text[cut] ?? "");
        expect(splits).toBe(false);
      }
    }
  });

  it("cuts at white space where there is some", () => {
    const text = "word ".repeat(2000);
    for (const { coreFrom } of textChunks(text).slice(1)) expect(text[coreFrom - 1]).toBe(" ");
  });
});
