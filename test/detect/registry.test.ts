import { describe, expect, it } from "vitest";
import { keyWords } from "../../src/detect/context/keys.ts";
import { KIND_NAMES } from "../../src/detect/kind.ts";
import type { Context } from "../../src/detect/recognizer.ts";
import { RECOGNIZERS } from "../../src/detect/registry.ts";
import { shown, unmark } from "./marked.ts";
import { spansOf } from "./spans.ts";

const PLAIN: Context = { role: "user", keyWords: [], topic: [], answering: true };

function found(text: string, context: Context = PLAIN) {
  return spansOf(text, context).filter((span) => span.confidence >= 0.6);
}

const hits = RECOGNIZERS.flatMap((r) => r.hits.map((hit) => [r.name, r.kind, hit] as const));
const misses = RECOGNIZERS.flatMap((r) => r.misses.map((miss) => [r.name, miss] as const));

/** Ways in which the same words arrive. Each maps the characters, so that the marks stay where they are. */
const DISGUISES: readonly (readonly [string, (marked: string) => string])[] = [
  ["upper case", (s) => s.toUpperCase()],
  ["lower case", (s) => s.toLowerCase()],
  ["full-width digits", (s) => s.replace(/\d/g, (d) => String.fromCharCode(0xff10 + Number(d)))],
  ["Arabic-Indic digits", (s) => s.replace(/\d/g, (d) => String.fromCharCode(0x660 + Number(d)))],
  ["zero-width characters inside numbers", (s) => s.replace(/(\d)(?=\d)/g, "$1\u200b")],
  ["right-to-left marks around", (s) => s.replace(/«/g, "\u200f«").replace(/»/g, "»\u200e")],
  ["emoji around", (s) => `🩺 ${s} 🙏🏽`],
  ["curly quotes and long dashes before", (s) => `“ok” — ${s}`],
  ["no-break spaces", (s) => s.replace(/ /g, "\u00a0")],
  ["soft hyphens inside words", (s) => s.replace(/([a-z])([a-z]{3})/g, "$1\u00ad$2")],
  ["a combining mark before", (s) => `cafe\u0301 ${s}`],
];

describe("every recognizer", () => {
  it.each(RECOGNIZERS.map((r) => [r.name, r] as const))("%s names its examples", (_, recognizer) => {
    expect(recognizer.hits.length).toBeGreaterThanOrEqual(2);
    expect(recognizer.misses.length).toBeGreaterThanOrEqual(2);
    for (const hit of recognizer.hits) expect(unmark(hit).spans.length, hit).toBeGreaterThan(0);
  });

  it.each(hits)("%s finds %s in: %s", (_name, kind, hit) => {
    const { text, spans } = unmark(hit);
    expect(shown(text, found(text))).toEqual(
      shown(
        text,
        spans.map((span) => ({ ...span, kind })),
      ),
    );
  });

  it.each(misses)("%s is silent on: %s", (_name, miss) => {
    expect(shown(miss, found(miss))).toEqual([]);
  });

  it("covers every kind that Pass 1 can find", () => {
    const kinds = new Set(RECOGNIZERS.map((r) => r.kind));
    expect(KIND_NAMES.filter((kind) => !kinds.has(kind))).toEqual(["FACILITY", "PHOTO", "ORG"]);
  });
});

describe.each(DISGUISES)("in disguise: %s", (_, disguise) => {
  it.each(hits)("%s finds %s in: %s", (name, _kind, hit) => {
    const { text, spans } = unmark(disguise(hit));
    const covered = found(text);
    for (const span of spans) {
      const within = covered.some((c) => c.start <= span.start && c.end >= span.end);
      // Titles and introductions need capitals where a text has small letters.
      if (name === "name" && text === text.toLowerCase()) continue;
      expect(within, `${text} -> ${shown(text, covered)}`).toBe(true);
    }
  });

  it.each(misses)("%s is silent on: %s", (_name, miss) => {
    const text = disguise(miss);
    expect(shown(text, found(text))).toEqual([]);
  });
});

describe("in JSON", () => {
  it.each([
    ["mrn", "4471802", true],
    ["patient.birthDate", "1982-03-14", true],
    ["patient.name.family", "Okonjo", true],
    ["member_id", "ZQH88120457", true],
    ["memberId", "881204", true],
    ["PID-3", "10044821", true],
    ["PID-5", "OKONJO^RUTH", true],
    ["identifier.value", "A-22841", true],
    ["telecom.value", "702-555-0143", true],
    ["coverage.subscriberId", "W220188437", true],
    ["ssn_last4", "1173", true],
    ["drug.name", "Metformin", false],
    ["plan.name", "Gold Plus", false],
    ["status", "active", false],
    ["qty", "90", false],
    ["value", "7.9", false],
    ["a1c", "7.1", false],
    ["code", "E11.65", false],
  ])("%s: %s", (key, value, isIdentifier) => {
    const spans = found(value, { ...PLAIN, role: "tool", keyWords: keyWords(key) });
    const letters = value.replace(/[^\p{L}\p{N}]/gu, "").length;
    const covered = spans.reduce((n, s) => n + value.slice(s.start, s.end).replace(/[^\p{L}\p{N}]/gu, "").length, 0);
    expect(covered, shown(value, spans).join()).toBe(isIdentifier ? letters : 0);
  });
});
