import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode, softmaxRows } from "../../src/ner/decode.ts";
import { type Labels, parseLabels } from "../../src/ner/labels.ts";
import type { Pieces } from "../../src/ner/tokenizer.ts";

const LABELS = ["O", "NAME", "DATE", "MRN", "ACCOUNT", "ADDRESS"] as const;

const labels: Labels = parseLabels(
  JSON.stringify({
    format: 1,
    name: "test",
    labels: LABELS,
    case_feature: true,
    max_pieces: 160,
    question_pieces: 40,
    thresholds: { default: { seed: 0.3, neighbour: 0.9 }, kinds: { DATE: { seed: 0.5, neighbour: 0.5 } } },
    confidence: [
      [0, 0],
      [0.8, 0.6],
      [1, 1],
    ],
  }),
);

type Marks = Readonly<Record<string, readonly [kind: (typeof LABELS)[number], outside: number]>>;

/** Pieces are the words between spaces; `marks` gives a word its kind and P(O), all others are surely outside. */
function spansOf(text: string, marks: Marks): [string, string, number][] {
  const found = [...text.matchAll(/\S+/g)];
  const pieces: Pieces = {
    ids: found.map(() => 7),
    starts: found.map(({ index }) => index),
    ends: found.map((match) => match.index + match[0].length),
  };
  const rows = found.flatMap(([word]) => {
    const [kind, outside] = marks[word] ?? ["NAME", 0.999];
    return LABELS.map((label) => (label === "O" ? outside : label === kind ? 1 - outside : 0));
  });
  return decode(text, pieces, new Float32Array(rows), labels).map(({ start, end, label, confidence }) => [
    LABELS[label]!,
    text.slice(start, end),
    confidence,
  ]);
}

describe("decode", () => {
  it.each<[string, string, Marks, [string, string][]]>([
    ["nothing", "take two pills", {}, []],
    ["a seed", "call Sarah now", { Sarah: ["NAME", 0.1] }, [["NAME", "Sarah"]]],
    ["a word over the seed alone", "call Hope now", { Hope: ["NAME", 0.4] }, []],
    [
      "a doubtful word beside a seed, and the one beside that",
      "this is Anna van Dyke here",
      { Anna: ["NAME", 0.1], van: ["NAME", 0.8], Dyke: ["NAME", 0.8] },
      [["NAME", "Anna van Dyke"]],
    ],
    [
      "the same leftwards",
      "this is Anna van Dyke here",
      { Dyke: ["NAME", 0.1], van: ["NAME", 0.8], Anna: ["NAME", 0.8] },
      [["NAME", "Anna van Dyke"]],
    ],
    [
      "no growth over the neighbour threshold",
      "so Anna Dyke",
      { Anna: ["NAME", 0.1], Dyke: ["NAME", 0.95] },
      [["NAME", "Anna"]],
    ],
    ["a kind's own thresholds", "on May third", { May: ["DATE", 0.45], third: ["DATE", 0.6] }, [["DATE", "May"]]],
    [
      "punctuation outside, inside a run kept",
      '"Anna, Dyke".',
      { '"Anna,': ["NAME", 0.1], 'Dyke".': ["NAME", 0.1] },
      [["NAME", "Anna, Dyke"]],
    ],
    [
      "two names of a list",
      "Anna; Bert",
      { "Anna;": ["NAME", 0.1], Bert: ["NAME", 0.1] },
      [
        ["NAME", "Anna"],
        ["NAME", "Bert"],
      ],
    ],
    [
      "number kinds that the model mixes become one, by their sum",
      "8 2-3 4",
      { "8": ["MRN", 0.1], "2-3": ["ACCOUNT", 0.2], "4": ["MRN", 0.1] },
      [["MRN", "8 2-3 4"]],
    ],
    [
      "a number kind and a date stay two",
      "8234 May",
      { "8234": ["MRN", 0.1], May: ["DATE", 0.1] },
      [
        ["MRN", "8234"],
        ["DATE", "May"],
      ],
    ],
    [
      "no end inside a word with its accents",
      "so Jose\u0301 said",
      { "Jose\u0301": ["NAME", 0.1] },
      [["NAME", "Jose\u0301"]],
    ],
  ])("%s", (_, text, marks, expected) => {
    expect(spansOf(text, marks).map(([kind, value]) => [kind, value])).toEqual(expected);
  });

  it("widens a number kind to its whole run when that has a digit, and trims the full stop", () => {
    const text = "id ord_77c1.b-9. then";
    const pieces: Pieces = { ids: [1], starts: [7], ends: [9] };
    const rows = new Float32Array([0.1, 0, 0, 0.9, 0, 0]);
    const [span] = decode(text, pieces, rows, labels);
    expect(text.slice(span?.start, span?.end)).toBe("ord_77c1.b-9");
  });

  it("does not widen a name", () => {
    const text = "user_anna_9";
    const pieces: Pieces = { ids: [1], starts: [5], ends: [9] };
    const [span] = decode(text, pieces, new Float32Array([0.1, 0.9, 0, 0, 0, 0]), labels);
    expect(text.slice(span?.start, span?.end)).toBe("anna");
  });

  it("reads confidence from the best word along the model's curve", () => {
    const [[, , low] = [], [, , high] = []] = [
      ...spansOf("Anna", { Anna: ["NAME", 0.2] }),
      ...spansOf("Anna Dyke", { Anna: ["NAME", 0.1], Dyke: ["NAME", 0.8] }),
    ];
    expect(low).toBeCloseTo(0.6, 5);
    expect(high).toBeCloseTo(0.8, 5);
  });

  it("gives sorted, disjoint spans inside the text for any probabilities", () => {
    const word = fc.constantFrom("ab", "a_1", "9", "x-", "é", ".", "-", "_", "7.7", "\u{1d400}");
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(word, fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 })),
          { maxLength: 20 },
        ),
        fc.constantFrom("", " "),
        (parts, gap) => {
          const text = parts.map(([part]) => part).join(gap);
          const starts = parts.map((_, i) =>
            parts.slice(0, i).reduce((sum, [part]) => sum + part.length + gap.length, 0),
          );
          const pieces: Pieces = {
            ids: starts.map(() => 1),
            starts,
            ends: starts.map((start, i) => start + parts[i]![0].length),
          };
          const rows = parts.flatMap(([, row]) => row.map((value) => value / row.reduce((a, b) => a + b, 0)));
          let before = 0;
          for (const { start, end, confidence } of decode(text, pieces, new Float32Array(rows), labels)) {
            expect(start).toBeGreaterThanOrEqual(before);
            expect(end).toBeGreaterThan(start);
            expect(confidence).toBeGreaterThanOrEqual(0);
            expect(confidence).toBeLessThanOrEqual(1);
            before = end;
          }
          expect(before).toBeLessThanOrEqual(text.length);
        },
      ),
    );
  });
});

describe("softmaxRows", () => {
  it("makes each row sum to one", () => {
    const rows = softmaxRows(new Float32Array([1, 2, 3, -1000, 1000, 0]), 3);
    expect(rows[0]! + rows[1]! + rows[2]!).toBeCloseTo(1, 5);
    expect([...rows.slice(3)]).toEqual([0, 1, 0]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("refuses %s rather than read it as harmless", (value) => {
    expect(() => softmaxRows(new Float32Array([0, value, 0]), 3)).toThrow(RangeError);
  });
});
