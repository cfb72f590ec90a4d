/** Reads the few number words that generalisation needs: digits of a ZIP code and the year at the end of a date. */

const UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
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
const TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

const VALUES: ReadonlyMap<string, number> = new Map([
  ...UNITS.map((word, i) => [word, i] as const),
  ...TEENS.map((word, i) => [word, i + 10] as const),
  ...TENS.map((word, i) => [word, (i + 2) * 10] as const),
  ["oh", 0],
  ["o", 0],
]);

const CENTURIES: ReadonlySet<string> = new Set(["eighteen", "nineteen", "twenty"]);

function words(text: string): string[] {
  return text.toLowerCase().match(/[a-z]+|\d+/g) ?? [];
}

/** The run of spoken or single digits at the end of `text` as digits ("nine eight four oh two": 98402), null without one. */
export function readSpokenDigits(text: string): string | null {
  let digits = "";
  let tens: string | null = null;
  for (const word of words(text).reverse()) {
    const value = /^\d+$/.test(word) ? Number(word) : VALUES.get(word);
    if (value === undefined) break;
    if (/^\d+$/.test(word)) digits = word + digits;
    else if (value < 20) digits = String(value) + digits;
    // "sixty two": the unit after a ten takes its place; "sixty" alone is both digits.
    else
      digits =
        tens !== null && value % 10 === 0 && Number(tens) > 0 ? String(value / 10) + digits : String(value) + digits;
    tens = value < 10 ? String(value) : null;
  }
  return digits === "" ? null : digits;
}

/**
 * The year in the last words of a spoken date: "nineteen eighty two" 1982, "twenty oh five" 2005, "two thousand and five"
 * 2005, "eighty two" 82 (two digits: the caller picks the century). Null when the date ends in its day.
 */
export function readSpokenYear(text: string): number | null {
  const all = words(text).filter((word) => word !== "and");
  const thousand = all.lastIndexOf("thousand");
  if (thousand > 0 && VALUES.get(all[thousand - 1]!) === 2) {
    const rest = belowHundred(all.slice(thousand + 1));
    return rest === null ? null : 2000 + rest;
  }
  for (const [at, word] of all.entries()) {
    const after = all.slice(at + 1);
    if (!CENTURIES.has(word) || after.length === 0) continue;
    const century = VALUES.get(word)! * 100;
    const hundred = after[0] === "hundred";
    const rest = belowHundred(hundred ? after.slice(1) : after);
    // "twenty two" is a day or the end of a short year; "twenty oh two" and "twenty twelve" are years.
    if (rest !== null && (hundred || rest >= 10 || after.length === 2)) return century + rest;
  }
  return shortYear(all);
}

/** "march fourteenth eighty two": what follows the ordinal day, or a ten of 30 and more, which no day is. */
function shortYear(all: readonly string[]): number | null {
  const ordinal = all.findLastIndex((word) => /(?:st|nd|rd|th|first|second|third)$/.test(word) && !VALUES.has(word));
  if (ordinal >= 0 && ordinal < all.length - 1) return belowHundred(all.slice(ordinal + 1));
  const ten = all.findLastIndex((word) => (VALUES.get(word) ?? 0) >= 40);
  return ten > 0 ? belowHundred(all.slice(ten)) : null;
}

/** 0 for no words; null when the words are not one number below a hundred. */
function belowHundred(rest: readonly string[]): number | null {
  const [first, second, ...more] = rest;
  if (first === undefined) return 0;
  const head = /^\d{1,2}$/.test(first) ? Number(first) : VALUES.get(first);
  if (head === undefined || more.length > 0) return null;
  if (second === undefined) return head;
  const tail = VALUES.get(second);
  if (tail === undefined || tail > 9) return null;
  return head === 0 || (head >= 20 && head % 10 === 0) ? head + tail : null;
}
