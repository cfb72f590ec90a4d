import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import { stub } from "../../src/upstream/stub.ts";
import { tokenOf } from "./planted.ts";

const NAME = tokenOf("NAME", 0);
const PHONE = tokenOf("PHONE", 1);

/** The OpenAI client on top of the stub, so that its answers are judged by what reads them. */
const client = new OpenAI({
  apiKey: "x",
  baseURL: "http://127.0.0.1:1",
  fetch: async (_url, init) => {
    const body = String(init?.body);
    const stream = (JSON.parse(body) as { stream?: boolean }).stream === true;
    const answer = await stub.send({ body, stream, authorization: null, signal: new AbortController().signal });
    if (!answer.ok) throw new Error("refused");
    let text = "";
    for await (const bytes of answer.body) text += new TextDecoder().decode(bytes);
    return new Response(text, { headers: { "content-type": stream ? "text/event-stream" : "application/json" } });
  },
});

const messages = [
  { role: "system" as const, content: `Patient ${NAME}.` },
  { role: "user" as const, content: `I am ${NAME}, call ${PHONE}` },
];
const SENTENCE = `I have noted ${NAME} and ${PHONE}.`;
const tools = [
  {
    type: "function" as const,
    function: {
      name: "book_visit",
      parameters: {
        type: "object",
        properties: {
          who: { type: "string" },
          n: { type: "integer" },
          ok: { type: "boolean" },
          day: { enum: ["mon"] },
          to: { type: "array", items: { type: "string" } },
        },
      },
    },
  },
];
const ARGUMENTS = { who: NAME, n: 1, ok: true, day: "mon", to: [PHONE] };

describe("the stub", () => {
  it("repeats the tokens that it was given, each once", async () => {
    const answer = await client.chat.completions.create({ model: "m", messages });
    expect(answer.choices[0]?.message.content).toBe(SENTENCE);
    expect(answer.choices[0]?.finish_reason).toBe("stop");
    expect(answer.usage?.total_tokens).toBeGreaterThan(0);
    expect(answer.model).toBe("m");
  });

  it("has a sentence when there were none", async () => {
    const answer = await client.chat.completions.create({ model: "m", messages: [{ role: "user", content: "hi" }] });
    expect(answer.choices[0]?.message.content).toMatch(/\w/);
  });

  it("streams in pieces that cut every token, with usage when asked", async () => {
    const stream = await client.chat.completions.create({
      model: "m",
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = "";
    let usage = 0;
    for await (const chunk of stream) {
      const piece = chunk.choices[0]?.delta.content ?? "";
      expect(piece).not.toContain(NAME);
      text += piece;
      usage = chunk.usage?.total_tokens ?? usage;
    }
    expect(text).toBe(SENTENCE);
    expect(usage).toBeGreaterThan(0);
  });

  it.each([
    ["required", { tool_choice: "required" as const }],
    ["named", { tool_choice: { type: "function" as const, function: { name: "book_visit" } } }],
    ["asked for", { messages: [...messages, { role: "user" as const, content: "Please book visit now" }] }],
  ])("calls a tool when it is %s, whole and streamed", async (_, members) => {
    const request = { model: "m", messages, tools, ...members };
    const whole = await client.chat.completions.create(request);
    const [call] = whole.choices[0]?.message.tool_calls ?? [];
    expect(whole.choices[0]?.finish_reason).toBe("tool_calls");
    expect(call?.type === "function" && JSON.parse(call.function.arguments)).toEqual(ARGUMENTS);
    const streamed = await client.chat.completions.stream(request).finalChatCompletion();
    const [same] = streamed.choices[0]?.message.tool_calls ?? [];
    expect(same?.type === "function" && JSON.parse(same.function.arguments)).toEqual(ARGUMENTS);
  });

  it("answers a tool's result, and a request without a wish for tools, in words", async () => {
    const call = { id: "c", type: "function" as const, function: { name: "book_visit", arguments: "{}" } };
    const answered = await client.chat.completions.create({
      model: "m",
      messages: [
        ...messages,
        { role: "assistant", tool_calls: [call] },
        { role: "tool", tool_call_id: "c", content: "book_visit done" },
      ],
      tools,
    });
    expect(answered.choices[0]?.message.content).toBe(SENTENCE);
    const none = await client.chat.completions.create({ model: "m", messages, tools, tool_choice: "none" });
    expect(none.choices[0]?.message.content).toBe(SENTENCE);
  });

  it("gives as many choices as asked, and JSON when asked", async () => {
    const answer = await client.chat.completions.create({
      model: "m",
      messages,
      n: 2,
      response_format: { type: "json_object" },
    });
    expect(answer.choices.map((choice) => JSON.parse(choice.message.content ?? ""))).toEqual([
      { noted: [NAME, PHONE] },
      { noted: [NAME, PHONE] },
    ]);
  });
});
