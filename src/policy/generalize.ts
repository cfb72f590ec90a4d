/**
 * Generalisation: what of an identifier may stay under 45 CFR 164.514(b)(2)(i).
 * Dates keep their year (C), addresses the first three digits of a ZIP code (B), ages over 89 become "90 or older" (C).
 */
import type { Kind } from "../detect/kind.ts";
import { lastDigits, lastYear } from "../detect/spoken/written-form.ts";

export const GENERALIZABLE_KINDS: ReadonlySet<Kind> = new Set<Kind>(["DATE", "DOB", "AGE", "ADDRESS"]);

/**
 * The 17 three-digit ZIP areas of 20,000 people or fewer, by the 2000 Census: "Guidance Regarding Methods for
 * De-identification of Protected Health Information", HHS Office for Civil Rights, 26 November 2012. OCR has named no newer
 * list; these are replaced by 000.
 */
export const SMALL_ZIP_PREFIXES: ReadonlySet<string> = new Set([
  "036",
  "059",
  "063",
  "102",
  "203",
  "556",
  "692",
  "790",
  "821",
  "823",
  "830",
  "831",
  "878",
  "879",
  "884",
  "890",
  "893",
]);

const OLD_AGE = "90 or older";

/**
 * The general form of `text`, or null when nothing of it may stay; the caller then redacts it.
 * `now` decides what a two-digit year means and whether a year of birth tells an age over 89.
 */
export function generalize(kind: Kind, text: string, now: Date): string | null {
  switch (kind) {
    case "AGE":
      return OLD_AGE;
    case "DOB": {
      const year = yearOf(text, now);
      return year === null ? null : year <= now.getUTCFullYear() - 90 ? OLD_AGE : String(year);
    }
    case "DATE": {
      // A date of 90 or more years ago that relates to a person tells an age over 89 as a year of birth does.
      const year = yearOf(text, now);
      return year === null || year <= now.getUTCFullYear() - 90 ? null : String(year);
    }
    case "ADDRESS":
      return zipArea(text);
    default:
      return null;
  }
}

/** The first three digits of the one ZIP code in an address, 000 for the small areas; null without a ZIP code. */
function zipArea(address: string): string | null {
  const written = [...address.matchAll(/(?<![\d-])(\d{5})(?:-?\d{4})?(?![\d-])/g)].at(-1);
  // A house number may have five digits too: only the last number of an address, or an address that is nothing else, is a ZIP.
  const zip = written && isZipPosition(address, written) ? written[1]! : readSpokenZip(address);
  if (zip === null) return null;
  const area = zip.slice(0, 3);
  return SMALL_ZIP_PREFIXES.has(area) ? "000" : area;
}

function isZipPosition(address: string, match: RegExpMatchArray): boolean {
  const after = address.slice(match.index! + match[0].length);
  return /^[\s.,;]*(?:USA|U\.S\.A?\.?|United States)?[\s.,;]*$/i.test(after);
}

function readSpokenZip(address: string): string | null {
  const digits = lastDigits(address);
  return digits !== null && (digits.length === 5 || digits.length === 9) ? digits : null;
}

/** The year that a written or spoken date names. */
function yearOf(text: string, now: Date): number | null {
  const four = [...text.matchAll(/(?<!\d)(1[89]\d\d|20\d\d)(?!\d)/g)].at(-1);
  if (four) return plausible(Number(four[1]), now);
  const compact = /(?<!\d)(?:\d{4}((?:19|20)\d\d)|((?:19|20)\d\d)\d{4})(?!\d)/.exec(text);
  if (compact) return plausible(Number(compact[1] ?? compact[2]), now);
  const short =
    /(?:\d{1,2}|[a-z]{3,9})[\s./-]+\d{1,2}(?:st|nd|rd|th)?[\s./,-]+'?(\d\d)(?!\d)/i.exec(text) ??
    /['’](\d\d)(?!\d)/.exec(text);
  if (short) return fullYear(Number(short[1]), now);
  const spoken = lastYear(text);
  if (spoken === null) return null;
  return spoken < 100 ? fullYear(spoken, now) : plausible(spoken, now);
}

/** Two digits mean the latest such year that is not after next year. */
function fullYear(twoDigits: number, now: Date): number {
  const limit = now.getUTCFullYear() + 1;
  const year = Math.floor(limit / 100) * 100 + twoDigits;
  return year > limit ? year - 100 : year;
}

function plausible(year: number, now: Date): number | null {
  return year >= 1850 && year <= now.getUTCFullYear() + 10 ? year : null;
}
