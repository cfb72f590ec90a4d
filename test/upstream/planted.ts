/** Plants values in requests and masks them as the pipeline would, with a detector that knows what was planted. */
import type { Kind } from "../../src/detect/kind.ts";
import { Ledger } from "../../src/tokens/ledger.ts";
import { formatToken } from "../../src/tokens/token.ts";
import { openAiChat } from "../../src/upstream/openai-chat.ts";
import { SseReader } from "../../src/upstream/sse.ts";
import type { MaskedBody, ParsedRequest, Replacement } from "../../src/upstream/wire-format.ts";

export interface Planted {
  readonly value: string;
  readonly kind: Kind;
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** A token that nothing but its number decides, with a value that begins with letters common in words. */
export function tokenOf(kind: Kind, n: number): string {
  let value = "";
  for (let i = 0, x = n + 1; i < 26; i++) {
    x = (x * 1103515245 + 12345) % 2147483648;
    value += BASE32[(x >> 8) % 32];
  }
  return formatToken({ scheme: "MSKV1", kind, kid: "K_TEST", value });
}

export function chatBody(members: Record<string, unknown>): string {
  return JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }], ...members });
}

/** Replaces every planted value in every slot, longest first. */
export function replacementsFor(
  texts: readonly { readonly text: string; readonly numeric?: boolean }[],
  planted: readonly Planted[],
  ledger: Ledger,
): Replacement[][] {
  const ordered = planted
    .map((p, n) => ({ ...p, token: tokenOf(p.kind, n) }))
    .sort((a, b) => b.value.length - a.value.length);
  return texts.map((slot) => {
    const found: Replacement[] = [];
    for (const { value, kind, token } of ordered) {
      for (let at = slot.text.indexOf(value); at !== -1; at = slot.text.indexOf(value, at + value.length)) {
        const end = at + value.length;
        if (found.some((f) => f.start < end && at < f.end)) continue;
        found.push({ start: at, end, text: token });
        const numeric = slot.numeric === true && value === slot.text;
        if (!ledger.has(token) || numeric) ledger.add({ token, kind, value, numeric });
      }
    }
    return found.sort((a, b) => a.start - b.start);
  });
}

export const OPTIONS = { model: "upstream-model", pseudonym: (text: string) => `p_${text.length}` };

export function maskPlanted(
  body: string,
  planted: readonly Planted[],
): { readonly request: ParsedRequest; readonly masked: MaskedBody; readonly ledger: Ledger } {
  const request = openAiChat.parse(body);
  const ledger = new Ledger();
  const masked = request.render(replacementsFor(request.slots, planted, ledger), OPTIONS);
  return { request, masked, ledger };
}

interface Chunk {
  readonly choices: readonly {
    readonly index: number;
    readonly finish_reason: string | null;
    readonly delta: Record<string, unknown> & {
      readonly tool_calls?: readonly {
        readonly index: number;
        readonly id?: string;
        readonly function?: { readonly name?: string; readonly arguments?: string };
        readonly custom?: { readonly name?: string; readonly input?: string };
      }[];
    };
  }[];
  readonly usage?: unknown;
}

/** Reads a stream as the OpenAI-style accumulators do: texts joined, names and ids joined too, so that a repeat shows. */
export function readStream(sse: string): Record<string, string> {
  const texts: Record<string, string> = {};
  const append = (key: string, value: unknown) => {
    if (typeof value === "string") texts[key] = (texts[key] ?? "") + value;
  };
  for (const event of new SseReader().push(new TextEncoder().encode(sse))) {
    if (event.data === "[DONE]") continue;
    const chunk = JSON.parse(event.data) as Chunk;
    for (const { index, delta, finish_reason } of chunk.choices) {
      for (const [key, value] of Object.entries(delta)) append(`${index}.${key}`, value);
      append(`${index}.finish`, finish_reason);
      for (const call of delta.tool_calls ?? []) {
        append(`${index}.${call.index}.id`, call.id);
        append(`${index}.${call.index}.name`, call.function?.name ?? call.custom?.name);
        append(`${index}.${call.index}.arguments`, call.function?.arguments ?? call.custom?.input);
      }
    }
  }
  return texts;
}
