/**
 * Finds tokens in text that a model wrote, one character at a time, tolerant of what models do to them: other case, a
 * backslash before `_` or `.`, separators lost or changed, line breaks inside, a tail cut off. Quotes, backticks, bold and
 * a possessive 's stand around a token and stay where they are.
 */
import { KIND_NAMES, type Kind } from "../detect/kind.ts";
import type { Ledger, LedgerRecord } from "../tokens/ledger.ts";
import { MAX_TOKEN_LENGTH, TOKEN_SCHEMES, VAULT_VALUE_LENGTH } from "../tokens/token.ts";

/** What a candidate turned out to be; `length` in characters fed, from its first. */
export type Verdict =
  | { readonly type: "token"; readonly entry: LedgerRecord; readonly length: number }
  /** Has the shape of a token, but is none of this request. */
  | { readonly type: "unresolved"; readonly kind: Kind; readonly length: number }
  | { readonly type: "text" };

const TEXT: Verdict = { type: "text" };
const SCHEMES: readonly string[] = Object.values(TOKEN_SCHEMES);

/** Kinds as they stand in a token's shape, separators as dots; the longest first. */
const KIND_SHAPES: readonly (readonly [Kind, string])[] = KIND_NAMES.map(
  (kind) => [kind, kind.replaceAll("_", ".")] as const,
).sort((a, b) => b[1].length - a[1].length);

/** So much after the scheme is no word that a person wrote, whatever the kind. */
const SHAPED_LENGTH = 20;

/** The significant characters of a token: letters and digits, in upper case. */
function significant(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9]/g, "");
}

interface IndexedToken {
  readonly text: string;
  readonly entry: LedgerRecord;
}

/** The tokens of one request, sorted so that a growing prefix narrows a range. */
export class TokenIndex {
  readonly #tokens: readonly IndexedToken[];

  constructor(ledger: Ledger) {
    this.#tokens = [...ledger.entries()]
      .map((entry) => ({ text: significant(entry.token), entry }))
      .sort((a, b) => (a.text < b.text ? -1 : 1));
  }

