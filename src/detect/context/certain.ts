import type { Range } from "../ranges.ts";

const AMOUNT =
  /\b\d{1,4}(?:[.,]\d{1,3})?\s?(?:mg|mcg|µg|g|kg|ml|mL|cc|units?|iu|meq|mmol|mm ?hg|bpm|lbs?|oz|cm|mm|%|percent|milligrams?|micrograms?|milliliters?|tablets?|pills?|capsules?|puffs?|drops?|refills?|pounds|degrees|minutes?|hours?)\b/giu;
const READING = /\b\d{2,3}\/\d{2,3}(?= ?(?:mm ?hg|\b))(?<=(?:bp|pressure)[^\n.]{0,24})/giu;
/** ICD-10-CM: a letter but U first, a digit, then up to five more characters with a dot behind the third. */
const ICD = /\b[A-TV-Z]\d[\dAB]\.[\dA-Z]{1,4}\b/gu;
/** LOINC: up to seven digits, a hyphen and a mod-10 check digit. */
const LOINC = /\b\d{3,7}-\d\b/gu;
const CODED =
  /\b(?:icd(?:-?10|-?9)?(?:-cm)?|cpt|hcpcs|loinc|ndc|snomed(?: ct)?)(?: code)?[:#]?\s?[A-Z]?\d[\dA-Z.-]{2,13}\b/giu;

function loincCheck(code: string): boolean {
  const [body, check] = code.split("-") as [string, string];
  let sum = 0;
  for (let i = 0; i < body.length; i++) {
    const digit = Number(body[body.length - 1 - i]);
    const doubled = i % 2 === 0 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return (10 - (sum % 10)) % 10 === Number(check);
}

/** Stretches that the statistical pass's doubt yields to: doses with their unit, readings, codes of ICD, CPT, LOINC and NDC. */
export function certainlyHarmless(text: string): Range[] {
  const ranges: Range[] = [];
  const add = (pattern: RegExp, valid: (match: string) => boolean = () => true): void => {
    for (const match of text.matchAll(pattern)) {
      if (valid(match[0])) ranges.push({ start: match.index, end: match.index + match[0].length });
    }
  };
  add(AMOUNT);
  add(READING);
  add(ICD);
  add(CODED);
  if (/loinc/i.test(text)) add(LOINC, loincCheck);
  return ranges;
}
