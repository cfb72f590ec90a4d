import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readAtoms } from "../../src/detect/spoken/atoms.ts";
import { readRuns } from "../../src/detect/spoken/runs.ts";
import { fold } from "../../src/detect/text/fold.ts";
import { tokenize } from "../../src/detect/text/tokens.ts";
import { SPOKEN_CODES } from "./spoken-codes.table.ts";

function runsOf(text: string) {
  const folded = fold(text);
  const tokens = tokenize(folded, text);
  return readRuns(tokens, readAtoms(tokens), () => false).map((run) => ({
    compact: run.compact,
    start: folded.start(tokens[run.first]!.from),
    end: folded.end(tokens[run.last]!.to - 1),
  }));
}

const rows = SPOKEN_CODES.split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.split(" = ") as [string, string]);

describe("spoken codes", () => {
  it.each(rows)("%s", (said, reading) => {
    expect(
      runsOf(said)
        .map((run) => run.compact)
        .join(" | "),
    ).toBe(reading);
  });
});

const WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const TEENS = [
  "ten",
  "eleven",
  "twelve",
  "thirteen",
  "fourteen",
  "fifteen",
  "sixteen",
  "seventeen",
  "eighteen",
  "nineteen",
];
const TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/** One way of saying two digits: as digits, as "oh five", or as a number under a hundred. */
function sayPair(pair: string, style: number): string {
  const [a, b] = [Number(pair[0]), Number(pair[1])] as [number, number];
  if (style === 0 || a === 0)
    return `${a === 0 && style > 1 ? "oh" : WORDS[a]} ${b === 0 && a === 0 && style > 1 ? "oh" : WORDS[b]}`;
  if (a === 1) return TEENS[b] as string;
  return b === 0 ? (TENS[a] as string) : `${TENS[a]}${style === 2 ? "-" : " "}${WORDS[b]}`;
}

/** A ten before a lone unit would read as one number ("twenty" "three"), which speech cannot tell apart. */
const isAmbiguous = (pairs: readonly string[], styles: readonly number[]) =>
  pairs.some((pair, i) => {
    const next = pairs[i + 1];
    const endsInTen = styles[i] !== 0 && pair[1] === "0" && Number(pair[0]) >= 2;
    const spokenSingly = next !== undefined && (styles[i + 1] === 0 || next[0] === "0");
    return endsInTen && spokenSingly;
  });

describe("any number", () => {
  it("reads back however it is said, and the span covers what was said", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.stringMatching(/^\d\d$/), fc.integer({ min: 0, max: 2 })), { minLength: 2, maxLength: 8 }),
        fc.constantFrom("", "it is ", "uh "),
        (parts, lead) => {
          const pairs = parts.map(([pair]) => pair);
          const styles = parts.map(([, style]) => style);
          fc.pre(!isAmbiguous(pairs, styles));
          const said = parts.map(([pair, style]) => sayPair(pair, style)).join(" ");
          const [run, ...more] = runsOf(`${lead}${said} please`);
          expect(more).toEqual([]);
          expect(run).toEqual({ compact: pairs.join(""), start: lead.length, end: lead.length + said.length });
        },
      ),
      { numRuns: 300 },
    );
  });

  it("maps every character back to where it stood, whatever stands around it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        const folded = fold(text);
        let previous = 0;
        for (let i = 0; i < folded.text.length; i++) {
          expect(folded.start(i)).toBeGreaterThanOrEqual(previous === 0 ? 0 : folded.start(i - 1));
          expect(folded.end(i)).toBeGreaterThan(folded.start(i));
          expect(folded.end(i)).toBeLessThanOrEqual(text.length);
          previous = i;
        }
      }),
      { numRuns: 300 },
    );
  });
});
