import type { Kind } from "../kind.ts";
import type { Announced } from "./cues.ts";

/** Words that announce a number without saying whose. */
export const GENERIC_CUES: readonly string[] = [
  "number",
  "id",
  "code is",
  "code was",
  "my code",
  "num",
  "id number",
  "i d",
  "identification",
  "digits",
  "id no",
  "ids",
  "numbers",
  "numero",
];

/** Names of JSON keys that would be everyday words in a sentence; FHIR and HL7 v2 names among them. */
export const KEY_CUES: readonly (readonly [string, Announced])[] = [
  ["name", "NAME"],
  ["first", "NAME"],
  ["last", "NAME"],
  ["given", "NAME"],
  ["family", "NAME"],
  ["middle", "NAME"],
  ["lastname", "NAME"],
  ["firstname", "NAME"],
  ["fname", "NAME"],
  ["lname", "NAME"],
  ["patient", "NAME"],
  ["provider", "NAME"],
  ["physician", "NAME"],
  ["doctor", "NAME"],
  ["caregiver", "NAME"],
  ["guarantor", "NAME"],
  ["prescriber", "NAME"],
  ["contact", "NAME"],
  ["customer", "NAME"],
  ["customers", "NAME"],
  ["patients", "NAME"],
  ["subscriber", "NAME"],
  ["insured", "NAME"],
  ["beneficiary", "NAME"],
  ["dependent", "NAME"],
  ["dependents", "NAME"],
  ["policyholder", "NAME"],
  ["policy holder", "NAME"],
  ["responsible party", "NAME"],
  ["caller", "NAME"],
  ["attending", "NAME"],
  ["pcp", "NAME"],
  ["clinician", "NAME"],
  ["spouse", "NAME"],
  ["author", "NAME"],
  ["pid 5", "NAME"],
  ["nk1 2", "NAME"],
  ["subscriber name", "NAME"],
  ["display name", "NAME"],
  ["practitioner", "NAME"],
  ["nurse", "NAME"],
  ["ordered by", "NAME"],
  ["requested by", "NAME"],
  ["signed by", "NAME"],
  ["line", "ADDRESS"],
  ["line1", "ADDRESS"],
  ["line2", "ADDRESS"],
  ["line 1", "ADDRESS"],
  ["line 2", "ADDRESS"],
  ["address1", "ADDRESS"],
  ["address2", "ADDRESS"],
  ["street", "ADDRESS"],
  ["street1", "ADDRESS"],
  ["city", "ADDRESS"],
  ["county", "ADDRESS"],
  ["addr", "ADDRESS"],
  ["district", "ADDRESS"],
  ["town", "ADDRESS"],
  ["lat", "ADDRESS"],
  ["lng", "ADDRESS"],
  ["lon", "ADDRESS"],
  ["latitude", "ADDRESS"],
  ["longitude", "ADDRESS"],
  ["coordinates", "ADDRESS"],
  ["pid 11", "ADDRESS"],
  ["facility", "FACILITY"],
  ["hospital", "FACILITY"],
  ["clinic", "FACILITY"],
  ["location", "FACILITY"],
  ["pharmacy", "FACILITY"],
  ["facility name", "FACILITY"],
  ["clinic name", "FACILITY"],
  ["pharmacy name", "FACILITY"],
  ["hospital name", "FACILITY"],
  ["location name", "FACILITY"],
  ["site name", "FACILITY"],
  ["start", "DATE"],
  ["end", "DATE"],
  ["period", "DATE"],
  ["scheduled", "DATE"],
  ["admitted", "DATE"],
  ["discharged", "DATE"],
  ["admit", "DATE"],
  ["discharge", "DATE"],
  ["onset", "DATE"],
  ["issued", "DATE"],
  ["performed", "DATE"],
  ["timestamp", "DATE"],
  ["birth date", "DOB"],
  ["deceased", "DATE"],
  ["pid 13", "PHONE"],
  ["pid 19", "SSN"],
  ["pid 18", "ACCOUNT"],
  ["pid 2", "MRN"],
  ["pid 4", "MRN"],
  ["from number", "PHONE"],
  ["to number", "PHONE"],
  ["from", "PHONE"],
  ["caller number", "PHONE"],
  ["ani", "PHONE"],
  ["mobile", "PHONE"],
  ["identifier value", "OTHER_ID"],
  ["member", "HEALTH_PLAN_ID"],
  ["mac addr", "DEVICE"],
  ["last4", "SSN"],
  ["ssn last4", "SSN"],
  ["ssn4", "SSN"],
  ["id", "OTHER_ID"],
  ["uid", "OTHER_ID"],
  ["user", "OTHER_ID"],
  ["username", "OTHER_ID"],
  ["login", "OTHER_ID"],
  ["screen name", "OTHER_ID"],
  ["voice match template", "BIOMETRIC"],
  ["template", "BIOMETRIC"],
  ["confirmation", "OTHER_ID"],
  ["ip addr", "IP_ADDRESS"],
  ["ip", "IP_ADDRESS"],
  ["user agent", "HARMLESS"],
  ["age", "AGE"],
  ["value", "ANY"],
  ["number", "ANY"],
  ["code", "HARMLESS"],
  ["system", "HARMLESS"],
  ["display", "HARMLESS"],
  ["status", "HARMLESS"],
  ["unit", "HARMLESS"],
  ["units", "HARMLESS"],
  ["model", "HARMLESS"],
  ["sig", "HARMLESS"],
  ["qty", "HARMLESS"],
  ["quantity", "HARMLESS"],
  ["refills", "HARMLESS"],
  ["ndc", "HARMLESS"],
  ["icd10", "HARMLESS"],
  ["icd", "HARMLESS"],
  ["cpt", "HARMLESS"],
  ["loinc", "HARMLESS"],
  ["duration", "HARMLESS"],
  ["amount", "HARMLESS"],
  ["count", "HARMLESS"],
  ["total", "HARMLESS"],
  ["price", "HARMLESS"],
  ["balance", "HARMLESS"],
  ["dose", "HARMLESS"],
  ["limit", "HARMLESS"],
  ["version", "HARMLESS"],
  ["result", "HARMLESS"],
  ["year", "HARMLESS"],
  ["score", "HARMLESS"],
  ["steps", "HARMLESS"],
];

