/** Fax numbers: telephone numbers that are said to be a fax. */
import { nanp } from "../checks.ts";
import type { Recognizer } from "../recognizer.ts";

export const fax: Recognizer = {
  name: "fax",
  kind: "FAX",
  cues: ["fax", "fax number", "fax line", "fax it to", "faxed to", "faxing", "fax is", "telefax", "facsimile", "faxes"],
  codes: [
    { name: "ten", pattern: /^1?[2-9]\d{2}[2-9]\d{6}$/, alone: 0, cued: 0.95, valid: nanp },
    { name: "any", pattern: /^\d{3,16}$/, alone: 0, cued: 0.8 },
  ],
  hits: ["fax it to «702-555-0190»", "the fax number is «seven oh two five five five oh one nine oh»"],
  misses: ["did you get my fax", "the fax took 20 minutes"],
};
