import { randomBytes } from "node:crypto";
import { encodeBase32 } from "../crypto/base32.ts";
import type { Span, TextSlot } from "../detect/detector.ts";
import { generalize } from "../policy/generalize.ts";
import type { Policy } from "../policy/policy.ts";
import { formatToken, redactedText, TOKEN_SCHEMES } from "../tokens/token.ts";

export interface PreviewSpan extends Span {
  readonly action: Policy["entities"]["NAME"]["action"];
}

export interface Preview {
  /** One masked text for each slot. */
  readonly texts: readonly string[];
  readonly spans: readonly (readonly PreviewSpan[])[];
  /** True when the proxy would refuse the request. */
  readonly blocked: boolean;
}

/**
 * What a model would see of these texts. The tokens have the form of real ones but stand for nothing: they are made here
 * and forgotten, so that trying a text out stores none of it. Within one preview the same value has the same token.
 */
export function previewMasking(
  slots: readonly TextSlot[],
  found: readonly (readonly Span[])[],
  policy: Policy,
  now: Date,
): Preview {
  const tokens = new Map<string, string>();
  const tokenOf = ({ kind }: Span, text: string): string => {
    const key = JSON.stringify([kind, text.trim().toLowerCase()]);
    const known = tokens.get(key);
    if (known !== undefined) return known;
    const value = encodeBase32(randomBytes(16));
    const token = formatToken({
      scheme: TOKEN_SCHEMES[policy.tokenization],
      kind,
      kid: policy.entities[kind].kid,
      value,
    });
    tokens.set(key, token);
    return token;
  };
  const replacement = (span: Span, text: string): string => {
    switch (policy.entities[span.kind].action) {
      case "passthrough":
        return text;
      case "tokenize":
        return tokenOf(span, text);
      case "generalize":
        return generalize(span.kind, text, now) ?? redactedText(span.kind);
      default:
        return redactedText(span.kind);
    }
  };
  const texts = slots.map(({ text }, index) => {
    let masked = "";
    let at = 0;
    for (const span of found[index] ?? []) {
      masked += text.slice(at, span.start) + replacement(span, text.slice(span.start, span.end));
      at = span.end;
    }
    return masked + text.slice(at);
  });
  const spans = slots.map((_, index) =>
    (found[index] ?? []).map((span) => ({ ...span, action: policy.entities[span.kind].action })),
  );
  return { texts, spans, blocked: spans.flat().some((span) => span.action === "block") };
}
