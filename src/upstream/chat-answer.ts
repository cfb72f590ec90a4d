/** Answers of chat completions (protocols 4.2): values put back in every field that carries text, over every choice. */
import {
  effectiveEntries,
  JSON_NULL,
  type JsonObject,
  type JsonValue,
  jsonNumber,
  jsonString,
  mapMembers,
  member,
  writeJson,
} from "../json/value.ts";
import { OffsetShift } from "../rehydrate/offset-shift.ts";
import type { RehydrationReport } from "../rehydrate/report.ts";
import type { Ledger } from "../tokens/ledger.ts";
import { ChatStream } from "./chat-stream.ts";
import {
  ANSWER_SCHEMA,
  type AnswerPlace,
  badAnswer,
  type ChatAnswerContext,
  ChatTexts,
  parseAnswer,
} from "./chat-texts.ts";
import type { SseEvent } from "./sse.ts";
import type { AnswerReader } from "./wire-format.ts";

export class ChatAnswer implements AnswerReader {
  readonly #texts: ChatTexts;
  readonly #stream: ChatStream;
  #content = "";

  constructor(ledger: Ledger, context: ChatAnswerContext) {
    this.#texts = new ChatTexts(ledger, context);
    this.#stream = new ChatStream(this.#texts);
  }

  get report(): RehydrationReport {
    return this.#texts.report;
  }

  get spoken(): string {
    return this.#content || this.#stream.spoken;
  }

  get done(): boolean {
    return this.#stream.done;
  }

  get finished(): boolean {
    return this.#stream.finished;
  }

  push(event: SseEvent): string {
    return this.#stream.push(event);
  }

  end(): string {
    return this.#stream.end();
  }

  whole(body: string): string {
    const answer = parseAnswer(body);
    const choices = member(answer, "choices");
    if (choices?.type !== "array") throw badAnswer("The model provider's answer has no choices.");
    return writeJson(
      mapMembers(answer, (key, value) =>
        key === "choices"
          ? { type: "array", items: choices.items.map((choice, i) => this.#choice(choice, i)) }
          : this.#texts.data(value, { choice: 0, slot: key }),
      ),
    );
  }

  wholeAsStream(body: string): string {
    const answer = parseAnswer(body);
    return chunksOf(answer)
      .map((chunk) => this.push({ event: null, data: writeJson(chunk) }))
      .join("");
  }

  #choice(choice: JsonValue, position: number): JsonValue {
    if (choice.type !== "object") throw badAnswer("The model provider's answer has a malformed choice.");
    const index = member(choice, "index");
    const number = index?.type === "number" ? Number(index.raw) : position;
    return mapMembers(choice, (key, value) => {
      // Pieces of tokens cannot be put back.
      if (key === "logprobs") return JSON_NULL;
      if (key === "message" && value.type === "object") return this.#message(value, number);
      return this.#texts.data(value, { choice: number, slot: key });
    });
  }

  #message(message: JsonObject, choice: number): JsonValue {
    const shift = new OffsetShift();
    // First the content: annotations follow it wherever they stand.
    const content = member(message, "content");
    const rehydrated = content && this.#contentOf(content, { choice, slot: "content" }, shift);
    return mapMembers(message, (key, value) => {
      const place = { choice, slot: key };
      if (key === "content") return rehydrated ?? value;
      if (key === "annotations") return this.#texts.annotations(value, place, shift);
      if (key === "tool_calls" && value.type === "array") {
        return { type: "array", items: value.items.map((call, i) => this.#toolCall(call, choice, i)) };
      }
      if (key === "function_call" && value.type === "object") {
        return this.#function(value, { choice, slot: "function_call" });
      }
      return this.#texts.data(value, place);
    });
  }

  #contentOf(content: JsonValue, place: AnswerPlace, shift: OffsetShift): JsonValue {
    if (content.type !== "string") return this.#texts.data(content, place);
    const text = this.#texts.whole(content.value, place, this.#texts.contentMode, {
      schema: ANSWER_SCHEMA,
      onReplaced: (change) => shift.add(change),
    });
    if (place.choice === 0) this.#content = text;
    return jsonString(text);
  }

  #toolCall(call: JsonValue, choice: number, i: number): JsonValue {
    if (call.type !== "object") return call;
    const place = { choice, slot: `tool_calls[${i}]` };
    return mapMembers(call, (key, value) =>
      (key === "function" || key === "custom") && value.type === "object"
        ? this.#function(value, place)
        : this.#texts.data(value, place),
    );
  }

  #function(body: JsonObject, { choice, slot }: AnswerPlace): JsonValue {
    const name = member(body, "name");
    const schema = name?.type === "string" ? name.value : undefined;
    return mapMembers(body, (key, value) => {
      const place = { choice, slot: `${slot}.${key}` };
      if (key === "name" && value.type === "string") return jsonString(this.#texts.functionName(value.value));
      if (key !== "arguments" || value.type !== "string") return this.#texts.data(value, place);
      return jsonString(this.#texts.whole(value.value, place, "json", schema === undefined ? {} : { schema }));
    });
  }
}

/** A whole answer as the chunks of a stream, for a provider that does not stream when asked to. */
function chunksOf(answer: JsonObject): JsonValue[] {
  const choices = member(answer, "choices");
  if (choices?.type !== "array") throw badAnswer("The model provider's answer has no choices.");
  const envelope = (choicesOf: readonly JsonValue[], usage?: JsonValue) =>
    mapMembers(answer, (key, value) => {
      if (key === "object") return jsonString("chat.completion.chunk");
      if (key === "choices") return { type: "array", items: choicesOf };
      return key === "usage" ? usage : value;
    });
  const chunks: JsonValue[] = choices.items.map((choice) => {
    if (choice.type !== "object") throw badAnswer("The model provider's answer has a malformed choice.");
    const entries = effectiveEntries(choice).map((entry) =>
      entry.key.value === "message" ? { key: jsonString("delta"), value: withIndexes(entry.value) } : entry,
    );
    return envelope([{ type: "object", entries }]);
  });
  const usage = member(answer, "usage");
  if (usage?.type === "object") chunks.push(envelope([], usage));
  return chunks;
}

/** Tool calls of a whole answer have no index; those of a stream must. */
function withIndexes(message: JsonValue): JsonValue {
  if (message.type !== "object") return message;
  return mapMembers(message, (key, value) => {
    if (key !== "tool_calls" || value.type !== "array") return value;
    return {
      type: "array",
      items: value.items.map((call, i) =>
        call.type === "object"
          ? { type: "object", entries: [{ key: jsonString("index"), value: jsonNumber(i) }, ...call.entries] }
          : call,
      ),
    };
  });
}
