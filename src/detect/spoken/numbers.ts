import type { Token } from "../text/tokens.ts";
import type { Atom } from "./atom.ts";
import { DIGIT_WORDS, ORDINAL_WORDS, SMALL_ORDINALS, TEEN_WORDS, TEN_WORDS } from "./words.ts";

/** The number words at `at` as one atom, or null. */
export function readNumber(tokens: readonly Token[], at: number): Atom | null {
  const word = (i: number) => (tokens[i]?.type === "word" ? (tokens[i] as Token).text : "");
  /** Index of the word after `i`, a glued hyphen skipped ("forty-five"); -1 when something else stands there. */
  const after = (i: number) => {
    const next = tokens[i + 1];
    if (next === undefined) return -1;
    if (next.type === "word") return i + 1;
    return next.text === "-" && !next.spaced && tokens[i + 2]?.type === "word" && !(tokens[i + 2] as Token).spaced
      ? i + 2
      : -1;
  };
  const made = (text: string, last: number, cardinal = false): Atom => ({
    type: "digits",
    text,
    first: at,
    last,
    spoken: true,
    cardinal,
  });
  const first = word(at);
  const isOne = first === "a" && /^(?:hundred|thousand)$/.test(word(at + 1));
  const digit = isOne ? "1" : DIGIT_WORDS.get(first);
  const teen = TEEN_WORDS.get(first);
  const ten = TEN_WORDS.get(first);
  let value: number;
  let last = at;
  if (digit !== undefined) value = Number(digit);
  else if (teen !== undefined) value = teen;
  else if (ten !== undefined) {
    value = ten;
    const next = after(at);
    const unit = next < 0 ? undefined : DIGIT_WORDS.get(word(next));
    if (unit !== undefined && unit !== "0") {
      value += Number(unit);
      last = next;
    } else if (next >= 0) {
      const order = SMALL_ORDINALS.get(word(next));
      if (order !== undefined) {
        return { type: "ordinal", text: String(value + order), first: at, last: next, spoken: true, cardinal: false };
      }
    }
  } else {
    const order = ORDINAL_WORDS.get(first);
    return order === undefined
      ? null
      : { type: "ordinal", text: String(order), first: at, last: at, spoken: true, cardinal: false };
  }
  const scale = after(last);
  if (scale >= 0 && word(scale) === "hundred" && value > 0) return readHundreds(scale, value, made, after, word);
  if (scale >= 0 && word(scale) === "thousand" && value > 0) return readThousands(scale, value, made, after, word);
  return made(digit ?? String(value), last);
}

type Made = (text: string, last: number, cardinal?: boolean) => Atom;
type After = (i: number) => number;
type WordAt = (i: number) => string;

/** Two digits said as a teen, a ten, or a ten and a unit; null otherwise. */
function readPair(at: number, after: After, word: WordAt): { value: number; last: number } | null {
  const teen = TEEN_WORDS.get(word(at));
  if (teen !== undefined) return { value: teen, last: at };
  const ten = TEN_WORDS.get(word(at));
  if (ten === undefined) return null;
  const next = after(at);
  const unit = next < 0 ? undefined : DIGIT_WORDS.get(word(next));
  return unit !== undefined && unit !== "0" ? { value: ten + Number(unit), last: next } : { value: ten, last: at };
}

function readHundreds(scale: number, value: number, made: Made, after: After, word: WordAt): Atom {
  let next = after(scale);
  let and = false;
  if (next >= 0 && word(next) === "and") {
    next = after(next);
    and = true;
  }
  const pair = next < 0 ? null : readPair(next, after, word);
  if (pair) return made(String(value * 100 + pair.value), pair.last, true);
  const unit = next < 0 ? undefined : DIGIT_WORDS.get(word(next));
  if (unit !== undefined && unit !== "0") {
    const beyond = after(next);
    const more =
      beyond >= 0 && (DIGIT_WORDS.has(word(beyond)) || TEN_WORDS.has(word(beyond)) || TEEN_WORDS.has(word(beyond)));
    // "eight hundred five five five" is 800 555; "two hundred five" is 205.
    if (and || !more) return made(String(value * 100 + Number(unit)), next, true);
  }
  return made(String(value * 100), scale, true);
}

function readThousands(scale: number, value: number, made: Made, after: After, word: WordAt): Atom {
  let next = after(scale);
  if (next >= 0 && word(next) === "and") next = after(next);
  if (next >= 0) {
    const digit = DIGIT_WORDS.get(word(next));
    const hundred = after(next);
    if (digit !== undefined && digit !== "0" && hundred >= 0 && word(hundred) === "hundred") {
      let rest = after(hundred);
      if (rest >= 0 && word(rest) === "and") rest = after(rest);
      const pair = rest < 0 ? null : readPair(rest, after, word);
      const total = value * 1000 + Number(digit) * 100;
      return pair ? made(String(total + pair.value), pair.last, true) : made(String(total), hundred, true);
    }
    const pair = readPair(next, after, word);
    if (pair) return made(String(value * 1000 + pair.value), pair.last, true);
    if (digit !== undefined && digit !== "0") {
      const beyond = after(next);
      if (beyond < 0 || !DIGIT_WORDS.has(word(beyond))) return made(String(value * 1000 + Number(digit)), next, true);
    }
  }
  return made(`${value}000`, scale, true);
}
