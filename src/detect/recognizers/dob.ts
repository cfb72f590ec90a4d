/** Dates of birth: dates that context says are one. */
import type { Recognizer } from "../recognizer.ts";

export const dob: Recognizer = {
  name: "dob",
  kind: "DOB",
  cues: [
    "date of birth",
    "dob",
    "d o b",
    "birth date",
    "birthday",
    "birthdate",
    "born",
    "born on",
    "bday",
    "b day",
    "birth",
    "fecha de nacimiento",
    "naci",
    "nacimiento",
    "pid 7",
    "birth dt",
    "dateofbirth",
    "birthdays",
    "when were you born",
  ],
  codes: [
    {
      name: "numbers",
      pattern: /^(?:0?[1-9]|1[0-2])(?:0?[1-9]|[12]\d|3[01])(?:(?:19|20)?\d\d)?$/,
      alone: 0,
      cued: 0.92,
    },
    {
      name: "day-first",
      pattern: /^(?:0?[1-9]|[12]\d|3[01])(?:0?[1-9]|1[0-2])(?:(?:19|20)?\d\d)?$/,
      alone: 0,
      cued: 0.8,
    },
    {
      name: "compact",
      pattern: /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{4,6})?$/,
      alone: 0,
      cued: 0.92,
    },
    { name: "year", pattern: /^(?:19|20)\d\d$/, alone: 0, cued: 0.75 },
  ],
  hits: [
    "date of birth «March 14, 1982»",
    "dob «3/14/82»",
    "my birthday is «march fourteenth eighty two»",
    "born on «the second of may nineteen sixty one»",
    '{"birthDate":"«1982-03-14»"}',
  ],
  misses: ["she was born 6 weeks early", "happy birthday"],
};
