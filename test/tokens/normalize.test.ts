import { describe, expect, it } from "vitest";
import type { Kind } from "../../src/detect/kind.ts";
import { normalizeValue } from "../../src/tokens/normalize.ts";

const SAME: readonly [Kind, ...string[]][] = [
  ["PHONE", "(415) 555-2671", "415.555.2671", "+1 415 555 2671", "4155552671", "４１５-555-2671"],
  ["FAX", "1-415-555-0134", "415 555 0134"],
  ["SSN", "219-09-9999", "219 09 9999", "219099999"],
  ["CREDIT_CARD", "4111 1111 1111 1111", "4111-1111-1111-1111"],
  ["DOB", "March 14, 1982", "14 March 1982", "march 14th 1982", "03/14/1982", "1982-03-14", "the 14th of March, 1982"],
  ["DATE", "05/05/2024", "May 5, 2024"],
  ["NAME", "Sarah Chen", "sarah  chen", "SARAH CHEN", "Sarah\u200b Chen"],
  ["EMAIL", "Sarah.Chen@Example.com", "sarah.chen@example.com"],
  ["MRN", "MRN 00-12-34", "mrn001234"],
];

const DIFFERENT: readonly [Kind, string, string][] = [
  ["PHONE", "415 555 2671", "415 555 2672"],
  ["PHONE", "415 555 2671", "415 555 2671 ext 4"],
  ["DATE", "03/04/1982", "04/03/1982"],
  ["DATE", "March 4", "March 5"],
  ["NAME", "Ann Lee", "Anne Lee"],
  ["ACCOUNT", "AB-12", "AB-13"],
  ["OTHER_ID", "chen_s", "chens"],
  ["OTHER_ID", "-48230157", "48230157"],
  ["OTHER_ID", "4823.0157", "48230157"],
];

describe("normalised values", () => {
  it.each(SAME)("%s: one form for every way of writing it", (kind, ...ways) => {
    expect(new Set(ways.map((way) => normalizeValue(kind, way))).size).toBe(1);
  });

  it.each(DIFFERENT)("%s: %j and %j stay apart", (kind, a, b) => {
    expect(normalizeValue(kind, a)).not.toBe(normalizeValue(kind, b));
  });
});
