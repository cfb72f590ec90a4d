/** Ages over 89: 45 CFR 164.514(b)(2)(i)(C). */
import { UNITS } from "../context/units.ts";
import type { Found, Reading, Recognizer } from "../recognizer.ts";
import type { Atom } from "../spoken/atom.ts";
import { readYear } from "../spoken/dates.ts";

const AGE_BEFORE: ReadonlySet<string> = new Set(["age", "aged", "turned", "turning", "turns", "ages"]);
const BE: ReadonlySet<string> = new Set(
  `is he's she's hes shes i'm im be he'll she'll am who's whos they're you're being`.split(/\s+/),
);
const PERSON: ReadonlySet<string> = new Set(
  `dads moms gonna i'll ill he she i mom mother dad father grandma grandmother grandpa grandfather wife husband
  patient aunt uncle who mama nana granny papa sister brother neighbor you pt resident man woman lady gentleman
  he'll she'll friend momma gran abuela`.split(/\s+/),
);

/** A year of birth that tells an age of 90 or more is an age: 45 CFR 164.514(b)(2)(i)(C). */
function* findOldYears(reading: Reading): Iterable<Found> {
  const { tokens, context } = reading;
  const oldest = new Date().getUTCFullYear() - 90;
  const isKeyed = context.keyWords.includes("birth") || context.keyWords.includes("yob");
  for (let at = 0; at < tokens.length; at++) {
    const isBorn = /^(?:born|birth|yob)$/.test(tokens[at]?.text ?? "");
    if (!isBorn && !(isKeyed && at === 0)) continue;
    let from = isBorn ? at + 1 : at;
    while (from - at < 4 && /^(?:in|back|year|is|was|:|the)$/.test(tokens[from]?.text ?? "")) from++;
    const found = readYear(reading, from);
    if (found && found.year <= oldest) {
      yield { from: tokens[from]!.from, to: tokens[found.last]!.to, kind: "AGE", score: 0.85, validated: false };
    }
  }
}

