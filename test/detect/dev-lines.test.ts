import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
/** Words in a row that two texts share only when one was taken from the other. */
const N = 7;

const wordsOf = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];

function ngrams(words: readonly string[]): string[] {
  return words.slice(0, Math.max(0, words.length - N + 1)).map((_, i) => words.slice(i, i + N).join(" "));
}

/** Digits and number words say nothing of where a line is from. */
const NUMBERS =
  /^(?:[\d ]|zero|one|two|three|four|five|six|seven|eight|nine|ten|oh|double|triple|dash|dot|\w+teen|\w+ty)+$/;

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

describe("the development set is for measuring only", () => {
  const taken = new Set(
    readFileSync(join(root, "test/eval/voice_dev.jsonl"), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .flatMap((line) => ngrams(wordsOf((JSON.parse(line) as { text: string }).text)))
      .filter((gram) => !NUMBERS.test(gram.replaceAll(" ", ""))),
  );

  it("knows what it looks for", () => {
    expect(taken.size).toBeGreaterThan(1000);
  });

  const codes = new Set(
    (readFileSync(join(root, "test/eval/voice_dev.jsonl"), "utf8").match(/[A-Za-z\d]{6,}/g) ?? []).filter((word) =>
      /\d.*\d.*\d/.test(word),
    ),
  );

  it.each([...filesUnder(join(root, "src/detect")), ...filesUnder(join(root, "test/detect"))])(
    "%s quotes no number of it",
    (file) => {
      // Sample numbers of issuers and standards are everybody's.
      const own = (readFileSync(file, "utf8").match(/[A-Za-z\d]{6,}/g) ?? []).filter((word) => codes.has(word));
      expect(own).toEqual([]);
    },
  );

  it.each([...filesUnder(join(root, "src/detect")), ...filesUnder(join(root, "test/detect"))])(
    "%s shares no line with it",
    (file) => {
      const shared = readFileSync(file, "utf8")
        .split("\n")
        .flatMap((line) => ngrams(wordsOf(line)))
        .filter((gram) => taken.has(gram));
      expect(shared).toEqual([]);
    },
  );
});
