import type { Folded } from "./fold.ts";

export type TokenType = "word" | "digits" | "mark";

/** A maximal stretch of letters (apostrophes inside stay), of digits, or one other character. */
export interface Token {
  readonly type: TokenType;
  /** Folded text. */
  readonly text: string;
  /** Offsets in the folded text. */
  readonly from: number;
  readonly to: number;
  /** True when white space (or the text's beginning) stands before it. */
  readonly spaced: boolean;
  /** True when a line break stands before it. */
  readonly newline: boolean;
  /** True for up to four letters in capitals in a text that has small letters too, or is hardly more than a code. */
  readonly capitals: boolean;
}

const SPACE = 0;
const LETTER = 1;
const DIGIT = 2;
const MARK = 3;

function classOf(code: number, char: string): number {
  if (code < 128) {
    if (code === 32 || (code >= 9 && code <= 13)) return SPACE;
    if (code >= 97 && code <= 122) return LETTER;
    if (code >= 48 && code <= 57) return DIGIT;
    return MARK;
  }
  if (/\s/.test(char)) return SPACE;
  return /\p{L}/u.test(char) ? LETTER : MARK;
}

/** Splits a folded text; linear. */
export function tokenize(folded: Folded, original = ""): Token[] {
  const isCased = original.length <= 24 || /\p{Ll}/u.test(original);
  const text = folded.text;
  const tokens: Token[] = [];
  let spaced = true;
  let newline = true;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    const type = classOf(code, text[at] as string);
    if (type === SPACE) {
      spaced = true;
      if (code === 10 || code === 13) newline = true;
      at++;
      continue;
    }
    let end = at + 1;
    if (type === LETTER) {
      while (end < text.length) {
        const next = text.charCodeAt(end);
        if (classOf(next, text[end] as string) === LETTER) end++;
        else if (
          next === 39 &&
          end + 1 < text.length &&
          classOf(text.charCodeAt(end + 1), text[end + 1] as string) === LETTER
        )
          end += 2;
        else break;
      }
    } else if (type === DIGIT) {
      while (end < text.length && classOf(text.charCodeAt(end), text[end] as string) === DIGIT) end++;
    } else {
      // A rule of dashes, dots or stars is one mark that nothing reads.
      while (end < text.length && text.charCodeAt(end) === code) end++;
      if (end - at < 4) end = at + 1;
    }
    tokens.push({
      type: type === LETTER ? "word" : type === DIGIT ? "digits" : "mark",
      text: text.slice(at, end),
      from: at,
      to: end,
      spaced,
      newline,
      capitals:
        isCased &&
        type === LETTER &&
        end - at <= 4 &&
        /^\p{Lu}+$/u.test(original.slice(folded.start(at), folded.end(end - 1))),
    });
    spaced = false;
    newline = false;
    at = end;
  }
  return tokens;
}
