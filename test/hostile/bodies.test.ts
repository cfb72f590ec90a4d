/** Bodies that are no request: each gets a 4xx in OpenAI's shape, or an answer without anything planted having left. */
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Harness } from "../proxy/harness.ts";
import { chatPath, startReal, unveiled } from "./real.ts";

const PHONE = "415-263-0134";
const PLANTED = /415\D{0,3}263\D{0,3}0134/;
const GOOD = {
  model: "gpt-4o-mini",
  messages: [
    { role: "system", content: `The desk is ${PHONE}.` },
    { role: "developer", content: "Be brief." },
    {
      role: "user",
      name: "robin",
      content: [
        { type: "text", text: `Call ${PHONE}` },
        { type: "image_url", image_url: { url: "https://x.example/a.png" } },
      ],
    },
    {
      role: "assistant",
      content: null,
      refusal: null,
      audio: { id: "audio_abcdefghijklmnopqrst" },
      tool_calls: [
        { id: "call_abcdefghijklmnopq", type: "function", function: { name: "f", arguments: `{"to":"${PHONE}"}` } },
        { id: "call_bbcdefghijklmnopq", type: "custom", custom: { name: "g", input: PHONE } },
      ],
    },
    { role: "tool", tool_call_id: "call_abcdefghijklmnopq", content: `{"phone":"${PHONE}"}` },
    { role: "assistant", content: "x", function_call: { name: "f", arguments: "{}" }, reasoning_content: PHONE },
    { role: "function", name: "f", content: PHONE },
    { role: "user", content: "hi" },
  ],
  tools: [
    {
      type: "function",
      function: {
        name: "f",
        description: PHONE,
        strict: true,
        parameters: { type: "object", properties: { to: { type: "string", enum: [PHONE] } }, required: ["to"] },
      },
    },
    {
      type: "custom",
      custom: {
        name: "g",
        description: PHONE,
        format: { type: "grammar", grammar: { syntax: "lark", definition: "start: /a/" } },
      },
    },
  ],
  functions: [{ name: "f", description: PHONE, parameters: {} }],
  tool_choice: {
    type: "allowed_tools",
    allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "f" } }] },
  },
  function_call: { name: "f" },
  response_format: {
    type: "json_schema",
    json_schema: {
      name: "n",
      description: PHONE,
      strict: true,
      schema: { type: "object", $defs: { A: { const: PHONE } } },
    },
  },
  prediction: { type: "content", content: [{ type: "text", text: PHONE }] },
  metadata: { a: PHONE },
  stop: [PHONE],
  modalities: ["text"],
  logit_bias: { "50256": -100 },
  stream_options: { include_usage: true },
  web_search_options: {
    search_context_size: "low",
    user_location: { type: "approximate", approximate: { country: "US", city: "Boston" } },
  },
  temperature: 0.5,
  top_p: 1,
  n: 1,
  max_tokens: 10,
  max_completion_tokens: 10,
  presence_penalty: 0,
  frequency_penalty: 0,
  seed: 1,
  logprobs: false,
  top_logprobs: 0,
  store: false,
  parallel_tool_calls: true,
  user: "u",
  safety_identifier: "s",
  prompt_cache_key: "k",
  service_tier: "auto",
  reasoning_effort: "low",
  verbosity: "low",
  call: { id: "c" },
};

const ODD: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e300,
  "",
  "x",
  PHONE,
  "\ud800",
  "__proto__",
  [],
  {},
  [null],
  [[PHONE]],
  { type: "text" },
  { __proto__: null, toString: PHONE },
  { content: { content: PHONE } },
];

/** Every place of a value, as a way of keys and indexes. */
function placesOf(value: unknown, way: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (value === null || typeof value !== "object") return [way];
  const inner = Array.isArray(value)
    ? value.flatMap((item, i) => placesOf(item, [...way, i]))
    : Object.entries(value).flatMap(([key, item]) => placesOf(item, [...way, key]));
  return way.length === 0 ? inner : [way, ...inner];
}

function replacedAt(value: unknown, [step, ...rest]: readonly (string | number)[], by: unknown): unknown {
  if (step === undefined) return by;
  if (Array.isArray(value)) return value.map((item, i) => (i === step ? replacedAt(item, rest, by) : item));
  return Object.fromEntries(
    Object.entries(value as object).map(([key, item]) => [key, key === step ? replacedAt(item, rest, by) : item]),
  );
}

interface Posting {
  readonly body: string | Uint8Array;
  readonly headers?: Record<string, string>;
}

