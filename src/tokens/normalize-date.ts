import { MONTHS } from "../detect/spoken/words.ts";

/**
 * ISO 8601 date of a written one that can be read in one way only (case-folded input); null otherwise. `03/04/1982` could be
 * March or April and stays as it is.
 */
export function dateToIso(text: string): string | null {
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(text);
  if (iso) return make(iso[1], Number(iso[2]), Number(iso[3]));

  const numeric = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/.exec(text);
  if (numeric) {
    const [first, second] = [Number(numeric[1]), Number(numeric[2])];
    if (first > 12) return make(numeric[3], second, first);
    return second > 12 || first === second ? make(numeric[3], first, second) : null;
  }

  const named = text
    .replace(/\b(?:the|of)\b|,|\./g, " ")
    .replace(/\s+/g, " ")
    .trim();
  const monthFirst = /^([a-z]+) (\d{1,2})(?:st|nd|rd|th)? (\d{4})$/.exec(named);
  if (monthFirst) return make(monthFirst[3], MONTHS.get(monthFirst[1] ?? ""), Number(monthFirst[2]));
  const dayFirst = /^(\d{1,2})(?:st|nd|rd|th)? ([a-z]+) (\d{4})$/.exec(named);
  if (dayFirst) return make(dayFirst[3], MONTHS.get(dayFirst[2] ?? ""), Number(dayFirst[1]));
  return null;
}

function make(year: string | undefined, month: number | undefined, day: number): string | null {
  if (year === undefined || month === undefined || month < 1 || month > 12 || day < 1 || day > 31) return null;
  return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}
