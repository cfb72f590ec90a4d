import type { Kind } from "../kind.ts";
import type { Token } from "../text/tokens.ts";

/** What a cue phrase announces: a kind, a number of no kind ("id", "number"), or something harmless ("blood pressure"). */
export type Announced = Kind | "ANY" | "HARMLESS";

export interface Cue {
  readonly announces: Announced;
  /** Token range, both included. */
  readonly first: number;
  readonly last: number;
}

interface Node {
  readonly next: Map<string, Node>;
  announces: Announced | null;
}

const newNode = (): Node => ({ next: new Map(), announces: null });

/** Finds cue phrases as whole words; built once, then linear in the text. */
export class CueMatcher {
  readonly #root = newNode();

  /** The first to register a phrase owns it. Joined spellings (`memberid`) are registered along. */
  add(phrase: string, announces: Announced): void {
    const words = phrase.split(" ");
    this.#put(words, announces);
    if (words.length > 1) this.#put([words.join("")], announces);
  }

  #put(words: readonly string[], announces: Announced): void {
    let node = this.#root;
    for (const word of words) {
      let next = node.next.get(word);
      if (next === undefined) {
        next = newNode();
        node.next.set(word, next);
      }
      node = next;
    }
    node.announces ??= announces;
  }

  /** All cues, the longest at each place, left to right. */
  find(tokens: readonly Token[]): Cue[] {
    const cues: Cue[] = [];
    for (let at = 0; at < tokens.length; at++) {
      const hit = this.#longest(tokens, at);
      if (hit) {
        cues.push(hit);
        at = hit.last;
      }
    }
    return cues;
  }

  #longest(tokens: readonly Token[], at: number): Cue | null {
    let node: Node | undefined = this.#root;
    let found: Cue | null = null;
    for (let i = at; i < tokens.length && i - at < 12; i++) {
      const token = tokens[i] as Token;
      if (token.type === "mark" && i > at && /^[-_./&]$/.test(token.text) && !(token.spaced && tokens[i + 1]?.spaced))
        continue;
      if (token.type === "mark") break;
      const text: string = token.text.endsWith("'s") ? token.text.slice(0, -2) : token.text;
      node = node.next.get(token.text) ?? node.next.get(text);
      if (node === undefined) break;
      if (node.announces) found = { announces: node.announces, first: at, last: i };
    }
    return found;
  }

  /** What the words of a JSON key path announce: the phrase that ends last, so that the leaf decides. */
  ofKey(words: readonly string[]): Announced | null {
    let found: Announced | null = null;
    let end = -1;
    for (let at = 0; at < words.length; at++) {
      let node: Node | undefined = this.#root;
      for (let i = at; i < words.length; i++) {
        node = node.next.get(words[i] as string);
        if (node === undefined) break;
        if (node.announces && i >= end) {
          if (i > end) found = node.announces;
          end = i;
        }
      }
    }
    return found;
  }
}
