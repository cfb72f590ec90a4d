import type { Piece } from "./align.ts";

/** Whether a text is JSON that gains from being laid out. */
export function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** JSON in pieces, laid out over lines: only blanks outside strings change, so that the pieces stay what they are. */
export function prettyPieces(pieces: readonly Piece[]): readonly Piece[] {
  const layout = new Layout();
  return pieces.map((piece) => {
    if (piece.token !== null) return piece;
    const text = layout.add(piece.text);
    return { ...piece, text, masked: text };
  });
}

/** Keeps its place between the pieces: one of them may end in the middle of a string. */
class Layout {
  #depth = 0;
  #inString = false;
  #escaped = false;

  add(text: string): string {
    let out = "";
    for (let at = 0; at < text.length; at++) {
      const character = text[at] ?? "";
      if (this.#inString) {
        this.#read(character);
        out += character;
      } else if (!/\s/.test(character)) out += this.#layOut(character, text.slice(at + 1, at + 2), out.at(-1));
    }
    return out;
  }

  #read(character: string): void {
    if (this.#escaped) this.#escaped = false;
    else if (character === "\\") this.#escaped = true;
    else if (character === '"') this.#inString = false;
  }

  #layOut(character: string, next: string, before: string | undefined): string {
    switch (character) {
      case '"':
        this.#inString = true;
        return character;
      case "{":
      case "[":
        this.#depth++;
        return next === "}" || next === "]" ? character : character + this.#line();
      case "}":
      case "]":
        this.#depth--;
        return before === "{" || before === "[" ? character : this.#line() + character;
      case ",":
        return character + this.#line();
      case ":":
        return ": ";
      default:
        return character;
    }
  }

  #line(): string {
    return `\n${"  ".repeat(Math.max(this.#depth, 0))}`;
  }
}
