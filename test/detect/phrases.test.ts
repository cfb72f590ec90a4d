import { describe, expect, it } from "vitest";
import { shown, unmark } from "./marked.ts";
import { PHRASES } from "./phrases.table.ts";
import { spansOf } from "./spans.ts";

const rows = PHRASES.split("\n").filter((line) => line !== "" && !line.startsWith("#"));

describe("phrases", () => {
  it.each(rows)("%s", (row) => {
    const [marked, kinds] = row.split(" =") as [string, string | undefined];
    const { text, spans } = unmark(marked);
    const found = spansOf(text, { role: "user", keyWords: [], topic: [], answering: true }).filter(
      (s) => s.confidence >= 0.6,
    );
    const expected = spans.map((span, i) => `${kinds?.split(" ")[i]}:${text.slice(span.start, span.end)}`);
    expect(shown(text, found)).toEqual(expected);
  });
});