function* findAges(reading: Reading): Iterable<Found> {
  yield* findOldYears(reading);
  const { tokens, atoms } = reading;
  for (const atom of withTriples(atoms)) {
    if (
      atom.type === "ordinal" &&
      Number(atom.text) >= 90 &&
      Number(atom.text) <= 119 &&
      /^(?:birthday|bday)$/.test(tokens[atom.last + 1]?.text ?? "")
    ) {
      yield { from: tokens[atom.first]!.from, to: tokens[atom.last]!.to, kind: "AGE", score: 0.85, validated: false };
    }
    if (atom.type !== "digits" || (atom.text.length !== 2 && atom.text.length !== 3)) continue;
    const value = Number(atom.text);
    if (value < 90 || value > 119) continue;
    const word = (i: number) => tokens[i]?.text ?? "";
    let next = atom.last + 1;
    if (word(next) === "-" || word(next) === "and") next++;
    const old =
      (/^(?:years?|yrs?|yr)$/.test(word(next)) &&
        (/^(?:old|young|of)$/.test(word(next + 1)) || (word(next + 1) === "-" && word(next + 2) === "old"))) ||
      /^(?:yo|yof|yom)$/.test(word(next)) ||
      (word(next) === "y" && /^[/o]$/.test(word(next + 1))) ||
      word(next) === "año" ||
      word(next) === "años";
    let back = atom.first - 1;
    while (back > atom.first - 3 && /^(?:just|now|almost|nearly|:|"|of|about|like|only|already)$/.test(word(back)))
      back--;
    const aged = AGE_BEFORE.has(word(back));
    const person =
      BE.has(word(back)) &&
      (word(back).includes("'") ||
        /^(?:im|hes|shes|whos)$/.test(word(back)) ||
        PERSON.has(word(back - 1)) ||
        PERSON.has(word(back - 2)));
    const was =
      word(back) === "was" && PERSON.has(word(back - 1)) && word(back - 1) !== "i" && word(back - 1) !== "you";
    const behind = word(atom.last + 1);
    const possessive = /'s$/.test(word(back)) && PERSON.has(word(back).slice(0, -2));
    const remote = BE.has(word(back)) && isOfPerson(reading, back - 1, -1);
    const lived =
      word(back) === "at" &&
      /^(?:|he|she|they|and|if|my|,|\.|but|who|so)$/.test(behind) &&
      (isOfPerson(reading, back - 1, -1) || isOfPerson(reading, atom.last + 1, 1));
    const measured =
      (UNITS.has(behind) && !/^(?:in|over|out|years?)$/.test(behind)) ||
      behind === "%" ||
      behind === "point" ||
      behind === "dot" ||
      behind === "/" ||
      (behind === "." && tokens[atom.last + 2]?.spaced === false);
    // "95F", "92 y/o m", "Okonjo, 104, of the west wing"
    const sexed = /^[mf]$/.test(behind) && !tokens[atom.last + 1]?.spaced;
    const aside = word(atom.first - 1) === "," && behind === "," && isCapitalised(reading, atom.first - 2);
    const keyed = reading.context.keyWords.at(-1) === "age";
    if (
      old ||
      sexed ||
      aside ||
      keyed ||
      (aged && !/^(?:%|percent)$/.test(behind)) ||
      ((person || was || possessive || remote || lived) && !measured) ||
      (reading.context.topic.includes("AGE") && !measured)
    ) {
      yield { from: tokens[atom.first]!.from, to: tokens[atom.last]!.to, kind: "AGE", score: 0.85, validated: false };
    }
  }
}

/** Measured in people too, so that "her pulse is 96" is no age. */
const MEASURED_IN =
  /^(?:sugars?|pulse|rate|pressure|temp|temperature|sats?|level|levels|glucose|oxygen|weight|weighs?|dose|score|number|room|bp|hr|o2|reading|bpm|percent|fever|saturation|heart|a1c|cholesterol|ldl|systolic|chance|sure|running|was)$/;

/** True when one of six words before (or behind) a token is a person and none of them a measure. */
function isOfPerson(reading: Reading, from: number, step: 1 | -1): boolean {
  for (let i = from, seen = 0; seen < 6; i += step, seen++) {
    const token = reading.tokens[i];
    if (token === undefined || (token.type === "mark" && /^[.?!;:]$/.test(token.text)) || MEASURED_IN.test(token.text))
      return false;
    if (token.text !== "i" && token.text !== "you" && PERSON.has(token.text)) return true;
  }
  return false;
}

/** The atoms, "one oh four" read as one of them. */
function withTriples(atoms: readonly Atom[]): readonly Atom[] {
  const triples = atoms.flatMap((first, i): Atom[] => {
    const [zero, unit] = [atoms[i + 1], atoms[i + 2]];
    if (first.text !== "1" || zero?.text !== "0" || unit?.type !== "digits" || unit.text.length !== 1 || !first.spoken)
      return [];
    if (zero.first !== first.last + 1 || unit.first !== zero.last + 1 || atoms[i + 3]?.first === unit.last + 1)
      return [];
    return [{ ...first, text: `10${unit.text}`, last: unit.last }];
  });
  return triples.length === 0 ? atoms : [...atoms, ...triples];
}

function isCapitalised(reading: Reading, token: number): boolean {
  const before = reading.tokens[token];
  return before?.type === "word" && /\p{Lu}/u.test(reading.original[reading.folded.start(before.from)] ?? "");
}

export const age: Recognizer = {
  name: "age",
  kind: "AGE",
  cues: ["how old", "your age", "his age", "her age", "patient age", "age"],
  find: findAges,
  hits: [
    "she is «92» and lives alone",
    "my mother just turned «ninety four»",
    "«97»-year-old woman",
    "age: «101»",
    "she was born in «nineteen twenty eight»",
    "year of birth «1930»",
  ],
  misses: ["born in 1988", "I'm 95 percent sure", "he is 88", "sats are 92", "take it for 90 days"],
};
