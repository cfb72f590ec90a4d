import { COMMON_WORDS } from "../context/common-words.ts";
import type { Found, Reading } from "../recognizer.ts";
import type { Token } from "../text/tokens.ts";

const TITLES: ReadonlySet<string> = new Set([
  "dr",
  "doctor",
  "mr",
  "mrs",
  "ms",
  "miss",
  "mister",
  "nurse",
  "doc",
  "señora",
  "señor",
  "sra",
  "dra",
]);
const PARTICLES: ReadonlySet<string> = new Set(
  `de la del van von der den al el bin ben st da dos di le o mc mac`.split(/\s+/),
);
/** Brands that sound like persons. */
const BRANDS: ReadonlySet<string> = new Set(
  `scholl scholl's scholls dash coffee pepper clean bean potato butterworth butterworth's bubble bubbles t rogers
  robot muscle seuss phil oz bronner's bronner`.split(/\s+/),
);

const AFTER_CALLER: ReadonlySet<string> = new Set([
  "calling",
  "speaking",
  "again",
  "from",
  "with",
  "here",
  "at",
  "and",
  "returning",
  "i'm",
  "im",
  "i",
]);

function isCapital(reading: Reading, token: Token): boolean {
  return /\p{Lu}/u.test(reading.original[reading.folded.start(token.from)] ?? "");
}

/** Names announced by words before them. */
export function* findNames(reading: Reading): Iterable<Found> {
  const { tokens } = reading;
  const { cased } = reading;
  const word = (i: number) => (tokens[i]?.type === "word" ? (tokens[i] as Token).text : "");
  const mayBeName = (i: number, strict: boolean): boolean => {
    const token = tokens[i];
    if (token?.type !== "word" || token.text.length < 2 || COMMON_WORDS.has(token.text)) return false;
    if (cased) return isCapital(reading, token);
    return !strict || !token.text.includes("'");
  };
  /** The last token of up to four name words from `at`, or -1. */
  const nameEnd = (at: number, most: number): number => {
    let last = -1;
    let count = 0;
    for (let i = at; i < tokens.length && count < most; ) {
      const token = tokens[i] as Token;
      if (i > at && token.newline) break;
      if (mayBeName(i, true)) {
        last = i;
        count++;
        i++;
        if (tokens[i]?.text === "-" && !(tokens[i] as Token).spaced && mayBeName(i + 1, true)) i++;
        continue;
      }
      const initial =
        token.type === "word" &&
        token.text.length === 1 &&
        token.text !== "i" &&
        token.text !== "a" &&
        (!cased || isCapital(reading, token));
      if (
        initial &&
        (mayBeName(i + 1, true) || (tokens[i + 1]?.text === "." && (mayBeName(i + 2, true) || last >= 0)))
      ) {
        last = i;
        i++;
        if (tokens[i]?.text === ".") i++;
        continue;
      }
      if (PARTICLES.has(token.text) && mayBeName(i + 1, true)) {
        i++;
        continue;
      }
      break;
    }
    return last;
  };
  const found = (first: number, last: number, score: number): Found => ({
    from: (tokens[first] as Token).from,
    to: (tokens[last] as Token).to,
    kind: "NAME",
    score,
    validated: false,
  });

  for (let at = 0; at < tokens.length; at++) {
    const text = word(at);
    let start = -1;
    let most = 3;
    let score = 0.8;
    if (TITLES.has(text)) {
      start = at + 1;
      if (word(start) === "" && tokens[start]?.text === "." && tokens[start + 1]?.newline === false) start++;
      most = cased ? 3 : 1;
      if (BRANDS.has(word(start)) || (!cased && /^(?:doctor|nurse|doc|miss)$/.test(text))) continue;
    } else if (text === "name" || text === "name's" || text === "names") {
      start = afterName(tokens, at);
      if (start < 0) continue;
    } else if (text === "is" && word(at - 1) === "this" && word(at - 2) !== "what") {
      const last = nameEnd(at + 1, 3);
      if (last < 0) continue;
      const follows =
        AFTER_CALLER.has(word(last + 1)) ||
        tokens[last + 1] === undefined ||
        (tokens[last + 1]?.type === "mark" && cased);
      if (!follows) continue;
      yield found(at + 1, last, 0.75);
      at = last;
      continue;
    } else if (
      (text === "patient" || text === "pt" || text === "patient's" || text === "caller") &&
      (tokens[at + 1]?.text === ":" ||
        (cased && mayBeName(at + 1, true) && isCapital(reading, tokens[at + 1] as Token)))
    ) {
      start = tokens[at + 1]?.text === ":" ? at + 2 : at + 1;
      if (word(start) === "name" || word(start) === "is") continue;
      score = 0.7;
      if (cased && isCapital(reading, tokens[at] as Token) && tokens[at + 1]?.text !== ":") continue;
    } else if (text === "i'm" && cased) {
      const last = nameEnd(at + 1, 3);
      if (last >= 0 && last > at) yield found(at + 1, last, 0.65);
      continue;
    } else continue;
    const last = start < 0 ? -1 : nameEnd(start, most);
    if (last < 0) continue;
    let first = start;
    while (first < last && tokens[first]?.type === "mark") first++;
    yield found(first, last, score);
    at = last;
  }
}

/** Where a name may begin after "name": behind "is", a colon, or nothing in a form; -1 when the words are no announcement. */
function afterName(tokens: readonly Token[], at: number): number {
  const next = tokens[at + 1];
  if ((tokens[at] as Token).text !== "name") return at + 1;
  if (next === undefined) return -1;
  if (next.text === "is" || next.text === "was")
    return tokens[at + 2]?.text === "uh" || tokens[at + 2]?.text === "um" ? at + 3 : at + 2;
  if (next.text === ":" || next.text === "=") return tokens[at + 2]?.text === '"' ? at + 3 : at + 2;
  if (next.text === '"' && tokens[at + 2]?.text === ":") return tokens[at + 3]?.text === '"' ? at + 4 : at + 3;
  const before = tokens[at - 1]?.text ?? "";
  return /^(?:first|last|patient|full|family|maiden)$/.test(before) && next.type === "word" ? at + 1 : -1;
}
