/**
 * OpenAI's chat completions (protocols 4 and 5): a request becomes text slots, and leaves again as those fields that are
 * known, masked. What is not on the list is not forwarded.
 *
 * 1. `parse` reads the body with a parser that keeps every digit, and each known field into a part (chat-messages,
 *    chat-tools, chat-fields), with its slots.
 * 2. `render` asks every part for its JSON, with the replacements made.
 * 3. The result (chat-egress) is read anew for the egress check, and makes the reader of the answer (chat-answer).
 */
import { JsonError, type ParsedJson, parseJson } from "../json/parse.ts";
import { jsonLiteral, jsonNumber, jsonObject, jsonString, writeJson } from "../json/value.ts";
import { ChatBody } from "./chat-egress.ts";
import { FIELDS, fieldParts } from "./chat-fields.ts";
import { memberParts, messagePart } from "./chat-messages.ts";
import { functionCallChoicePart, functionsPart, responseFormatPart, toolChoicePart, toolsPart } from "./chat-tools.ts";
import { asArray, asBoolean, asObject, asString, field, invalid, requiredField } from "./shape.ts";
import { type Part, SlotCollector } from "./slots.ts";
import { formatSseData } from "./sse.ts";
import type { WireFormat } from "./wire-format.ts";

/** Longer ids are no ids. */
const MAX_CALL_ID_LENGTH = 256;

/** The fields of a body that this format reads. */
const READ: ReadonlySet<string> = new Set([
  ...["model", "messages", "tools", "functions", "tool_choice", "function_call", "response_format"],
  ...Object.keys(FIELDS),
]);

export const openAiChat: WireFormat = {
  parse(body) {
    const request = asObject(readJson(body), "body");
    const slots = new SlotCollector();
    const messages = asArray(requiredField(request, "messages", "body"), "messages").items;
    const messageParts = messages.map((message, i) => messagePart(message, i, slots));
    const tools = optionalPart(field(request, "tools"), (value) => toolsPart(value, slots));
    const functions = optionalPart(field(request, "functions"), (value) => functionsPart(value, slots));
    const toolChoice = optionalPart(field(request, "tool_choice"), (value) => toolChoicePart(value, slots));
    const functionCall = optionalPart(field(request, "function_call"), (value) => functionCallChoicePart(value, slots));
    const formatValue = field(request, "response_format");
    const format = formatValue && responseFormatPart(formatValue, slots);
    const rest = fieldParts(request, slots);
    const modelValue = field(request, "model");
    const streamValue = field(request, "stream");
    const root = memberParts([
      ["model", ({ options }) => jsonString(options.model)],
      [
        "messages",
        (rendering) => ({ type: "array", items: messageParts.flatMap((part) => part(rendering) ?? []) }) as const,
      ],
      ["tools", tools],
      ["functions", functions],
      ["tool_choice", toolChoice],
      ["function_call", functionCall],
      ["response_format", format?.part],
      ...rest,
    ]);
    return {
      model: modelValue ? asString(modelValue, "model") : null,
      stream: streamValue ? asBoolean(streamValue, "stream") : false,
      callId: callId(request),
      understood: () =>
        writeJson({ type: "object", entries: request.entries.filter(({ key }) => READ.has(key.value)) }),
      messageKeys: messages.map(({ start, end }) => body.slice(start, end)),
      slots: slots.slots,
      media: slots.media,
      render(replacements, options) {
        const rendering = slots.rendering(replacements, options);
        const outgoing = root(rendering) ?? jsonObject([]);
        return new ChatBody(writeJson(outgoing), { aliases: rendering.aliases, json: format?.json ?? false });
      },
    };
  },

  say(sentence, { model, stream, id }) {
    const envelope = (object: string) =>
      [
        ["id", jsonString(id)],
        ["object", jsonString(object)],
        ["created", jsonNumber(Math.floor(Date.now() / 1000))],
        ["model", jsonString(model)],
      ] as const;
    const choice = (members: Parameters<typeof jsonObject>[0]) =>
      ["choices", { type: "array", items: [jsonObject([["index", jsonNumber(0)], ...members])] }] as const;
    const message = jsonObject([
      ["role", jsonString("assistant")],
      ["content", jsonString(sentence)],
    ]);
    if (!stream) {
      const whole = choice([
        ["message", message],
        ["logprobs", jsonLiteral(null)],
        ["finish_reason", jsonString("stop")],
      ]);
      return writeJson(jsonObject([...envelope("chat.completion"), whole, ["usage", NO_USAGE]]));
    }
    const chunk = (delta: ReturnType<typeof jsonObject>, reason: string | null) =>
      formatSseData(
        writeJson(
          jsonObject([
            ...envelope("chat.completion.chunk"),
            choice([
              ["delta", delta],
              ["finish_reason", reason === null ? jsonLiteral(null) : jsonString(reason)],
            ]),
          ]),
        ),
      );
    return chunk(message, null) + chunk(jsonObject([]), "stop");
  },

  errorEvent: (envelope) => formatSseData(JSON.stringify(envelope)),
};

/** Nothing was asked of a model. */
const NO_USAGE = jsonObject(
  ["prompt_tokens", "completion_tokens", "total_tokens"].map((key) => [key, jsonNumber(0)] as const),
);

function optionalPart(value: ParsedJson | undefined, read: (value: ParsedJson) => Part): Part | undefined {
  return value && read(value);
}

function readJson(body: string): ParsedJson {
  try {
    return parseJson(body);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const reasons = {
      syntax: "is not valid JSON",
      too_deep: "is nested too deeply",
      too_large: "has too many values",
    } as const;
    throw invalid("body", reasons[error.code]);
  }
}

/** `call.id`, or `call.callId` of older platforms. */
function callId(request: ReturnType<typeof asObject>): string | null {
  const call = field(request, "call");
  if (call?.type !== "object") return null;
  for (const key of ["id", "callId"]) {
    const id = field(call, key);
    if (id?.type === "string" && id.value !== "" && id.value.length <= MAX_CALL_ID_LENGTH) return id.value;
  }
  return null;
}
