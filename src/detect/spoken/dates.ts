import { UNITS } from "../context/units.ts";
import type { Found, Reading } from "../recognizer.ts";
import type { Token } from "../text/tokens.ts";
import type { AtomIndex } from "./atom.ts";
import { FILLERS, MONTHS, WEEKDAYS } from "./words.ts";

/** Words that stand before a date without a year ("on 3/5", "since 3/5"). */
const DATE_BEFORE: ReadonlySet<string> = new Set(
  `on since by due seen dos date from until till thru through before after admitted discharged visit appt
  appointment surgery scheduled dated starting ending filled dob born birthday for the between and to of last next
  exp expires booked moved collected drawn hospitalized eff effective d/c surg f/u fu start end service bday`.split(
    /\s+/,
  ),
);
/** A slash between numbers means something else after these. */
const NOT_DATE_BEFORE: ReadonlySet<string> = new Set(
  `bp pain score apgar apgars vision take took strength ratio pressure scored grade a about hydrocodone norco
  percocet`.split(/\s+/),
);
/** Words with which a sentence goes on behind a date. */
const GOES_ON =
  /^(?:at|in|of|and|or|is|was|works|work|would|will|for|if|around|because|please|instead|then|but|so|i|he|she|they|we|you|it|that|when|with|after|before|to|from|good|sounds|maybe|morning|afternoon|evening|uh|um|right|okay|ok|about|still|should|can|has|had|my|her|his|thru|through|as|not|though|works|which|yes|no|by|next|this|best|fine|bring|see|call|come|get|put|let|take|make|have|do|did|check|pick|schedule|say|send|show|keep|all|since|until|unless|cause|even|also|again|once|only|really|actually|sorry|thanks|thank|hopefully|probably|early|late|she's|he's|i'm|it's|that's|we're|does|could|might|may|must)$/;

/** Nouns that an ordinal counts. */
const COUNTED: ReadonlySet<string> = new Set(
  `floor street st avenue ave time times week month year grade visit dose one ones percentile trimester rib toe
  finger day night attempt try call caller person door shot pill refill line digit letter number row option
  opinion party degree stage quarter century birthday cycle round infusion set child baby kid pregnancy marathon
  nerve ventricle metatarsal vertebra hour booster part page place cranial blood test reading appointment session
  group in thing house building pack box bottle heart half step inning hole anniversary base wave`.split(/\s+/),
);

interface Num {
  readonly value: number;
  readonly text: string;
  readonly ordinal: boolean;
  readonly spoken: boolean;
  readonly next: number;
}

/** All dates of a text; linear: every rule looks a fixed number of tokens around a month, a slash or an ordinal. */
export function* findDates(reading: Reading): Iterable<Found> {
  const { tokens } = reading;
  const number = numberReader(reading);

  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    let span: { first: number; last: number; score: number } | null = null;
    if (token.type === "word") {
      if (MONTHS.has(token.text)) span = aroundMonth(tokens, at, number, reading.endsAt);
      else if (WEEKDAYS.has(token.text)) span = afterWeekday(tokens, at, number);
      else if (token.text === "the") span = theOrdinal(tokens, at, number, reading);
    } else if (token.type === "digits") span = numeric(tokens, at);
    if (span === null && token.type === "word") span = saidInNumbers(tokens, at, number);
    if (span === null) continue;
    const first = span.first;
    yield {
      from: (tokens[first] as Token).from,
      to: (tokens[span.last] as Token).to,
      kind: "DATE",
      score: span.score,
      validated: false,
    };
    at = Math.max(at, span.last);
  }
}

type NumberAt = (at: number) => Num | null;
interface Stretch {
  first: number;
  last: number;
  score: number;
}

const isDay = (n: Num | null): n is Num => n !== null && n.value >= 1 && n.value <= 31 && n.text.length <= 2;

function numberReader(reading: Reading): NumberAt {
  return (at) => {
    const atom = reading.startsAt.get(at);
    if (atom === undefined || (atom.type !== "digits" && atom.type !== "ordinal")) return null;
    return {
      value: Number(atom.text),
      text: atom.text,
      ordinal: atom.type === "ordinal",
      spoken: atom.spoken,
      next: atom.last + 1,
    };
  };
}

