/**
 * The upstream that needs no network: it repeats the tokens that it was given in a sentence, streams when asked, and calls
 * a tool when it is asked to, so that the whole path can be tried and tested offline.
 */

import { parseJson } from "../json/parse.ts";
import { type JsonObject, type JsonValue, member } from "../json/value.ts";
import { formatSseData, SSE_DONE } from "./sse.ts";
import type { Upstream, UpstreamAnswer, UpstreamRefusal } from "./upstream.ts";

export const STUB_NAME = "stub";

/** A token as the tokenizer writes it. */
const TOKEN = /MSKV?1\.[A-Z_]+\.[A-Z][A-Z0-9_]*\.[A-Z2-7]{16,}/g;

/** Characters of a streamed piece: shorter than any token, so that every token is cut. */
const PIECE_LENGTH = 12;

/** Answers that a provider would be asked for at most. */
const MAX_CHOICES = 16;

export const stub: Upstream = {
  name: STUB_NAME,
  async send({ body, stream, signal }): Promise<UpstreamAnswer | UpstreamRefusal> {
    signal.throwIfAborted();
    const request = parseJson(body);
    if (request.type !== "object") throw new TypeError("a masked body is an object");
    const answer = answerOf(request);
    const text = stream ? streamed(answer, request) : JSON.stringify(whole(answer));
    return { ok: true, status: 200, eventStream: stream, body: pieces(text) };
  },
};

