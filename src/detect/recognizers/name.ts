/**
 * Names where something announces them: "my name is", a title, "patient:", letters spelled one by one after "last name".
 * All other names belong to the statistical pass.
 */
import type { Found, Reading, Recognizer } from "../recognizer.ts";
import { findNames } from "../spoken/names.ts";
import { findSpellings } from "../spoken/spellings.ts";

function* findNamesAndSpellings(reading: Reading): Iterable<Found> {
  yield* findNames(reading);
  yield* findSpellings(reading);
}

export const name: Recognizer = {
  name: "name",
  kind: "NAME",
  cues: [
    "name",
    "first name",
    "last name",
    "surname",
    "full name",
    "given name",
    "family name",
    "maiden name",
    "middle name",
    "patient name",
    "spell",
    "spelled",
    "spelling",
    "middle initial",
    "spell that",
    "spells",
    "names",
    "nombre",
    "apellido",
    "who am i speaking with",
    "who's calling",
    "who is calling",
    "may i ask who",
    "caller name",
    "nickname",
    "name on the card",
    "preferred name",
    "legal name",
    "guarantor name",
    "emergency contact",
    "next of kin",
  ],
  codes: [{ name: "spelled", pattern: /^[A-Z]{2,24}$/, alone: 0, cued: 0.85 }],
  find: findNamesAndSpellings,
  hits: [
    "my name is «Priya Raman» and I need a refill",
    "this is «ottoline baird» calling about my bill",
    "Dr. «Osei» will see you",
    "ask for «quillon», «q u i l l o n», at the desk",
    "last name is «Vaszary», «V-A-S-Z-A-R-Y»",
  ],
  misses: [
    "it's Xarelto, X-A-R-E-L-T-O, for the clots",
    "b as in boy or v as in victor",
    "my name is on the list",
    "this is about my bill",
    "the doctor said so",
    "What's your name?",
  ],
};