/** Reads a year from token `at`: its value and last token, or null. Two digits alone are none. */
export function readYear(reading: Reading, at: number): { year: number; last: number } | null {
  const last = yearAt(reading.tokens, at, numberReader(reading), false);
  if (last < 0) return null;
  let digits = "";
  for (let i = at; i <= last; i++) digits += reading.startsAt.get(i)?.text ?? "";
  const year = Number(digits);
  return digits.length === 4 && year >= 1880 && year <= 2100 ? { year, last } : null;
}

/** Index after a comma, "of" or a full stop at `at`. */
function skip(tokens: readonly Token[], at: number, allowed: RegExp): number {
  return tokens[at] !== undefined && allowed.test((tokens[at] as Token).text) ? at + 1 : at;
}

/** The last token of a year that begins at `at`, or -1. `short`: two digits do too. */
function yearAt(tokens: readonly Token[], at: number, number: NumberAt, short: boolean): number {
  if (tokens[at]?.text === "'" && tokens[at + 1]?.type === "digits" && (tokens[at + 1] as Token).text.length === 2)
    return at + 1;
  const first = number(at);
  if (first === null || first.ordinal) return -1;
  if (first.text.length === 4 && first.value >= 1880 && first.value <= 2100) return first.next - 1;
  if (!first.spoken && first.text.length !== 2) return -1;
  const second = number(first.next);
  if (first.value === 19 || first.value === 20 || first.value === 18) {
    // nineteen eighty two; twenty twenty four
    if (second && !second.ordinal && second.text.length === 2) return second.next - 1;
    const third = second ? number(second.next) : null;
    // twenty oh five; nineteen oh seven
    if (second?.text === "0" && third && third.text.length === 1) return third.next - 1;
  }
  // one nine eight two
  if (
    first.text.length === 1 &&
    first.spoken &&
    (first.value === 1 || first.value === 2) &&
    second?.text.length === 1
  ) {
    const third = number(second.next);
    const fourth = third ? number(third.next) : null;
    if (third?.text.length === 1 && fourth?.text.length === 1 && /^(?:19|20)/.test(first.text + second.text))
      return fourth.next - 1;
    if (third?.text.length === 2 && /^(?:19|20)/.test(first.text + second.text)) return third.next - 1;
  }
  if (!short) return -1;
  // oh five; eighty two
  const pair = first.text === "0" && second?.text.length === 1 ? second : first.text.length === 2 ? first : null;
  if (pair === null) return -1;
  const behind = tokens[pair.next];
  if (
    behind &&
    (UNITS.has(behind.text) ||
      behind.text === ":" ||
      ((behind.text === "a" || behind.text === "p") && tokens[pair.next + 1]?.text === "m"))
  )
    return -1;
  const beyond = number(pair.next);
  if (beyond && beyond.text.length === 2 && pair.value <= 12) return -1;
  if (!pair.spoken && first.value <= 31) return -1;
  return pair.next - 1;
}

function weekdayBefore(tokens: readonly Token[], first: number): number {
  let at = first - 1;
  if (tokens[at]?.text === "the") at--;
  if (tokens[at]?.text === "," || tokens[at]?.text === ".") at--;
  return WEEKDAYS.has(tokens[at]?.text ?? "") ? at : tokens[first - 1]?.text === "the" ? first - 1 : first;
}

