import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyEdits, textLeaves } from "../../src/json/leaves.ts";
import { JsonError } from "../../src/json/parse.ts";

/** Puts `text` inside `levels` JSON documents, each the string value of the next. */
function nest(text: string, levels: number): string {
  let nested = text;
  for (let i = 0; i < levels; i++) nested = JSON.stringify({ k: nested });
  return nested;
}

function unnest(text: string, levels: number): string {
  let inner = text;
  for (let i = 0; i < levels; i++) inner = (JSON.parse(inner) as { k: string }).k;
  return inner;
}

describe("textLeaves", () => {
  it("gives strings, numbers and keys with the keys around them", () => {
    const leaves = textLeaves('{"patient":{"dob":"1982-03-14","ids":[4155552671,{"mrn":"A\\u0031"}]},"ok":true}');
    expect(leaves.map(({ type, text, keys }) => [type, text, keys.join(".")])).toEqual([
      ["key", "patient", ""],
      ["key", "dob", "patient"],
      ["text", "1982-03-14", "patient.dob"],
      ["key", "ids", "patient"],
      ["number", "4155552671", "patient.ids"],
      ["key", "mrn", "patient.ids"],
      ["text", "A1", "patient.ids.mrn"],
      ["key", "ok", ""],
    ]);
  });

  it.each([
    "plain text",
    "415-555-2671",
    "4155552671",
    "true",
    "",
    "{not json}",
    '{"cut": "off',
    '"quoted" words',
    "[note] call back",
  ])("%j is one leaf", (text) => {
    const leaves = textLeaves(text);
    expect(leaves.map((leaf) => [leaf.type, leaf.text])).toEqual([["text", text]]);
  });

  it("sees both values of a duplicate key", () => {
    expect(textLeaves('{"a":"one","a":"two"}').map((leaf) => leaf.text)).toEqual(["a", "one", "a", "two"]);
  });

  it("goes into JSON in strings, also a JSON string alone", () => {
    expect(textLeaves(JSON.stringify('she said "hi"')).map((leaf) => leaf.text)).toEqual(['she said "hi"']);
    expect(textLeaves(nest("Jo", 3)).map((leaf) => leaf.text)).toEqual(["k", "k", "k", "Jo"]);
  });

  it("takes control characters in strings, as careless writers leave them", () => {
    expect(textLeaves('{"a":"x\ny"}').map((leaf) => leaf.text)).toEqual(["a", "x\ny"]);
  });

  it("reads escapes in prose with pieces of JSON, and leaves what is not replaced as it was", () => {
    const text = 'Record: {"name":"Jos\\u00e9","dob":"03\\/14\\/1982", "note": "cut off';
    const [leaf] = textLeaves(text);
    expect(leaf?.text).toContain('"José"');
    expect(leaf?.text).toContain("03/14/1982");
    const start = leaf?.text.indexOf("José") ?? 0;
    const edits = leaf?.edits([{ start, end: start + 4, text: "TOKEN" }]) ?? [];
    expect(applyEdits(text, edits)).toBe('Record: {"name":"TOKEN","dob":"03\\/14\\/1982", "note": "cut off');
  });

  it("leaves backslashes of other texts alone", () => {
    expect(textLeaves("DOMAIN\\nsmith C:\\temp")[0]?.text).toBe("DOMAIN\\nsmith C:\\temp");
  });

  it("refuses strings within strings beyond the bound, and JSON too deep to look through", () => {
    expect(() => textLeaves(nest("x", 7))).toThrow(JsonError);
    expect(() => textLeaves(`${'{"a":'.repeat(101)}"\\u0041"${"}".repeat(101)}`)).toThrow(JsonError);
  });

  it("does not refuse deep brackets that hide nothing", () => {
    expect(textLeaves("[".repeat(500))).toHaveLength(1);
  });

  it("is linear in hostile texts", () => {
    for (const text of [
      "\\".repeat(1_000_000),
      `"${"\\".repeat(999_999)}`,
      '"'.repeat(1_000_000),
      "[".repeat(1_000_000),
    ]) {
      expect(textLeaves(text).length).toBeGreaterThan(0);
    }
  });
});

describe("edits", () => {
  it("a value at any nesting level is located, replaced by a token and put back exactly", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.string({ unit: "binary", minLength: 1 }),
        fc.string({ unit: "binary" }),
        fc.integer({ min: 0, max: 5 }),
        (before, value, after, levels) => {
          // Letters around: the innermost text must not be JSON itself, nor hold pieces of it.
          const inner = `x${before.replaceAll("\\", "")}${value.replaceAll("\\", "")}${after.replaceAll("\\", "")}`;
          const plainValue = value.replaceAll("\\", "");
          const source = nest(inner, levels);
          const leaf = textLeaves(source).find((candidate) => candidate.type === "text");
          expect(leaf?.text).toBe(inner);
          const start = 1 + before.replaceAll("\\", "").length;
          const end = start + plainValue.length;
          const edits = leaf?.edits([{ start, end, text: 'T"\\\n' }]) ?? [];
          expect(unnest(applyEdits(source, edits), levels)).toBe(`${inner.slice(0, start)}T"\\\n${inner.slice(end)}`);
          const [from, to] = leaf?.locate(start, end) ?? [0, 0];
          expect(unnest(source.slice(0, from) + source.slice(to), levels)).toBe(
            inner.slice(0, start) + inner.slice(end),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it("finds every leaf of a long record in a string, without a map of the whole record for each", () => {
    const record = JSON.stringify(Array.from({ length: 20_000 }, (_, i) => ({ note: `said "${i}"` })));
    const source = JSON.stringify({ record });
    const cpu = process.cpuUsage();
    const leaves = textLeaves(source).filter(({ text }) => text.startsWith("said"));
    const edits = leaves.flatMap((leaf) => leaf.edits([{ start: 6, end: leaf.text.length - 1, text: "X" }]));
    const spent = process.cpuUsage(cpu);
    expect(leaves).toHaveLength(20_000);
    expect(
      JSON.parse(JSON.parse(applyEdits(source, edits)).record).every(
        ({ note }: { note: string }) => note === 'said "X"',
      ),
    ).toBe(true);
    // A map for each leaf would be 20,000 times a million steps.
    expect((spent.user + spent.system) / 1e6).toBeLessThan(10);
  });

  it("a number becomes a quoted string, at any level; others keep their digits", () => {
    const source = JSON.stringify({ a: '{"ssn":123456789,"big":12345678901234567890}', n: 1 }).replace("1}", "1.0}");
    const leaf = textLeaves(source).find((candidate) => candidate.text === "123456789");
    const edited = applyEdits(source, leaf?.edits([{ start: 0, end: 9, text: "TOKEN" }]) ?? []);
    expect(edited).toContain('"n":1.0');
    expect((JSON.parse(edited) as { a: string }).a).toBe('{"ssn":"TOKEN","big":12345678901234567890}');
  });

  it("a part of a number makes all of it a string", () => {
    const source = '{"n":-4155552671}';
    const leaf = textLeaves(source)[1];
    expect(applyEdits(source, leaf?.edits([{ start: 1, end: 11, text: "TOKEN" }]) ?? [])).toBe('{"n":"-TOKEN"}');
  });

  it("a key is replaced like any string", () => {
    const source = '{"Jos\\u00e9":1}';
    const leaf = textLeaves(source)[0];
    expect(applyEdits(source, leaf?.edits([{ start: 0, end: 4, text: "TOKEN" }]) ?? [])).toBe('{"TOKEN":1}');
  });
});
