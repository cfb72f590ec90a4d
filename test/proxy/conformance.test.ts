/**
 * The real client against the real detection, tokens, log and provider client. The model is an echo: what it says depends
 * on what it got and on nothing else, so the caller must hear the same with Masker as without.
 */
import OpenAI from "openai";
import type { ChatCompletionMessageParam, ChatCompletionTool } from "openai/resources";
import { describe, expect, it } from "vitest";
import { createDetector } from "../../src/detect/detect.ts";
import { createUpstreams } from "../../src/upstream/create-upstreams.ts";
import {
  chunk,
  completion,
  DONE,
  eventStream,
  type Harness,
  type Received,
  startHarness,
  tokensIn,
} from "./harness.ts";

const values = [
  "Sarah Okonkwo",
  "415-555-2671",
  "219-45-6788",
  "sarah.okonkwo@example.org",
  "03/14/1982",
  "MRN 0042817",
];
const PLANTED = /Sarah|Okonkwo|555-2671|5550134|219-45-6788|okonkwo@|03\/14\/1982|0042817/;

const record = {
  patient: { name: "Sarah Okonkwo", dob: "03/14/1982", mrn: "0042817", phone: 4155550134 },
  note: 'said "call 415-555-2671" \\ ok\n',
};

const tools: ChatCompletionTool[] = [
  {
    type: "function",
    function: {
      name: "book",
      description: "Books an appointment",
      parameters: { type: "object", properties: { who: { type: "string" }, raw: { type: "string" } } },
    },
  },
];

const turns: [string, ChatCompletionMessageParam[]][] = [
  ["one line", [{ role: "user", content: "My name is Sarah Okonkwo, call me at 415-555-2671." }]],
  [
    "a conversation",
    [
      { role: "system", content: "You are the desk of a clinic. Ask for the name and the date of birth." },
      { role: "assistant", content: "What is your date of birth?" },
      { role: "user", content: "03/14/1982" },
      { role: "assistant", content: "And your name?" },
      {
        role: "user",
        content: "This is Sarah Okonkwo, my email is sarah.okonkwo@example.org, my social is 219-45-6788.",
      },
    ],
  ],
  [
    "parts",
    [
      {
        role: "user",
        content: [
          { type: "text", text: "Patient: Sarah Okonkwo" },
          { type: "text", text: "MRN 0042817" },
        ],
      },
    ],
  ],
  [
    "a tool's result",
    [
      { role: "user", content: "Please look me up, I am Sarah Okonkwo." },
      {
        role: "assistant",
        content: null,
        tool_calls: [
          {
            id: "call_1",
            type: "function",
            function: { name: "book", arguments: JSON.stringify({ who: "Sarah Okonkwo" }) },
          },
        ],
      },
      { role: "tool", tool_call_id: "call_1", content: JSON.stringify(record) },
    ],
  ],
  ["escapes", [{ role: "user", content: 'My name is Sarah Okonkwo "and" \\ my number\nis 415-555-2671 \u{1f600} é' }]],
];

interface Body {
  readonly stream?: boolean;
  readonly n?: number;
  readonly tools?: unknown;
  readonly messages: readonly { readonly content: unknown }[];
}

/** What the echo says: the last message, whole, and again as tool arguments of three depths. */
function spoken(body: Body): { readonly text: string; readonly calls: readonly string[] } {
  const content = body.messages.at(-1)!.content;
  const text =
    typeof content === "string" ? content : (content as { text: string }[]).map((part) => part.text).join(" | ");
  const calls = body.tools
    ? [JSON.stringify({ who: text }), JSON.stringify({ who: "x", raw: JSON.stringify({ deep: text }) })]
    : [];
  return { text, calls };
}

function echo({ body }: Received): Response {
  const request = JSON.parse(body) as Body;
  const { text, calls } = spoken(request);
  const n = request.n ?? 1;
  if (!request.stream) {
    const message = calls.length
      ? {
          role: "assistant",
          content: null,
          refusal: null,
          tool_calls: calls.map((args, i) => ({
            id: `call_${i}`,
            type: "function",
            function: { name: "book", arguments: args },
          })),
        }
      : { role: "assistant", content: text, refusal: null };
    const reason = calls.length ? "tool_calls" : "stop";
    const choices = Array.from({ length: n }, (_, index) => ({
      index,
      message,
      logprobs: null,
      finish_reason: reason,
    }));
    return Response.json(completion("", { choices }));
  }
  const parts: string[] = [];
  for (let index = 0; index < n; index++)
    parts.push(chunk({ role: "assistant", content: calls.length ? null : "" }, { index }));
  if (calls.length) {
    for (const [i] of calls.entries())
      parts.push(
        chunk({
          tool_calls: [{ index: i, id: `call_${i}`, type: "function", function: { name: "book", arguments: "" } }],
        }),
      );
    const longest = Math.max(...calls.map((args) => args.length));
    for (let at = 0; at < longest; at += 3) {
      for (const [i, args] of calls.entries()) {
        const piece = args.slice(at, at + 3);
        if (piece) parts.push(chunk({ tool_calls: [{ index: i, function: { arguments: piece } }] }));
      }
    }
  } else {
    for (let at = 0; at < text.length; at += 2) {
      for (let index = 0; index < n; index++) parts.push(chunk({ content: text.slice(at, at + 2) }, { index }));
    }
  }
  for (let index = 0; index < n; index++)
    parts.push(chunk({}, { index, finish_reason: calls.length ? "tool_calls" : "stop" }));
  return eventStream([...parts, DONE]);
}