/** Owners of a `name` that is no person's. */
const THINGS: ReadonlySet<string> = new Set(
  `drug medication medications med meds rx product plan tool function model test lab labs panel insurer payer payor
  carrier item items service program procedure diagnosis condition allergy allergies vaccine immunization problem
  field file event agent key brand generic substance analyte observation coding queue intent parameter property
  schema role language state country department dept specialty reason type class category status kind unit host
  domain app device vendor manufacturer formula supplement`.split(/\s+/),
);
const NO_VALUE =
  /^(?:unknown|none|null|n\/?a|true|false|yes|no|self|pending|redacted|active|mr|mrs|ms|dr|male|female|user|assistant|system|tool)$/i;

/** Words of a key that say that a name is a person's, whatever the name of the list that the record stands in. */
const PERSONS = new Set([
  ...[
    "patient",
    "member",
    "subscriber",
    "insured",
    "beneficiary",
    "guarantor",
    "caller",
    "contact",
    "customer",
    "client",
  ],
  ...["first", "last", "given", "family", "middle", "maiden", "full", "legal", "preferred", "surname", "nickname"],
  ...["firstname", "lastname", "fullname", "fname", "lname"],
  ...["physician", "doctor", "prescriber", "attending", "pcp", "clinician", "practitioner", "nurse", "caregiver"],
  ...["spouse", "kin", "guardian", "parent", "mother", "father", "child", "relative", "employee", "author"],
]);

/** True when the nearest word of a key that tells is one of things: `patient.plan.name`, but not `items.patient_name`. */
function namesThing(keyWords: readonly string[]): boolean {
  return keyWords.findLastIndex((word) => THINGS.has(word)) > keyWords.findLastIndex((word) => PERSONS.has(word));
}

/** The part of a JSON value that its key makes an identifier as a whole, or null. */
export function valueOfKey(
  text: string,
  announced: Announced,
  keyWords: readonly string[],
): { start: number; end: number; kind: Kind } | null {
  if (announced === "HARMLESS" || announced === "ANY") return null;
  const start = text.length - text.trimStart().length;
  const end = text.trimEnd().length;
  const value = text.slice(start, end);
  if (value === "" || value.length > 160 || NO_VALUE.test(value)) return null;
  const words = value.split(/\s+/).length;
  const lettered = /\p{L}/u.test(value);
  const digits = value.replace(/[^\p{Nd}]/gu, "").length;
  switch (announced) {
    case "NAME": {
      if (!lettered || words > 5 || digits > 0 || namesThing(keyWords)) return null;
      if (/[_/\\{}<>=@:]/.test(value) || value.length > 60) return null;
      const title = /^(?:dr|mr|mrs|ms|miss|prof)\.?\s+/i.exec(value)?.[0].length ?? 0;
      const tail =
        /,?\s+(?:m\.?d\.?|d\.?o\.?|r\.?n\.?|n\.?p\.?|pa-?c|ph\.?d\.?|dds|lpn)\.?$/i.exec(value)?.[0].length ?? 0;
      return end - tail > start + title ? { start: start + title, end: end - tail, kind: "NAME" } : null;
    }
    case "ADDRESS":
    case "FACILITY":
      if (/^(?:state|country|type|use)$/.test(keyWords.at(-1) ?? "")) return null;
      return words <= 14 &&
        (lettered || announced === "ADDRESS") &&
        !/^[a-z]+$/.test(value) &&
        (announced === "ADDRESS" || /\p{Lu}/u.test(value))
        ? { start, end, kind: announced }
        : null;
    case "DOB":
      // A date taken apart: its parts alone look like any number.
      return /^(?:day|month|year)$/.test(keyWords.at(-1) ?? "") && words === 1 ? { start, end, kind: "DOB" } : null;
    case "DATE":
    case "AGE":
    case "EMAIL":
    case "URL":
      return null;
    case "OTHER_ID":
      if (
        /^(?:user|username|login|handle|userid|screen)$/.test(keyWords.at(-1) ?? "") ||
        (keyWords.at(-2) === "user" && keyWords.at(-1) === "name")
      ) {
        return words === 1 && lettered ? { start, end, kind: announced } : null;
      }
      // A bare "id" is often a row or a code of the tool: only a value that looks issued.
      return words === 1 && digits >= 3 && value.length >= 4 && value.length <= 64
        ? { start, end, kind: announced }
        : null;
    default:
      return words <= 3 && digits >= 2 && value.length <= 48 && !/[a-z]{4,}\s/.test(value)
        ? { start, end, kind: announced }
        : null;
  }
}
