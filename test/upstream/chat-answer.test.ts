import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import { MaskerError } from "../../src/errors.ts";
import { Ledger } from "../../src/tokens/ledger.ts";
import { openAiChat } from "../../src/upstream/openai-chat.ts";
import { SSE_DONE, SseReader } from "../../src/upstream/sse.ts";
import type { AnswerReader } from "../../src/upstream/wire-format.ts";
import { chatBody, OPTIONS, readStream, tokenOf } from "./planted.ts";

const NAME = tokenOf("NAME", 0);
const PHONE = tokenOf("PHONE", 1);
const NOTE = tokenOf("OTHER_ID", 2);
const FOREIGN = tokenOf("SSN", 99);
const NAME_VALUE = 'Zoë "Z" Núñez\\\n😀';

function ledger(): Ledger {
  const entries = new Ledger();
  entries.add({ token: NAME, kind: "NAME", value: NAME_VALUE, numeric: false });
  entries.add({ token: PHONE, kind: "PHONE", value: "4155552671", numeric: true });
  entries.add({ token: NOTE, kind: "OTHER_ID", value: "\u2028</script>\u0001", numeric: false });
  return entries;
}

function reader(members: Record<string, unknown> = {}): AnswerReader {
  return openAiChat.parse(chatBody(members)).render([], OPTIONS).answer(ledger());
}

type Json = ReturnType<typeof JSON.parse>;

const envelope = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "gpt" };
const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const chunk = (...choices: unknown[]) => event({ ...envelope, choices });
const delta = (members: unknown, index = 0, finish_reason: string | null = null) =>
  chunk({ index, delta: members, logprobs: null, finish_reason });
const call = (index: number, body: unknown, members: object = {}) =>
  delta({ tool_calls: [{ index, ...members, function: body }] });
const chars = (text: string) => [...text];

interface Fixture {
  readonly sse: string;
  readonly expected: Record<string, string>;
}

const DONE = "data: [DONE]\n\n";
const args = (value: unknown) => JSON.stringify(value);

