import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { caseOf, createTokenizer } from "../../src/ner/tokenizer.ts";

const vocabulary = readFileSync(new URL("../../src/ner/model/vocab.txt", import.meta.url), "utf8");
const tokenizer = createTokenizer(vocabulary);

interface Row {
  readonly text: string;
  readonly ids: readonly number[];
  readonly spans: readonly (readonly [number, number])[];
}

/** Lines of make-tokenizer-fixture.py: [text, ids, [gap, length, ...]]. */
function readFixture(): Row[] {
  const file = readFileSync(new URL("./tokenizer.fixture.txt", import.meta.url), "utf8");
  return file
    .trim()
    .split("\n")
    .map((line) => {
      const [text, ids, offsets] = JSON.parse(line) as [string, number[], number[]];
      let before = 0;
      const spans = ids.map((_, index) => {
        const start = before + offsets[2 * index]!;
        before = start + offsets[2 * index + 1]!;
        return [start, before] as const;
      });
      return { text, ids, spans };
    });
}

describe("tokenizer against the reference", () => {
  const rows = readFixture();

  it("has thousands of strings to compare", () => {
    expect(rows.length).toBeGreaterThan(2000);
  });

  it("gives the same ids and the same offsets in UTF-16 units", () => {
    const wrong = rows.filter(({ text, ids, spans }) => {
      const mine = tokenizer.encode(text);
      const offsets = mine.starts.map((start, index) => [start, mine.ends[index]]);
      return JSON.stringify([mine.ids, offsets]) !== JSON.stringify([ids, spans]);
    });
    expect(wrong.map(({ text }) => text)).toEqual([]);
  });
});

describe("tokenizer on any text", () => {
  it("keeps offsets inside the text, in order, never empty, never inside a surrogate pair", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        const { starts, ends, ids } = tokenizer.encode(text);
        expect([starts.length, ends.length]).toEqual([ids.length, ids.length]);
        for (let piece = 0; piece < ids.length; piece += 1) {
          expect(starts[piece]!).toBeLessThan(ends[piece]!);
          if (piece > 0) expect(starts[piece]!).toBeGreaterThanOrEqual(starts[piece - 1]!);
          for (const offset of [starts[piece]!, ends[piece]!]) {
            const splits = /[\uD800-\uDBFF]/.test(text[offset - 1] ?? "") && /[\uDC00-\uDFFF]/.test(text[offset] ?? "");
            expect(splits).toBe(false);
          }
        }
        expect(ends.at(-1) ?? 0).toBeLessThanOrEqual(text.length);
      }),
    );
  });

  it("survives lone surrogates", () => {
    expect(tokenizer.encode("a\uD800b \uDC00c").starts).toEqual([0, 4 + 1]);
  });

  it("never turns written special tokens into special ids", () => {
    const { ids } = tokenizer.encode("hello [SEP] [CLS] [PAD] [MASK]");
    for (const id of [tokenizer.sep, tokenizer.cls, tokenizer.pad]) expect(ids).not.toContain(id);
  });
});

describe("caseOf", () => {
  it.each([
    ["sarah Chen MRI A 42", [0, 1, 2, 1, 0]],
    ["O'Neill", [1, 0, 1]],
    ["E\u0301milie", [1, 1]],
    ["?!", [0, 0]],
  ])("%j", (text, expected) => {
    const pieces = tokenizer.encode(text);
    expect([...caseOf(text, pieces)]).toEqual(expected);
  });
});

describe("createTokenizer", () => {
  it.each([
    ["no [SEP]", "[PAD]\n[UNK]\n[CLS]\na\n"],
    ["a piece twice", "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\na\n"],
  ])("refuses a vocabulary with %s", (_, text) => {
    expect(() => createTokenizer(text)).toThrow(RangeError);
  });
});
