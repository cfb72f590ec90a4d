/**
 * A strict JSON parser (RFC 8259) that loses nothing: digits, duplicate keys, lone surrogates and the place of every
 * value in its source. `JSON.parse` rounds 12345678901234567890, merges duplicates and knows no offsets.
 */
import type { JsonArray, JsonNumber, JsonObject, JsonString } from "./value.ts";

/** Where a parsed value stands in its source, end exclusive; a string's range includes its quotes. */
export interface SourceRange {
  readonly start: number;
  readonly end: number;
}

export interface ParsedString extends JsonString, SourceRange {}
export interface ParsedNumber extends JsonNumber, SourceRange {}
export interface ParsedLiteral extends SourceRange {
  readonly type: "literal";
  readonly value: true | false | null;
}
export interface ParsedArray extends JsonArray, SourceRange {
  readonly items: readonly ParsedJson[];
}
export interface ParsedEntry {
  readonly key: ParsedString;
  readonly value: ParsedJson;
}
export interface ParsedObject extends JsonObject, SourceRange {
  readonly entries: readonly ParsedEntry[];
}
export type ParsedJson = ParsedObject | ParsedArray | ParsedString | ParsedNumber | ParsedLiteral;

export type JsonErrorCode = "syntax" | "too_deep" | "too_large";

/** Why a text is not JSON that is accepted here. The message never quotes the text. */
export class JsonError extends Error {
  readonly code: JsonErrorCode;
  /** UTF-16 offset in the text. */
  readonly offset: number;

  constructor(code: JsonErrorCode, offset: number) {
    super(`JSON ${code} at offset ${offset}`);
    this.name = "JsonError";
    this.code = code;
    this.offset = offset;
  }
}

export interface ParseOptions {
  /** Levels of arrays and objects; default 100. */
  readonly maxDepth?: number;
  /** Values and keys in all; default 500,000. */
  readonly maxNodes?: number;
  /** Accept bare control characters in strings, as careless writers leave them. */
  readonly controlCharacters?: boolean;
}

const DEFAULT_MAX_DEPTH = 100;
const DEFAULT_MAX_NODES = 500_000;

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 92;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const LETTER_F = 102;
const LETTER_N = 110;
const LETTER_T = 116;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** The character that a two-character escape stands for; undefined for `u` and for what JSON does not know. */
export function simpleEscape(letter: string): string | undefined {
  return Object.hasOwn(SIMPLE_ESCAPES, letter) ? SIMPLE_ESCAPES[letter] : undefined;
}

/**
 * Parses one JSON text.
 * @throws JsonError, and nothing else.
 */
export function parseJson(text: string, options: ParseOptions = {}): ParsedJson {
  const { maxDepth = DEFAULT_MAX_DEPTH, maxNodes = DEFAULT_MAX_NODES, controlCharacters = false } = options;
  let at = 0;
  let nodes = 0;

  function skipSpace(): void {
    for (let code = text.charCodeAt(at); code === 32 || code === 10 || code === 13 || code === 9; ) {
      code = text.charCodeAt(++at);
    }
  }

  function value(depth: number): ParsedJson {
    if (++nodes > maxNodes) throw new JsonError("too_large", at);
    switch (text.charCodeAt(at)) {
      case OPEN_BRACE:
        return object(depth + 1);
      case OPEN_BRACKET:
        return array(depth + 1);
      case QUOTE:
        return string();
      case LETTER_T:
        return literal("true", true);
      case LETTER_F:
        return literal("false", false);
      case LETTER_N:
        return literal("null", null);
      default:
        return number();
    }
  }

  function literal(word: string, meaning: true | false | null): ParsedLiteral {
    if (!text.startsWith(word, at)) throw new JsonError("syntax", at);
    const start = at;
    at += word.length;
    return { type: "literal", value: meaning, start, end: at };
  }

  function number(): ParsedNumber {
    const start = at;
    NUMBER.lastIndex = start;
    if (!NUMBER.test(text)) throw new JsonError("syntax", at);
    at = NUMBER.lastIndex;
    return { type: "number", raw: text.slice(start, at), start, end: at };
  }

  function string(): ParsedString {
    const start = at++;
    let decoded = "";
    let from = at;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        const rest = text.slice(from, at++);
        return { type: "string", value: decoded === "" ? rest : decoded + rest, start, end: at };
      }
      if (code === BACKSLASH) {
        decoded += text.slice(from, at) + escaped();
        from = at;
      } else if (Number.isNaN(code) || (code < 32 && !controlCharacters)) {
        throw new JsonError("syntax", at);
      } else {
        at++;
      }
    }
  }

  function escaped(): string {
    const letter = text[at + 1] ?? "";
    const simple = simpleEscape(letter);
    if (simple !== undefined) {
      at += 2;
      return simple;
    }
    const hex = text.slice(at + 2, at + 6);
    if (letter !== "u" || !/^[0-9a-fA-F]{4}$/.test(hex)) throw new JsonError("syntax", at);
    at += 6;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }

  /** After a value in a container: true when another one follows, false at its end. */
  function another(end: number): boolean {
    skipSpace();
    const code = text.charCodeAt(at);
    if (code !== COMMA && code !== end) throw new JsonError("syntax", at);
    at++;
    return code === COMMA;
  }

  /** True at the end of a container that holds nothing. */
  function endsAtOnce(depth: number, end: number): boolean {
    if (depth > maxDepth) throw new JsonError("too_deep", at);
    at++;
    skipSpace();
    if (text.charCodeAt(at) !== end) return false;
    at++;
    return true;
  }

  function array(depth: number): ParsedArray {
    const start = at;
    const items: ParsedJson[] = [];
    if (endsAtOnce(depth, CLOSE_BRACKET)) return { type: "array", items, start, end: at };
    do {
      skipSpace();
      items.push(value(depth));
    } while (another(CLOSE_BRACKET));
    return { type: "array", items, start, end: at };
  }

  function object(depth: number): ParsedObject {
    const start = at;
    const entries: ParsedEntry[] = [];
    if (endsAtOnce(depth, CLOSE_BRACE)) return { type: "object", entries, start, end: at };
    do {
      skipSpace();
      if (text.charCodeAt(at) !== QUOTE) throw new JsonError("syntax", at);
      const key = string();
      skipSpace();
      if (text.charCodeAt(at) !== COLON) throw new JsonError("syntax", at);
      at++;
      skipSpace();
      entries.push({ key, value: value(depth) });
    } while (another(CLOSE_BRACE));
    return { type: "object", entries, start, end: at };
  }

  skipSpace();
  const document = value(0);
  skipSpace();
  if (at < text.length) throw new JsonError("syntax", at);
  return document;
}