/** Posts, and says what is wrong with what came of it. */
async function problemOf(h: Harness, { body, headers = {} }: Posting, allowed: readonly number[]): Promise<string> {
  h.received.length = 0;
  const response = await h.post(chatPath(h), body, headers);
  const text = await response.text();
  if (!allowed.includes(response.status)) return `${response.status} ${text.slice(0, 200)}`;
  if (PLANTED.test(text)) return "the answer quotes the request";
  if (response.status >= 400) {
    const { error } = JSON.parse(text) as { readonly error?: Readonly<Record<string, unknown>> };
    if (typeof error?.message !== "string" || !("code" in error && "type" in error && "param" in error))
      return "no envelope";
    if (h.received.length > 0 && response.status !== 502) return "refused, and yet forwarded";
  }
  const sent = h.received[0]?.body ?? "";
  if (PLANTED.test(unveiled(sent))) return `left: ${sent.slice(0, 300)}`;
  return "";
}

async function problems(
  h: Harness,
  postings: readonly (readonly [string, Posting])[],
  allowed: readonly number[],
): Promise<string[]> {
  const found: string[] = [];
  for (const [name, posting] of postings) {
    const problem = await problemOf(h, posting, allowed);
    if (problem !== "") found.push(`${name}: ${problem}`);
  }
  expect(h.logLines.join("\n")).not.toContain("internal_error");
  expect(h.logLines.join("\n")).not.toMatch(PLANTED);
  return found;
}

const text = (value: unknown): Posting => ({ body: JSON.stringify(value) });
const said = (content: unknown) => text({ messages: [{ role: "user", content }] });

