/**
 * Puts values back into one text of an answer (one choice, one field), in pieces as they come. What comes out does not
 * depend on how the text was cut: every decision is made character by character, and a whole text is one piece.
 */
import type { Kind } from "../detect/kind.ts";
import { jsonEscape } from "../json/value.ts";
import type { LedgerRecord } from "../tokens/ledger.ts";
import { redactedText } from "../tokens/token.ts";
import { EscapeLexer, type LexerMode, type Unit } from "./escape-lexer.ts";
import { Candidate, mayBegin, type TokenIndex, type Verdict } from "./find.ts";

/** What the receiver of a JSON value takes: `number` only, `text` only, or whatever it was in the request. */
export type DeclaredType = "number" | "text" | "any";

export interface TextOptions {
  readonly mode: LexerMode;
  /** The declared type of the value at these keys of a JSON text; default `any`. */
  readonly typeAt?: (keys: readonly string[]) => DeclaredType;
  readonly onRestored: (entry: LedgerRecord) => void;
  readonly onUnresolved: (kind: Kind) => void;
  /** Told of each change of length: at this offset of the text that came in, `removed` characters became `added`. */
  readonly onReplaced?: (change: { readonly at: number; readonly removed: number; readonly added: number }) => void;
}

const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

/** A token that fills a JSON string up to now; whether it is all of it, the next character tells. */
interface Waiting {
  readonly entry: LedgerRecord;
  readonly open: Unit;
  readonly units: readonly Unit[];
}

export class TextRehydrator {
  readonly #index: TokenIndex;
  readonly #options: TextOptions;
  readonly #lexer: EscapeLexer;
  #out = "";
  /** Source characters that went through, held ones not among them. */
  #offset = 0;
  #open: Unit | null = null;
  #candidate: Candidate | null = null;
  #pending: Unit[] = [];
  #waiting: Waiting | null = null;

  constructor(index: TokenIndex, options: TextOptions) {
    this.#index = index;
    this.#options = options;
    this.#lexer = new EscapeLexer(options.mode, (unit) => this.#take([unit]));
  }

  /** Takes the next piece; what can go out now. */
  push(text: string): string {
    this.#lexer.push(text);
    return this.#flush();
  }

  /** The rest, when no more comes. */
  end(): string {
    this.#lexer.end();
    while (this.#candidate) this.#take(this.#decide(this.#candidate.end(true)));
    this.#settle(null);
    this.#releaseOpen();
    return this.#flush();
  }

  #flush(): string {
    const out = this.#out;
    this.#out = "";
    return out;
  }

  #pass(unit: Unit): void {
    this.#out += unit.raw;
    this.#offset += unit.raw.length;
  }

  /** Works off units; those that a decision gives back are taken again, without recursion. */
  #take(units: readonly Unit[]): void {
    const queue = [...units].reverse();
    for (let unit = queue.pop(); unit; unit = queue.pop()) {
      if (this.#candidate) {
        this.#pending.push(unit);
        const quote = unit.role === "open" || unit.role === "close";
        const verdict = quote ? this.#candidate.end() : this.#candidate.feed(unit.char);
        if (verdict) queue.push(...this.#decide(verdict).toReversed());
        continue;
      }
      if (this.#settle(unit)) continue;
      if (unit.role === "open") {
        this.#releaseOpen();
        this.#open = unit;
      } else if (unit.role !== "close" && mayBegin(unit.char)) {
        this.#candidate = new Candidate(this.#index);
        this.#candidate.feed(unit.char);
        this.#pending = [unit];
      } else {
        this.#releaseOpen();
        this.#pass(unit);
      }
    }
  }

  /** Ends the candidate; gives back the units that were not part of it. */
  #decide(verdict: Verdict): readonly Unit[] {
    const pending = this.#pending;
    this.#candidate = null;
    this.#pending = [];
    if (verdict.type === "text") {
      this.#releaseOpen();
      this.#pass(pending[0] as Unit);
      return pending.slice(1);
    }
    const units = pending.slice(0, verdict.length);
    if (verdict.type === "token") {
      this.#options.onRestored(verdict.entry);
      if (this.#open) this.#waiting = { entry: verdict.entry, open: this.#open, units };
      else this.#replace(units, this.#inPlace(verdict.entry.value, units[0] as Unit));
      this.#open = null;
    } else {
      this.#options.onUnresolved(verdict.kind);
      this.#releaseOpen();
      this.#replace(units, this.#inPlace(redactedText(verdict.kind), units[0] as Unit));
    }
    return pending.slice(verdict.length);
  }

  /** Settles a token that fills a string so far. True when `next`, its closing quote, went with it. */
  #settle(next: Unit | null): boolean {
    const waiting = this.#waiting;
    if (!waiting) return false;
    this.#waiting = null;
    const { entry, open, units } = waiting;
    const number = next?.role === "close" ? this.#asNumber(entry, open) : null;
    if (next && number !== null) {
      this.#replace([open, ...units, next], number);
      return true;
    }
    this.#pass(open);
    this.#replace(units, this.#inPlace(entry.value, units[0] as Unit));
    return false;
  }

  /** The number that a token stands for where a whole JSON value is; null where the value is a text. */
  #asNumber({ value, numeric, number }: LedgerRecord, open: Unit): string | null {
    const declared = open.keys && this.#options.typeAt ? this.#options.typeAt(open.keys) : "any";
    if (declared === "text" || (declared === "any" && !numeric)) return null;
    return [value, number ?? ""].find((form) => NUMBER.test(form)) ?? null;
  }

  /** The value as it must be written at the place of a unit. */
  #inPlace(value: string, { depth, role }: Unit): string {
    if (role !== "bare") return jsonEscape(value, depth);
    // A model that took the token for a number left the quotes out.
    return NUMBER.test(value) ? value : JSON.stringify(value);
  }

  #replace(units: readonly Unit[], text: string): void {
    const removed = units.reduce((length, unit) => length + unit.raw.length, 0);
    this.#options.onReplaced?.({ at: this.#offset, removed, added: text.length });
    this.#out += text;
    this.#offset += removed;
  }

  #releaseOpen(): void {
    if (this.#open) this.#pass(this.#open);
    this.#open = null;
  }
}
