/** What the reading threads are asked and answer. */
import type { DetectOptions } from "./detector.ts";
import type { NumberKeys } from "./number-keys.ts";
import type { Packed } from "./packed.ts";
import type { TextReading } from "./read-text.ts";
import type { Context } from "./recognizer.ts";

/** The parts of a policy that detection reads, as plain data. */
export type PolicyData = Pick<DetectOptions, "rules" | "custom" | "deny" | "allow">;

export type ReadingTask =
  | {
      readonly task: "read";
      readonly text: string;
      readonly context: Context;
      readonly policy: PolicyData;
      readonly seed: bigint;
      /** Adds what is certainly harmless, for the statistical pass. */
      readonly certain: boolean;
    }
  | {
      readonly task: "resolve";
      readonly texts: readonly string[];
      /** One list for each text. */
      readonly hits: Packed;
      readonly numbers: readonly NumberKeys[];
      readonly policy: PolicyData;
      readonly seed: bigint;
    };

export interface ReadAnswer extends Omit<TextReading, "hits"> {
  /** One list. */
  readonly hits: Packed;
}

export interface ResolveAnswer {
  readonly spans: Packed;
}

export type ReadingReply = ReadAnswer | ResolveAnswer | { readonly failed: true };
