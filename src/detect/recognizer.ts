import type { Topic } from "./context/topic.ts";
import type { Role } from "./detector.ts";
import type { Kind } from "./kind.ts";
import type { Atom, AtomIndex } from "./spoken/atom.ts";
import type { Folded } from "./text/fold.ts";
import type { Token } from "./text/tokens.ts";

/** One shape of an identifier over a run's reading, so that written and spoken forms are one definition. */
export interface CodeShape {
  readonly name: string;
  /** Anchored; over upper-case letters and digits, or with `grouped` over those and the separators. */
  readonly pattern: RegExp;
  readonly grouped?: boolean;
  /** Score without any context; 0 when the shape alone says nothing. */
  readonly alone: number;
  /** Score when a cue of the recognizer stands near. */
  readonly cued: number;
  /** Check digit or grammar over the compact reading. A failed check takes away the score without context. */
  readonly valid?: (compact: string) => boolean;
}

/** A hit of a grammar; offsets in the folded text. */
export interface Found {
  readonly from: number;
  readonly to: number;
  readonly kind: Kind;
  readonly score: number;
  readonly validated: boolean;
}

/** What is known about a text besides the text itself. */
export interface Context {
  readonly role: Role;
  /** Words of the JSON key path, last key last; empty for plain text. */
  readonly keyWords: readonly string[];
  /** What the conversation is after at this point. */
  readonly topic: Topic;
  /** True for a turn of the caller, who answers; the agent's own turns only read back. */
  readonly answering: boolean;
}

/** A text, read once for all recognizers. */
export interface Reading {
  readonly original: string;
  readonly folded: Folded;
  readonly tokens: readonly Token[];
  readonly atoms: readonly Atom[];
  readonly startsAt: AtomIndex;
  readonly endsAt: AtomIndex;
  /** True when the original has capitals as well as small letters, so that a missing capital means something. */
  readonly cased: boolean;
  readonly context: Context;
}

/**
 * One family of identifiers. `cues` name it in text, in questions and (with words joined or underscored) in JSON keys.
 * Examples mark the identifier with « and »; the registry's test finds each hit at those offsets and nothing in a miss.
 */
export interface Recognizer {
  readonly name: string;
  readonly kind: Kind;
  readonly cues?: readonly string[];
  readonly codes?: readonly CodeShape[];
  /** Values printed on every form and card as a sample, compact; never an identifier. */
  readonly fakes?: ReadonlySet<string>;
  /** Grammar for what is not a run of code. Must be linear in the text. */
  readonly find?: (reading: Reading) => Iterable<Found>;
  readonly hits: readonly string[];
  readonly misses: readonly string[];
}
