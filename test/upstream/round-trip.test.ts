/**
 * Whatever a caller puts into a message or into arguments: nothing planted leaves, and an upstream that says the same
 * again is heard as if nothing had stood between.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJson } from "../../src/json/parse.ts";
import { writeJson } from "../../src/json/value.ts";
import { SseReader } from "../../src/upstream/sse.ts";
import { maskPlanted, type Planted, readStream } from "./planted.ts";

type Json = ReturnType<typeof JSON.parse>;

const PLANTED: readonly Planted[] = [
  { value: 'Zoë "Z" Núñez', kind: "NAME" },
  { value: "O\\Brien\n😀", kind: "NAME" },
  { value: "415-555-2671", kind: "PHONE" },
];
const NUMBER: Planted = { value: "123456789", kind: "SSN" };

const filler = fc.string({ unit: "binary", maxLength: 8 }).map((text) => text.replace(/[\\"\d]|m\W*s/gi, ""));
const plantedText = fc
  .tuple(filler, fc.constantFrom(...PLANTED.map((planted) => planted.value)), filler)
  .map(([before, value, after]) => `x${before} ${value} ${after}`);
const digits = fc.constantFrom(NUMBER.value, "98765432109876543210", "1.0", "-0", "1e400", "0.10");

/** JSON text of any depth, strings of it JSON text again, with planted values in strings, keys and numbers. */
const { json } = fc.letrec<{ json: string; text: string }>((tie) => ({
  text: fc.oneof(
    { weight: 4, arbitrary: plantedText },
    { weight: 2, arbitrary: filler },
    { weight: 1, arbitrary: tie("json") },
  ),
  json: fc.oneof(
    { maxDepth: 4 },
    fc
      .array(
        tie("text").map((text) => JSON.stringify(text)),
        { maxLength: 2 },
      )
      .map((items) => `[${items.join(",")}]`),
    digits.map((number) => `{"n":${number}}`),
    fc
      .array(
        fc.tuple(
          fc.oneof(plantedText, filler),
          fc.oneof(
            tie("text").map((text) => JSON.stringify(text)),
            digits,
            tie("json"),
          ),
        ),
        { maxLength: 3 },
      )
      .map((entries) => `{${entries.map(([key, value]) => `${JSON.stringify(key)}: ${value}`).join(" ,")}}`),
  ),
}));

/** The same for every way to write a string, digit for digit in numbers. */
function canonical(text: string): string {
  return writeJson(parseJson(text));
}

function holdsPlanted(text: string): boolean {
  return [...PLANTED, NUMBER].some(
    ({ value }) => text.includes(value) || text.includes(JSON.stringify(value).slice(1, -1)),
  );
}

function echoed(content: string): { masked: string; whole: Json; streamed: Record<string, string> } {
  const call = { id: "call_1", type: "function", function: { name: "f", arguments: content } };
  const request = {
    model: "m",
    messages: [
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "call_1", content },
    ],
    response_format: { type: "json_object" },
  };
  const { masked, ledger } = maskPlanted(JSON.stringify(request), [...PLANTED, NUMBER]);
  const body = JSON.parse(masked.body) as Json;
  const message = { role: "assistant", content: body.messages[1].content, tool_calls: body.messages[0].tool_calls };
  const answer = JSON.stringify({ id: "x", choices: [{ index: 0, message, finish_reason: "stop" }] });
  const reader = masked.answer(ledger);
  const sse = reader.wholeAsStream(answer) + reader.end();
  return {
    masked: masked.body,
    whole: JSON.parse(masked.answer(ledger).whole(answer)),
    streamed: readStream(sse),
  };
}

describe("mask, say again, put back", () => {
  it("is the identity on JSON of any depth", () => {
    fc.assert(
      fc.property(json, (content) => {
        const { masked, whole, streamed } = echoed(content);
        expect(holdsPlanted(masked)).toBe(false);
        const expected = canonical(content);
        const { message } = whole.choices[0];
        expect(canonical(message.content)).toBe(expected);
        expect(canonical(message.tool_calls[0].function.arguments)).toBe(expected);
        expect(streamed["0.content"]).toBe(message.content);
        expect(streamed["0.0.arguments"]).toBe(message.tool_calls[0].function.arguments);
      }),
      { numRuns: 400 },
    );
  });

  it("is the identity on prose", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(plantedText, filler), { maxLength: 4 }), (parts) => {
        const content = `y${parts.join(" ")}`;
        const { masked, ledger } = maskPlanted(JSON.stringify({ messages: [{ role: "user", content }] }), PLANTED);
        expect(holdsPlanted(masked.body)).toBe(false);
        const said = (JSON.parse(masked.body) as Json).messages[0].content as string;
        const reader = masked.answer(ledger);
        const chunk = (text: string) =>
          JSON.stringify({ choices: [{ index: 0, delta: { role: "assistant", content: text } }] });
        let out = "";
        for (const char of said) out += reader.push({ event: null, data: chunk(char) });
        out += reader.end();
        expect(new SseReader().push(new TextEncoder().encode(out)).length).toBeGreaterThan(0);
        expect(readStream(out)["0.content"]).toBe(content);
      }),
      { numRuns: 200 },
    );
  });
});
