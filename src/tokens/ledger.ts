import type { Kind } from "../detect/kind.ts";

/** One token minted for a request, with the text that it stands for there. */
export interface LedgerEntry {
  readonly token: string;
  readonly kind: Kind;
  /** What goes back in place of the token: the text as it was written in the request. */
  readonly value: string;
  /** True when the value stood in the request as a bare JSON number. */
  readonly numeric: boolean;
}

/**
 * The tokens that one request minted. The proxy puts back nothing that is not in it: a token text from anywhere else is
 * an identifier like any other (tokens, Scope).
 */
export class Ledger {
  readonly #byToken = new Map<string, LedgerEntry>();

  /** Later forms of the same value replace earlier ones, so that an answer repeats what was said last. */
  add(entry: LedgerEntry): void {
    this.#byToken.set(entry.token, entry);
  }

  get(token: string): LedgerEntry | undefined {
    return this.#byToken.get(token);
  }

  has(token: string): boolean {
    return this.#byToken.has(token);
  }

  entries(): IterableIterator<LedgerEntry> {
    return this.#byToken.values();
  }

  get size(): number {
    return this.#byToken.size;
  }
}
