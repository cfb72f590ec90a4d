import { describe, expect, it } from "vitest";
import type { Kind } from "../../src/detect/kind.ts";
import { normalizeValue } from "../../src/tokens/normalize.ts";

const SAME: readonly [Kind, ...string[]][] = [
  ["PHONE", "(415) 555-2671", "415.555.2671", "+1 415 555 2671", "4155552671", "４１５-555-2671"],
  [
    "PHONE",
    "415-555-2671",
    "four one five five five five two six seven one",
    "Four one five, triple five, two six seven one",
    "four fifteen five fifty-five twenty six seventy one",
    "plus one four one five uh five five five two six seven one",
    "415 five five five 2671",
  ],
  ["FAX", "1-415-555-0134", "415 555 0134"],
  ["SSN", "219-09-9999", "219 09 9999", "219099999"],
  ["SSN", "219-09-9999", "two one nine oh nine nine nine nine nine", "two nineteen zero nine double nine double nine"],
  ["AGE", "93", "ninety three", "ninety-three"],
  ["CREDIT_CARD", "4111 1111 1111 1111", "4111-1111-1111-1111"],
  ["DOB", "March 14, 1982", "14 March 1982", "march 14th 1982", "03/14/1982", "1982-03-14", "the 14th of March, 1982"],
  [
    "DOB",
    "1982-03-14",
    "march fourteenth nineteen eighty two",
    "March the fourteenth, nineteen eighty-two",
    "the fourteenth of march nineteen eighty two",
    "march 14th nineteen eighty two",
    "three fourteen nineteen eighty two",
    "march fourteen one nine eight two",
  ],
  ["DATE", "2005-05-21", "may twenty first two thousand five", "may twenty first, twenty oh five"],
  ["DATE", "05/05/2024", "May 5, 2024"],
  ["NAME", "Sarah Chen", "sarah  chen", "SARAH CHEN", "Sarah\u200b Chen"],
  ["EMAIL", "Sarah.Chen@Example.com", "sarah.chen@example.com"],
  ["EMAIL", "sarah.chen@gmail.com", "sarah dot chen at gmail dot com", "s a r a h dot chen at g mail dot com"],
  ["EMAIL", "b_quill7@example.org", "b underscore quill seven at example dot org"],
  ["URL", "www.example.org/login", "www dot example dot org slash login"],
  ["MRN", "MRN 00-12-34", "mrn001234"],
  ["MRN", "00-12-34", "zero zero one two three four", "double oh twelve thirty four"],
  ["HEALTH_PLAN_ID", "XQ4471", "x q four four seven one", "X ray Quebec forty four seventy one"],
];

const DIFFERENT: readonly [Kind, string, string][] = [
  ["PHONE", "415 555 2671", "415 555 2672"],
  ["PHONE", "415 555 2671", "415 555 2671 ext 4"],
  ["DATE", "03/04/1982", "04/03/1982"],
  ["DATE", "March 4", "March 5"],
  // Which of the two is the month is not known, and neither is the century of the next.
  ["DATE", "three four nineteen eighty two", "1982-03-04"],
  ["DATE", "march fourteenth eighty two", "1982-03-14"],
  ["DATE", "march fourteenth", "march fifteenth"],
  ["PHONE", "four one five five five five two six seven one", "415-555-2672"],
  ["SSN", "two one nine oh nine nine nine nine something", "219099999"],
  ["LICENSE", "TEN-4567", "10-4567"],
  ["LICENSE", "ONE23", "123"],
  ["EMAIL", "sarahatwell@example.org", "sarah@well@example.org"],
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
