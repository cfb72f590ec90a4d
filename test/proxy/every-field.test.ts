/** A planted value in every place of a request that carries text: none of them leaves, whatever the field (protocols 4.1). */
import { describe, expect, it } from "vitest";
import { startHarness, tokensIn } from "./harness.ts";

const planted = { "Sarah Okonkwo": "NAME", "415-555-2671": "PHONE", "4155552671": "PHONE", Okonkwo: "NAME" } as const;
const PLANTED = /Sarah Okonkwo|415-555-2671|4155552671|Okonkwo/;
const said = "Sarah Okonkwo at 415-555-2671";
const json = JSON.stringify({ who: said, deep: JSON.stringify({ who: said, number: 4155552671 }), list: [said] });

const user = { role: "user", content: "hello" };
const schema = {
  type: "object",
  title: said,
  description: said,
  properties: {
    who: { type: "string", description: said, enum: ["Sarah Okonkwo"], default: said, examples: [said] },
    n: { const: "415-555-2671" },
  },
  required: ["who"],
};
const part = (value: Record<string, unknown>) => ({ messages: [{ role: "user", content: [value] }] });
const call = (fn: Record<string, unknown>) => ({
  messages: [
    user,
    { role: "assistant", content: null, tool_calls: [{ id: "call_1", type: "function", function: fn }] },
    { role: "tool", tool_call_id: "call_1", content: "ok" },
  ],
});

/** Each a body beside the model; those that a field's rules refuse may be refused, but not leave as they are. */
const BODIES: readonly [string, Record<string, unknown>][] = [
  ["user content", { messages: [{ role: "user", content: said }] }],
  ["system content", { messages: [{ role: "system", content: said }, user] }],
  ["developer content", { messages: [{ role: "developer", content: said }, user] }],
  ["assistant content", { messages: [{ role: "assistant", content: said }, user] }],
  ["content parts", part({ type: "text", text: said })],
  ["refusal part", { messages: [{ role: "assistant", content: [{ type: "refusal", refusal: said }] }, user] }],
  ["refusal", { messages: [{ role: "assistant", content: null, refusal: said }, user] }],
  ["participant's name", { messages: [{ role: "user", name: "Sarah Okonkwo", content: "hi" }] }],
  ["reasoning", { messages: [{ role: "assistant", content: "a", reasoning_content: said }, user] }],
  ["image", part({ type: "image_url", image_url: { url: `https://x.example/${said}.png` } })],
  ["image data", part({ type: "image_url", image_url: { url: `data:text/plain,${said}` } })],
  ["audio", part({ type: "input_audio", input_audio: { data: "415-555-2671", format: "wav" } })],
  ["file", part({ type: "file", file: { filename: "Sarah Okonkwo.pdf", file_data: said } })],
  ["tool call arguments", call({ name: "book", arguments: json })],
  ["tool call arguments that are no JSON", call({ name: "book", arguments: said })],
  ["function's name", call({ name: "book_Okonkwo", arguments: "{}" })],
  [
    "function call",
    { messages: [user, { role: "assistant", content: null, function_call: { name: "book", arguments: json } }] },
  ],
  [
    "custom tool input",
    {
      messages: [
        user,
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "c", type: "custom", custom: { name: "book", input: said } }],
        },
        { role: "tool", tool_call_id: "c", content: "ok" },
      ],
    },
  ],
  [
    "tool result",
    {
      ...call({ name: "book", arguments: "{}" }),
      messages: [
        ...call({ name: "book", arguments: "{}" }).messages.slice(0, 2),
        { role: "tool", tool_call_id: "call_1", content: json },
      ],
    },
  ],
  ["function result", { messages: [user, { role: "function", name: "book", content: json }] }],
  ["numbers in a result", { messages: [user, { role: "function", name: "book", content: '{"phone": 4155552671}' }] }],
  [
    "keys in a result",
    { messages: [user, { role: "function", name: "book", content: '{"Sarah Okonkwo": {"415-555-2671": 1}}' }] },
  ],
  [
    "tool description",
    {
      messages: [user],
      tools: [{ type: "function", function: { name: "book", description: said, parameters: schema } }],
    },
  ],
  [
    "property names",
    {
      messages: [user],
      tools: [
        {
          type: "function",
          function: {
            name: "book",
            parameters: { type: "object", properties: { "Sarah Okonkwo": { type: "string" } } },
          },
        },
      ],
    },
  ],
  ["functions", { messages: [user], functions: [{ name: "book", description: said, parameters: schema }] }],
  [
    "custom tool",
    {
      messages: [user],
      tools: [
        {
          type: "custom",
          custom: {
            name: "book",
            description: said,
            format: { type: "grammar", grammar: { syntax: "lark", definition: `start: "${said}"` } },
          },
        },
      ],
    },
  ],
  [
    "response format",
    {
      messages: [user],
      response_format: { type: "json_schema", json_schema: { name: "answer", description: said, schema } },
    },
  ],
  ["prediction", { messages: [user], prediction: { type: "content", content: said } }],
  ["prediction parts", { messages: [user], prediction: { type: "content", content: [{ type: "text", text: said }] } }],
  ["metadata", { messages: [user], metadata: { patient: "Sarah Okonkwo", "415-555-2671": "x" } }],
  ["user", { messages: [user], user: "Sarah Okonkwo" }],
  ["safety identifier", { messages: [user], safety_identifier: "4155552671" }],
  ["prompt cache key", { messages: [user], prompt_cache_key: "Sarah Okonkwo" }],
  ["stop", { messages: [user], stop: ["Sarah Okonkwo"] }],
  ["stop as a string", { messages: [user], stop: "Sarah Okonkwo" }],
  [
    "user location",
    {
      messages: [user],
      web_search_options: { user_location: { type: "approximate", approximate: { city: "Okonkwo" } } },
    },
  ],
  [
    "what the platform adds",
    {
      messages: [user],
      call: { customer: { number: "415-555-2671", name: "Sarah Okonkwo" } },
      customer: said,
      metadata2: said,
      elevenlabs_extra_body: { said },
    },
  ],
  [
    "fields of a message that nobody knows",
    { messages: [{ role: "user", content: "hi", note: said, words: [{ word: "Okonkwo" }] }] },
  ],
  ["escaped characters", { messages: [{ role: "user", content: "I am Sarah\u0020Okonkwo" }] }],
];

describe("no field carries a planted value out", () => {
  it.each(BODIES)("%s", async (_name, body) => {
    await using h = await startHarness({ planted });
    const response = await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, { model: "gpt-4o-mini", ...body });
    const text = await response.text();
    if (response.status !== 200) {
      expect(response.status).toBe(400);
      expect(h.received).toHaveLength(0);
    }
    expect(text).not.toMatch(PLANTED);
    for (const got of h.received) {
      expect(got.body).not.toMatch(PLANTED);
      expect(JSON.stringify([...got.headers])).not.toMatch(PLANTED);
      expect(() => JSON.parse(got.body) as unknown).not.toThrow();
    }
    expect(await h.stored()).not.toMatch(PLANTED);
  });

  it("and the fields above do leave, with tokens in them", async () => {
    await using h = await startHarness({ planted });
    const masked = ["user content", "tool call arguments", "tool description", "response format", "prediction", "stop"];
    for (const [name, body] of BODIES.filter(([name]) => masked.includes(name))) {
      const response = await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, { model: "gpt-4o-mini", ...body });
      expect([name, response.status]).toEqual([name, 200]);
      expect(tokensIn(h.received.at(-1)!.body).length).toBeGreaterThan(0);
    }
  });
});
