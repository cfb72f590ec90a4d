/** An incremental JSON lexer: one document, one character at a time, with just enough grammar to know where it stands. */
import { simpleEscape } from "../json/parse.ts";

/** What one character was. */
export type FrameStep =
  /** Structure, white space, numbers and words outside strings. */
  | { readonly type: "structure" }
  | { readonly type: "open"; readonly key: boolean }
  | { readonly type: "close" }
  /** A decoded character of a string. */
  | { readonly type: "content"; readonly char: string }
  /** In the middle of an escape: the characters belong to the content step that follows. */
  | { readonly type: "pending" }
  /** A backslash that escapes nothing: it and this character are content as they are. */
  | { readonly type: "loose" }
  /** Not JSON (strict frames only). */
  | { readonly type: "violation" };

const STRUCTURE: FrameStep = { type: "structure" };
const PENDING: FrameStep = { type: "pending" };
const VIOLATION: FrameStep = { type: "violation" };

type Expect = "value" | "valueOrEnd" | "key" | "keyOrEnd" | "colon" | "commaOrEnd" | "done";

const NUMBER_SO_FAR = /^-?[0-9]*\.?[0-9]*(?:[eE][+-]?[0-9]*)?$/;
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
const WORDS: readonly string[] = ["true", "false", "null"];

/** Deeper than any answer; so long stays the way to a value. */
const MAX_DEPTH = 200;

interface Container {
  readonly type: "object" | "array";
  key: string;
}

export class JsonFrame {
  readonly #strict: boolean;
  readonly #stack: Container[] = [];
  #expect: Expect = "value";
  #word = "";
  #inString = false;
  #isKey = false;
  #key = "";
  #escape = "";
  #started = false;

  /** Strict: the first violation of the grammar is reported, and the frame is over. Else it goes on as well as it can. */
  constructor(strict: boolean) {
    this.#strict = strict;
  }

  /** Something other than white space was read. */
  get started(): boolean {
    return this.#started;
  }

  /** Keys of the objects around the current value, outermost first. */
  keys(): readonly string[] {
    return this.#stack.filter((container) => container.type === "object").map((container) => container.key);
  }

  feed(char: string): FrameStep {
    return this.#inString ? this.#string(char) : this.#structure(char);
  }

  #string(char: string): FrameStep {
    if (this.#escape !== "") return this.#escaped(char);
    if (char === "\\") {
      this.#escape = char;
      return PENDING;
    }
    if (char === '"') {
      this.#inString = false;
      if (this.#isKey) {
        const container = this.#stack.at(-1);
        if (container) container.key = this.#key;
      }
      this.#expect = this.#isKey ? "colon" : this.#after();
      return { type: "close" };
    }
    return this.#content(char);
  }

  #content(char: string): FrameStep {
    if (this.#isKey) this.#key += char;
    return { type: "content", char };
  }

  #escaped(char: string): FrameStep {
    const sequence = this.#escape + char;
    this.#escape = "";
    if (sequence.length === 2) {
      const simple = simpleEscape(char);
      if (simple !== undefined) return this.#content(simple);
    }
    if (/^\\u[0-9a-fA-F]{4}$/.test(sequence)) {
      return this.#content(String.fromCharCode(Number.parseInt(sequence.slice(2), 16)));
    }
    if (/^\\u[0-9a-fA-F]{0,3}$/.test(sequence)) {
      this.#escape = sequence;
      return PENDING;
    }
    return this.#strict ? VIOLATION : { type: "loose" };
  }

  #structure(char: string): FrameStep {
    const space = char === " " || char === "\n" || char === "\r" || char === "\t";
    if (!space) this.#started = true;
    if (this.#word !== "") {
      if (/^[A-Za-z0-9+.-]$/.test(char)) return this.#inWord(char);
      if (!this.#endWord()) return VIOLATION;
    }
    if (space) return STRUCTURE;
    switch (char) {
      case '"':
        return this.#open();
      case "{":
      case "[":
        if (!this.#allow("value", "valueOrEnd")) return VIOLATION;
        if (this.#stack.length < MAX_DEPTH) this.#stack.push({ type: char === "{" ? "object" : "array", key: "" });
        else if (this.#strict) return VIOLATION;
        this.#expect = char === "{" ? "keyOrEnd" : "valueOrEnd";
        return STRUCTURE;
      case "}":
      case "]":
        return this.#endContainer(char === "}" ? "object" : "array");
      case ":":
        if (!this.#allow("colon")) return VIOLATION;
        this.#expect = "value";
        return STRUCTURE;
      case ",":
        if (!this.#allow("commaOrEnd")) return VIOLATION;
        this.#expect = this.#stack.at(-1)?.type === "object" ? "key" : "value";
        return STRUCTURE;
      default:
        if (!this.#allow("value", "valueOrEnd")) return VIOLATION;
        return this.#inWord(char);
    }
  }

  #open(): FrameStep {
    const key = this.#expect === "key" || this.#expect === "keyOrEnd";
    if (!key && !this.#allow("value", "valueOrEnd")) return VIOLATION;
    this.#inString = true;
    this.#isKey = key;
    this.#key = "";
    return { type: "open", key };
  }

  #endContainer(type: Container["type"]): FrameStep {
    const endable = type === "object" ? this.#allow("commaOrEnd", "keyOrEnd") : this.#allow("commaOrEnd", "valueOrEnd");
    if (!endable || (this.#strict && this.#stack.at(-1)?.type !== type)) return VIOLATION;
    this.#stack.pop();
    this.#expect = this.#after();
    return STRUCTURE;
  }

  #inWord(char: string): FrameStep {
    this.#word += char;
    const known = NUMBER_SO_FAR.test(this.#word) || WORDS.some((word) => word.startsWith(this.#word));
    return this.#strict && !known ? VIOLATION : STRUCTURE;
  }

  #endWord(): boolean {
    const valid = NUMBER.test(this.#word) || WORDS.includes(this.#word);
    this.#word = "";
    this.#expect = this.#after();
    return valid || !this.#strict;
  }

  #after(): Expect {
    return this.#stack.length === 0 ? "done" : "commaOrEnd";
  }

  #allow(...expected: readonly Expect[]): boolean {
    return !this.#strict || expected.includes(this.#expect);
  }
}
