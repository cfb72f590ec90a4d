/** Payment cards: ISO/IEC 7812 issuer prefixes (Visa 4, Mastercard 51-55 and 2221-2720, Amex 34 and 37, Discover 6), Luhn. */
import { luhn } from "../checks.ts";
import type { Recognizer } from "../recognizer.ts";

export const creditCard: Recognizer = {
  name: "credit-card",
  kind: "CREDIT_CARD",
  cues: [
    "credit card",
    "card number",
    "debit card",
    "debit",
    "visa",
    "mastercard",
    "master card",
    "amex",
    "american express",
    "discover",
    "card ending",
    "card ending in",
    "card on file",
    "ending in",
    "hsa card",
    "fsa card",
    "flex card",
    "card",
    "payment card",
    "gift card",
    "diners",
    "mc",
    "card no",
    "credit card number",
  ],
  codes: [
    {
      name: "luhn",
      pattern: /^(?:4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|6\d{15})$/,
      alone: 0.9,
      cued: 0.97,
      valid: luhn,
    },
    { name: "named", pattern: /^\d{12,19}$/, alone: 0, cued: 0.9 },
    { name: "part", pattern: /^\d{3,11}$/, alone: 0, cued: 0.8 },
  ],
  hits: [
    "card «4539 0066 2362 4813»",
    "it's a visa «four five three nine double oh six six two three six two four eight one three»",
    "amex «3782 822463 10005»",
  ],
  misses: ["I got your card in the mail", "the card costs 30 dollars"],
};
