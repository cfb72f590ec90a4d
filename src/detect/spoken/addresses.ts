import type { Found, Reading } from "../recognizer.ts";
import type { Token } from "../text/tokens.ts";
import type { AtomIndex } from "./atom.ts";
import { STATE_CODES, STATE_NAMES } from "./states.ts";

const SUFFIXES: ReadonlySet<string> = new Set(
  `street st avenue ave av road rd drive dr lane ln boulevard blvd court ct circle cir place pl way terrace ter
  parkway pkwy highway hwy trail trl square sq loop alley plaza plz crescent row turnpike tpke pike crossing xing
  ridge route rte run path commons close mews broadway point hollow cove`.split(/\s+/),
);
/** Suffixes that are everyday words: only with a house number right before a name. */
const EVERYDAY: ReadonlySet<string> = new Set(
  `way place run drive court close point row loop path square dr circle ridge route pl sq ct st commons crossing
  cove hollow pike broadway`.split(/\s+/),
);
const UNITS_OF_HOUSE: ReadonlySet<string> = new Set(
  `apartment apt unit suite ste number # lot floor trailer room bldg building space no`.split(/\s+/),
);
const NOT_STREET: ReadonlySet<string> = new Set(
  `the a my of is and to in for it i you at on that this was are he she we me with or by down from all out up one's
  be not blocks block miles minutes minute hours people times days years percent mg no any each per into just
  about your pm am a.m milligrams`.split(/\s+/),
);
const DIRECTIONS: ReadonlySet<string> = new Set(
  `north south east west n s e w ne nw se sw northeast northwest southeast southwest`.split(/\s+/),
);

/** Street addresses and "STATE ZIP"; every suffix looks at most seven tokens back and a dozen ahead. */
export function* findAddresses(reading: Reading): Iterable<Found> {
  const { tokens } = reading;
  const { startsAt: starts, endsAt: ends } = reading;
  let done = -1;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    if (token.type !== "word") continue;
    let first = -1;
    let from = at + 1;
    if (SUFFIXES.has(token.text)) first = houseBefore(tokens, at, ends, done);
    else if (token.text === "box" && /^(?:po|o|office)$/.test(previousWord(tokens, at))) {
      const last = numberAt(tokens, at + 1, starts, 8);
      if (last < 0) continue;
      first = at;
      while (first > 0 && at - first < 4 && /^(?:p|o|po|\.|post|office)$/.test((tokens[first - 1] as Token).text))
        first--;
      from = last + 1;
    } else {
      const stateEnd = stateAt(tokens, at);
      if (stateEnd < 0) continue;
      const zip = zipAt(tokens, skipComma(tokens, stateEnd + 1), starts);
      if (zip < 0) continue;
      const city = cityBefore(tokens, at, reading, done);
      yield found(tokens, city, zip, 0.85);
      done = zip;
      at = zip;
      continue;
    }
    if (first < 0) continue;
    if (from === at + 1 && DIRECTIONS.has(tokens[at + 1]?.text ?? "") && (tokens[at + 1]?.text.length ?? 0) <= 2)
      from++;
    const last = restOfAddress(tokens, from, starts);
    yield found(tokens, first, last, 0.85);
    done = last;
    at = Math.max(at, last);
  }
}

function found(tokens: readonly Token[], first: number, last: number, score: number): Found {
  return {
    from: (tokens[first] as Token).from,
    to: (tokens[last] as Token).to,
    kind: "ADDRESS",
    score,
    validated: false,
  };
}

function previousWord(tokens: readonly Token[], at: number): string {
  const before = tokens[at - 1];
  return before?.text === "." ? (tokens[at - 2]?.text ?? "") : (before?.text ?? "");
}

/** The first token of the house number before a street name that ends at `suffix`, or -1. */
function houseBefore(tokens: readonly Token[], suffix: number, ends: AtomIndex, done: number): number {
  let i = suffix - 1;
  let names = 0;
  while (i > done && suffix - i <= 7) {
    const atom = ends.get(i);
    const token = tokens[i] as Token;
    // "42nd street", "fifth avenue"
    if (
      atom &&
      (atom.type === "digits" ||
        (atom.type === "letters" && atom.text.length === 1 && /\d/.test(tokens[i - 1]?.text ?? "") && !token.spaced))
    ) {
      if (names === 0) return -1;
      let first = atom.first;
      while (first - 1 > done) {
        const before = ends.get(first - 1);
        const mark = tokens[first - 1] as Token;
        if (before?.type === "digits") first = before.first;
        else if (mark.text === "-" && ends.get(first - 2)?.type === "digits") first--;
        else break;
      }
      return EVERYDAY.has((tokens[suffix] as Token).text) && names > 4 ? -1 : first;
    }
    if (atom?.type === "ordinal") {
      names++;
      i = atom.first - 1;
      continue;
    }
    if (token.type === "mark") {
      if (token.text !== "." && token.text !== "-") return -1;
      i--;
      continue;
    }
    if (NOT_STREET.has(token.text)) return -1;
    names++;
    i--;
  }
  return -1;
}

