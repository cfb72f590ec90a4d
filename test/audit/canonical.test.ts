import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, isCanonical } from "../../src/audit/canonical.ts";

/** RFC 8785, appendix B: IEEE 754 bits and the text that they must give. */
const NUMBERS: readonly [string, string][] = [
  ["0000000000000000", "0"],
  ["8000000000000000", "0"],
  ["0000000000000001", "5e-324"],
  ["8000000000000001", "-5e-324"],
  ["7fefffffffffffff", "1.7976931348623157e+308"],
  ["ffefffffffffffff", "-1.7976931348623157e+308"],
  ["4340000000000000", "9007199254740992"],
  ["c340000000000000", "-9007199254740992"],
  ["4430000000000000", "295147905179352830000"],
  ["44b52d02c7e14af5", "9.999999999999997e+22"],
  ["44b52d02c7e14af6", "1e+23"],
  ["44b52d02c7e14af7", "1.0000000000000001e+23"],
  ["444b1ae4d6e2ef4e", "999999999999999700000"],
  ["444b1ae4d6e2ef4f", "999999999999999900000"],
  ["444b1ae4d6e2ef50", "1e+21"],
  ["3eb0c6f7a0b5ed8c", "9.999999999999997e-7"],
  ["3eb0c6f7a0b5ed8d", "0.000001"],
  ["41b3de4355555553", "333333333.3333332"],
  ["41b3de4355555554", "333333333.33333325"],
  ["41b3de4355555555", "333333333.3333333"],
  ["41b3de4355555556", "333333333.3333334"],
  ["41b3de4355555557", "333333333.33333343"],
  ["becbf647612f3696", "-0.0000033333333333333333"],
  ["43143ff3c1cb0959", "1424953923781206.2"],
];

function fromBits(hex: string): number {
  return Buffer.from(hex, "hex").readDoubleBE();
}

describe("canonicalJson (RFC 8785)", () => {
  it.each(NUMBERS)("writes the number %s as %s", (bits, text) => {
    expect(canonicalJson(fromBits(bits))).toBe(text);
  });

  it("gives the sample of section 3.2.2", () => {
    const input = String.raw`{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}`;
    const output = String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`;
    expect(canonicalJson(JSON.parse(input))).toBe(output);
  });

  it("sorts members by UTF-16 code units, as the sample of section 3.2.3", () => {
    const input = String.raw`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh",
      "1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`;
    const output = canonicalJson(JSON.parse(input));
    const order = [...output.matchAll(/:"([^"]+)"/g)].map(([, value]) => value);
    expect(order).toEqual([
      "Carriage Return",
      "One",
      "Control",
      "Latin Small Letter O With Diaeresis",
      "Euro Sign",
      "Emoji: Grinning Face",
      "Hebrew Letter Dalet With Dagesh",
    ]);
  });

  it.each([[Number.NaN], [Number.POSITIVE_INFINITY], ["\ud83d"], [{ "\ude00": 1 }], [[undefined]], [1n], [() => 1]])(
    "refuses what has no canonical form: %s",
    (value) => {
      expect(() => canonicalJson(value)).toThrow(TypeError);
    },
  );

  it("leaves out members that are undefined", () => {
    expect(canonicalJson({ b: undefined, a: 1 })).toBe('{"a":1}');
  });

  it("is a fixed point: what it wrote is canonical, and means the same", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
        // JSON has no negative zero.
        const plain = JSON.parse(JSON.stringify(value));
        const text = canonicalJson(plain);
        expect(JSON.parse(text)).toEqual(plain);
        expect(isCanonical(text, JSON.parse(text))).toBe(true);
      }),
    );
  });

  it.each([
    '{"b":1,"a":2}',
    '{"a":1, "b":2}',
    '{"a":1.0}',
    '{"a":1,"a":1}',
    String.raw`{"a":"\u0041"}`,
    String.raw`{"a":"\/"}`,
    '{"a":[{"c":1,"b":2}]}',
    ' {"a":1}',
    '{"a":-0}',
    '{"10":1,"9":1} ',
    '{"9":1,"10":1}',
  ])("tells that this is not canonical: %s", (text) => {
    expect(isCanonical(text, JSON.parse(text))).toBe(false);
  });

  it("knows canonical text whose member names an engine would reorder", () => {
    expect(isCanonical('{"10":1,"9":1}', JSON.parse('{"10":1,"9":1}'))).toBe(true);
  });
});
