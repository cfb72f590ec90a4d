import { CustomRecognizers } from "./custom.ts";
import type { DetectOptions } from "./detector.ts";
import { LiteralMatcher } from "./literals.ts";

/** What a policy adds to the recognizers, compiled once for a revision. */
export interface Lists {
  readonly custom: CustomRecognizers;
  readonly deny: LiteralMatcher<true>;
  readonly allow: LiteralMatcher<true>;
}

export function compileLists({ custom, deny, allow }: Pick<DetectOptions, "custom" | "deny" | "allow">): Lists {
  return { custom: new CustomRecognizers(custom), deny: literalsOf(deny), allow: literalsOf(allow) };
}

function literalsOf(values: readonly string[]): LiteralMatcher<true> {
  const matcher = new LiteralMatcher<true>();
  for (const value of values) matcher.add(value, true);
  return matcher;
}
