/** A proxy with the real detection, and what its provider got, read as an attacker would read it. */
import { createDetector } from "../../src/detect/detect.ts";
import { completion, type Harness, type HarnessOptions, startHarness } from "../proxy/harness.ts";

export const realDetector = () => createDetector({ ner: null, timeoutMs: 20_000, cacheKey: new Uint8Array(32) });

export function startReal(options: HarnessOptions = {}): Promise<Harness> {
  return startHarness({ detector: realDetector(), provider: () => Response.json(completion("ok")), ...options });
}

export const chatPath = (h: Harness) => `/proxy/${h.agent.id}/v1/chat/completions`;

const TOKEN = /MSKV1\.[A-Z_]+\.[A-Z0-9_]+\.[A-Z2-7]+/g;

/** The text without its tokens, with what hides characters undone: escapes, compatibility forms, invisible ones. */
export function unveiled(text: string): string {
  const bare = text.replace(TOKEN, " token ");
  const decoded = bare.replace(/\\+u([0-9a-f]{4})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return `${bare}\n${decoded}`
    .normalize("NFKC")
    .replace(/[\p{Cf}\p{Mn}\u3164]|\p{Variation_Selector}/gu, "")
    .replace(/\p{Nd}/gu, asciiDigit)
    .toLowerCase();
}

/** Decimal digits of all scripts stand in tens, from their zero on. */
function asciiDigit(char: string): string {
  const code = char.codePointAt(0)!;
  let value = 0;
  while (code >= 128 && value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value++;
  return code < 128 ? char : String(value);
}