const FIXTURES: Readonly<Record<string, Fixture>> = {
  "one-character deltas": {
    sse: [
      delta({ role: "assistant", content: "" }),
      ...chars(`Hi **${NAME}**'s m`).map((content) => delta({ content })),
      delta({}, 0, "stop"),
      DONE,
    ].join(""),
    expected: { "0.role": "assistant", "0.content": `Hi **${NAME_VALUE}**'s m`, "0.finish": "stop" },
  },
  "one chunk": {
    sse: delta({ role: "assistant", content: `a ${NAME} ${PHONE} 😀` }, 0, "stop") + DONE,
    expected: { "0.role": "assistant", "0.content": `a ${NAME_VALUE} 4155552671 😀`, "0.finish": "stop" },
  },
  "two choices, interleaved": {
    sse: [
      chunk({ index: 0, delta: { role: "assistant", content: "" } }, { index: 1, delta: { role: "assistant" } }),
      ...chars(`x${NAME}.`).flatMap((content, i) => [
        delta({ content }, 0),
        delta({ content: `y${PHONE}`[i] ?? "" }, 1),
      ]),
      delta({}, 1, "length"),
      delta({}, 0, "stop"),
      DONE,
    ].join(""),
    expected: {
      "0.role": "assistant",
      "1.role": "assistant",
      "0.content": `x${NAME_VALUE}.`,
      "1.content": "y4155552671",
      "0.finish": "stop",
      "1.finish": "length",
    },
  },
  "parallel calls, interleaved, escapes cut": {
    sse: [
      delta({ role: "assistant", content: null }),
      call(0, { name: "f", arguments: "" }, { id: "call_a", type: "function" }),
      call(1, { name: "g", arguments: "" }, { id: "call_b", type: "function" }),
      ...chars(args({ a: NAME, p: PHONE, n: 12345678901 })).flatMap((text, i) => [
        call(0, { arguments: text }),
        call(1, { arguments: args({ deep: args({ b: `é${NAME}`, c: [PHONE] }), t: "\\" })[i] ?? "" }),
      ]),
      call(1, {
        arguments: args({ deep: args({ b: `é${NAME}`, c: [PHONE] }), t: "\\" }).slice(
          args({ a: NAME, p: PHONE, n: 12345678901 }).length,
        ),
      }),
      delta({}, 0, "tool_calls"),
      DONE,
    ].join(""),
    expected: {
      "0.role": "assistant",
      "0.0.id": "call_a",
      "0.0.name": "f",
      "0.0.arguments": args({ a: NAME_VALUE, p: 4155552671, n: 12345678901 }),
      "0.1.id": "call_b",
      "0.1.name": "g",
      "0.1.arguments": args({ deep: args({ b: `é${NAME_VALUE}`, c: [4155552671] }), t: "\\" }),
      "0.finish": "tool_calls",
    },
  },
  "text and a call in one chunk, then more text": {
    sse: [
      delta({
        role: "assistant",
        content: `I call ${NAME.slice(0, 9)}`,
        tool_calls: [{ index: 0, id: "c", type: "function", function: { name: "f", arguments: '{"a":' } }],
      }),
      delta({ content: NAME.slice(9), tool_calls: [{ index: 0, function: { arguments: `"${NOTE}"}` } }] }),
      delta({}, 0, "tool_calls"),
      DONE,
    ].join(""),
    expected: {
      "0.role": "assistant",
      "0.content": `I call ${NAME_VALUE}`,
      "0.0.id": "c",
      "0.0.name": "f",
      "0.0.arguments": args({ a: "\u2028</script>\u0001" }),
      "0.finish": "tool_calls",
    },
  },
  "a server that repeats role, id, type and name": {
    sse: [
      ...chars(args({ a: PHONE })).map((text) =>
        delta({
          role: "assistant",
          tool_calls: [{ index: 0, id: "c", type: "function", function: { name: "f", arguments: text } }],
        }),
      ),
      delta({ role: "assistant" }, 0, "tool_calls"),
      DONE,
    ].join(""),
    expected: {
      "0.role": "assistant",
      "0.0.id": "c",
      "0.0.name": "f",
      "0.0.arguments": '{"a":4155552671}',
      "0.finish": "tool_calls",
    },
  },
  "a call without arguments": {
    sse:
      delta({ role: "assistant" }) +
      call(0, { name: "f" }, { id: "c", type: "function" }) +
      delta({}, 0, "tool_calls") +
      DONE,
    expected: { "0.role": "assistant", "0.0.id": "c", "0.0.name": "f", "0.0.arguments": "", "0.finish": "tool_calls" },
  },
  "a custom tool": {
    sse: [
      delta({ role: "assistant" }),
      delta({ tool_calls: [{ index: 0, id: "c", type: "custom", custom: { name: "sql", input: "" } }] }),
      ...chars(`say "${NAME}"`).map((input) => delta({ tool_calls: [{ index: 0, custom: { input } }] })),
      delta({}, 0, "tool_calls"),
      DONE,
    ].join(""),
    expected: {
      "0.role": "assistant",
      "0.0.id": "c",
      "0.0.name": "sql",
      "0.0.arguments": `say "${NAME_VALUE}"`,
      "0.finish": "tool_calls",
    },
  },
  "refusal and reasoning": {
    sse: [
      delta({ role: "assistant" }),
      ...chars(`no ${NAME}`).map((refusal) => delta({ refusal })),
      ...chars(`why ${PHONE}`).map((reasoning_content) => delta({ reasoning_content })),
      delta({}, 0, "stop"),
      DONE,
    ].join(""),
    expected: {
      "0.role": "assistant",
      "0.refusal": `no ${NAME_VALUE}`,
      "0.reasoning_content": "why 4155552671",
      "0.finish": "stop",
    },
  },
  "what is none of this request": {
    sse: delta({ role: "assistant", content: "x" }) + delta({ content: `${FOREIGN} y` }) + delta({}, 0, "stop") + DONE,
    expected: { "0.role": "assistant", "0.content": "x[REDACTED:SSN] y", "0.finish": "stop" },
  },
};

/** Every piece of an emitted stream obeys the rules that all known clients survive (protocols 3.5). */
function checkRules(sse: string): void {
  const roles = new Set<number>();
  const calls = new Set<string>();
  for (const { data } of new SseReader().push(new TextEncoder().encode(sse))) {
    const parsed = JSON.parse(data) as Json;
    expect(parsed).toMatchObject({ id: "chatcmpl-1", created: 1, object: "chat.completion.chunk" });
    expect(parsed.choices.length === 1 || parsed.usage).toBeTruthy();
    for (const choice of parsed.choices) {
      expect(Object.hasOwn(choice, "finish_reason")).toBe(true);
      const { content, tool_calls, role } = choice.delta;
      expect(Boolean(content) && Boolean(tool_calls)).toBe(false);
      expect(role !== undefined).toBe(!roles.has(choice.index));
      roles.add(choice.index);
      if (choice.finish_reason) expect(Object.keys(choice.delta).filter((key) => key !== "role")).toEqual([]);
      if (!tool_calls) continue;
      expect(tool_calls.length).toBe(1);
      const key = `${choice.index}.${tool_calls[0].index}`;
      const head = tool_calls[0].id !== undefined || tool_calls[0].function?.name !== undefined;
      expect(head).toBe(!calls.has(key));
      calls.add(key);
    }
  }
}

