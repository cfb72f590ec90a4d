/** The last step of detection, over all texts of a request: from hits to the spans that are masked. */
import type { DetectOptions, Span } from "./detector.ts";
import type { LiteralMatcher } from "./literals.ts";
import { type Hit, merge } from "./merge.ts";
import { Ranges } from "./ranges.ts";
import { findRepeats, type ReadSlot } from "./repeats.ts";
import { fold } from "./text/fold.ts";
import { tokenize } from "./text/tokens.ts";

export interface Resolution {
  readonly rules: DetectOptions["rules"];
  readonly allow: LiteralMatcher<true>;
  /** Of the texts' numbers. */
  readonly seed: bigint;
}

/**
 * Hits above their thresholds are merged; what was found once is masked everywhere; the allow list has the last word. In
 * steps of at most one text, so that a thread that serves calls can rest between them.
 */
export function* resolveSlots(
  slots: readonly ReadSlot[],
  { rules, allow, seed }: Resolution,
): Generator<void, (readonly Span[])[]> {
  const own: (readonly Hit[])[] = [];
  const spans: (readonly Span[])[] = [];
  for (const { hits } of slots) {
    const passing = hits.filter((hit) => passes(hit, rules));
    own.push(passing);
    spans.push(merge(passing));
    yield;
  }
  const repeats = yield* findRepeats(slots, spans, seed);
  const resolved: (readonly Span[])[] = [];
  for (const [i, slot] of slots.entries()) {
    const more = repeats[i] as readonly Hit[];
    const all = more.length === 0 ? (spans[i] as Span[]) : merge([...(own[i] as Hit[]), ...more]);
    resolved.push(withoutAllowed(slot.text, all, allow));
    yield;
  }
  return resolved;
}

function passes(hit: Hit, rules: DetectOptions["rules"]): boolean {
  if (hit.forced) return true;
  const rule = rules[hit.kind];
  return rule.enabled && (hit.pass === "regex" ? rule.regex : rule.ner) && hit.score >= rule.threshold;
}

/** Spans that an allowed value covers as a whole are dropped; one that is part of a longer span stays masked. */
function withoutAllowed(text: string, spans: readonly Span[], allow: LiteralMatcher<true>): readonly Span[] {
  if (allow.size === 0 || spans.length === 0) return spans;
  const folded = fold(text);
  if (!allow.mayStandIn(folded)) return spans;
  const allowed = new Ranges([...allow.find(folded, tokenize(folded))]);
  return spans.filter((span) => !allowed.cover(span));
}
