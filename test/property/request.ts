/** Requests of any shape that the API allows, with identifiers in every place that carries text. */
import fc from "fast-check";
import { type Planted, several } from "./issuers.ts";

export interface PlantedRequest {
  readonly body: Readonly<Record<string, unknown>>;
  readonly values: readonly Planted[];
}

const PLACES = [
  ...["system", "user", "assistant", "parts", "result", "nested result", "number", "arguments", "deep arguments"],
  ...["key", "description", "schema", "enum", "answer schema", "metadata", "prediction", "function", "refusal"],
] as const;
type Place = (typeof PLACES)[number];

/** Words with what is hard to carry: escapes, scripts, emoji, controls. */
const filler = fc
  .array(
    fc.constantFrom(
      ...["hello", "please", "the", "appointment", "thanks", 'a "quote"', "back\\slash", "line\nbreak", "tab\t"],
      ...["\u{1f600}", "naïve", "日本語", "שלום", "{", "}]", "**bold**", "`code`", "50 %", "</b>", "\u0000", "&amp;"],
    ),
    { maxLength: 6 },
  )
  .map((words) => words.join(" "));

const user = (content: unknown) => ({ role: "user", content });
const call = (id: string, args: string) => ({
  role: "assistant",
  content: null,
  tool_calls: [{ id, type: "function", function: { name: "look_up", arguments: args } }],
});

/** JSON of any form with one value somewhere in it. */
function around(inner: unknown): fc.Arbitrary<unknown> {
  return fc
    .tuple(
      fc.array(fc.constantFrom("array", "object"), { minLength: 0, maxLength: 8 }),
      fc.jsonValue({ maxDepth: 2, stringUnit: "grapheme" }),
    )
    .map(([levels, noise]) =>
      levels.reduce<unknown>(
        (value, level) => (level === "array" ? [noise, value] : { item: value, rest: noise }),
        inner,
      ),
    );
}

const asNumber = (text: string): number | string => (/^[1-9]\d{6,15}$/.test(text) ? Number(text) : text);

interface Pieces {
  readonly messages: unknown[];
  readonly tools: unknown[];
  readonly top: Record<string, unknown>;
}

function put(pieces: Pieces, place: Place, { text, cue, key }: Planted, wrap: (value: unknown) => unknown): void {
  const { messages, tools, top } = pieces;
  const id = `call_abcdefghijklmnopq${messages.length}`;
  const result = (value: unknown) => {
    messages.push(call(id, "{}"), { role: "tool", tool_call_id: id, content: JSON.stringify(value) });
  };
  switch (place) {
    case "system":
    case "user":
      messages.push({ role: place, content: cue });
      return;
    case "assistant":
      messages.push({ role: "assistant", content: cue }, user("Yes."));
      return;
    case "refusal":
      messages.push({ role: "assistant", content: null, refusal: cue }, user("Why?"));
      return;
    case "parts":
      messages.push(
        user([
          { type: "text", text: "Well." },
          { type: "text", text: cue },
        ]),
      );
      return;
    case "result":
      result(wrap({ [key]: text }));
      return;
    case "nested result":
      result(wrap({ record: JSON.stringify({ [key]: text, note: cue }) }));
      return;
    case "number":
      result(wrap({ [key]: asNumber(text) }));
      return;
    case "arguments":
      messages.push(call(id, JSON.stringify(wrap({ [key]: text }))), { role: "tool", tool_call_id: id, content: "ok" });
      return;
    case "deep arguments":
      messages.push(call(id, JSON.stringify({ raw: JSON.stringify({ raw: JSON.stringify(wrap({ [key]: text })) }) })), {
        role: "tool",
        tool_call_id: id,
        content: "ok",
      });
      return;
    case "key":
      result(wrap({ patients: { [cue]: { seen: true } } }));
      return;
    case "description":
    case "schema":
    case "enum":
      tools.push({
        type: "function",
        function: {
          name: `tool_${["a", "b", "c", "d", "e"][tools.length]}`,
          description: place === "description" ? cue : "A tool.",
          parameters: {
            type: "object",
            properties: {
              [key]: {
                type: "string",
                ...(place === "schema" && { description: cue }),
                ...(place === "enum" && { enum: [text, "other"] }),
              },
            },
          },
        },
      });
      return;
    case "answer schema":
      top.response_format = {
        type: "json_schema",
        json_schema: { name: "answer", description: cue, schema: { type: "object", title: cue, properties: {} } },
      };
      return;
    case "metadata":
      top.metadata = { ...(top.metadata as object | undefined), [`${key}_${Object.keys(top).length}`]: cue };
      return;
    case "prediction":
      top.prediction = { type: "content", content: cue };
      return;
    case "function":
      messages.push({ role: "function", name: "look_up", content: JSON.stringify(wrap({ [key]: text })) });
      return;
  }
}

/** A request with each of some values in a place of its own. */
export const plantedRequest: fc.Arbitrary<PlantedRequest> = several.chain((values) =>
  fc
    .tuple(
      fc.array(fc.constantFrom(...PLACES), { minLength: values.length, maxLength: values.length }),
      fc.array(around("\u0001"), { minLength: values.length, maxLength: values.length }),
      fc.array(filler, { minLength: values.length + 1, maxLength: values.length + 1 }),
    )
    .map(([places, wraps, fillers]) => {
      const pieces: Pieces = { messages: [], tools: [], top: {} };
      values.forEach((value, i) => {
        if (fillers[i] !== "") pieces.messages.push(user(fillers[i]));
        put(pieces, places[i]!, value, (inner) => replaceMark(wraps[i], inner));
      });
      pieces.messages.push(user(`So. ${fillers.at(-1)}`));
      const body = {
        model: "gpt-4o-mini",
        ...pieces.top,
        ...(pieces.tools.length > 0 && { tools: pieces.tools }),
        messages: pieces.messages,
      };
      return { body, values };
    }),
);

function replaceMark(value: unknown, by: unknown): unknown {
  if (value === "\u0001") return by;
  if (Array.isArray(value)) return value.map((item) => replaceMark(item, by));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceMark(item, by)]));
}
