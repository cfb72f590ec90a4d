import { RE2JS } from "re2js";
import { CHECKS } from "./checks.ts";
import type { CustomRecognizer } from "./detector.ts";
import { LiteralMatcher } from "./literals.ts";
import type { Hit } from "./merge.ts";
import type { Folded } from "./text/fold.ts";
import type { Token } from "./text/tokens.ts";

/** The longest pattern that a policy may carry, in characters. */
const MAX_PATTERN = 1000;

/** How far a context word may stand from a match, in characters. */
const NEAR = 80;

/** Names that `custom[].check` may take. */
export const CHECK_NAMES: readonly string[] = Object.keys(CHECKS);

/**
 * Why a pattern of a policy cannot be used, or null. Patterns are read by RE2 (no backreferences, no look-around), so every
 * one that compiles runs in time linear in the text.
 */
export function checkCustomPattern(pattern: string): string | null {
  if (pattern === "") return "empty";
  if (pattern.length > MAX_PATTERN) return `longer than ${MAX_PATTERN} characters`;
  try {
    const compiled = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
    if (compiled.matcher("").matches()) return "matches the empty text";
    return null;
  } catch {
    return "not a pattern that runs in linear time (RE2 syntax, without look-around and backreferences)";
  }
}

interface Compiled {
  readonly recognizer: CustomRecognizer;
  readonly pattern: RE2JS;
  readonly context: LiteralMatcher<true>;
}

/** A tenant's recognizers, compiled once for a policy revision. */
export class CustomRecognizers {
  readonly #compiled: readonly Compiled[];

  constructor(recognizers: readonly CustomRecognizer[]) {
    this.#compiled = recognizers.map((recognizer) => {
      const context = new LiteralMatcher<true>();
      for (const word of recognizer.context) context.add(word, true);
      return { recognizer, pattern: RE2JS.compile(recognizer.pattern, RE2JS.CASE_INSENSITIVE), context };
    });
  }

  /** Hits in the original text; a match without its context words, or with a failed check, stays below the default threshold. */
  *find(text: string, folded: Folded, tokens: readonly Token[]): Iterable<Hit> {
    for (const { recognizer, pattern, context } of this.#compiled) {
      const near = context.size === 0 ? null : [...context.find(folded, tokens)];
      const matcher = pattern.matcher(text);
      let next = 0;
      while (matcher.find()) {
        const [start, end] = [matcher.start(), matcher.end()];
        if (end <= start) continue;
        const check = recognizer.check === null ? undefined : CHECKS[recognizer.check];
        const code = text
          .slice(start, end)
          .replace(/[^A-Za-z\d]/g, "")
          .toUpperCase();
        // Check digits are over the number; letters before it are the issuer's prefix.
        const valid = check === undefined ? undefined : check(code) || check(code.replace(/\D/g, ""));
        if (valid === false) continue;
        while (near && (near[next]?.end ?? start) < start - NEAR) next++;
        const isNear = near === null || (near[next]?.start ?? Number.POSITIVE_INFINITY) <= end + NEAR;
        yield {
          start,
          end,
          kind: recognizer.kind,
          score: isNear ? 0.9 : 0.5,
          validated: valid === true,
          pass: "regex",
        };
      }
    }
  }
}
