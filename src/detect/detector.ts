import type { Kind } from "./kind.ts";

/** A detection stage. Policies may write `gemma` for `ner`; it is read as `ner`. */
export type Pass = "regex" | "ner";

/** A found identifier; offsets in UTF-16 code units of the slot's text, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly kind: Kind;
  /** 0 to 1. */
  readonly confidence: number;
  readonly pass: Pass;
}

export type Role = "system" | "developer" | "user" | "assistant" | "tool" | "function" | "other";

/**
 * One decoded piece of text of a request, in the order of the conversation. JSON inside a message arrives already taken
 * apart: one slot for each string, number or key in it, all with the message's index.
 */
export interface TextSlot {
  readonly text: string;
  /** Index in `messages`; null for text outside messages (tool descriptions, metadata). */
  readonly message: number | null;
  readonly role: Role;
  /** Dotted path of JSON keys that leads to the text (`patient.dob`); absent for plain text. */
  readonly key?: string;
  /** True for the text of a JSON key itself, which its own path says nothing about. */
  readonly isKey?: boolean;
}

export interface KindRule {
  readonly enabled: boolean;
  readonly regex: boolean;
  readonly ner: boolean;
  /** Hits below it are dropped; 0 to 1. */
  readonly threshold: number;
}

/** A tenant's own recognizer after the policy was compiled. */
export interface CustomRecognizer {
  readonly name: string;
  readonly kind: Kind;
  readonly pattern: string;
  readonly context: readonly string[];
  readonly check: string | null;
}

/** What a policy asks of detection, as plain data. */
export interface DetectOptions {
  readonly passes: readonly Pass[];
  readonly rules: Readonly<Record<Kind, KindRule>>;
  readonly custom: readonly CustomRecognizer[];
  readonly deny: readonly string[];
  readonly allow: readonly string[];
  /** What happens when the statistical pass cannot answer in time. */
  readonly onNerUnavailable: "block" | "regex_only";
  /** Names the policy and its revision; part of every cache key. */
  readonly revision: string;
}

export interface Detection {
  /** One sorted, disjoint list for each slot, in the order of the slots. */
  readonly spans: readonly (readonly Span[])[];
  /** True when the policy asked for `ner` and went on without it (`regex_only`). */
  readonly nerSkipped: boolean;
  /** Slots whose spans came from the cache. */
  readonly cacheHits: number;
  /** Reads the answer to this request, which comes back with the next turn, so that it is known then. Never rejects. */
  readonly readAhead: (answer: string) => Promise<void>;
}

/**
 * Finds identifiers in a whole request.
 * @throws MaskerError detection_unavailable when the budget runs out or the model cannot run and the policy says `block`.
 */
export interface Detector {
  detect(slots: readonly TextSlot[], options: DetectOptions): Promise<Detection>;
}

/** What Pass 2 is asked: the texts, each with the question before it (null: none). Offsets as in Span. */
export interface NerRequest {
  readonly text: string;
  readonly question: string | null;
}

/** The statistical pass, behind an interface so that detection needs no native library. */
export interface NerModel {
  /**
   * Labels each text; the outer list is in the order of the requests. Both times are absolute, performance.now() clock.
   * What is not done at `dueMs` yields to calls that can still be in time; at `giveUpMs` (default: `dueMs`) it is dropped.
   * Rejects with MaskerError detection_unavailable then, when the queue is full, or when no worker lives.
   */
  label(requests: readonly NerRequest[], dueMs: number, giveUpMs?: number): Promise<readonly (readonly Span[])[]>;
  status(): "ok" | "absent" | "failed";
  close(): Promise<void>;
}