async function* pieces(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

interface StubCall {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
}

interface StubAnswer {
  readonly model: string;
  readonly choices: number;
  readonly content: string | null;
  readonly call: StubCall | null;
  readonly promptTokens: number;
}

function answerOf(request: JsonObject): StubAnswer {
  const messages = items(member(request, "messages"));
  const tokens = [...new Set(messages.flatMap((message) => textsOf(message).join("\n").match(TOKEN) ?? []))];
  const call = toolCall(request, messages, tokens);
  const format = member(request, "response_format");
  const json = format?.type === "object" && stringOf(member(format, "type")) !== "text";
  const n = member(request, "n");
  return {
    model: stringOf(member(request, "model")),
    choices: n?.type === "number" ? Math.min(Math.max(1, Number(n.raw)), MAX_CHOICES) : 1,
    content: call ? null : json ? JSON.stringify({ noted: tokens }) : sentence(tokens),
    call,
    promptTokens: words(messages.flatMap(textsOf).join(" ")),
  };
}

function sentence(tokens: readonly string[]): string {
  if (tokens.length === 0) return "I have noted nothing that identifies anyone.";
  const last = tokens.at(-1);
  return `I have noted ${tokens.length === 1 ? last : `${tokens.slice(0, -1).join(", ")} and ${last}`}.`;
}

function words(text: string): number {
  return text.split(/\s+/).filter((word) => word !== "").length;
}

/** A call is asked for by `tool_choice`, or by a last message that names a tool; a tool's result is answered in words. */
function toolCall(request: JsonObject, messages: readonly JsonValue[], tokens: readonly string[]): StubCall | null {
  const functions = items(member(request, "tools")).flatMap((tool) => {
    const body = tool.type === "object" ? member(tool, "function") : undefined;
    return body?.type === "object" ? [body] : [];
  });
  const choice = member(request, "tool_choice");
  const last = messages.at(-1);
  const role = last?.type === "object" ? stringOf(member(last, "role")) : "";
  const word = stringOf(choice);
  if (functions.length === 0 || word === "none" || role === "tool") return null;
  const chosen = choice?.type === "object" ? member(choice, "function") : undefined;
  const chosenName = chosen?.type === "object" ? stringOf(member(chosen, "name")) : "";
  const said = last ? textsOf(last).join("\n") : "";
  const named = functions.find((body) => {
    const name = stringOf(member(body, "name"));
    return name === chosenName || said.includes(name) || said.includes(name.replace(/[_-]/g, " "));
  });
  const body = named ?? (word === "required" ? functions[0] : undefined);
  if (!body) return null;
  return {
    id: "call_stub0000000000000001",
    type: "function",
    function: {
      name: stringOf(member(body, "name")),
      arguments: JSON.stringify(argumentsFor(member(body, "parameters"), [...tokens])),
    },
  };
}

/** Arguments that a schema asks for: its strings take the tokens in order. */
function argumentsFor(schema: JsonValue | undefined, tokens: string[]): Record<string, unknown> {
  const properties = schema?.type === "object" ? member(schema, "properties") : undefined;
  if (properties?.type !== "object") return {};
  return Object.fromEntries(properties.entries.map(({ key, value }) => [key.value, argument(value, tokens)]));
}

function argument(schema: JsonValue, tokens: string[]): unknown {
  if (schema.type !== "object") return null;
  const [first] = items(member(schema, "enum"));
  if (first?.type === "string") return first.value;
  switch (stringOf(member(schema, "type"))) {
    case "integer":
    case "number":
      return 1;
    case "boolean":
      return true;
    case "array":
      return [argument(member(schema, "items") ?? schema, tokens)];
    case "object":
      return argumentsFor(schema, tokens);
    default:
      return tokens.shift() ?? "unknown";
  }
}

function items(value: JsonValue | undefined): readonly JsonValue[] {
  return value?.type === "array" ? value.items : [];
}

function stringOf(value: JsonValue | undefined): string {
  return value?.type === "string" ? value.value : "";
}

/** Every string in a message. */
function textsOf(value: JsonValue): string[] {
  if (value.type === "string") return [value.value];
  if (value.type === "array") return value.items.flatMap(textsOf);
  return value.type === "object" ? value.entries.flatMap((entry) => textsOf(entry.value)) : [];
}

function envelope(answer: StubAnswer, object: string) {
  return { id: "chatcmpl-stub", object, created: Math.floor(Date.now() / 1000), model: answer.model };
}

function usage({ content, promptTokens }: StubAnswer) {
  const completion = words(content ?? "");
  return { prompt_tokens: promptTokens, completion_tokens: completion, total_tokens: promptTokens + completion };
}

function finishReason({ call }: StubAnswer): string {
  return call ? "tool_calls" : "stop";
}

function whole(answer: StubAnswer) {
  const message = {
    role: "assistant",
    content: answer.content,
    refusal: null,
    ...(answer.call && { tool_calls: [answer.call] }),
  };
  return {
    ...envelope(answer, "chat.completion"),
    choices: Array.from({ length: answer.choices }, (_, index) => ({
      index,
      message,
      logprobs: null,
      finish_reason: finishReason(answer),
    })),
    usage: usage(answer),
  };
}

function streamed(answer: StubAnswer, request: JsonObject): string {
  const options = member(request, "stream_options");
  const counted = options?.type === "object" && member(options, "include_usage");
  const withUsage = counted && counted.type === "literal" && counted.value === true;
  const chunk = (choices: readonly unknown[], used: unknown = null) =>
    formatSseData(
      JSON.stringify({ ...envelope(answer, "chat.completion.chunk"), choices, ...(withUsage && { usage: used }) }),
    );
  const delta = (index: number, members: unknown, reason: string | null = null) =>
    chunk([{ index, delta: members, finish_reason: reason }]);
  const choice = (index: number) =>
    [...deltas(answer)].map((members) => delta(index, members)).join("") + delta(index, {}, finishReason(answer));
  const choices = Array.from({ length: answer.choices }, (_, index) => choice(index)).join("");
  return choices + (withUsage ? chunk([], usage(answer)) : "") + SSE_DONE;
}

function* deltas({ content, call }: StubAnswer): Generator<unknown> {
  yield { role: "assistant", content: call ? null : "" };
  for (const text of cut(content ?? "")) yield { content: text };
  if (!call) return;
  yield { tool_calls: [{ index: 0, ...call, function: { ...call.function, arguments: "" } }] };
  for (const text of cut(call.function.arguments)) yield { tool_calls: [{ index: 0, function: { arguments: text } }] };
}

function cut(text: string): string[] {
  return text.match(new RegExp(`[^]{1,${PIECE_LENGTH}}`, "g")) ?? [];
}
