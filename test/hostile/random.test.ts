import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDetector } from "../../src/detect/detect.ts";
import { completion, type Harness, startHarness } from "../proxy/harness.ts";

/** Values that programs and attackers put where a text, a number or an object belongs. */
const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    ...[
      null,
      true,
      false,
      0,
      -0,
      1e308,
      "",
      " ",
      "\u0000",
      "\ud800",
      "\udfff\ud800",
      "constructor",
      "__proto__",
      "toString",
    ],
    ...[
      "MSKV1.NAME.K_HEALTHCARE.AAAAAAAAAAAAAAAAAAAAAAAAAA",
      "[REDACTED:NAME]",
      "{{call.id}}",
      '{"a": {"b": "c',
      "[[[[",
      "data: [DONE]\n\n",
    ],
    ...[
      [],
      {},
      [[]],
      [null],
      { type: "text" },
      { role: "user" },
      { __proto__: null },
      "I am Sarah Okonkwo, 415-555-2671",
    ],
  ),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.jsonValue({ maxDepth: 3 }),
);

const FIELDS = [
  ...[
    "role",
    "content",
    "name",
    "refusal",
    "tool_calls",
    "tool_call_id",
    "function_call",
    "audio",
    "reasoning_content",
  ],
];
const message = fc.oneof(
  odd,
  fc.dictionary(fc.constantFrom(...FIELDS), odd),
  fc.record(
    {
      role: fc.constantFrom("user", "assistant", "system", "tool", "function", "developer"),
      content: fc.oneof(
        odd,
        fc.array(
          fc.record({
            type: fc.constantFrom("text", "image_url", "file", "refusal", "input_audio"),
            text: odd,
            image_url: odd,
          }),
          { maxLength: 3 },
        ),
      ),
      tool_call_id: fc.constant("call_1"),
      name: odd,
      tool_calls: fc.oneof(
        odd,
        fc.array(
          fc.record({
            id: odd,
            type: fc.constantFrom("function", "custom"),
            function: fc.record({ name: odd, arguments: odd }),
          }),
          { maxLength: 2 },
        ),
      ),
    },
    { requiredKeys: ["role"] },
  ),
);
const TOP = [
  ...[
    "model",
    "stream",
    "n",
    "tools",
    "tool_choice",
    "functions",
    "response_format",
    "prediction",
    "metadata",
    "user",
    "stop",
  ],
  ...[
    "web_search_options",
    "modalities",
    "logit_bias",
    "temperature",
    "stream_options",
    "call",
    "audio",
    "seed",
    "store",
  ],
];
const body = fc
  .tuple(
    fc.oneof(odd, fc.array(message, { maxLength: 4 })),
    fc.dictionary(fc.constantFrom(...TOP), odd, { maxKeys: 3 }),
  )
  .map(([messages, rest]) => ({ ...rest, messages }));

function startReal(): Promise<Harness> {
  return startHarness({
    detector: createDetector({ ner: null, timeoutMs: 5_000, cacheKey: new Uint8Array(32) }),
    provider: () => Response.json(completion("ok")),
  });
}

describe("hostile requests", () => {
  it("get an answer or a 400 in the right shape, and never a 500", async () => {
    await using h = await startReal();
    await fc.assert(
      fc.asyncProperty(body, async (value) => {
        const response = await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, value);
        const text = await response.text();
        expect([200, 400]).toContain(response.status);
        if (response.status === 400) {
          const { error } = JSON.parse(text) as { error: Record<string, unknown> };
          expect(Object.keys(error).sort()).toEqual(["code", "message", "param", "request_id", "type"]);
        }
      }),
      { numRuns: 300 },
    );
    for (const got of h.received) {
      expect(() => JSON.parse(got.body) as unknown).not.toThrow();
      expect(got.body).not.toMatch(/Okonkwo|555-2671/);
    }
    expect(h.logLines.join("\n")).not.toContain("request failed");
  });

  it("as bytes are refused without a 500", async () => {
    await using h = await startReal();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const response = await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, bytes);
        await response.text();
        expect(response.status).toBe(400);
      }),
      { numRuns: 100 },
    );
    expect(h.received).toHaveLength(0);
  });

  it("with hostile headers are answered", async () => {
    await using h = await startReal();
    const path = `/proxy/${h.agent.id}/v1/chat/completions`;
    const turn = { messages: [{ role: "user", content: "hi" }] };
    for (const value of [
      "",
      "{{call.id}}",
      "x".repeat(2000),
      "sess_nope",
      "../../etc",
      "%00",
      "'; drop table calls; --",
      "é",
    ]) {
      const headers = {
        "masker-session-id": encodeURI(value),
        "masker-agent-key": encodeURI(value),
        "x-stainless-retry-count": encodeURI(value),
      };
      const response = await h.post(path, turn, { ...headers, authorization: encodeURI(`Bearer ${value}`) });
      expect(response.status).toBe(200);
      expect(response.headers.get("masker-session-id")).toMatch(/^sess_[0-9A-Z]{26}$/);
    }
  });
});