function run(pieces: readonly Uint8Array[], answer = reader()): string {
  const sse = new SseReader();
  let out = "";
  for (const piece of pieces) for (const item of sse.push(piece)) out += answer.push(item);
  for (const item of sse.end()) out += answer.push(item);
  return out + answer.end();
}

function eventsOf(pieces: readonly Uint8Array[]): string {
  const sse = new SseReader();
  return JSON.stringify([...pieces.flatMap((piece) => sse.push(piece)), ...sse.end()]);
}

describe.each(Object.entries(FIXTURES))("stream: %s", (_, { sse, expected }) => {
  const bytes = new TextEncoder().encode(sse);

  it("gives its text, in the form that every client survives", () => {
    const answer = reader();
    const out = run([bytes], answer);
    expect(readStream(out)).toEqual(expected);
    checkRules(out);
    expect(answer.done).toBe(true);
    expect(answer.finished).toBe(true);
    expect(out).not.toMatch(/MSKV1/i);
  });

  it("gives the same, cut at every byte", () => {
    const whole = run([bytes]);
    expect(run([...bytes].map((byte) => Uint8Array.of(byte)))).toBe(whole);
    // Two pieces: events depend on nothing but their own bytes, so the beginning shows what there is to see.
    const part = bytes.slice(0, 2500);
    const events = eventsOf([part]);
    for (let at = 1; at < part.length; at++) {
      if (eventsOf([part.slice(0, at), part.slice(at)]) !== events) throw new Error(`events differ when cut at ${at}`);
    }
    for (let at = 1; at < bytes.length; at += 997) expect(run([bytes.slice(0, at), bytes.slice(at)])).toBe(whole);
  });

  it.each([
    ["CRLF", (text: string) => text.replaceAll("\n", "\r\n")],
    ["CR", (text: string) => text.replaceAll("\n", "\r")],
    ["comments and keep-alives", (text: string) => `: hello\n\n${text.replaceAll("data:", ": x\nid: 7\ndata:")}`],
    ["no space after the colon", (text: string) => text.replaceAll("data: ", "data:")],
    ["data on several lines", (text: string) => text.replaceAll(',"choices"', ',\ndata: "choices"')],
    ["pings", (text: string) => text.replaceAll("\n\n", "\n\nevent: ping\ndata: {}\n\n")],
    ["escapes for every letter of a scheme", (text: string) => text.replaceAll("M", "\\u004d")],
    ["no blank line at the end", (text: string) => text.trimEnd()],
    ["no [DONE]", (text: string) => text.replace(DONE, "")],
    ["a byte order mark", (text: string) => `\ufeff${text}`],
  ])("gives the same with %s", (_name, change) => {
    const changed = new TextEncoder().encode(change(sse));
    const out = run([changed]);
    expect(readStream(out)).toEqual(expected);
    checkRules(out);
    const sevenths = Array.from({ length: Math.ceil(changed.length / 7) }, (_, i) => changed.slice(i * 7, i * 7 + 7));
    expect(run(sevenths)).toBe(out);
  });

  it("is read by the OpenAI client as what it is", async () => {
    const out = run([bytes]) + SSE_DONE;
    const client = new OpenAI({
      apiKey: "x",
      baseURL: "http://127.0.0.1:1",
      fetch: async () => new Response(out, { headers: { "content-type": "text/event-stream" } }),
    });
    // Its accumulator knows no custom tools: those are read from its chunks.
    if (out.includes('"custom"')) {
      let input = "";
      for await (const item of await client.chat.completions.create({ model: "m", messages: [], stream: true })) {
        for (const made of (item.choices[0]?.delta.tool_calls ?? []) as { custom?: { input?: string } }[]) {
          input += made.custom?.input ?? "";
        }
      }
      expect(input).toBe(expected["0.0.arguments"] ?? "");
      return;
    }
    const final = await client.chat.completions.stream({ model: "m", messages: [] }).finalChatCompletion();
    for (const choice of final.choices) {
      expect(choice.message.content ?? "").toBe(expected[`${choice.index}.content`] ?? "");
      choice.message.tool_calls?.forEach((made, i) => {
        if (made.type === "function") expect(made.function.arguments).toBe(expected[`${choice.index}.${i}.arguments`]);
      });
    }
  });
});

