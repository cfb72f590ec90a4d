/**
 * Characters as HTML and URLs write them: `maria&#64;example.org`, `529%2D48%2D1173`, `Garc&iacute;a`. Whoever reads the text
 * decodes them, so detection reads what they stand for; all characters of an escape belong to it.
 */

/** A character that an escape stands for, and the length of the escape. */
export interface Escape {
  readonly char: string;
  readonly length: number;
}

const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  lsquo: "'",
  rsquo: "'",
  ldquo: '"',
  rdquo: '"',
  nbsp: " ",
  ensp: " ",
  emsp: " ",
  thinsp: " ",
  tab: " ",
  newline: "\n",
  shy: "\u00ad",
  zwj: "\u200d",
  zwnj: "\u200c",
  commat: "@",
  period: ".",
  comma: ",",
  colon: ":",
  semi: ";",
  sol: "/",
  bsol: "\\",
  num: "#",
  plus: "+",
  lowbar: "_",
  hyphen: "-",
  dash: "-",
  ndash: "-",
  mdash: "-",
  minus: "-",
  lpar: "(",
  rpar: ")",
  percnt: "%",
  ast: "*",
  szlig: "ß",
  aelig: "æ",
  oelig: "œ",
};

const ANY = /&(?:#|[a-z]{2,8};)|%[0-9a-f]{2}/i;
const ENTITY =
  /^&(?:#0{0,6}(\d{1,7});?|#x0{0,6}([\da-f]{1,6});|([a-z])(?:acute|grave|circ|uml|tilde|cedil|ring|slash|caron);|([a-z]{2,8});)/i;
const PERCENT =
  /^%(?:[2-7][\da-f]|0[9ad]|(?:c[2-9a-f]|d[\da-f])%[89ab][\da-f]|e[\da-f](?:%[89ab][\da-f]){2}|f[0-4](?:%[89ab][\da-f]){3})/i;
/** The longest escape. */
const REACH = 16;
/** Escapes of escapes: `%2540`, `&amp;#64;`. */
const LEVELS = 4;

/** False for most texts, by one look. */
export function mayHoldEscape(text: string): boolean {
  return (text.includes("&") || text.includes("%")) && ANY.test(text);
}

/** Reads the escapes of one text, left to right. Those in web addresses stay: the address ends where a space would stand. */
export class EscapeReader {
  readonly #text: string;
  #wordStart = 0;
  #inUrl = false;

  constructor(text: string) {
    this.#text = text;
  }

  /** The escape at an offset, or null. To be asked of every offset that is no part of one. */
  at(offset: number): Escape | null {
    const char = this.#text[offset] as string;
    if (char === "%") return this.#inUrl ? null : this.#read(offset);
    if (char === "&") return this.#read(offset);
    if (/[\s"'<>]/.test(char)) {
      this.#wordStart = offset + 1;
      this.#inUrl = false;
    } else if (/[/?#:]/.test(char)) {
      const before = this.#text.slice(Math.max(this.#wordStart, offset - 64), offset);
      this.#inUrl ||= /(?:^www\.|\.[a-z]{2,24}$|:\/$)/i.test(before);
    }
    return null;
  }

  #read(offset: number): Escape | null {
    let found: Escape | null = null;
    for (let level = 0; level < LEVELS; level++) {
      const length: number = found?.length ?? 0;
      const read: Escape | null = readEscape(
        (found?.char ?? "") + this.#text.slice(offset + length, offset + length + REACH),
      );
      if (read === null) break;
      // The first character of what was read is the one that the escape before it stands for.
      found = { char: read.char, length: length + read.length - (found === null ? 0 : 1) };
      if (read.char !== "&" && read.char !== "%") break;
    }
    return found;
  }
}

function readEscape(text: string): Escape | null {
  if (text.startsWith("%")) {
    const [written] = PERCENT.exec(text) ?? [];
    if (written === undefined) return null;
    try {
      return { char: decodeURIComponent(written), length: written.length };
    } catch {
      return null;
    }
  }
  const [written, decimal, hex, letter, name] = ENTITY.exec(text) ?? [];
  if (written === undefined) return null;
  const code = decimal !== undefined ? Number(decimal) : hex !== undefined ? Number.parseInt(hex, 16) : null;
  const char = code === null ? (letter ?? NAMED[(name ?? "").toLowerCase()]) : charOf(code);
  return char === undefined ? null : { char, length: written.length };
}

function charOf(code: number): string | undefined {
  const isChar =
    code >= 32 ? code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000) : code === 9 || code === 10 || code === 13;
  return isChar ? String.fromCodePoint(code) : undefined;
}
