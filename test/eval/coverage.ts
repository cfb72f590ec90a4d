/** The coverage matrix of 45 CFR 164.514(b)(2)(i), A to R, from gold spans and predictions. */
import { KINDS, type Kind } from "../../src/detect/kind.ts";
import { SAFE_HARBOR, type SafeHarborField } from "../../src/report/report-schema.ts";

export interface MarkedSpan {
  readonly message?: number;
  readonly start: number;
  readonly end: number;
  readonly kind: Kind;
}

export interface GoldRow {
  readonly id: string;
  readonly text?: string;
  readonly messages?: readonly { readonly role: string; readonly content: string }[];
  readonly spans: readonly MarkedSpan[];
}

export interface Tally {
  cases: number;
  covered: number;
}

export type Tallies = Record<SafeHarborField, Tally>;

const FIELD_OF = new Map(Object.keys(SAFE_HARBOR).map((field) => [field[0] as string, field as SafeHarborField]));

export function emptyTallies(): Tallies {
  return Object.fromEntries(Object.keys(SAFE_HARBOR).map((field) => [field, { cases: 0, covered: 0 }])) as Tallies;
}

/** Adds each gold span to its category: a case is covered when every letter and digit of it is in some predicted span. */
export function tally(
  tallies: Tallies,
  gold: readonly GoldRow[],
  predicted: ReadonlyMap<string, readonly MarkedSpan[]>,
): void {
  for (const row of gold) {
    const found = predicted.get(row.id) ?? [];
    for (const span of row.spans) {
      const category = KINDS[span.kind].category;
      const field = category === null ? undefined : FIELD_OF.get(category);
      if (field === undefined) continue;
      const text = row.text ?? row.messages?.[span.message ?? -1]?.content ?? "";
      const there = found.filter((other) => other.message === span.message);
      let isCovered = true;
      for (let i = span.start; i < span.end && isCovered; i++) {
        if (/[\p{L}\p{N}]/u.test(text[i] ?? "")) isCovered = there.some((other) => other.start <= i && i < other.end);
      }
      tallies[field].cases++;
      if (isCovered) tallies[field].covered++;
    }
  }
}

/** The 95 % Wilson score interval of a proportion, 0 to 1. */
export function wilson(covered: number, cases: number): { low: number; high: number } {
  if (cases === 0) return { low: 0, high: 1 };
  const z = 1.959964;
  const p = covered / cases;
  const centre = p + (z * z) / (2 * cases);
  const spread = z * Math.sqrt((p * (1 - p)) / cases + (z * z) / (4 * cases * cases));
  const scale = 1 + (z * z) / cases;
  return { low: Math.max(0, (centre - spread) / scale), high: Math.min(1, (centre + spread) / scale) };
}

/** A row of the matrix. `full`: 95 % and the interval's lower end at 90 % or more; `partial`: 70 %; fewer than 20 cases prove nothing. */
export function coverageRowOf({ cases, covered }: Tally) {
  const { low, high } = wilson(covered, cases);
  const recall = cases === 0 ? 0 : covered / cases;
  const status = cases < 20 || recall < 0.7 ? "in_progress" : recall >= 0.95 && low >= 0.9 ? "full" : "partial";
  const points = (share: number) => Math.round(share * 10_000);
  return { status, cases, covered, recall_bp: points(recall), low_bp: points(low), high_bp: points(high) } as const;
}
