import { certainlyHarmless } from "./context/certain.ts";
import type { Topic } from "./context/topic.ts";
import type { Lists } from "./lists.ts";
import type { Hit } from "./merge.ts";
import { type NumberKeys, numberKeys } from "./number-keys.ts";
import { passOne } from "./pass-one.ts";
import type { Range } from "./ranges.ts";
import type { Context } from "./recognizer.ts";

/** What everything but the statistical pass says of one text. Offsets in it; no text. */
export interface TextReading {
  readonly hits: readonly Hit[];
  /** What the conversation is after behind it. */
  readonly topic: Topic;
  readonly numbers: NumberKeys;
  /** Stretches that certainly count, measure or classify something. */
  readonly harmless: readonly Range[];
  /** True when the JSON key says that its value is no identifier. */
  readonly harmlessKey: boolean;
}

/** Pass 1, the policy's recognizers and its deny list over one text. `seed` keys its numbers. */
export function readText(text: string, context: Context, lists: Lists, seed: bigint): TextReading {
  const { hits: own, topic, harmless, harmlessKey, folded, tokens, atoms } = passOne(text, context);
  const hits: Hit[] = [...own];
  for (const hit of lists.custom.find(text, folded, tokens)) hits.push(hit);
  for (const { start, end } of lists.deny.find(folded, tokens)) {
    hits.push({ start, end, kind: "OTHER_ID", score: 1, validated: false, pass: "regex", forced: true });
  }
  return { hits, topic, numbers: numberKeys(folded, tokens, atoms, seed), harmless, harmlessKey };
}

/** A reading for the statistical pass: with all that is certainly harmless. */
export function withCertain(text: string, reading: TextReading): TextReading {
  return { ...reading, harmless: [...reading.harmless, ...certainlyHarmless(text)] };
}
