/**
 * For any request with identifiers in it: nothing of them leaves, in any writing, nothing of them stays in clear, and what
 * the model says back of the request's texts is heard as it was sent.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDetector } from "../../src/detect/detect.ts";
import { PRESETS } from "../../src/policy/presets.ts";
import { chunk, completion, DONE, eventStream, type Harness, type Received, startHarness } from "../proxy/harness.ts";
import { type Planted, standingIn } from "./issuers.ts";
import { plantedRequest } from "./request.ts";

interface Message {
  readonly content?: string | readonly { readonly text: string }[] | null;
  readonly refusal?: string;
  readonly role: string;
  readonly tool_calls?: readonly { readonly function: { readonly arguments: string } }[];
}

interface Body {
  readonly stream?: boolean;
  readonly messages: readonly Message[];
  readonly response_format?: unknown;
}

/** Every text of the messages, and all that is JSON, as a model would repeat it. */
function repeated({ messages, response_format: structured }: Body): {
  readonly text: string;
  readonly json: readonly string[];
} {
  const texts: string[] = [];
  const json: string[] = [];
  for (const { role, content, refusal, tool_calls } of messages) {
    const isJson = role === "tool" || role === "function";
    if (typeof content === "string") (isJson ? json : texts).push(content);
    else for (const part of content ?? []) texts.push(part.text);
    if (refusal) texts.push(refusal);
    for (const call of tool_calls ?? []) json.push(call.function.arguments);
  }
  const text = texts.join("\n--\n");
  return { text: structured ? JSON.stringify({ said: text }) : text, json };
}

function echo({ body }: Received): Response {
  const request = JSON.parse(body) as Body;
  const { text, json } = repeated(request);
  const calls = json.map((args, i) => ({
    id: `call_${i}`,
    type: "function",
    function: { name: "f", arguments: args },
  }));
  if (!request.stream) {
    const message = { role: "assistant", content: text, refusal: null, tool_calls: calls };
    return Response.json(completion("", { choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }] }));
  }
  const parts = [chunk({ role: "assistant", content: "" })];
  for (let at = 0; at < text.length; at += 5) parts.push(chunk({ content: text.slice(at, at + 5) }));
  for (const [index, call] of calls.entries()) {
    parts.push(chunk({ tool_calls: [{ index, ...call, function: { name: "f", arguments: "" } }] }));
    const args = call.function.arguments;
    for (let at = 0; at < args.length; at += 11)
      parts.push(chunk({ tool_calls: [{ index, function: { arguments: args.slice(at, at + 11) } }] }));
  }
  return eventStream([...parts, chunk({}, { finish_reason: "stop" }), DONE]);
}

interface Delta {
  readonly content?: string;
  readonly tool_calls?: readonly { readonly index: number; readonly function: { readonly arguments: string } }[];
}

/** What a caller hears of an answer, whole or streamed. */
function heard(answer: string, stream: boolean): { readonly text: string; readonly json: readonly string[] } {
  if (!stream) {
    const { message } = (JSON.parse(answer) as { choices: [{ message: Message & { content: string } }] }).choices[0];
    return { text: message.content, json: (message.tool_calls ?? []).map((call) => call.function.arguments) };
  }
  let text = "";
  const json: string[] = [];
  for (const line of answer.split("\n\n")) {
    if (!line.startsWith("data: {")) continue;
    const { choices } = JSON.parse(line.slice(6)) as { readonly choices: readonly { readonly delta: Delta }[] };
    for (const { delta } of choices) {
      text += delta.content ?? "";
      for (const call of delta.tool_calls ?? []) json[call.index] = (json[call.index] ?? "") + call.function.arguments;
    }
  }
  return { text, json };
}

const REGEX_ONLY = (name: string) => PRESETS.get(name)!.replace(/^passes: .*$/m, "passes: [regex]");

const start = (options: Parameters<typeof startHarness>[0]) =>
  startHarness({
    provider: echo,
    detector: createDetector({ ner: null, timeoutMs: 20_000, cacheKey: new Uint8Array(32) }),
    ...options,
  });

describe("any request with identifiers in it", () => {
  it.each([
    ["vault-deterministic", 200],
    ["reversible-aead", 60],
  ] as const)("leaves without them, and comes back with them: %s", async (tokenization, numRuns) => {
    await using h = await start({ agent: { tokenization } });
    const all: string[] = [];
    await fc.assert(
      fc.asyncProperty(plantedRequest, fc.boolean(), async ({ body, values }, stream) => {
        const { status, answer } = await turn(h, { ...body, stream }, values);
        expect([status, status === 200 ? "" : answer]).toEqual([200, ""]);
        expect(heard(answer, stream)).toEqual(repeated(body as unknown as Body));
        all.push(...values.map(({ text }) => text).filter((text) => text.length > 8));
      }),
      { numRuns },
    );
    const stored = await h.stored();
    expect(all.filter((text) => stored.includes(text))).toEqual([]);
  });

  it.each([...PRESETS.keys()])("leaves without them, or not at all, under %s", async (name) => {
    await using h = await start({ policy: REGEX_ONLY(name) });
    await fc.assert(
      fc.asyncProperty(plantedRequest, async ({ body, values }) => {
        const { status, answer } = await turn(h, body, values);
        expect(answer).not.toMatch(/MSKV?1\./);
        expect([200, 400]).toContain(status);
        if (status === 400)
          expect([h.received.length, JSON.parse(answer).error.code]).toEqual([0, "blocked_by_policy"]);
      }),
      { numRuns: 40 },
    );
  });
});

/** Sends a request, and looks for its values in all that the provider got. */
async function turn(
  h: Harness,
  body: Readonly<Record<string, unknown>>,
  values: readonly Planted[],
): Promise<{ readonly status: number; readonly answer: string }> {
  h.received.length = 0;
  const response = await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, body);
  const answer = await response.text();
  for (const sent of h.received) {
    expect(standingIn(decoded(sent.body), values)).toEqual([]);
    expect(standingIn(sent.body + JSON.stringify([...sent.headers]), values)).toEqual([]);
  }
  return { status: response.status, answer };
}

/** Every string and number of a body, with JSON inside strings taken apart too. */
function decoded(json: string): string {
  const out: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value === "string") {
      out.push(value);
      if (/^\s*[[{"]/.test(value)) {
        try {
          walk(JSON.parse(value));
        } catch {
          // It only begins like JSON.
        }
      }
    } else if (typeof value === "number") out.push(String(value));
    else if (Array.isArray(value)) for (const item of value) walk(item);
    else if (value !== null && typeof value === "object")
      for (const [key, item] of Object.entries(value)) {
        out.push(key);
        walk(item);
      }
  };
  walk(JSON.parse(json));
  return out.join("\n\n");
}
