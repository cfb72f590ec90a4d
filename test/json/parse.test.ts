import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonError, type ParsedJson, parseJson } from "../../src/json/parse.ts";
import { effectiveEntries, type JsonValue, jsonEscape, member, writeJson } from "../../src/json/value.ts";

/** The value as JSON.parse would make it; numbers through the same rounding. */
function plain(value: JsonValue): unknown {
  switch (value.type) {
    case "object":
      return Object.fromEntries(effectiveEntries(value).map((entry) => [entry.key.value, plain(entry.value)]));
    case "array":
      return value.items.map(plain);
    case "number":
      return Number(value.raw);
    default:
      return value.value;
  }
}

function codeOf(text: string): string {
  try {
    parseJson(text);
    return "parsed";
  } catch (error) {
    if (error instanceof JsonError) return error.code;
    throw error;
  }
}

describe("parseJson", () => {
  it("agrees with JSON.parse on every JSON text", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        expect(plain(parseJson(text))).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it("agrees with JSON.parse on which texts are JSON", () => {
    const piece = fc.constantFrom(
      ..."{}[]\",:\\u0eE+-.123 \n\ttruefalsn'/\u0000\u00a0\ufeff",
      "true",
      "null",
      '"a"',
      "1.5",
      '{"a":',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join("");
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        expect(codeOf(text)).toBe(valid ? "parsed" : "syntax");
      }),
      { numRuns: 3000 },
    );
  });

  it("throws nothing but JsonError, with an offset inside the text, whatever it is given", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        try {
          parseJson(text);
        } catch (error) {
          expect(error).toBeInstanceOf(JsonError);
          expect((error as JsonError).offset).toBeLessThanOrEqual(text.length);
        }
      }),
    );
  });

  it.each(["12345678901234567890", "1.0", "-0", "1e400", "0.1000", "123456789012345678901234567890.123456789", "1E+2"])(
    "keeps the digits of %s",
    (digits) => {
      expect(writeJson(parseJson(`{"a":[${digits}]}`))).toBe(`{"a":[${digits}]}`);
    },
  );

  it.each(["01", "+1", ".5", "1.", "1e", "--1", "0x1", "NaN", "Infinity", "1_000"])("%s is no number", (text) => {
    expect(codeOf(text)).toBe("syntax");
  });

  it("shows every value of a duplicate key; the last one counts, and only it is written", () => {
    const value = parseJson('{"a":"first","b":1,"a":"last"}') as ParsedJson & { type: "object" };
    expect(value.entries.map((entry) => entry.key.value)).toEqual(["a", "b", "a"]);
    expect(member(value, "a")).toMatchObject({ value: "last" });
    expect(writeJson(value)).toBe('{"a":"last","b":1}');
  });

  it("takes __proto__, constructor and toString for keys like others", () => {
    const text = '{"__proto__":{"x":1},"constructor":"c","toString":2}';
    const value = parseJson(text);
    expect(value.type === "object" && value.entries.length).toBe(3);
    expect(writeJson(value)).toBe(text);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
    expect(member(parseJson("{}") as ParsedJson & { type: "object" }, "toString")).toBeUndefined();
  });

  it("keeps lone surrogates", () => {
    expect(writeJson(parseJson('"a\\ud83d"'))).toBe('"a\\ud83d"');
    expect(parseJson('"\\ud83d\\ude00"')).toMatchObject({ value: "😀" });
  });

  it("bounds depth and number of values", () => {
    expect(codeOf("[".repeat(100) + "]".repeat(100))).toBe("parsed");
    expect(codeOf("[".repeat(101) + "]".repeat(101))).toBe("too_deep");
    expect(codeOf('{"a":'.repeat(200_000))).toBe("too_deep");
    expect(codeOf(`[${"0,".repeat(600_000)}0]`)).toBe("too_large");
  });

  it("knows where everything stands", () => {
    const text = ' {"k" : ["v\\n", 12 , true]} ';
    const object = parseJson(text) as ParsedJson & { type: "object" };
    expect(text.slice(object.start, object.end)).toBe('{"k" : ["v\\n", 12 , true]}');
    const [entry] = object.entries;
    expect(text.slice(entry?.key.start, entry?.key.end)).toBe('"k"');
    const list = entry?.value as ParsedJson & { type: "array" };
    expect(list.items.map((item) => text.slice(item.start, item.end))).toEqual(['"v\\n"', "12", "true"]);
  });
});

describe("jsonEscape", () => {
  it("is undone by as many parses", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 0, max: 4 }), (text, depth) => {
        let back = jsonEscape(text, depth);
        for (let i = 0; i < depth; i++) back = JSON.parse(`"${back}"`) as string;
        expect(back).toBe(text);
      }),
    );
  });
});