function skipComma(tokens: readonly Token[], at: number): number {
  let i = at;
  while (tokens[i]?.type === "mark" && /^[,.]$/.test((tokens[i] as Token).text)) i++;
  return i;
}

/** The last token of a number of at most `most` characters said or written from `at`, or -1. */
function numberAt(tokens: readonly Token[], at: number, starts: AtomIndex, most: number): number {
  let last = -1;
  let length = 0;
  let i = at;
  while (i < tokens.length) {
    const atom = starts.get(i);
    if (atom === undefined || atom.type === "symbol" || length + atom.text.length > most) break;
    if (atom.type === "letters" && atom.text.length > 1) break;
    length += atom.text.length;
    last = atom.last;
    i = atom.last + 1;
    if (tokens[i]?.text === "-" && !(tokens[i] as Token).spaced) i++;
  }
  return last;
}

/** The last token of a ZIP code (5 or 9 digits) from `at`, or -1. */
function zipAt(tokens: readonly Token[], at: number, starts: AtomIndex): number {
  let length = 0;
  let last = -1;
  let five = -1;
  let i = at;
  if (tokens[i]?.text === "zip") i++;
  if (tokens[i]?.text === "code") i++;
  while (i < tokens.length && length < 9) {
    const atom = starts.get(i);
    if (atom?.type !== "digits" || length + atom.text.length > 9) break;
    // Written groups are five digits, or five and four; said ones are any.
    if (!atom.spoken && atom.text.length !== (length === 0 ? 5 : 4) && atom.text.length !== 9) break;
    length += atom.text.length;
    last = atom.last;
    i = last + 1;
    if (length === 5) {
      five = last;
      if (/^(?:-|dash)$/.test(tokens[i]?.text ?? "")) i++;
    }
  }
  return length === 9 ? last : five;
}

/** The last token of a state that begins at `at`, or -1; two small letters count unless they are a word. */
function stateAt(tokens: readonly Token[], at: number): number {
  const token = tokens[at];
  if (token?.type !== "word") return -1;
  const two = `${token.text} ${tokens[at + 1]?.text ?? ""}`;
  if (STATE_NAMES.has(two)) return at + 1;
  if (STATE_NAMES.has(token.text)) return at;
  if (!STATE_CODES.has(token.text)) return -1;
  if (token.capitals) return at;
  return !/^(?:in|me|or|ok|oh|hi|id|la|ma|pa|de|al)$/.test(token.text) ? at : -1;
}

/** City words right before a state: capitalised words, or up to two plain ones in text without capitals. */
function cityBefore(tokens: readonly Token[], state: number, reading: Reading, done: number): number {
  let first = state;
  let i = state - 1;
  if (tokens[i]?.text === ",") i--;
  const { cased } = reading;
  let words = 0;
  while (i > done && words < (cased ? 3 : 1)) {
    const token = tokens[i] as Token;
    if (token.type !== "word" || NOT_STREET.has(token.text)) break;
    if (cased && !/\p{Lu}/u.test(reading.original[reading.folded.start(token.from)] ?? "")) break;
    first = i;
    words++;
    i--;
  }
  return first;
}

/** Unit, city, state and ZIP behind a street; returns the last token that belongs to them. */
function restOfAddress(tokens: readonly Token[], from: number, starts: AtomIndex): number {
  let last = from - 1;
  let at = skipComma(tokens, from);
  if (UNITS_OF_HOUSE.has(tokens[at]?.text ?? "")) {
    let value = at + 1;
    if (tokens[value]?.text === "." || tokens[value]?.text === "number" || tokens[value]?.text === "#") value++;
    const end = numberAt(tokens, value, starts, 6);
    if (end >= 0) {
      last = end;
      at = skipComma(tokens, end + 1);
    }
  }
  for (let words = 0; words <= 4; words++) {
    const i = at + words;
    const token = tokens[i];
    if (token === undefined) break;
    const state = stateAt(tokens, i);
    if (state >= 0) {
      const zip = zipAt(tokens, skipComma(tokens, state + 1), starts);
      if (zip >= 0 || words > 0) return zip >= 0 ? zip : state;
    }
    const zip = zipAt(tokens, i, starts);
    if (zip >= 0) return zip;
    if (token.type === "mark" && token.text !== "," && token.text !== ".") break;
    if (token.type === "word" && NOT_STREET.has(token.text)) break;
  }
  return last;
}
