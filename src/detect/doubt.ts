import { COMMON_WORDS } from "./context/common-words.ts";
import { BRAND_WORDS, EPONYM_WORDS, isDrugName, REGION_WORDS } from "./context/known-things.ts";
import type { Span, TextSlot } from "./detector.ts";
import type { Ranges } from "./ranges.ts";
import { MONTHS, WEEKDAYS } from "./spoken/words.ts";

/** Frequent words that are names of many people too, so that the statistical pass is believed. */
const NAMES_TOO: ReadonlySet<string> = new Set(
  `will may mark april june august art bill so an right long young king day early best love rich pat sue rob jan
  little case baker may's will's close good high glad lost back page brown friday`.split(/\s+/),
);
const TITLE_BEFORE = /\b(?:dr|mr|mrs|ms|miss|doctor|mister|nurse|prof|professor|aunt|uncle|sister|brother)\.?\s+$/i;
const DAY_WORDS =
  /\d|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|teenth|tieth|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|teen|twenty|thirty|eve|christmas|thanksgiving|easter/i;

/**
 * True when a hit of the statistical pass is doubt that certainty overrules: a dose, a code of a classification, the name of a
 * disease or a brand alone, a month without a day, an age of 89 or less, a JSON key or a bare number that is no identifier.
 */
export function isOverruled(span: Span, slot: TextSlot, harmless: Ranges, harmlessKey: boolean): boolean {
  if (harmlessKey || harmless.cover(span)) return true;
  const text = slot.text.slice(span.start, span.end);
  if (slot.isKey && /^(?:[a-z]|[A-Z_]+$)[\w.-]*$/.test(slot.text)) return true;
  if (slot.key !== undefined && /^\s*-?\d{1,4}(?:\.\d+)?\s*$/.test(slot.text)) return true;
  // Letters and digits decide: a hit on punctuation alone is none.
  const said = text
    .toLowerCase()
    .replace(/[’]/g, "'")
    .split(/[^\p{L}\p{N}'-]+/u)
    .filter((word) => word !== "");
  if (said.length === 0) return true;
  switch (span.kind) {
    case "NAME": {
      if (TITLE_BEFORE.test(slot.text.slice(Math.max(0, span.start - 12), span.start))) return false;
      if (said.every((word) => COMMON_WORDS.has(word) && !NAMES_TOO.has(word))) return true;
      return said.every((word) => EPONYM_WORDS.has(word) || BRAND_WORDS.has(word) || isDrugName(word));
    }
    case "FACILITY":
    case "ADDRESS":
    case "ORG":
      return said.every((word) => BRAND_WORDS.has(word) || REGION_WORDS.has(word) || EPONYM_WORDS.has(word));
    case "DATE":
      return (
        !DAY_WORDS.test(text) && said.every((word) => MONTHS.has(word) || WEEKDAYS.has(word) || COMMON_WORDS.has(word))
      );
    default:
      return (
        !/\d/.test(text) &&
        said.length <= 2 &&
        said.every(
          (word) =>
            COMMON_WORDS.has(word) &&
            !/^(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|.*teen|.*ty|oh)$/.test(word),
        )
      );
  }
}
