import type { Pass, Span } from "./detector.ts";
import type { Kind } from "./kind.ts";

/** A hit of either pass, offsets in the original text. */
export interface Hit {
  readonly start: number;
  readonly end: number;
  readonly kind: Kind;
  readonly score: number;
  /** A check digit or a grammar of the issuer held. */
  readonly validated: boolean;
  readonly pass: Pass;
  /** True for the policy's deny list: no threshold and no switch applies. */
  readonly forced?: true;
}

/** General kinds give way to the others where hits overlap. */
const GENERAL: ReadonlySet<Kind> = new Set<Kind>(["OTHER_ID", "ORG", "DATE"]);

/** True when `a` decides the kind: the validated over the unvalidated, the longer over the shorter, the specific over the general. */
function precedes(a: Hit, b: Hit): boolean {
  if (a.validated !== b.validated) return a.validated;
  if (GENERAL.has(a.kind) !== GENERAL.has(b.kind)) return GENERAL.has(b.kind);
  const [long, other] = [a.end - a.start, b.end - b.start];
  return long !== other ? long > other : a.score > b.score;
}

/** Disjoint sorted spans that cover the union of the hits; nothing that any hit covered is left bare. */
export function merge(hits: readonly Hit[]): Span[] {
  const sorted = hits.filter((hit) => hit.end > hit.start).sort((a, b) => a.start - b.start || b.end - a.end);
  const spans: Span[] = [];
  let group: { start: number; end: number; best: Hit } | null = null;
  const close = (): void => {
    if (group)
      spans.push({
        start: group.start,
        end: group.end,
        kind: group.best.kind,
        confidence: group.best.score,
        pass: group.best.pass,
      });
  };
  for (const hit of sorted) {
    if (group && hit.start < group.end) {
      group.end = Math.max(group.end, hit.end);
      if (precedes(hit, group.best)) group.best = hit;
    } else {
      close();
      group = { start: hit.start, end: hit.end, best: hit };
    }
  }
  close();
  return spans;
}

/** True when hits cover every letter and digit of the text. */
export function isEntirelyMasked(text: string, hits: readonly Hit[]): boolean {
  if (hits.length === 0) return false;
  const covered = merge(hits);
  let from = 0;
  for (const span of covered) {
    if (/[\p{L}\p{Nd}]/u.test(text.slice(from, span.start))) return false;
    from = span.end;
  }
  return !/[\p{L}\p{Nd}]/u.test(text.slice(from));
}