function aroundMonth(tokens: readonly Token[], month: number, number: NumberAt, endsAt: AtomIndex): Stretch | null {
  const word = (tokens[month] as Token).text;
  const doubtful = word === "may" || word === "march" || word === "mar" || word === "dec" || word === "sep";
  // Day before: "the fifth of march", "5 mar 2021", "05-mar-2021".
  let back = month - 1;
  if (
    tokens[back]?.text === "of" ||
    tokens[back]?.text === "de" ||
    tokens[back]?.text === "-" ||
    tokens[back]?.text === "/"
  )
    back--;
  const before = endsAt.get(back);
  if (
    before &&
    (before.type === "ordinal" || before.type === "digits") &&
    before.text.length <= 2 &&
    Number(before.text) >= 1 &&
    Number(before.text) <= 31
  ) {
    const joined = before.type === "ordinal" || tokens[month - 1]?.text === "of" || tokens[month - 1]?.text === "de";
    const behind = skip(tokens, month + 1, /^[,.\-/]$|^of$|^in$|^de$/);
    const year = yearAt(tokens, behind, number, true);
    if (
      joined ||
      year >= 0 ||
      (!before.spoken && number(month + 1) === null && (!doubtful || tokens[month + 1]?.type !== "word"))
    ) {
      return { first: weekdayBefore(tokens, before.first), last: year >= 0 ? year : month, score: 0.85 };
    }
  }
  // Month first: "march 5th, 2021", "march the fifth", "march of 2021", "may 2022".
  let at = skip(tokens, month + 1, /^\.$/);
  const bare = at;
  at = skip(tokens, at, /^(?:the|,|-|\/|of)$/);
  while (FILLERS.has(tokens[at]?.text ?? "")) at++;
  const day = number(at);
  const full = yearAt(tokens, at, number, false);
  if (full >= 0 && !(day && isDay(day) && day.spoken && yearAt(tokens, day.next, number, true) > full)) {
    return {
      first:
        weekdayBefore(tokens, month) === month - 1 && tokens[month - 1]?.text === "the"
          ? month
          : weekdayBefore(tokens, month),
      last: full,
      score: 0.8,
    };
  }
  if (!isDay(day) || (tokens[at] as Token).newline) return null;
  const behind = tokens[day.next];
  const measured =
    behind !== undefined &&
    (UNITS.has(behind.text) || behind.text === "%" || (behind.text === ":" && tokens[day.next + 1]?.spaced === false));
  if (!day.ordinal && (measured || (doubtful && bare !== at && (tokens[bare] as Token).text !== "the"))) return null;
  if (
    !day.ordinal &&
    doubtful &&
    day.spoken &&
    behind?.type === "word" &&
    !GOES_ON.test(behind.text) &&
    number(day.next) === null
  )
    return null;
  const yearFrom = skip(tokens, day.next, /^(?:,|of|in|-|\/)$/);
  const year = yearAt(tokens, yearFrom, number, true);
  const weekday = weekdayBefore(tokens, month);
  // "2024, October the 8th"
  const ahead = endsAt.get(tokens[month - 1]?.text === "," ? month - 2 : month - 1);
  const yearFirst = ahead?.type === "digits" && /^(?:19|20)\d\d$/.test(ahead.text) ? ahead.first : -1;
  return {
    first: yearFirst >= 0 ? yearFirst : tokens[month - 1]?.text === "the" && weekday === month - 1 ? month : weekday,
    last: year >= 0 ? year : day.next - 1,
    score: 0.85,
  };
}

function afterWeekday(tokens: readonly Token[], weekday: number, number: NumberAt): Stretch | null {
  let at = skip(tokens, weekday + 1, /^[.,]$/);
  const the = tokens[at]?.text === "the";
  if (the) at++;
  const day = number(at);
  if (!isDay(day) || !day.ordinal) return null;
  const behind = tokens[day.next];
  if (behind && COUNTED.has(behind.text) && behind.text !== "in") return null;
  return { first: weekday, last: day.next - 1, score: 0.85 };
}

function theOrdinal(tokens: readonly Token[], the: number, number: NumberAt, reading: Reading): Stretch | null {
  const day = number(the + 1);
  if (!isDay(day) || !day.ordinal) return null;
  const behind = tokens[day.next];
  if (behind?.text === "of" && MONTHS.has(tokens[day.next + 1]?.text ?? "")) return null;
  if (
    behind?.text === "of" &&
    tokens[day.next + 1]?.text !== "the" &&
    tokens[day.next + 1]?.text !== "this" &&
    tokens[day.next + 1]?.text !== "next"
  )
    return null;
  // "the first or second week"
  if (
    /^(?:or|and)$/.test(behind?.text ?? "") &&
    number(day.next + 1)?.ordinal &&
    COUNTED.has(tokens[day.next + 2]?.text ?? "")
  )
    return null;
  const asked = reading.context.topic.includes("DATE") || reading.context.topic.includes("DOB");
  const before = tokens[the - 1]?.text ?? "";
  const dated = /^(?:on|by|until|till|since|before|after|from|through|for|or|and|to|is|was|around)$/.test(before);
  if (day.value <= 3 && day.spoken && !asked) return null;
  if (behind?.type === "word" && behind.spaced) {
    if (COUNTED.has(behind.text)) return null;
    const goesOn = GOES_ON.test(behind.text);
    if (!goesOn) return null;
  } else if (behind !== undefined && behind.type !== "mark") return null;
  if (!dated && !asked && before !== "" && !day.spoken && behind === undefined)
    return { first: the, last: day.next - 1, score: 0.7 };
  return { first: the, last: day.next - 1, score: dated || asked ? 0.8 : 0.65 };
}

