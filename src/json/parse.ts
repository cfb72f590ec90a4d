/**
 * A strict JSON parser (RFC 8259) that loses nothing: digits, duplicate keys, lone surrogates and the place of every
 * value in its source. `JSON.parse` rounds 12345678901234567890, merges duplicates and knows no offsets.
 */
import { JSON_NULL, type JsonArray, type JsonNumber, type JsonObject, type JsonString, jsonLiteral } from "./value.ts";

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

export const DEFAULT_MAX_DEPTH = 100;
export const DEFAULT_MAX_NODES = 500_000;

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
  return new Parser(text, options).document();
}

class Parser {
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #controlCharacters: boolean;
  #nodesLeft: number;
  #at = 0;

  constructor(text: string, options: ParseOptions) {
    this.#text = text;
    this.#maxDepth = options.maxDepth ?? DEFAULT_MAX_DEPTH;
    this.#nodesLeft = options.maxNodes ?? DEFAULT_MAX_NODES;
    this.#controlCharacters = options.controlCharacters ?? false;
  }

  document(): ParsedJson {
    this.#space();
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) throw this.#error("syntax");
    return value;
  }

  #error(code: JsonErrorCode): JsonError {
    return new JsonError(code, this.#at);
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
      this.#at++;
    }
  }

  #value(depth: number): ParsedJson {
    if (this.#nodesLeft-- <= 0) throw this.#error("too_large");
    switch (this.#text[this.#at]) {
      case "{":
        return this.#object(depth + 1);
      case "[":
        return this.#array(depth + 1);
      case '"':
        return this.#string();
      case "t":
        return this.#literal("true", true);
      case "f":
        return this.#literal("false", false);
      case "n":
        return this.#literal("null", null);
      default:
        return this.#number();
    }
  }

  #literal(word: string, value: true | false | null): ParsedLiteral {
    if (!this.#text.startsWith(word, this.#at)) throw this.#error("syntax");
    const start = this.#at;
    this.#at += word.length;
    return { ...(value === null ? JSON_NULL : jsonLiteral(value)), start, end: this.#at };
  }

  #number(): ParsedNumber {
    NUMBER.lastIndex = this.#at;
    const raw = NUMBER.exec(this.#text)?.[0];
    if (raw === undefined) throw this.#error("syntax");
    const start = this.#at;
    this.#at += raw.length;
    return { type: "number", raw, start, end: this.#at };
  }

  #string(): ParsedString {
    const text = this.#text;
    const start = this.#at++;
    let value = "";
    let from = this.#at;
    for (;;) {
      const code = text.charCodeAt(this.#at);
      if (code === 34) {
        value += text.slice(from, this.#at++);
        return { type: "string", value, start, end: this.#at };
      }
      if (code === 92) {
        value += text.slice(from, this.#at) + this.#escape();
        from = this.#at;
      } else if (Number.isNaN(code) || (code < 32 && !this.#controlCharacters)) {
        throw this.#error("syntax");
      } else {
        this.#at++;
      }
    }
  }

  #escape(): string {
    const letter = this.#text[this.#at + 1] ?? "";
    const simple = simpleEscape(letter);
    if (simple !== undefined) {
      this.#at += 2;
      return simple;
    }
    const hex = this.#text.slice(this.#at + 2, this.#at + 6);
    if (letter !== "u" || !/^[0-9a-fA-F]{4}$/.test(hex)) throw this.#error("syntax");
    this.#at += 6;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }

  #array(depth: number): ParsedArray {
    if (depth > this.#maxDepth) throw this.#error("too_deep");
    const start = this.#at++;
    const items: ParsedJson[] = [];
    this.#space();
    if (this.#text[this.#at] === "]") {
      this.#at++;
      return { type: "array", items, start, end: this.#at };
    }
    for (;;) {
      this.#space();
      items.push(this.#value(depth));
      this.#space();
      const next = this.#text[this.#at];
      if (next !== "," && next !== "]") throw this.#error("syntax");
      this.#at++;
      if (next === "]") return { type: "array", items, start, end: this.#at };
    }
  }

  #object(depth: number): ParsedObject {
    if (depth > this.#maxDepth) throw this.#error("too_deep");
    const start = this.#at++;
    const entries: ParsedEntry[] = [];
    this.#space();
    if (this.#text[this.#at] === "}") {
      this.#at++;
      return { type: "object", entries, start, end: this.#at };
    }
    for (;;) {
      this.#space();
      if (this.#text[this.#at] !== '"') throw this.#error("syntax");
      const key = this.#string();
      this.#space();
      if (this.#text[this.#at] !== ":") throw this.#error("syntax");
      this.#at++;
      this.#space();
      entries.push({ key, value: this.#value(depth) });
      this.#space();
      const next = this.#text[this.#at];
      if (next !== "," && next !== "}") throw this.#error("syntax");
      this.#at++;
      if (next === "}") return { type: "object", entries, start, end: this.#at };
    }
  }
}