function startReal(
  provider: (received: Received) => Response | Promise<Response> = echo,
  elsewhere?: string,
): Promise<Harness> {
  return startHarness({
    provider,
    detector: createDetector({ ner: null, timeoutMs: 5_000, cacheKey: new Uint8Array(32) }),
    upstreams: (origin) =>
      createUpstreams({
        provider: "openai",
        defaultModel: "gpt-4o-mini",
        providers: new Map([
          ["openai", { name: "openai", baseUrl: `${elsewhere ?? origin}/v1`, apiKey: "sk-provider", models: [] }],
        ]),
        timeoutMs: 2_000,
        ca: null,
        httpsProxy: null,
        noProxy: [],
      }),
  });
}

/** What a caller hears: per choice the text, the arguments of each tool call, and the reason of the end. */
async function heard(
  client: OpenAI,
  request: { messages: ChatCompletionMessageParam[]; tools?: ChatCompletionTool[]; n?: number },
  stream: boolean,
) {
  const choices = new Map<number, { text: string; calls: { name: string; args: string }[]; reason: string | null }>();
  const choiceAt = (index: number) =>
    choices.get(index) ?? choices.set(index, { text: "", calls: [], reason: null }).get(index)!;
  const body = { model: "gpt-4o-mini", ...request };
  if (stream) {
    for await (const part of await client.chat.completions.create({ ...body, stream: true })) {
      for (const { index, delta, finish_reason } of part.choices) {
        const choice = choiceAt(index);
        choice.text += delta.content ?? "";
        for (const call of delta.tool_calls ?? []) {
          choice.calls[call.index] ??= { name: "", args: "" };
          choice.calls[call.index]!.name += call.function?.name ?? "";
          choice.calls[call.index]!.args += call.function?.arguments ?? "";
        }
        choice.reason = finish_reason ?? choice.reason;
      }
    }
    return [...choices.values()];
  }
  const answer = await client.chat.completions.create(body);
  for (const { index, message, finish_reason } of answer.choices) {
    const choice = choiceAt(index);
    choice.text = message.content ?? "";
    choice.calls = (message.tool_calls ?? []).map((call) =>
      call.type === "function" ? { name: call.function.name, args: call.function.arguments } : { name: "", args: "" },
    );
    choice.reason = finish_reason;
  }
  return [...choices.values()];
}

describe("the openai client through Masker", () => {
  it.each(turns.flatMap(([name, messages]) => [false, true].map((stream) => [name, stream, messages] as const)))(
    "hears what it would hear without: %s, stream %s",
    async (_name, stream, messages) => {
      await using h = await startReal();
      const origin = Bun.serve({
        port: 0,
        hostname: "127.0.0.1",
        fetch: async (request) =>
          echo({ body: await request.text(), headers: request.headers, signal: request.signal }),
      });
      const direct = new OpenAI({ baseURL: `http://127.0.0.1:${origin.port}/v1`, apiKey: "x", maxRetries: 0 });
      try {
        for (const request of [{ messages }, { messages, n: 2 }, { messages, tools }]) {
          const expected = await heard(direct, request, stream);
          expect(JSON.stringify(expected)).toMatch(PLANTED);
          expect(await heard(h.client, request, stream)).toEqual(expected);
        }
        for (const got of h.received) {
          expect(got.body).not.toMatch(PLANTED);
          expect(got.headers.get("authorization")).toBe("Bearer sk-provider");
          expect(tokensIn(got.body).length).toBeGreaterThan(0);
        }
        expect(await h.stored()).not.toMatch(PLANTED);
        const ends = (await h.events()).filter((event) => event.kind === "session_completed");
        expect(ends.map((event) => event.kind === "session_completed" && event.status)).toEqual(["ok", "ok", "ok"]);
      } finally {
        await origin.stop(true);
      }
    },
  );

  it.each([400, 401, 404, 429, 500, 503])("turns the provider's %s into 502 without its text", async (status) => {
    await using h = await startReal(() =>
      Response.json(
        { error: { message: "about Sarah: patient: Sarah Okonkwo", type: "x", param: null, code: "y" } },
        { status },
      ),
    );
    const failure = await h.client.chat.completions
      .create({ model: "gpt-4o-mini", messages: turns[0]![1] })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OpenAI.APIError);
    expect(failure).toMatchObject({ status: 502, code: "upstream_error" });
    expect(String(failure)).toContain(String(status));
    expect(String(failure)).not.toContain("Sarah Okonkwo");
  });

  it("times out with 504", async () => {
    await using h = await startReal(async () => {
      await Bun.sleep(4_000);
      return Response.json({});
    });
    const failure = await h.client.chat.completions
      .create({ model: "gpt-4o-mini", messages: turns[0]![1] })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ status: 504, code: "upstream_timeout" });
    expect((await h.events()).at(-1)).toMatchObject({ status: "error", reason: "upstream_timeout" });
  });

  it("finds every planted value in the first place", () => {
    expect(values.every((value) => PLANTED.test(value))).toBe(true);
  });
});

describe("the provider's connection", () => {
  it("serves one streamed turn after the other", async () => {
    const ports = new Set<number>();
    let h: Harness | null = null;
    try {
      const provider = Bun.serve({
        port: 0,
        hostname: "127.0.0.1",
        fetch: async (request, server) => {
          ports.add(server.requestIP(request)!.port);
          await request.text();
          // The end of the stream comes well after its last event.
          return eventStream([chunk({ content: "Hi" }), chunk({}, { finish_reason: "stop" }), DONE], 30);
        },
      });
      h = await startReal(undefined, `http://127.0.0.1:${provider.port}`);
      for (let i = 0; i < 4; i++) {
        await heard(h.client, { messages: turns[0]![1] }, true);
        await Bun.sleep(100);
      }
      expect(ports.size).toBe(1);
      await provider.stop(true);
    } finally {
      await h?.[Symbol.asyncDispose]();
    }
  });
});
