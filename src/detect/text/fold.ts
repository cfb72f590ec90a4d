import { EscapeReader, mayHoldEscape } from "./escapes.ts";

/** Text as recognizers read it, with a map back to the original. */
export interface Folded {
  /** Lower case, ASCII digits, plain quotes and dashes, escapes decoded; invisible characters and combining marks are gone. */
  readonly text: string;
  /** Original offset at which folded character `i` begins. */
  start(i: number): number;
  /** Original offset after folded character `i`. */
  end(i: number): number;
}

const INVISIBLE = /^[\p{Cf}\p{Mn}\p{Me}\p{Variation_Selector}]$/u;
const DASHES = /^[\p{Pd}\u2212\u00b7]$/u;
const PLAIN: Readonly<Record<string, string>> = {
  "\u2018": "'",
  "\u2019": "'",
  "\u02bc": "'",
  "\u201c": '"',
  "\u201d": '"',
  "\u00a0": " ",
  "\u202f": " ",
  "\u2024": ".",
  "\u3002": ".",
};

/** The digit that a decimal digit of another script stands for, or null. Each such block starts at its zero. */
function asciiDigit(char: string): string | null {
  if (!/^\p{Nd}$/u.test(char)) return null;
  const code = char.codePointAt(0) as number;
  for (let back = 0; back < 10; back++) {
    if (!/^\p{Nd}$/u.test(String.fromCodePoint(code - back - 1))) return String(back);
  }
  return String(code & 0xf);
}

function foldChar(char: string): string {
  const plain = PLAIN[char];
  if (plain !== undefined) return plain;
  if (INVISIBLE.test(char)) return "";
  if (DASHES.test(char)) return "-";
  const decomposed = char.normalize("NFKD");
  // One character can stand for a phrase of eighteen: nobody writes identifiers with it, and a text of them would be a bomb.
  if (decomposed.length > MOST_UNITS) return char;
  const compatible = decomposed.replace(/[\p{Mn}\p{Cf}]/gu, "");
  const digit = compatible.length <= 2 ? asciiDigit(compatible) : null;
  return (digit ?? compatible).toLowerCase();
}

/** Units of one folded character. */
const MOST_UNITS = 4;

const foldedChars = new Map<string, string>();

function folding(char: string): string {
  let folded = foldedChars.get(char);
  if (folded === undefined) {
    folded = foldChar(char);
    if (foldedChars.size < 4096) foldedChars.set(char, folded);
  }
  return folded;
}

/** Folds a text in one linear walk; where every character stays one, as in ASCII and with curly quotes, so do offsets. */
export function fold(text: string): Folded {
  const escapes = mayHoldEscape(text) ? new EscapeReader(text) : null;
  const same = escapes === null ? foldedInPlace(text) : null;
  if (same !== null) return { text: same, start: (i) => i, end: (i) => i + 1 };
  const out: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  for (let at = 0; at < text.length; ) {
    const escaped = escapes?.at(at);
    const char = escaped?.char ?? String.fromCodePoint(text.codePointAt(at) as number);
    const end = at + (escaped?.length ?? char.length);
    const folded = char < "\u0080" ? char.toLowerCase() : folding(char);
    for (const unit of folded.split("")) {
      out.push(unit);
      starts.push(at);
      ends.push(end);
    }
    // A mark that follows its letter belongs to it, so that a span never cuts a letter in two.
    if (folded === "" && ends.length > 0 && ends[ends.length - 1] === at && /\p{Mn}/u.test(char)) {
      ends[ends.length - 1] = end;
    }
    at = end;
  }
  return { text: out.join(""), start: (i) => starts[i] ?? text.length, end: (i) => ends[i] ?? text.length };
}

/** The folded text if each of its units stands for one unit of the text, null otherwise. */
function foldedInPlace(text: string): string | null {
  if (/^[\x00-\x7f]*$/.test(text)) return text.toLowerCase();
  if (/[\ud800-\udfff]/.test(text)) return null;
  let isSame = true;
  const lower = text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  const folded = lower.replace(/[^\x00-\x7f]/g, (char) => {
    const one = folding(char);
    isSame &&= one.length === 1;
    return one;
  });
  return isSame ? folded : null;
}
