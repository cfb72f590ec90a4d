/**
 * Text of an answer as units: each innermost decoded character with the source characters that stand for it and the
 * number of JSON strings around it (protocols 5). JSON inside strings is followed as deep as it goes, as long as it is
 * JSON: at the first character that no JSON document could have there, the string is plain text again.
 */
import { MAX_STRING_LEVELS } from "../json/leaves.ts";
import { JsonFrame } from "./json-frame.ts";

export interface Unit {
  /** Decoded. */
  readonly char: string;
  /** As it stands in the text. */
  readonly raw: string;
  /** How often a value put here must be escaped: the JSON strings around it. */
  readonly depth: number;
  readonly role:
    | "text"
    /** Outside strings of a text that is JSON by contract. */
    | "bare"
    /** The quote that opens a string which is a value. */
    | "open"
    | "close";
  /** Of an opening quote of the outermost document: keys that lead to the value. */
  readonly keys?: readonly string[];
}

/** `text`: prose, followed as JSON when it begins like it. `json`: JSON by contract, such as tool-call arguments. */
export type LexerMode = "text" | "json";

export class EscapeLexer {
  readonly #emit: (unit: Unit) => void;
  #mode: LexerMode;
  /** Frame i reads the text inside i strings. */
  readonly #frames: JsonFrame[] = [];
  /** Raw characters of the unfinished escape of each frame. */
  readonly #held: string[] = [];
  /** A text that is prose so far may still turn out to begin with white space and JSON. */
  #undecided = true;

  constructor(mode: LexerMode, emit: (unit: Unit) => void) {
    this.#mode = mode;
    this.#emit = emit;
  }

  push(text: string): void {
    for (let i = 0; i < text.length; i++) this.#char(text[i] as string);
  }

  end(): void {
    this.#release(0);
  }

  #char(char: string): void {
    if (this.#undecided) this.#decide(char);
    this.#feed(0, char, char);
  }

  /** The first character that is no white space tells whether the text is followed as JSON. */
  #decide(char: string): void {
    if (/^\s$/.test(char)) return;
    this.#undecided = false;
    const begins = this.#mode === "json" ? /^[[{"]$/ : /^[[{]$/;
    if (begins.test(char)) this.#grow(this.#mode === "text");
    else this.#mode = "text";
  }

  #grow(strict: boolean): void {
    this.#frames.push(new JsonFrame(strict));
    this.#held.push("");
  }

  /** One decoded character of level `level`, with all its source. */
  #feed(level: number, char: string, raw: string): void {
    const frame = this.#frames[level];
    if (!frame) {
      this.#emit({ char, raw, depth: level, role: "text" });
      return;
    }
    const held = this.#held[level] ?? "";
    const step = frame.feed(char);
    switch (step.type) {
      case "pending":
        this.#held[level] = held + raw;
        return;
      case "content":
        this.#held[level] = "";
        this.#inside(level + 1, step.char, held + raw);
        return;
      case "loose":
        this.#held[level] = "";
        this.#inside(level + 1, "\\", held);
        this.#inside(level + 1, char, raw);
        return;
      case "open":
        this.#emit({
          char,
          raw,
          depth: level,
          role: step.key ? "text" : "open",
          ...(level === 0 && { keys: frame.keys() }),
        });
        if (!step.key && level + 1 < MAX_STRING_LEVELS) this.#grow(true);
        return;
      case "close":
        this.#release(level + 1);
        this.#drop(level + 1);
        this.#emit({ char, raw, depth: level, role: "close" });
        return;
      case "structure":
        this.#emit({ char, raw, depth: level, role: level === 0 && this.#mode === "json" ? "bare" : "text" });
        return;
      case "violation":
        this.#release(level);
        this.#drop(level);
        this.#emit({ char, raw, depth: level, role: "text" });
        return;
    }
  }

  /** A character inside a string of the level above; a frame that was only a guess ends with the first other beginning. */
  #inside(level: number, char: string, raw: string): void {
    const frame = this.#frames[level];
    if (frame && !frame.started && !/^[\s[{]$/.test(char)) this.#drop(level);
    this.#feed(level, char, raw);
  }

  /** Gives out the unfinished escapes of this level and those inside it: they were text after all. */
  #release(level: number): void {
    for (let i = this.#frames.length - 1; i >= level; i--) {
      const held = this.#held[i] ?? "";
      this.#held[i] = "";
      if (held !== "") this.#emit({ char: "\\", raw: held, depth: i + 1, role: "text" });
    }
  }

  #drop(level: number): void {
    this.#frames.length = Math.min(this.#frames.length, level);
    this.#held.length = this.#frames.length;
  }
}
