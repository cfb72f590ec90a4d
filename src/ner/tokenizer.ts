/**
 * BERT's uncased WordPiece tokenizer with offsets into the original text.
 *
 * Steps, as in the tokenizer the encoder was trained with: control characters go and white space becomes a space; every
 * CJK ideograph stands alone; accents are stripped (NFD without non-spacing marks); lower case; split at white space and
 * around each punctuation character; then the longest known piece first.
 *
 * Two things differ on purpose. "[SEP]" or "[CLS]" written by a caller is plain text, never the special token. Scripts
 * that Unicode added after version 8 follow today's character classes; the vocabulary knows none of them.
 */

/** The pieces of a text; all arrays have one element for each piece, without special tokens. */
export interface Pieces {
  readonly ids: readonly number[];
  /** UTF-16 offsets of the original characters that the piece stands for, end exclusive. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

export interface Tokenizer {
  readonly pad: number;
  readonly cls: number;
  readonly sep: number;
  readonly unk: number;
  encode(text: string): Pieces;
}

/** The reference gives up on longer words (in characters) and emits one [UNK]. */
const LONGEST_WORD = 100;

const REMOVED = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\0\uFFFD]/u;
const SPACE = /\p{White_Space}/u;
const MARKS = /\p{Mn}/gu;
const PUNCTUATION = /[\p{P}$+<=>^`|~]/u;

/** The blocks that the reference treats as ideographs; Hangul, Hiragana and Katakana are words with spaces or none. */
const IDEOGRAPHS: readonly (readonly [number, number])[] = [
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xf900, 0xfaff],
  [0x20000, 0x2a6df],
  [0x2a700, 0x2b73f],
  [0x2b740, 0x2b81f],
  [0x2b920, 0x2ceaf],
  [0x2f800, 0x2fa1f],
];

/** What a character becomes: nothing, a break between words, characters that stand alone, or part of a word. */
interface Normal {
  readonly text: string;
  readonly role: "removed" | "space" | "alone" | "word";
}

const GONE: Normal = { text: "", role: "removed" };
const BREAK: Normal = { text: " ", role: "space" };

function normalise(codePoint: number): Normal {
  if (codePoint === 0x09 || codePoint === 0x0a || codePoint === 0x0d) return BREAK;
  const char = String.fromCodePoint(codePoint);
  if (REMOVED.test(char)) return GONE;
  if (SPACE.test(char)) return BREAK;
  let text = "";
  for (const part of char.normalize("NFD").replace(MARKS, "")) text += part.toLowerCase();
  if (text === "") return GONE;
  const ideograph = IDEOGRAPHS.some(([from, to]) => codePoint >= from && codePoint <= to);
  return { text, role: ideograph || PUNCTUATION.test(text) ? "alone" : "word" };
}

/** Classes of the common characters are kept; the rest are worked out each time, so that no text can fill memory. */
const COMMON = 0x3000;
const common: (Normal | undefined)[] = new Array(COMMON);

function normalOf(codePoint: number): Normal {
  if (codePoint >= COMMON) return normalise(codePoint);
  common[codePoint] ??= normalise(codePoint);
  return common[codePoint];
}

/**
 * @param vocabulary one piece a line, the line number is its id; "##" marks pieces that continue a word.
 * @throws RangeError when a special token is missing or a piece occurs twice.
 */
export function createTokenizer(vocabulary: string): Tokenizer {
  const heads = new Map<string, number>();
  const tails = new Map<string, number>();
  let longest = 0;
  const lines = vocabulary.split("\n").map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  if (lines.at(-1) === "") lines.pop();
  for (const [id, line] of lines.entries()) {
    const continues = line.startsWith("##") && line.length > 2;
    const pieces = continues ? tails : heads;
    const piece = continues ? line.slice(2) : line;
    if (pieces.has(piece)) throw new RangeError(`the vocabulary repeats the piece of line ${id + 1}`);
    pieces.set(piece, id);
    longest = Math.max(longest, piece.length);
  }
  const special = (name: string): number => {
    const id = heads.get(name);
    if (id === undefined) throw new RangeError(`the vocabulary lacks ${name}`);
    return id;
  };
  const specials = { pad: special("[PAD]"), cls: special("[CLS]"), sep: special("[SEP]"), unk: special("[UNK]") };

  const encode = (text: string): Pieces => {
    const ids: number[] = [];
    const starts: number[] = [];
    const ends: number[] = [];
    const add = (id: number, start: number, end: number): void => {
      ids.push(id);
      starts.push(start);
      ends.push(end);
    };

    let word = "";
    let characters = 0;
    // Original offsets of each UTF-16 unit of `word`.
    let from: number[] = [];
    let to: number[] = [];

    const flush = (): void => {
      if (word === "") return;
      const begin = from[0] ?? 0;
      const finish = to[word.length - 1] ?? begin;
      const whole = heads.get(word);
      if (characters > LONGEST_WORD) add(specials.unk, begin, finish);
      else if (whole !== undefined) add(whole, begin, finish);
      else split(begin, finish);
      word = "";
      characters = 0;
      from = [];
      to = [];
    };

    const split = (begin: number, finish: number): void => {
      const mark = ids.length;
      let at = 0;
      while (at < word.length) {
        const known = at === 0 ? heads : tails;
        let end = Math.min(word.length, at + longest);
        let id: number | undefined;
        while (end > at) {
          id = known.get(word.slice(at, end));
          if (id !== undefined) break;
          end -= 1;
        }
        if (id === undefined) {
          ids.length = starts.length = ends.length = mark;
          add(specials.unk, begin, finish);
          return;
        }
        add(id, from[at] ?? begin, to[end - 1] ?? finish);
        at = end;
      }
    };

    const extend = (part: string, start: number, end: number): void => {
      word += part;
      characters += 1;
      for (let unit = 0; unit < part.length; unit += 1) {
        from.push(start);
        to.push(end);
      }
    };

    for (let index = 0; index < text.length; ) {
      const codePoint = text.codePointAt(index) ?? 0;
      const end = index + (codePoint > 0xffff ? 2 : 1);
      const normal = normalOf(codePoint);
      if (normal.role === "space") flush();
      else if (normal.role === "word" && normal.text.length === 1) extend(normal.text, index, end);
      else if (normal.role !== "removed") {
        // One character may decompose into several ("≠" is "=" and a mark); each decides for itself.
        for (const part of normal.text) {
          const alone = normal.role === "alone" && (normal.text.length === part.length || PUNCTUATION.test(part));
          if (alone) flush();
          extend(part, index, end);
          if (alone) flush();
        }
      }
      index = end;
    }
    flush();
    return { ids, starts, ends };
  };

  return { ...specials, encode };
}

const LETTER_RUN = /[\p{L}\p{M}\p{N}]+/gu;

/**
 * Case of each piece's word, which the uncased encoder cannot see: 0 lower case, 1 some capital, 2 all capitals of two or
 * more characters. Added to the segment id as 2 x case.
 */
export function caseOf(text: string, pieces: Pieces): Uint8Array {
  const cases = new Uint8Array(pieces.ids.length);
  let piece = 0;
  for (const match of text.matchAll(LETTER_RUN)) {
    const run = match[0];
    const end = match.index + run.length;
    while (piece < cases.length && (pieces.starts[piece] ?? 0) < match.index) piece += 1;
    if (piece === cases.length) break;
    let value = 0;
    if (run !== run.toLowerCase()) value = run.length > 1 && run === run.toUpperCase() ? 2 : 1;
    while (piece < cases.length && (pieces.starts[piece] ?? 0) < end) {
      cases[piece] = value;
      piece += 1;
    }
  }
  return cases;
}
