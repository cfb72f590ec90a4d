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

/** An entry with all that the request said of its value. */
export interface LedgerRecord extends LedgerEntry {
  /** The value as it last stood as a bare JSON number: what a field takes that takes numbers only. */
  readonly number: string | null;
}

/**
 * The tokens that one request minted. The proxy puts back nothing that is not in it: a token text from anywhere else is
 * an identifier like any other (tokens, Scope).
 */
export class Ledger {
  readonly #byToken = new Map<string, LedgerRecord>();

  /** Later forms of the same value replace earlier ones, so that an answer repeats what was said last. */
  add(entry: LedgerEntry): void {
    const number = entry.numeric ? entry.value : (this.#byToken.get(entry.token)?.number ?? null);
    this.#byToken.set(entry.token, { ...entry, number });
  }

  get(token: string): LedgerRecord | undefined {
    return this.#byToken.get(token);
  }

  has(token: string): boolean {
    return this.#byToken.has(token);
  }

  entries(): IterableIterator<LedgerRecord> {
    return this.#byToken.values();
  }

  get size(): number {
    return this.#byToken.size;
  }
}
