import type { Span } from "../detect/detector.ts";
import { isKind, KIND_NAMES, type Kind } from "../detect/kind.ts";

const BREAK = String.raw`[\s\\]{0,4}`;
/** Between the parts of a token: a dot, or whatever people and models make of it. */
const SEPARATOR = String.raw`(?:${BREAK}[.:/·]${BREAK}|[\s\\_-]{1,4})`;
const KIND = KIND_NAMES.map((kind) => kind.replaceAll("_", String.raw`[\s\\_]{1,3}`)).join("|");
/** A character of a kid or a value, unless the next token begins there. */
const CHARACTER = String.raw`(?:(?!MSKV?1[.:\\])[A-Z0-9_\\])`;
const REST = String.raw`(?:${BREAK}\.${BREAK}${CHARACTER}{1,4096}|${SEPARATOR}${CHARACTER}{16,4096}|${SEPARATOR}K[_\\]{1,2}${CHARACTER}{1,40}){0,2}`;

/**
 * The shape of a token as people, models and tools write it: any case, other separators for a known kind, cut short. All
 * repetitions are bounded, so that reading stays linear.
 */
const TOKEN_SHAPE = new RegExp(
  String.raw`MSKV?1(?:${SEPARATOR}(${KIND})|${BREAK}\.${BREAK}([A-Z_]{2,16}))${REST}`,
  "giu",
);

/**
 * Adds the token-shaped texts of an incoming text to its spans. Requests come with real values in them, so that a token in
 * one is another's: it is an identifier like any other, and never put back as the value that it stood for (tokens, Scope).
 */
export function withForeignTokens(text: string, spans: readonly Span[]): readonly Span[] {
  if (!/MSKV?1/i.test(text)) return spans;
  const tokens: Span[] = [...text.matchAll(TOKEN_SHAPE)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    kind: kindOf(match[1] ?? match[2] ?? ""),
    confidence: 1,
    pass: "regex",
  }));
  return tokens.length === 0 ? spans : union([...tokens, ...spans]);
}

function kindOf(written: string): Kind {
  const kind = written.toUpperCase().replace(/[\s\\_]+/g, "_");
  return isKind(kind) ? kind : "OTHER_ID";
}

/** Disjoint spans over the union of all; of those that overlap, the first given decides the kind. */
function union(spans: readonly Span[]): Span[] {
  const ranked = spans.map((span, rank) => ({ span, rank })).sort((a, b) => a.span.start - b.span.start);
  const merged: { span: Span; rank: number }[] = [];
  for (const next of ranked) {
    const last = merged.at(-1);
    if (last === undefined || next.span.start >= last.span.end) {
      merged.push(next);
      continue;
    }
    const stronger = next.rank < last.rank ? next : last;
    const end = Math.max(last.span.end, next.span.end);
    merged[merged.length - 1] = { rank: stronger.rank, span: { ...stronger.span, start: last.span.start, end } };
  }
  return merged.map(({ span }) => span);
}
