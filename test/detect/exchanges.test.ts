import { describe, expect, it } from "vitest";
import { createDetector } from "../../src/detect/detect.ts";
import type { DetectOptions, KindRule, Role, TextSlot } from "../../src/detect/detector.ts";
import { KIND_NAMES, type Kind } from "../../src/detect/kind.ts";
import { textLeaves } from "../../src/json/leaves.ts";
import { EXCHANGES } from "./exchanges.table.ts";
import { unmark } from "./marked.ts";

const rules = Object.fromEntries(
  KIND_NAMES.map((kind): [Kind, KindRule] => [kind, { enabled: true, regex: true, ner: true, threshold: 0.6 }]),
) as Record<Kind, KindRule>;
const options: DetectOptions = {
  passes: ["regex"],
  rules,
  custom: [],
  deny: [],
  allow: [],
  onNerUnavailable: "block",
  revision: "test@1",
};
const detector = createDetector({ ner: null, timeoutMs: 5000, cacheKey: new Uint8Array(32) });
const ROLES: Readonly<Record<string, Role>> = { A: "assistant", U: "user", S: "system", T: "tool" };

const exchanges = EXCHANGES.trim()
  .split(/\n\n+/)
  .map((block) => {
    const lines = block.split("\n");
    const kind = lines.find((line) => line.startsWith("= "))?.slice(2);
    const turns = lines
      .filter((line) => !line.startsWith("= "))
      .map((line) => ({ role: ROLES[line[0] as string] as Role, ...unmark(line.slice(3)) }));
    return { title: turns.map((turn) => turn.text).join(" / "), kind, turns };
  });

/** Letters and digits that lie in the ranges, as a text. */
function lettersIn(text: string, ranges: readonly { start: number; end: number }[]): string {
  return ranges.map((range) => text.slice(range.start, range.end).replace(/[^\p{L}\p{N}]/gu, "")).join("|");
}

describe("exchanges", () => {
  const kinds: (readonly [string, string])[] = [];

  it.each(exchanges.map((exchange) => [exchange.title, exchange] as const))("%s", async (_, { kind, turns }) => {
    const slots: TextSlot[] = [];
    const places: { turn: number; locate: (start: number, end: number) => readonly [number, number] }[] = [];
    turns.forEach((turn, index) => {
      for (const leaf of textLeaves(turn.text)) {
        const key = leaf.keys.join(".");
        slots.push({
          text: leaf.text,
          message: index,
          role: turn.role,
          ...(key !== "" && { key }),
          ...(leaf.type === "key" && { isKey: true }),
        });
        places.push({ turn: index, locate: (start, end) => leaf.locate(start, end) });
      }
    });
    const { spans } = await detector.detect(slots, options);
    const ranges = turns.map((): { start: number; end: number; kind: string }[] => []);
    spans.forEach((list, i) => {
      for (const span of list) {
        const place = places[i]!;
        const [start, end] = place.locate(span.start, span.end);
        ranges[place.turn]!.push({ start, end, kind: span.kind });
      }
    });
    turns.forEach((turn, i) => {
      // Two marks side by side may be one span and the reverse: what counts is what is covered.
      const expected = lettersIn(turn.text, turn.spans).replaceAll("|", "");
      const actual = lettersIn(
        turn.text,
        ranges[i]!.sort((a, b) => a.start - b.start),
      ).replaceAll("|", "");
      expect(actual, `turn ${i}: ${turn.text}`).toBe(expected);
      if (kind && kind !== "-") for (const range of ranges[i]!) kinds.push([kind, range.kind]);
    });
  });

  it("gives nearly every identifier the kind that was asked for", () => {
    const wrong = kinds.filter(([expected, actual]) => expected !== actual);
    expect(wrong.length / kinds.length, JSON.stringify(wrong)).toBeLessThan(0.05);
  });

  it("is a table of at least 150 exchanges", () => {
    expect(exchanges.length).toBeGreaterThanOrEqual(150);
  });
});
