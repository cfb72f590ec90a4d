/** Tokens changed the way models change them: each is put back or replaced by a mark, and nothing of a token is heard. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDetector } from "../../src/detect/detect.ts";
import { chunk, completion, DONE, eventStream, type Received, startHarness, tokensIn } from "../proxy/harness.ts";

const VALUE = "415-263-0134";
const OTHER = "219-45-6788";
const SAID = `My number is ${VALUE} and my social security number is ${OTHER}.`;

type Edit = (token: string) => string;

/** Changes that leave all of a token's letters and digits: the value must come back. */
const harmless: fc.Arbitrary<Edit> = fc.oneof(
  fc.constantFrom<Edit>(
    (token) => token,
    (token) => token.toLowerCase(),
    (token) => token[0] + token.slice(1).toLowerCase(),
    (token) => `"${token}"`,
    (token) => `'${token}'`,
    (token) => `\`${token}\``,
    (token) => `**${token}**`,
    (token) => `_${token}_`,
    (token) => `(${token}),`,
    (token) => `${token}'s`,
    (token) => `<b>${token}</b>`,
    (token) => `[${token}](tel:${token})`,
    (token) => token.replaceAll("_", "\\_"),
    (token) => token.replaceAll(".", "\\."),
    (token) => token.replaceAll(".", ". "),
    (token) => token.replaceAll(".", ".\n"),
    (token) => token.replaceAll("_", "-"),
    (token) => `${token}.`,
    (token) => `${token}, ${token}`,
  ),
  // A line break after a separator, or an invisible character anywhere.
  fc.nat({ max: 60 }).map(
    (at): Edit =>
      (token) =>
        `${token.slice(0, at)}\u200b${token.slice(at)}`,
  ),
);

/** Changes that may lose it. */
const harmful: fc.Arbitrary<Edit> = fc.oneof(
  fc.nat({ max: 60 }).map(
    (at): Edit =>
      (token) =>
        token.slice(0, Math.max(7, at)),
  ),
  fc.nat({ max: 60 }).map(
    (at): Edit =>
      (token) =>
        `${token.slice(0, Math.max(7, at))}…`,
  ),
  fc.nat({ max: 60 }).map(
    (at): Edit =>
      (token) =>
        `${token.slice(0, at)}\n${token.slice(at)}`,
  ),
  fc.tuple(fc.integer({ min: 30, max: 60 }), fc.constantFrom(..."ABCXYZ234567")).map(
    ([at, char]): Edit =>
      (token) =>
        token.slice(0, at) + char + token.slice(at + 1),
  ),
  fc.constantFrom<Edit>(
    (token) => token.replace("K_HEALTHCARE", "K_OTHER"),
    (token) => token.replace("PHONE", "NAME"),
    (token) => token.replace(/[A-Z2-7]{26}$/, "AAAAAAAAAAAAAAAAAAAAAAAAAA"),
    (token) => token.replace(".K_HEALTHCARE", ""),
    (token) => token + token,
  ),
);

const start = (provider: (received: Received) => Response) =>
  startHarness({
    provider,
    detector: createDetector({ ner: null, timeoutMs: 20_000, cacheKey: new Uint8Array(32) }),
  });

/** Says a text whole, in deltas of a size, or as the argument of a call. */
function say(text: string, how: "whole" | "arguments" | number): Response {
  if (how === "whole") return Response.json(completion(text));
  if (how === "arguments") {
    const call = { id: "call_1", type: "function", function: { name: "f", arguments: JSON.stringify({ to: text }) } };
    const message = { role: "assistant", content: null, refusal: null, tool_calls: [call] };
    const choices = [{ index: 0, message, logprobs: null, finish_reason: "tool_calls" }];
    return Response.json(completion("", { choices }));
  }
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += how) parts.push(chunk({ content: text.slice(at, at + how) }));
  return eventStream([...parts, chunk({}, { finish_reason: "stop" }), DONE]);
}

const manner = fc.oneof(fc.constantFrom("whole" as const, "arguments" as const), fc.integer({ min: 1, max: 30 }));

/** The words of an answer in any of its forms. */
async function wordsOf(response: Response, how: "whole" | "arguments" | number): Promise<string> {
  const answer = await response.text();
  if (typeof how === "number") {
    const deltas = [...answer.matchAll(/^data: (\{.*\})$/gm)].map(
      ([, json]) =>
        (JSON.parse(json!) as { choices: [{ delta: { content?: string } }] }).choices[0].delta.content ?? "",
    );
    return deltas.join("");
  }
  const { message } = (
    JSON.parse(answer) as {
      choices: [{ message: { content: string | null; tool_calls?: [{ function: { arguments: string } }] } }];
    }
  ).choices[0];
  if (how === "whole") return message.content ?? "";
  return (JSON.parse(message.tool_calls![0].function.arguments) as { to: string }).to;
}

describe("tokens as models change them", () => {
  it.each([
    ["are put back", harmless, true],
    ["are put back or replaced", harmful, false],
  ] as const)("%s", async (_name, edits, whole) => {
    let answer = (_tokens: readonly string[]): Response => new Response();
    await using h = await start(({ body }) => answer(tokensIn(body)));
    await fc.assert(
      fc.asyncProperty(edits, manner, async (edit, how) => {
        let tokens: readonly string[] = [];
        answer = (minted) => {
          tokens = minted;
          return say(`Is it ${edit(minted[0]!)} that we call?`, how);
        };
        const body = { stream: typeof how === "number", messages: [{ role: "user", content: SAID }] };
        const words = await wordsOf(await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, body), how);
        expect(tokens).toHaveLength(2);
        expect(words).toMatch(/^Is it [\s\S]* that we call\?$/);
        expect(words).not.toMatch(/MSKV?1|HEALTHCARE/i);
        for (const token of tokens) {
          const random = token.slice(-26);
          for (let at = 0; at + 7 <= 26; at++)
            expect(words.toUpperCase().includes(random.slice(at, at + 7)), words).toBe(false);
        }
        if (whole) expect(words).toContain(VALUE);
        else expect(words).toMatch(/415-263-0134|\[REDACTED:[A-Z_]+\]/);
        expect(words).not.toContain(OTHER);
      }),
      { numRuns: 250 },
    );
  });
});