describe("hostile bodies", () => {
  it("with a wrong type in any field are refused, or leave without what was planted", async () => {
    await using h = await startReal();
    expect(await problemOf(h, text(GOOD), [200])).toBe("");
    // The model's name is the operator's word, checked against lists or the form of names; it is not read as text.
    const places = placesOf(GOOD).filter(([field]) => field !== "model");
    const postings = places.flatMap((way) =>
      ODD.map((odd) => [`${way.join(".")} = ${JSON.stringify(odd)}`, text(replacedAt(GOOD, way, odd))] as const),
    );
    expect(postings.length).toBeGreaterThan(1_000);
    expect(await problems(h, postings, [200, 400])).toEqual([]);
  });

  it("cut at any place are refused", async () => {
    await using h = await startReal();
    const body = JSON.stringify({ messages: [{ role: "user", content: `é \\ "${PHONE}" \u{1f600}` }], n: 1.5 });
    const bytes = new TextEncoder().encode(body);
    const cuts = Array.from({ length: bytes.length }, (_, end) => [`${end}`, { body: bytes.slice(0, end) }] as const);
    expect(await problems(h, cuts, [400])).toEqual([]);
  });

  it("with invalid UTF-8 anywhere are refused", async () => {
    await using h = await startReal();
    const good = new TextEncoder().encode(JSON.stringify({ messages: [{ role: "user", content: `Call ${PHONE}` }] }));
    const sequences = [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82], [0x80]];
    const postings = sequences.flatMap((bytes) =>
      [0, 3, 14, 30, 52, good.length].map((at) => {
        const body = new Uint8Array([...good.slice(0, at), ...bytes, ...good.slice(at)]);
        return [`${bytes} at ${at}`, { body }] as const;
      }),
    );
    const zipped = postings.map(
      ([name, { body }]) =>
        [`${name}, compressed`, { body: gzipSync(body), headers: { "content-encoding": "gzip" } }] as const,
    );
    expect(await problems(h, [...postings, ...zipped], [400])).toEqual([]);
  });

  it("that are no JSON, or too much of it, are refused", async () => {
    await using h = await startReal({ settings: { maxBodyBytes: 1024 * 1024 } });
    const deep = (open: string, close: string, times: number) => open.repeat(times) + close.repeat(times);
    const message = (content: string) => `{"messages":[{"role":"user","content":${content}}]}`;
    const refused: readonly (readonly [string, string])[] = [
      ["nothing", ""],
      ["a byte order mark alone", "\ufeff"],
      ["two documents", '{"messages":[]}{"messages":[]}'],
      ["a comment", '{"messages":[] /* x */}'],
      ["single quotes", "{'messages':[]}"],
      ["NaN", '{"messages":[],"temperature":NaN}'],
      ["a leading zero", '{"messages":[{"role":"user","content":"x"}],"n":01}'],
      ["a bare control character", '{"messages":[{"role":"user","content":"a\u0001"}]}'],
      ["a trailing comma", '{"messages":[],}'],
      ["an array", "[]"],
      ["a string", '"x"'],
      ["null", "null"],
      ["no messages", "{}"],
      ["form data", "messages=x"],
      ["deep arrays", message(deep("[", "]", 100_000))],
      ["deep objects", message(`${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`)],
      ["an open array", message("[".repeat(500_000))],
      ["deep metadata", `{"messages":[{"role":"user","content":"x"}],"moderation":${deep("[", "]", 5_000)}}`],
      ["JSON in JSON in JSON", message(JSON.stringify(nested(9)))],
      ["a deep result with escapes", message(JSON.stringify(`${"[".repeat(300)}"\\u0041"${"]".repeat(300)}`))],
      ["many values", `{"messages":[{"role":"user","content":"x"}],"moderation":[${"0,".repeat(510_000)}0]}`],
    ];
    expect(
      await problems(
        h,
        refused.map(([name, body]) => [name, { body }] as const),
        [400, 413],
      ),
    ).toEqual([]);
    const large = { body: JSON.stringify({ messages: [{ role: "user", content: "x".repeat(1024 * 1024) }] }) };
    expect(await problems(h, [["a large body", large]], [413])).toEqual([]);
  });

  it("in a compression that lies are refused", async () => {
    await using h = await startReal({ settings: { maxBodyBytes: 1024 * 1024 } });
    const zeros = Buffer.alloc(300 * 1024 * 1024);
    const good = JSON.stringify({ messages: [{ role: "user", content: PHONE }] });
    const bombs: readonly (readonly [string, Posting])[] = [
      ["gzip", { body: gzipSync(zeros), headers: { "content-encoding": "gzip" } }],
      ["deflate", { body: deflateSync(zeros), headers: { "content-encoding": "deflate" } }],
      [
        "brotli",
        { body: brotliCompressSync(zeros.subarray(0, 64 * 1024 * 1024)), headers: { "content-encoding": "br" } },
      ],
    ];
    expect(await problems(h, bombs, [413])).toEqual([]);
    const lies: readonly (readonly [string, Posting])[] = [
      ["no gzip", { body: good, headers: { "content-encoding": "gzip" } }],
      ["cut gzip", { body: gzipSync(good).subarray(0, 20), headers: { "content-encoding": "gzip" } }],
      ["gzip twice", { body: gzipSync(gzipSync(good)), headers: { "content-encoding": "gzip, gzip" } }],
      ["gzip in gzip", { body: gzipSync(gzipSync(good)), headers: { "content-encoding": "gzip" } }],
      ["unknown", { body: good, headers: { "content-encoding": "zstd" } }],
      ["a name of a prototype", { body: good, headers: { "content-encoding": "constructor" } }],
    ];
    expect(await problems(h, lies, [400])).toEqual([]);
    const honest = { body: gzipSync(good), headers: { "content-encoding": "gzip" } };
    expect(await problems(h, [["gzip that is true", honest]], [200])).toEqual([]);
  });

  it("with parts that nobody knows are refused, and known media never leave", async () => {
    await using h = await startReal();
    const unknown = ["video_url", "document", "input_text", "thinking", "", "__proto__", "constructor", "TEXT"].map(
      (type) => [type, said([{ type, text: PHONE, [type]: { url: PHONE, data: PHONE } }])] as const,
    );
    expect(await problems(h, unknown, [400])).toEqual([]);
    const media = [
      { type: "image_url", image_url: { url: `data:text/plain,${PHONE}` } },
      { type: "image_url", image_url: PHONE },
      { type: "input_audio", input_audio: { data: PHONE, format: "wav" } },
      { type: "file", file: { filename: PHONE, file_data: PHONE } },
      { type: "text", text: PHONE, image_url: { url: PHONE }, cache_control: PHONE },
    ].map((part) => [part.type, said([part])] as const);
    expect(await problems(h, media, [200])).toEqual([]);
  });

  it("of ten thousand messages are answered or refused, and leave nothing", async () => {
    await using h = await startReal({ settings: { maxBodyBytes: 16 * 1024 * 1024 } });
    const many = Array.from({ length: 10_000 }, (_, i) => ({
      role: i % 2 ? "assistant" : "user",
      content: i % 7 ? `Line ${i}.` : `Call ${PHONE} or ${212 + (i % 3)}-263-${String(1000 + (i % 9000))}.`,
    }));
    expect(await problems(h, [["many", text({ messages: many })]], [200, 400, 503])).toEqual([]);
    const parts = Array.from({ length: 10_000 }, () => ({ type: "text", text: PHONE }));
    expect(await problems(h, [["parts", said(parts)]], [200, 400, 503])).toEqual([]);
    const long = `${"word ".repeat(200_000)}${PHONE}`;
    expect(await problems(h, [["one long text", said(long)]], [200, 400, 503])).toEqual([]);
    const tools = Array.from({ length: 2_000 }, (_, i) => ({
      type: "function",
      function: { name: `f${i}`, description: `Calls ${PHONE}`, parameters: {} },
    }));
    expect(await problems(h, [["tools", text({ ...GOOD, tools })]], [200, 400, 503])).toEqual([]);
  });
});

/** JSON text in JSON text, so many times. */
function nested(levels: number): string {
  let value = JSON.stringify({ phone: PHONE });
  for (let i = 0; i < levels; i++) value = JSON.stringify({ raw: value });
  return value;
}
