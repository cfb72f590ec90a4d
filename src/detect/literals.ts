import { type Folded, fold } from "./text/fold.ts";
import { type Token, tokenize } from "./text/tokens.ts";

/** First words beyond which looking for each of them is no shortcut. */
const MANY = 40;

interface Node<T> {
  readonly next: Map<string, Node<T>>;
  value: T | undefined;
}

/** Finds many literal values at once, as whole words, in any case, linear in the text. */
export class LiteralMatcher<T> {
  readonly #root: Node<T> = { next: new Map(), value: undefined };
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The first to add a literal owns it. */
  add(literal: string, value: T): void {
    const tokens = tokenize(fold(literal));
    if (tokens.length === 0) return;
    let node = this.#root;
    for (const token of tokens) {
      let next = node.next.get(token.text);
      if (next === undefined) {
        next = { next: new Map(), value: undefined };
        node.next.set(token.text, next);
      }
      node = next;
    }
    if (node.value === undefined) this.#size++;
    node.value ??= value;
  }

  /** False when none of them can stand in a text, which spares taking it apart. Asked of few literals; many always may. */
  mayStandIn({ text }: Folded): boolean {
    const { next } = this.#root;
    if (next.size > MANY) return true;
    for (const word of next.keys()) if (text.includes(word)) return true;
    return false;
  }

  /** Longest matches, left to right, with offsets in the original text. A possessive ending stays outside. */
  *find(folded: Folded, tokens: readonly Token[]): Iterable<{ start: number; end: number; value: T }> {
    if (this.#size === 0) return;
    for (let at = 0; at < tokens.length; at++) {
      let node: Node<T> | undefined = this.#root;
      let last = -1;
      let value: T | undefined;
      let cut = 0;
      for (let i = at; i < tokens.length; i++) {
        const token = tokens[i] as Token;
        const bare: Node<T> | undefined = token.text.endsWith("'s")
          ? node.next.get(token.text.slice(0, -2))
          : undefined;
        if (bare?.value !== undefined) {
          last = i;
          value = bare.value;
          cut = 2;
        }
        node = node.next.get(token.text);
        if (node === undefined) break;
        if (node.value !== undefined) {
          last = i;
          value = node.value;
          cut = 0;
        }
      }
      if (last < 0 || value === undefined) continue;
      yield {
        start: folded.start((tokens[at] as Token).from),
        end: folded.end((tokens[last] as Token).to - cut - 1),
        value,
      };
      at = last;
    }
  }
}
