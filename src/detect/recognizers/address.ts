/** The structured part of addresses: number, street, unit, city, state, ZIP (USPS Publication 28), written and said; a ZIP where it is named. */
import type { Recognizer } from "../recognizer.ts";
import { findAddresses } from "../spoken/addresses.ts";

export const address: Recognizer = {
  name: "address",
  kind: "ADDRESS",
  cues: [
    "zip",
    "zip code",
    "zipcode",
    "postal code",
    "postcode",
    "postal",
    "zip codes",
    "home address",
    "street address",
    "mailing address",
    "street number",
    "apartment number",
    "address",
    "apartment",
    "city and zip",
    "what street",
    "codigo postal",
  ],
  codes: [
    { name: "zip", pattern: /^\d{5}(?:\d{4})?$/, alone: 0, cued: 0.9 },
    { name: "unit", pattern: /^\d{1,5}[A-Z]?$/, alone: 0, cued: 0.7 },
  ],
  find: findAddresses,
  hits: [
    "I live at «2207 Larkspur Avenue, Apt 9C, Toledo, OH 43604»",
    "it's «twelve oh six quincy street apartment two b»",
    "zip code «nine eight four oh two»",
    "mail it to «PO Box 4410, Tacoma, WA 98402»",
  ],
  misses: ["I walk 3 blocks on the street", "drive 20 miles", "at the court house"],
};
