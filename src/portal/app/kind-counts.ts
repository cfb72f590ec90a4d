import { isKind, type Kind } from "../../detect/kind.ts";

/** Counts by kind, the most frequent first. */
export function kindCounts(counts: Readonly<Record<string, number | undefined>>): readonly (readonly [Kind, number])[] {
  return Object.entries(counts)
    .filter((row): row is [Kind, number] => isKind(row[0]) && row[1] !== undefined)
    .sort(([, a], [, b]) => b - a);
}
