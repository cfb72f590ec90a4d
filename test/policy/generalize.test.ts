import { describe, expect, it } from "vitest";
import { generalize, SMALL_ZIP_PREFIXES } from "../../src/policy/generalize.ts";

const now = new Date("2026-11-25T12:00:00Z");

describe("generalize", () => {
  it.each([
    ["03/14/1982", "1982"],
    ["1982-03-14", "1982"],
    ["14.03.1982", "1982"],
    ["March 14th, 1982", "1982"],
    ["14 March 1982", "1982"],
    ["19820314", "1982"],
    ["03141982", "1982"],
    ["3/14/82", "1982"],
    ["3-14-07", "2007"],
    ["March 14, '82", "1982"],
    ["march fourteenth nineteen eighty two", "1982"],
    ["the fourteenth of march nineteen eighty-two", "1982"],
    ["march fourteen nineteen oh five", null],
    ["june second two thousand five", "2005"],
    ["june second two thousand and twelve", "2012"],
    ["june second two thousand", "2000"],
    ["june second twenty oh five", "2005"],
    ["june second twenty twelve", "2012"],
    ["june second twenty twenty one", "2021"],
    ["march fourteenth eighty two", "1982"],
    ["january thirty first ninety", "1990"],
    ["july the fourth seventy six", "1976"],
    ["march fourteenth", null],
    ["03/14", null],
    ["june twenty two", null],
    ["the twenty second of june", null],
  ])("the year of %j as a DATE is %j", (text, year) => {
    expect(generalize("DATE", text, now)).toBe(year);
  });

  it.each([
    ["03/14/1982", "1982"],
    ["March 14, 1937", "1937"],
    ["March 14, 1936", "90 or older"],
    ["may third nineteen thirty", "90 or older"],
    ["5/3/27", "2027"],
    ["5/3/28", "90 or older"],
    ["March 14", null],
  ])("the year of birth %j gives %j", (text, general) => {
    expect(generalize("DOB", text, now)).toBe(general);
  });

  it("gives every age over 89 one form", () => {
    for (const age of ["92", "ninety four", "a hundred and one"])
      expect(generalize("AGE", age, now)).toBe("90 or older");
  });

  it.each([
    ["98402", "984"],
    ["98402-1234", "984"],
    ["984021234", "984"],
    ["Tacoma, WA 98402", "984"],
    ["12345 Elm Street, Tacoma, WA 98402", "984"],
    ["12345 Elm Street", null],
    ["Tacoma", null],
    ["03601", "000"],
    ["Fishers Island, NY 06390", "000"],
    ["Laramie County 82101", "000"],
    ["nine eight four oh two", "984"],
    ["nine eight four zero two", "984"],
    ["ninety eight four oh two", "984"],
    ["Tacoma Washington nine eight four oh two", "984"],
    ["8 9 3 0 1", "000"],
  ])("of the address %j stays %j", (text, general) => {
    expect(generalize("ADDRESS", text, now)).toBe(general);
  });

  it("names 17 small areas", () => {
    expect(SMALL_ZIP_PREFIXES.size).toBe(17);
  });

  it("leaves nothing of other kinds", () => {
    for (const kind of ["NAME", "SSN", "PHONE", "FACILITY"] as const)
      expect(generalize(kind, "1982 98402", now)).toBeNull();
  });
});