describe("streams", () => {
  it("report what was put back and what could not be", () => {
    const answer = reader();
    run(
      [new TextEncoder().encode(delta({ content: `${NAME} ${NAME} ${PHONE} ${FOREIGN}` }) + delta({}, 0, "stop"))],
      answer,
    );
    expect(answer.report.counts).toEqual({ NAME: 2, PHONE: 1 });
    expect([...answer.report.restored]).toEqual([
      [NAME, 2],
      [PHONE, 1],
    ]);
    expect(answer.report.failures).toEqual([{ kind: "SSN", choice: 0, slot: "content" }]);
  });

  it("give the usage chunk as it came, and usage null elsewhere", () => {
    const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
    const sse =
      event({
        ...envelope,
        choices: [{ index: 0, delta: { role: "assistant", content: `a ${NAME} b` } }],
        usage: null,
      }) +
      event({
        ...envelope,
        choices: [{ index: 0, delta: {}, finish_reason: "stop" }],
        usage: null,
        obfuscation: "abc",
      }) +
      event({ ...envelope, choices: [], usage }) +
      DONE;
    const events = new SseReader().push(new TextEncoder().encode(run([new TextEncoder().encode(sse)])));
    const chunks = events.map((item) => JSON.parse(item.data) as Json);
    expect(chunks.map((item) => item.usage)).toEqual([null, null, usage]);
    expect(chunks.at(-1).choices).toEqual([]);
    expect(JSON.stringify(chunks)).not.toContain("obfuscation");
  });

  it("invent no chunk without choices", () => {
    const sse =
      event({ ...envelope, choices: [], prompt_filter_results: [] }) + delta({ role: "assistant", content: "a" });
    const chunks = new SseReader().push(new TextEncoder().encode(run([new TextEncoder().encode(sse)])));
    expect(chunks.map((item) => (JSON.parse(item.data) as Json).choices.length)).toEqual([1]);
  });

  it("give out at once what cannot begin a token", () => {
    const answer = reader();
    const first = (text: string) => answer.push({ event: null, data: text.slice(6).trim() });
    expect(readStream(first(delta({ role: "assistant", content: "Hello " })))["0.content"]).toBe("Hello ");
    expect(readStream(first(delta({ content: "there, Ms" })))["0.content"]).toBe("there, ");
    expect(readStream(first(delta({ content: "." })))["0.content"]).toBe("Ms.");
  });

  it("a role goes out even when all text is held", () => {
    const answer = reader();
    const out = answer.push({
      event: null,
      data: JSON.stringify({ ...envelope, choices: [{ index: 0, delta: { role: "assistant", content: "MSKV1" } }] }),
    });
    expect(readStream(out)).toEqual({ "0.role": "assistant", "0.content": "" });
  });

  it.each([
    ["an error event", '{"error":{"message":"secret 415-555-2671","type":"server_error","code":null}}'],
    ["an error text", '{"error":"secret 415-555-2671"}'],
    ["garbage", "secret 415-555-2671"],
    ["no object", "[]"],
    ["a choice that is none", '{"choices":["secret"]}'],
  ])("%s is upstream_error, quotes nothing, and what was held still comes", (_, data) => {
    const answer = reader();
    answer.push({
      event: null,
      data: JSON.stringify({ choices: [{ index: 0, delta: { role: "assistant", content: "a MSK" } }] }),
    });
    let error: unknown;
    try {
      answer.push({ event: null, data });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(MaskerError);
    expect((error as MaskerError).code).toBe("upstream_error");
    expect((error as MaskerError).message).not.toContain("secret");
    expect(readStream(answer.end())).toEqual({ "0.content": "MSK" });
    expect(answer.finished).toBe(false);
  });

  it("a choice that broke off inside a token is redacted, not spoken", () => {
    const answer = reader();
    answer.push({
      event: null,
      data: JSON.stringify({
        choices: [{ index: 0, delta: { role: "assistant", content: `a ${FOREIGN.slice(0, 25)}` } }],
      }),
    });
    expect(readStream(answer.end())).toEqual({ "0.content": "[REDACTED:SSN]" });
    expect(answer.report.failures).toHaveLength(1);
  });

  it("log probabilities are gone: they are pieces of tokens", () => {
    const sse =
      chunk({
        index: 0,
        delta: { role: "assistant", content: NAME },
        logprobs: { content: [{ token: NAME.slice(0, 8) }] },
        finish_reason: null,
      }) + delta({}, 0, "stop");
    const out = run([new TextEncoder().encode(sse)]);
    expect(out).not.toContain(NAME.slice(0, 8));
  });

  it("a server that counts every call as 0 keeps its calls apart", () => {
    const sse =
      delta({ role: "assistant" }) +
      call(0, { name: "f", arguments: args({ a: NAME }) }, { id: "c1", type: "function" }) +
      call(0, { name: "g", arguments: args({ a: PHONE }) }, { id: "c2", type: "function" }) +
      delta({}, 0, "tool_calls");
    const out = readStream(run([new TextEncoder().encode(sse)]));
    expect(out["0.0.name"]).toBe("fg");
    expect(out["0.0.arguments"]).toBe(args({ a: NAME_VALUE }) + args({ a: 4155552671 }));
  });

  it("the older function_call", () => {
    const sse =
      delta({ role: "assistant", content: null, function_call: { name: "f", arguments: "" } }) +
      chars(args({ a: NAME }))
        .map((text) => delta({ function_call: { arguments: text } }))
        .join("") +
      delta({}, 0, "function_call");
    const chunks = new SseReader().push(new TextEncoder().encode(run([new TextEncoder().encode(sse)])));
    const deltas = chunks.map((item) => (JSON.parse(item.data) as Json).choices[0].delta.function_call);
    expect(deltas.filter((item) => item?.name).length).toBe(1);
    expect(deltas.map((item) => item?.arguments ?? "").join("")).toBe(args({ a: NAME_VALUE }));
  });
});

describe("whole answers", () => {
  const answer = {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "gpt",
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: `Hi ${NAME}, see https://x.example/${PHONE}`,
          refusal: null,
          annotations: [
            {
              type: "url_citation",
              url_citation: {
                start_index: NAME.length + 5,
                end_index: NAME.length + 8,
                url: `https://x.example/${PHONE}`,
                title: NAME,
              },
            },
          ],
          tool_calls: [
            { id: "c", type: "function", function: { name: "f", arguments: args({ a: NAME, b: args({ c: PHONE }) }) } },
            { id: "d", type: "custom", custom: { name: "g", input: `x ${NAME}` } },
          ],
          function_call: { name: "f", arguments: args({ a: NAME }) },
          audio: { id: "a", transcript: NAME, data: "AAAA" },
          reasoning_content: PHONE,
        },
        logprobs: { content: [{ token: "MSK", bytes: [77], logprob: -0.1, top_logprobs: [] }] },
        finish_reason: "stop",
      },
      { index: 1, message: { role: "assistant", content: null, refusal: `no ${FOREIGN}` }, finish_reason: "stop" },
    ],
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
    metadata: { note: NAME },
  };

  it("have every text put back", () => {
    const read = reader();
    const out = JSON.parse(read.whole(JSON.stringify(answer))) as Json;
    const { message, logprobs } = out.choices[0];
    expect(message.content).toBe(`Hi ${NAME_VALUE}, see https://x.example/4155552671`);
    expect(JSON.parse(message.tool_calls[0].function.arguments)).toEqual({ a: NAME_VALUE, b: '{"c":4155552671}' });
    expect(message.tool_calls[1].custom.input).toBe(`x ${NAME_VALUE}`);
    expect(JSON.parse(message.function_call.arguments)).toEqual({ a: NAME_VALUE });
    expect(message.audio.transcript).toBe(NAME_VALUE);
    expect(message.reasoning_content).toBe("4155552671");
    expect(out.metadata.note).toBe(NAME_VALUE);
    expect(logprobs).toBeNull();
    expect(out.choices[1].message.refusal).toBe("no [REDACTED:SSN]");
    expect(out.usage).toEqual(answer.usage);
    expect(read.report.failures).toEqual([{ kind: "SSN", choice: 1, slot: "refusal" }]);
  });

  it("have annotations where their text is", () => {
    const out = JSON.parse(reader().whole(JSON.stringify(answer))) as Json;
    const [{ url_citation: citation }] = out.choices[0].message.annotations;
    expect(out.choices[0].message.content.slice(citation.start_index, citation.end_index)).toBe("see");
    expect(citation).toMatchObject({ url: "https://x.example/4155552671", title: NAME_VALUE });
  });

  it("keep numbers digit for digit, and all they have beside", () => {
    const text =
      '{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"a","n":12345678901234567890},"x":1.0}],"created":1.50}';
    expect(reader().whole(text)).toBe(text);
  });

  it("with JSON asked for, content is escaped like JSON; otherwise as text", () => {
    const content = args({ a: NAME, p: PHONE });
    const body = JSON.stringify({
      choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
    });
    const json = JSON.parse(reader({ response_format: { type: "json_object" } }).whole(body)) as Json;
    expect(JSON.parse(json.choices[0].message.content)).toEqual({ a: NAME_VALUE, p: 4155552671 });
  });

  it("follow the types that schemas declare", () => {
    const properties = { to: { type: "string" }, n: { type: "integer" }, any: {} };
    const tools = [{ type: "function", function: { name: "f", parameters: { type: "object", properties } } }];
    const format = {
      type: "json_schema",
      json_schema: {
        name: "s",
        schema: { type: "object", properties: { to: { anyOf: [{ type: "null" }, { type: "string" }] } } },
      },
    };
    const made = {
      id: "c",
      type: "function",
      function: { name: "f", arguments: args({ to: PHONE, n: PHONE, any: PHONE }) },
    };
    const body = JSON.stringify({
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: args({ to: PHONE }), tool_calls: [made] },
          finish_reason: "stop",
        },
      ],
    });
    const out = JSON.parse(reader({ tools, response_format: format }).whole(body)) as Json;
    const { message } = out.choices[0];
    expect(JSON.parse(message.tool_calls[0].function.arguments)).toEqual({
      to: "4155552671",
      n: 4155552671,
      any: 4155552671,
    });
    expect(JSON.parse(message.content)).toEqual({ to: "4155552671" });
  });

  it.each(["", "<html>", "[]", "{}", '{"choices":{}}', '{"choices":[1]}', '{"error":{"message":"x"}}'])(
    "%j is upstream_error",
    (body) => {
      expect(() => reader().whole(body)).toThrow(MaskerError);
    },
  );

  it("can be said as a stream", () => {
    const read = reader();
    const sse = read.wholeAsStream(JSON.stringify({ ...answer, choices: [answer.choices[0]] })) + read.end();
    const out = readStream(sse);
    expect(out["0.content"]).toBe(`Hi ${NAME_VALUE}, see https://x.example/4155552671`);
    expect(out["0.finish"]).toBe("stop");
    expect(out["0.0.name"]).toBe("f");
    expect(JSON.parse(out["0.0.arguments"] ?? "")).toMatchObject({ a: NAME_VALUE });
    expect(sse).toContain('"total_tokens":3');
    expect(sse).not.toContain("MSKV1");
  });
});