  get all(): TokenRange {
    return { from: 0, to: this.#tokens.length };
  }

  /** The part of `range` whose character at `position` is `char`. */
  narrow(range: TokenRange, position: number, char: string): TokenRange {
    const from = this.#firstFrom(range, position, (there) => there >= char);
    return { from, to: this.#firstFrom({ from, to: range.to }, position, (there) => there > char) };
  }

  /** The first place of a range whose character at `position` passes a test that no later one fails; its end if none does. */
  #firstFrom({ from, to }: TokenRange, position: number, passes: (char: string) => boolean): number {
    let [low, high] = [from, to];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (passes(this.#tokens[middle]?.text[position] ?? "")) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The one token of a range, or null. */
  only(range: TokenRange): LedgerRecord | null {
    return range.to - range.from === 1 ? (this.#tokens[range.from]?.entry ?? null) : null;
  }

  /** The kind of all tokens of a range, which is not empty; OTHER_ID when they differ. */
  kindOf({ from, to }: TokenRange): Kind {
    const kinds = new Set(this.#tokens.slice(from, to).map(({ entry }) => entry.kind));
    const [kind = "OTHER_ID"] = kinds;
    return kinds.size === 1 ? kind : "OTHER_ID";
  }

  /** The token of the range that is `length` characters long: the prefix itself. */
  exact(range: TokenRange, length: number): LedgerRecord | null {
    const first = this.#tokens[range.from];
    return range.from < range.to && first?.text.length === length ? first.entry : null;
  }
}

interface TokenRange {
  readonly from: number;
  readonly to: number;
}

/** False for a text in which no token can be, however it is written: most texts are told apart by one look. */
export function mayHoldToken(text: string): boolean {
  return (
    text.includes("\\") || /m[\r\n\u00ad\u200b-\u200d\u2060\ufeff]*s[\r\n\u00ad\u200b-\u200d\u2060\ufeff]*k/i.test(text)
  );
}

/** True when a token may begin with this character. */
export function mayBegin(char: string): boolean {
  return char === "M" || char === "m";
}

/** How far a candidate is known to reach. */
interface Reach {
  /** Letters and digits so far, upper case. */
  readonly text: string;
  /** The same with each run of separators as a dot. */
  readonly shape: string;
  readonly range: TokenRange;
  readonly length: number;
}

/** One possible token, fed character by character until it is known what it is. */
export class Candidate {
  readonly #index: TokenIndex;
  #text = "";
  #shape = "";
  #range: TokenRange;
  #scheme = "";
  #separated = false;
  #dots = 0;
  #valueLength = 0;
  #length = 0;
  /** Length up to the last letter or digit. */
  #reached = 0;
  /** The longest whole token so far, while a longer one may still follow. */
  #whole: Verdict | null = null;
  /** Where a break stood that the token may or may not go on behind; what follows counts only if it completes one. */
  #beforeBreak: Reach | null = null;
  /** The break stands in a token that is none of this request. */
  #foreignBreak = false;

  constructor(index: TokenIndex) {
    this.#index = index;
    this.#range = index.all;
  }

  /** Takes one character; null while undecided. */
  feed(char: string): Verdict | null {
    this.#length++;
    if (this.#length > MAX_TOKEN_LENGTH) return this.end();
    if (/^[A-Za-z0-9]$/.test(char)) return this.#significant(char.toUpperCase());
    if (/^[\u00ad\u200b-\u200d\u2060\ufeff]$/.test(char)) return null;
    // A wrapped line may part even the scheme.
    if (this.#scheme === "") return /^[\r\n]$/.test(char) ? null : TEXT;
    if (/^[._:/·\\-]$/.test(char)) return this.#separator(char);
    if (/^\s$/.test(char)) return this.#break(char);
    return this.end();
  }

  /** The verdict when nothing more belongs to it; `cut` when the text itself ends here, perhaps in the middle of a token. */
  end(cut = false): Verdict {
    if (this.#whole) return this.#whole;
    return this.#beforeBreak ? this.#judge(this.#beforeBreak, false) : this.#judge(this.#here(), cut);
  }

  #here(): Reach {
    return { text: this.#text, shape: this.#shape, range: this.#range, length: this.#reached };
  }

  #significant(char: string): Verdict | null {
    this.#range = this.#index.narrow(this.#range, this.#text.length, char);
    this.#text += char;
    if (this.#scheme === "") {
      if (!SCHEMES.some((scheme) => scheme.startsWith(this.#text))) return TEXT;
      if (SCHEMES.includes(this.#text)) this.#scheme = this.#text;
      this.#advance(char);
      return null;
    }
    if (this.#range.from === this.#range.to) {
      if (this.#whole) return this.#whole;
      if (!this.#separated) return TEXT;
      if (this.#beforeBreak && !this.#completesForeign(char)) return this.end();
      this.#advance(char);
      if (this.#valueLength === VAULT_VALUE_LENGTH) this.#beforeBreak = null;
      return null;
    }
    this.#advance(char);
    const entry = this.#index.exact(this.#range, this.#text.length);
    if (entry) this.#whole = { type: "token", entry, length: this.#length };
    return entry && this.#index.only(this.#range) ? this.#whole : null;
  }

  #advance(char: string): void {
    this.#shape += char;
    if (this.#dots >= 3) this.#valueLength++;
    this.#reached = this.#length;
  }

  /** A foreign token goes on behind a line break while its value is short of its fixed length. */
  #completesForeign(char: string): boolean {
    return this.#foreignBreak && /^[A-Z2-7]$/.test(char) && this.#valueLength < VAULT_VALUE_LENGTH;
  }

  #separator(char: string): Verdict | null {
    this.#separated = true;
    // A value has no separators: this is a full stop or a dash behind it, unless a known token is completed after all.
    if (this.#valueLength > 0 && char !== "\\") return this.#break(char);
    if (char === ".") this.#dots++;
    if (!this.#shape.endsWith(".")) this.#shape += ".";
    return null;
  }

  #break(char: string): Verdict | null {
    if (this.#whole) return this.end();
    if (this.#range.from < this.#range.to) {
      this.#beforeBreak ??= this.#here();
      return null;
    }
    if (this.#foreignBreak && this.#beforeBreak?.length === this.#reached) return null;
    const short = this.#dots === 3 && this.#valueLength > 0 && this.#valueLength < VAULT_VALUE_LENGTH;
    if (!short || this.#beforeBreak || !/^[\r\n]$/.test(char)) return this.end();
    this.#beforeBreak = this.#here();
    this.#foreignBreak = true;
    return null;
  }

  #judge({ text, shape, range, length }: Reach, cut: boolean): Verdict {
    const begun = range.from < range.to;
    if (this.#scheme === "" || !(this.#separated || (cut && begun))) return TEXT;
    const only = this.#index.only(range);
    if (only && text.length >= this.#scheme.length + significant(only.kind).length) {
      return { type: "token", entry: only, length };
    }
    const rest = shape.slice(this.#scheme.length + 1).replace(/\.$/, "");
    const kind = KIND_SHAPES.find(([, kindShape]) => rest === kindShape || rest.startsWith(`${kindShape}.`))?.[0];
    if (kind) return { type: "unresolved", kind, length };
    // A stump of a token of this request is no word either.
    if (begun && (cut || text.length > this.#scheme.length)) {
      return { type: "unresolved", kind: this.#index.kindOf(range), length };
    }
    return text.length - this.#scheme.length >= SHAPED_LENGTH ? { type: "unresolved", kind: "OTHER_ID", length } : TEXT;
  }
}
