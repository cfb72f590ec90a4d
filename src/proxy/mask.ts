/**
 * From found spans to replacements, by the policy's action for each kind. Nothing is replaced here yet: the wire format
 * does that, since it knows how its texts are escaped.
 */
import type { Pass, Span } from "../detect/detector.ts";
import { KIND_NAMES, type Kind } from "../detect/kind.ts";
import { generalize } from "../policy/generalize.ts";
import type { Action, Policy, Tokenization } from "../policy/policy.ts";
import { Ledger } from "../tokens/ledger.ts";
import { redactedText, TOKEN_SCHEMES } from "../tokens/token.ts";
import type { Tokenizer, TokenRequest } from "../tokens/tokenizer.ts";
import type { ParsedRequest, Replacement, RequestSlot } from "../upstream/wire-format.ts";

/** One span with what was done to it. */
export interface MaskedSpan {
  readonly kind: Kind;
  readonly pass: Pass;
  readonly confidence: number;
  readonly action: Action;
  readonly kid: string | null;
  /** What stands in its place; null: nothing was replaced. */
  readonly replacement: string | null;
  /** The token, when the action made one. */
  readonly token: string | null;
  readonly tokenKind: string | null;
  readonly slot: string;
  readonly message: number | null;
  readonly span: readonly [number, number];
  /** Index in the request's slots; null for a removed media part or a survivor found at the exit. */
  readonly slotIndex: number | null;
}

/** How a value of this request was replaced, for the check at the exit. */
export interface ReplacedValue {
  readonly replacement: string;
  readonly by: Omit<MaskedSpan, "slot" | "message" | "span" | "slotIndex">;
}

export interface Masking {
  /** One list for each slot. */
  readonly replacements: readonly (readonly Replacement[])[];
  readonly spans: readonly MaskedSpan[];
  readonly ledger: Ledger;
  /** Every original text that was to be replaced. */
  readonly replaced: ReadonlyMap<string, ReplacedValue>;
}

export interface MaskOptions {
  readonly policy: Policy;
  readonly agentId: string;
  /** The agent's scheme, which wins over the policy's. */
  readonly scheme: Tokenization;
  readonly tokenizer: Pick<Tokenizer, "tokenize">;
  readonly now: Date;
}

/** Values that are tokenized at a stretch: a few milliseconds where all are new. */
const TOKENS_AT_ONCE = 50;

/** Spans whose kind the policy refuses, media included when it says `block`; nothing is minted for such a request. */
export function blockedSpans(
  request: ParsedRequest,
  found: readonly (readonly Span[])[],
  policy: Policy,
): readonly MaskedSpan[] {
  const media =
    policy.media === "block" || policy.entities.PHOTO.action === "block" ? mediaSpans(request, "block") : [];
  const refused = new Set(KIND_NAMES.filter((kind) => policy.entities[kind].action === "block"));
  if (refused.size === 0) return media;
  const texts = [...located(request, found, policy)].filter(({ hit }) => refused.has(hit.kind));
  return [...media, ...texts.map(({ hit, place }) => ({ ...outcome(hit, "block", null), ...place }))];
}

/**
 * In steps, so that the serving thread can rest in a request of many thousand values.
 * @throws MaskerError as Tokenizer.tokenize
 */
export function* maskRequest(
  request: ParsedRequest,
  found: readonly (readonly Span[])[],
  options: MaskOptions,
): Generator<void, Masking> {
  const { policy, scheme } = options;
  const hits: Located[] = [];
  const wanted: TokenRequest[] = [];
  for (const at of located(request, found, policy)) {
    hits.push(at);
    const { kind } = at.hit;
    const { action, kid } = policy.entities[kind];
    if (action === "tokenize") wanted.push({ kind, value: at.text, kid });
    yield;
  }
  const tokens: string[] = [];
  for (let from = 0; from < wanted.length; from += TOKENS_AT_ONCE) {
    const some = wanted.slice(from, from + TOKENS_AT_ONCE);
    tokens.push(...options.tokenizer.tokenize(options.agentId, scheme, some));
    yield;
  }

  const ledger = new Ledger();
  const replacements: Replacement[][] = request.slots.map(() => []);
  const replaced = new Map<string, ReplacedValue>();
  const spans: MaskedSpan[] = mediaSpans(request, "redact");
  let minted = 0;
  for (const { hit, text, whole, place } of hits) {
    yield;
    const rule = policy.entities[hit.kind];
    const token = rule.action === "tokenize" ? tokens[minted++]! : null;
    const replacement = token ?? replacementOf(rule.action, hit.kind, text, options.now);
    const by = {
      ...outcome(hit, rule.action, replacement),
      ...(token === null ? {} : { token, tokenKind: TOKEN_SCHEMES[scheme], kid: rule.kid }),
    };
    spans.push({ ...by, ...place });
    if (replacement === null) continue;
    if (token !== null) {
      const numeric = request.slots[place.slotIndex]!.numeric && whole;
      ledger.add({ token, kind: hit.kind, value: text, numeric });
    }
    replaced.set(text, { replacement, by });
    replacements[place.slotIndex]!.push({ start: hit.start, end: hit.end, text: replacement });
  }
  return { replacements, spans, ledger, replaced };
}

function replacementOf(action: Action, kind: Kind, text: string, now: Date): string | null {
  if (action === "passthrough") return null;
  return (action === "generalize" ? generalize(kind, text, now) : null) ?? redactedText(kind);
}

interface Located {
  readonly hit: Span;
  readonly text: string;
  /** The hit is all of its slot. */
  readonly whole: boolean;
  readonly place: Pick<MaskedSpan, "slot" | "message" | "span"> & { readonly slotIndex: number };
}

function* located(request: ParsedRequest, found: readonly (readonly Span[])[], policy: Policy): Iterable<Located> {
  for (const [slotIndex, slot] of request.slots.entries()) {
    for (const hit of hitsOf(slot, found[slotIndex] ?? [], policy)) {
      yield {
        hit,
        text: slot.text.slice(hit.start, hit.end),
        whole: hit.start === 0 && hit.end === slot.text.length,
        place: { slot: slot.path, message: slot.message, span: slot.locate(hit.start, hit.end), slotIndex },
      };
    }
  }
}

/** A number is replaced as a whole or not at all: what is left of one would be read as another, and not come back as one. */
function hitsOf(slot: RequestSlot, hits: readonly Span[], policy: Policy): readonly Span[] {
  if (!slot.numeric) return hits;
  const actionOf = (hit: Span) => policy.entities[hit.kind].action;
  const hit = hits.find((hit) => actionOf(hit) === "block") ?? hits.find((hit) => actionOf(hit) !== "passthrough");
  return hit === undefined ? hits : [{ ...hit, start: 0, end: slot.text.length }];
}

function mediaSpans(request: ParsedRequest, action: "redact" | "block"): MaskedSpan[] {
  const photo: Span = { start: 0, end: 0, kind: "PHOTO", confidence: 1, pass: "regex" };
  return request.media.map((part) => ({
    ...outcome(photo, action, null),
    slot: part.path,
    message: part.message,
    span: [0, 0],
    slotIndex: null,
  }));
}

function outcome(hit: Span, action: Action, replacement: string | null): ReplacedValue["by"] {
  const { kind, pass, confidence } = hit;
  return { kind, pass, confidence, action, replacement, token: null, tokenKind: null, kid: null };
}