describe("say", () => {
  it("is a valid answer, whole and as a stream", () => {
    const whole = JSON.parse(openAiChat.say('One "moment".', { model: "m", stream: false, id: "chatcmpl-x" })) as Json;
    expect(whole).toMatchObject({
      id: "chatcmpl-x",
      object: "chat.completion",
      model: "m",
      choices: [{ index: 0, message: { role: "assistant", content: 'One "moment".' }, finish_reason: "stop" }],
    });
    const sse = openAiChat.say('One "moment".', { model: "m", stream: true, id: "chatcmpl-x" });
    expect(readStream(sse)).toEqual({ "0.role": "assistant", "0.content": 'One "moment".', "0.finish": "stop" });
  });
});

describe("what was spoken", () => {
  it("is the content of the first choice, values put back, whole or streamed", () => {
    const choices = [`Hello ${NAME}.`, "Another."].map((content, index) => ({
      index,
      message: { role: "assistant", content },
      finish_reason: "stop",
    }));
    const whole = reader({ n: 2 });
    whole.whole(JSON.stringify({ ...envelope, choices }));
    expect(whole.spoken).toBe(`Hello ${NAME_VALUE}.`);

    const streamed = reader({ n: 2 });
    const sse = new SseReader();
    const events = sse.push(
      Buffer.from(
        delta({ content: `Hello ${NAME.slice(0, 9)}` }) +
          delta({ content: "Another." }, 1) +
          delta({ content: `${NAME.slice(9)}.` }) +
          delta({ reasoning_content: "thinking" }) +
          delta({}, 0, "stop"),
      ),
    );
    for (const one of events) streamed.push(one);
    expect(streamed.spoken).toBe(`Hello ${NAME_VALUE}.`);
  });
});