/** "eleven nine two thousand nineteen": month, day and a full year, all as numbers. */
function saidInNumbers(tokens: readonly Token[], at: number, number: NumberAt): Stretch | null {
  const month = number(at);
  if (month === null || !month.spoken || month.ordinal || month.value < 1 || month.value > 12) return null;
  const day = number(month.next);
  if (!isDay(day) || day.ordinal || number(at - 1)) return null;
  const first = number(day.next);
  // A year of one breath: "two thousand nineteen", "nineteen eighty two", "twenty twenty six".
  if (first === null || (first.text.length !== 4 && first.value !== 19 && first.value !== 20)) return null;
  const year = yearAt(tokens, day.next, number, false);
  if (year < 0 || number(year + 1) !== null) return null;
  return { first: at, last: year, score: first.text.length === 4 ? 0.75 : 0.62 };
}

/** 03/05/2021, 3-5-21, 2021-03-05, 03.05.2021, 05/2022, and 3/5 where a word before says so. */
function numeric(tokens: readonly Token[], at: number): Stretch | null {
  const a = tokens[at] as Token;
  const sep = tokens[at + 1];
  const b = tokens[at + 2];
  if (
    sep === undefined ||
    b === undefined ||
    sep.spaced ||
    b.spaced ||
    !/^[-/.]$/.test(sep.text) ||
    b.type !== "digits"
  )
    return null;
  const previous = tokens[at - 1];
  if (previous && !a.spaced && /^[-/.$@]$/.test(previous.text)) return null;
  const sep2 = tokens[at + 3];
  const c = tokens[at + 4];
  const [x, y] = [Number(a.text), Number(b.text)];
  if (sep2?.text === sep.text && c?.type === "digits" && !sep2.spaced && !c.spaced) {
    const beyond = tokens[at + 5];
    if (
      beyond &&
      !beyond.spaced &&
      (beyond.text === sep.text || beyond.text === "/") &&
      tokens[at + 6]?.spaced === false
    )
      return null;
    const z = Number(c.text);
    const iso =
      a.text.length === 4 && x >= 1880 && x <= 2100 && y >= 1 && y <= 12 && z >= 1 && z <= 31 && c.text.length <= 2;
    const isYear = c.text.length === 2 || (c.text.length === 4 && z >= 1880 && z <= 2100);
    const parts =
      a.text.length <= 2 && b.text.length <= 2 && x >= 1 && y >= 1 && Math.min(x, y) <= 12 && Math.max(x, y) <= 31;
    if (iso || (isYear && parts))
      return {
        first: withWeekday(tokens, at),
        last: at + 4,
        score: sep.text === "." && c.text.length === 2 ? 0.7 : 0.88,
      };
    return null;
  }
  if (sep.text !== "/" && sep.text !== "-") return null;
  const behind = tokens[at + 3];
  if (behind && !behind.spaced && /^[-/.]$/.test(behind.text) && tokens[at + 4]?.spaced === false) return null;
  if (sep.text === "/" && a.text.length <= 2 && x >= 1 && x <= 12 && b.text.length === 4 && y >= 1900 && y <= 2100)
    return { first: at, last: at + 2, score: 0.7 };
  if (a.text.length === 4 && x >= 1900 && x <= 2100 && b.text.length === 2 && y >= 1 && y <= 12)
    return { first: at, last: at + 2, score: 0.65 };
  if (sep.text !== "/" || x < 1 || x > 12 || y < 1 || y > 31 || a.text.length > 2 || b.text.length > 2) return null;
  if (behind && (UNITS.has(behind.text) || behind.text === "%")) return null;
  const weekday = withWeekday(tokens, at);
  if (weekday < at) return { first: weekday, last: at + 2, score: 0.85 };
  const near = [tokens[at - 1], tokens[at - 2]].map((t) => (t?.type === "word" ? t.text : ""));
  if (near.some((word) => NOT_DATE_BEFORE.has(word))) return null;
  if (DATE_BEFORE.has(near[0] as string) || (previous?.type === "mark" && DATE_BEFORE.has(near[1] as string)))
    return { first: at, last: at + 2, score: 0.75 };
  // Scales and fractions end at ten; a larger second number is a day.
  const isDate = y > 10 && !(x === 9 && y === 11) && previous?.text !== "(";
  return isDate ? { first: at, last: at + 2, score: 0.65 } : null;
}

function withWeekday(tokens: readonly Token[], at: number): number {
  let before = at - 1;
  if (tokens[before]?.text === "." || tokens[before]?.text === ",") before--;
  return WEEKDAYS.has(tokens[before]?.text ?? "") ? before : at;
}
