/**
 * What a value that was said would look like in writing, so that "four one five" and "415" share a token. The functions
 * named `written…` return null unless they can read every word: a value that is half understood keeps its own words, and so
 * its own token.
 */

import { fold } from "../text/fold.ts";
import { type Token, tokenize } from "../text/tokens.ts";
import type { Atom } from "./atom.ts";
import { readAtoms } from "./atoms.ts";
import { FILLERS, JOINERS, MONTHS, WEEKDAYS } from "./words.ts";

/** A piece of a value: an atom as it reads, or a word that is no atom. */
interface Piece {
  readonly text: string;
  readonly atom: Atom | null;
}

function piecesOf(value: string): Piece[] {
  const folded = fold(value);
  const tokens = tokenize(folded, value);
  const atoms = new Map(readAtoms(tokens).map((atom) => [atom.first, atom]));
  const pieces: Piece[] = [];
  for (let at = 0; at < tokens.length; ) {
    const atom = atoms.get(at) ?? null;
    const token = tokens[at] as Token;
    if (atom || !FILLERS.has(token.text)) pieces.push({ text: atom?.text ?? token.text, atom });
    at = atom ? atom.last + 1 : at + 1;
  }
  return pieces;
}

/** Letters beside digits: the code was written, and "TEN-45" is not "10-45". */
const WRITTEN_CODE = /\p{L}[-./#_:]?\d|\d[-./#_:]?\p{L}/u;

/** The characters of a number or a code that was said: "double five oh two" 5502, "a b one two" ab12. */
export function writtenCode(value: string): string | null {
  if (WRITTEN_CODE.test(value)) return null;
  const read: string[] = [];
  for (const { text, atom } of piecesOf(value)) {
    if (atom === null) {
      if (text === "," || text === "…" || JOINERS.has(text)) continue;
      return null;
    }
    if (atom.type === "ordinal") return null;
    if (atom.type !== "symbol" || text === "+") read.push(text);
  }
  return read.some((text) => /\d/.test(text)) ? read.join("") : null;
}

/** An e-mail or web address that was said: "sarah dot chen at gmail dot com". */
export function writtenAddress(value: string): string | null {
  const said = /\b(?:dot|punto|underscore|dash|hyphen|slash|at|arroba)\b/i.test(value) && /\s/.test(value);
  if (!said) return null;
  return piecesOf(value)
    .filter(({ text }) => text !== ",")
    .map(({ text, atom }) => {
      if (atom) return text;
      return text === "at" || text === "arroba" ? "@" : text === "punto" ? "." : text;
    })
    .join("");
}

/** `march 14 1982` or `3/14/1982` of a date that was said with its full year. */
export function writtenDate(value: string): string | null {
  const pieces = piecesOf(value).filter(
    ({ text, atom }) => atom !== null || !(/^(?:the|of|and|de|[,.])$/.test(text) || WEEKDAYS.has(text)),
  );
  const numbers: string[] = [];
  let month: number | null = null;
  for (const { text, atom } of pieces) {
    if (atom === null) {
      const named = MONTHS.get(text);
      if (named === undefined || month !== null) return null;
      month = named;
    } else if (atom.type === "digits" || atom.type === "ordinal") numbers.push(text);
    else return null;
  }
  const year = fullYear(numbers.slice(month === null ? 2 : 1));
  if (year === null) return null;
  const [first, second] = numbers;
  return month === null ? `${first}/${second}/${year}` : `${MONTH_NAMES[month - 1]} ${first} ${year}`;
}

const MONTH_NAMES = [...MONTHS.keys()].slice(0, 12);

/** 1982; 19 82; 20 0 5; 1 9 8 2. */
function fullYear(numbers: readonly string[]): string | null {
  const year = numbers.join("");
  return /^(?:18|19|20)\d\d$/.test(year) ? year : null;
}

/** The digits with which a text ends ("Tacoma, nine eight four oh two": 98402), null without any. */
export function lastDigits(text: string): string | null {
  const pieces = piecesOf(text).filter((piece) => /[\p{L}\d]/u.test(piece.text));
  const before = pieces.findLastIndex(({ atom }) => atom?.type !== "digits");
  const digits = pieces.slice(before + 1).map((piece) => piece.text);
  return digits.length === 0 ? null : digits.join("");
}

/**
 * The year in the last words of a date: 1982 for "nineteen eighty two", 2005 for "two thousand and five", and 82 for "march
 * fourteenth eighty two", whose century the caller picks. Null when the date ends in its day.
 */
export function lastYear(date: string): number | null {
  const atoms = piecesOf(date).flatMap(({ atom }) =>
    atom?.type === "digits" || atom?.type === "ordinal" ? [atom] : [],
  );
  const ordinal = atoms.findLastIndex(({ type }) => type === "ordinal");
  const numbers = atoms.slice(ordinal + 1).map(({ text }) => text);
  for (let from = numbers.length - 1; from >= 0; from--) {
    const year = fullYear(numbers.slice(from));
    if (year !== null) return Number(year);
  }
  // Two digits are a year behind an ordinal day, or when no month has such a day.
  const short = ordinal >= 0 ? numbers.join("") : (numbers.at(-1) ?? "");
  return /^\d\d$/.test(short) && (ordinal >= 0 || Number(short) >= 40) ? Number(short) : null;
}
