/** Numbers keep every digit, whoever rounds them elsewhere: those that are nobody's leave as they are, the others come back so. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDetector } from "../../src/detect/detect.ts";
import { completion, startHarness } from "../proxy/harness.ts";

const digits = (max: number) => fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 1, maxLength: max });

/** Any number that JSON can write (RFC 8259, section 6), beyond what a double can hold. */
const literal = fc
  .tuple(
    fc.boolean(),
    fc.oneof(
      fc.constant("0"),
      fc.tuple(fc.integer({ min: 1, max: 9 }), digits(24)).map((parts) => parts.join("")),
    ),
    fc.option(digits(20), { nil: null }),
    fc.option(
      fc.tuple(fc.constantFrom("e", "E", "e+", "E-"), digits(3)).map((parts) => parts.join("")),
      { nil: null },
    ),
  )
  .map(([minus, whole, fraction, exponent]) => {
    return `${minus ? "-" : ""}${whole}${fraction === null ? "" : `.${fraction}`}${exponent ?? ""}`;
  });

interface Sent {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

describe("numbers", () => {
  it("keep their digits in records, schemas and fields", async () => {
    await using h = await startHarness({
      detector: createDetector({ ner: null, timeoutMs: 20_000, cacheKey: new Uint8Array(32) }),
      provider: ({ body }) => {
        const { content } = (JSON.parse(body) as Sent).messages.find(({ role }) => role === "function")!;
        const call = { id: "call_1", type: "function", function: { name: "f", arguments: content } };
        const message = { role: "assistant", content: null, refusal: null, tool_calls: [call] };
        const choices = [{ index: 0, message, logprobs: null, finish_reason: "tool_calls" }];
        return Response.json(completion("", { choices }));
      },
    });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(literal, { minLength: 1, maxLength: 6 }), literal, async (values, setting) => {
        const record = `{"values":[${values.join(", ")}],"deep":{"value":${values[0]}}}`;
        const body =
          `{"messages":[{"role":"function","name":"f","content":${JSON.stringify(record)}}],"temperature":${setting},` +
          `"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","maxItems":${setting}}}}]}`;
        h.received.length = 0;
        const response = await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, body);
        const answer = (await response.json()) as {
          choices: [{ message: { tool_calls: [{ function: { arguments: string } }] } }];
        };
        expect(h.received[0]!.body).toContain(`"temperature":${setting}`);
        expect(answer.choices[0].message.tool_calls[0].function.arguments).toBe(record);
      }),
      { numRuns: 150 },
    );
  });
});
