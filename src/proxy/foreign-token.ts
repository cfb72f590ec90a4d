import type { Span } from "../detect/detector.ts";
import { isKind } from "../detect/kind.ts";

/**
 * The shape of a token as people, models and tools write it: any case, spaces or backslashes around the dots, cut short.
 * All repetitions are bounded, so that reading stays linear.
 */
const TOKEN_SHAPE =
  /MSKV?1(?:[\s\\]{0,4}\.[\s\\]{0,4}([A-Z_]{2,16})(?:[\s\\]{0,4}\.[\s\\]{0,4}[A-Z0-9_\\]{1,4096}){0,2})/giu;

/**
 * Adds the token-shaped texts of an incoming text to its spans. Requests come with real values in them, so that a token in
 * one is another's: it is an identifier like any other, and never put back as the value that it stood for (tokens, Scope).
 */
export function withForeignTokens(text: string, spans: readonly Span[]): readonly Span[] {
  if (!/MSKV?1/i.test(text)) return spans;
  const tokens: Span[] = [...text.matchAll(TOKEN_SHAPE)].map((match) => {
    const kind = match[1]!.toUpperCase();
    const range = { start: match.index, end: match.index + match[0].length };
    return { ...range, kind: isKind(kind) ? kind : "OTHER_ID", confidence: 1, pass: "regex" };
  });
  return tokens.length === 0 ? spans : union([...tokens, ...spans]);
}

/** Disjoint spans over the union of all; the first given of those that touch decides the kind. */
function union(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans) {
    let joined = span;
    for (let i = merged.length - 1; i >= 0; i--) {
      const other = merged[i]!;
      if (other.end <= joined.start || other.start >= joined.end) continue;
      joined = { ...other, start: Math.min(other.start, joined.start), end: Math.max(other.end, joined.end) };
      merged.splice(i, 1);
    }
    merged.push(joined);
  }
  return merged.sort((a, b) => a.start - b.start);
}
