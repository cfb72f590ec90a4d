/**
 * A streamed answer: each chunk of the upstream becomes the chunks that can go out, in the form that every known client
 * survives (protocols 3.5): one tool call a chunk, never beside text; id, type and name only in a call's first delta; the
 * role in the first delta of a choice; what was held goes out before the choice's finish chunk.
 */
import {
  JSON_NULL,
  type JsonObject,
  type JsonValue,
  jsonNumber,
  jsonObject,
  jsonString,
  mapMembers,
  member,
  writeJson,
} from "../json/value.ts";
import { OffsetShift } from "../rehydrate/offset-shift.ts";
import type { TextRehydrator } from "../rehydrate/text.ts";
import { ANSWER_SCHEMA, badAnswer, type ChatTexts, parseAnswer } from "./chat-texts.ts";
import { formatSseData, type SseEvent } from "./sse.ts";

/** Members of a delta, or of a tool call, that grow piece by piece. */
const TEXT_FIELDS: readonly string[] = ["reasoning_content", "reasoning", "content", "refusal"];

/** Makes the delta that carries a piece of a text. */
type Wrap = (text: string) => JsonObject;

interface OpenText {
  readonly rehydrator: TextRehydrator;
  readonly wrap: Wrap;
}

interface CallState {
  readonly id: string;
  name: string;
}

class ChoiceState {
  readonly texts = new Map<string, OpenText>();
  readonly calls = new Map<number, CallState>();
  readonly shift = new OffsetShift();
  roleSent = false;
  finished = false;
}

export class ChatStream {
  readonly #texts: ChatTexts;
  readonly #choices = new Map<number, ChoiceState>();
  #envelope: JsonObject = jsonObject([]);
  #done = false;
  #spoken = "";

  constructor(texts: ChatTexts) {
    this.#texts = texts;
  }

  get spoken(): string {
    return this.#spoken;
  }

  get done(): boolean {
    return this.#done;
  }

  get finished(): boolean {
    return this.#choices.size > 0 && [...this.#choices.values()].every((choice) => choice.finished);
  }

  push(event: SseEvent): string {
    if (this.#done) return "";
    if (event.data.trim() === "[DONE]") {
      this.#done = true;
      return this.end();
    }
    const chunk = parseAnswer(event.data);
    if (event.event === "error") throw badAnswer("The model provider broke the answer off with an error.");
    const choices = member(chunk, "choices");
    // A ping or another event that is no chunk: clients stumble over it.
    if (choices?.type !== "array") return "";
    this.#envelope = mapMembers(chunk, (key, value) =>
      key === "choices" || key === "usage" || key === "obfuscation"
        ? undefined
        : this.#texts.data(value, { choice: 0, slot: key }),
    );
    const pieces = choices.items.flatMap((choice, i) => this.#choice(choice, i));
    return this.#write(pieces, member(chunk, "usage"));
  }

  /** What is still held, of choices that have no finish reason yet. */
  end(): string {
    const pieces = [...this.#choices].flatMap(([index, state]) => this.#flush(index, state));
    return this.#write(pieces, undefined);
  }

  #write(pieces: readonly JsonObject[], usage: JsonValue | undefined): string {
    const counted = usage?.type === "object";
    if (pieces.length === 0) return counted ? this.#chunk([], usage) : "";
    // With include_usage every chunk says `usage: null` but the one that counts.
    return pieces
      .map((piece, i) => this.#chunk([piece], counted && i < pieces.length - 1 ? JSON_NULL : usage))
      .join("");
  }

  #chunk(choices: readonly JsonObject[], usage: JsonValue | undefined): string {
    const entries = [
      ...this.#envelope.entries,
      { key: jsonString("choices"), value: { type: "array", items: choices } as const },
      ...(usage ? [{ key: jsonString("usage"), value: usage }] : []),
    ];
    return formatSseData(writeJson({ type: "object", entries }));
  }

  #choice(choice: JsonValue, position: number): JsonObject[] {
    if (choice.type !== "object") throw badAnswer("The model provider's answer has a malformed choice.");
    const indexValue = member(choice, "index");
    const index = indexValue?.type === "number" ? Number(indexValue.raw) : position;
    const state = this.#choices.get(index) ?? new ChoiceState();
    this.#choices.set(index, state);
    const delta = member(choice, "delta");
    const deltas = delta?.type === "object" ? this.#deltas(delta, index, state) : [];
    const reason = member(choice, "finish_reason");
    const extras = this.#extras(choice, index);
    if (reason?.type !== "string") {
      const last = deltas.length - 1;
      return deltas.map((piece, i) => choicePiece(index, piece, JSON_NULL, i === last ? extras : []));
    }
    const held = this.#flush(index, state);
    state.finished = true;
    return [
      ...deltas.map((piece) => choicePiece(index, piece, JSON_NULL, [])),
      ...held,
      choicePiece(index, this.#withRole(jsonObject([]), state), reason, extras),
    ];
  }

  /** Members of a choice beside delta and finish reason, such as content filters. */
  #extras(choice: JsonObject, index: number): readonly (readonly [string, JsonValue])[] {
    return mapMembers(choice, (key, value) => {
      if (key === "index" || key === "delta" || key === "finish_reason") return undefined;
      return key === "logprobs" ? JSON_NULL : this.#texts.data(value, { choice: index, slot: key });
    }).entries.map((entry) => [entry.key.value, entry.value] as const);
  }

  #deltas(delta: JsonObject, index: number, state: ChoiceState): JsonObject[] {
    const deltas: JsonObject[] = [];
    for (const name of TEXT_FIELDS) {
      const value = member(delta, name);
      if (value?.type === "string") deltas.push(...this.#text(state, index, name, value.value));
      else if (value && value.type !== "literal") {
        deltas.push(jsonObject([[name, this.#texts.data(value, { choice: index, slot: name })]]));
      }
    }
    const calls = member(delta, "tool_calls");
    if (calls?.type === "array") {
      calls.items.forEach((call, i) => {
        deltas.push(...this.#toolCall(call, i, index, state));
      });
    }
    const call = member(delta, "function_call");
    if (call?.type === "object") deltas.push(...this.#functionCall(call, index, state));
    const audio = member(delta, "audio");
    if (audio?.type === "object") deltas.push(...this.#audio(audio, index, state));
    deltas.push(...this.#others(delta, index, state));
    if (state.roleSent) return deltas;
    // The first delta goes out whatever is held: it carries the role.
    const empty = jsonObject([["content", member(delta, "content")?.type === "string" ? jsonString("") : JSON_NULL]]);
    const [first = empty, ...rest] = deltas;
    return [this.#withRole(first, state), ...rest];
  }

  #withRole(delta: JsonObject, state: ChoiceState): JsonObject {
    if (state.roleSent) return delta;
    state.roleSent = true;
    return jsonObject([
      ["role", jsonString("assistant")],
      ...delta.entries.map((entry) => [entry.key.value, entry.value] as const),
    ]);
  }

  /** A piece of one text: what can go out of it now, as a delta, or nothing. */
  #piece(state: ChoiceState, key: string, open: () => OpenText, text: string): JsonObject[] {
    const { rehydrator, wrap } = state.texts.get(key) ?? remember(state.texts, key, open());
    const out = rehydrator.push(text);
    return out === "" ? [] : [wrap(out)];
  }

  #text(state: ChoiceState, choice: number, name: string, text: string): JsonObject[] {
    const open = (): OpenText => ({
      rehydrator: this.#texts.text(
        { choice, slot: name },
        name === "content" ? this.#texts.contentMode : "text",
        name === "content" ? { schema: ANSWER_SCHEMA, onReplaced: (change) => state.shift.add(change) } : {},
      ),
      wrap: (out) => {
        if (choice === 0 && name === "content") this.#spoken += out;
        return jsonObject([[name, jsonString(out)]]);
      },
    });
    return this.#piece(state, name, open, text);
  }

  #toolCall(call: JsonValue, position: number, choice: number, state: ChoiceState): JsonObject[] {
    if (call.type !== "object") throw badAnswer("The model provider's answer has a malformed tool call.");
    const indexValue = member(call, "index");
    const index = indexValue?.type === "number" ? Number(indexValue.raw) : position;
    const id = text(member(call, "id"));
    const kind = member(call, "custom")?.type === "object" ? "custom" : "function";
    const bodyValue = member(call, kind);
    const body = bodyValue?.type === "object" ? bodyValue : jsonObject([]);
    const field = kind === "custom" ? "input" : "arguments";
    const known = state.calls.get(index);
    // Some servers count every call as 0 and tell them apart by id.
    const first = known === undefined || (id !== "" && known.id !== "" && id !== known.id);
    const held = first ? this.#close(state, `tool_calls[${index}]`) : [];
    const name = text(member(body, "name"));
    const current = first ? remember(state.calls, index, { id, name }) : known;
    const wrap = (members: Iterable<readonly [string, JsonValue | undefined]>): JsonObject =>
      jsonObject([["tool_calls", { type: "array", items: [jsonObject([["index", jsonNumber(index)], ...members])] }]]);
    const open = (): OpenText => ({
      rehydrator: this.#texts.text(
        { choice, slot: `tool_calls[${index}].${field}` },
        kind === "custom" ? "text" : "json",
        kind === "custom" ? {} : { schema: current.name },
      ),
      wrap: (out) => wrap([[kind, jsonObject([[field, jsonString(out)]])]]),
    });
    if (!first) {
      // A repeated name makes clients lose or double what they have; a late one is the first.
      const late = current.name === "" && name !== "";
      if (late) current.name = name;
      const named = late ? [wrap([[kind, jsonObject([["name", jsonString(this.#texts.functionName(name))]])]])] : [];
      return [...named, ...this.#piece(state, `tool_calls[${index}]`, open, text(member(body, field)))];
    }
    const out = this.#piece(state, `tool_calls[${index}]`, open, text(member(body, field)));
    const argument = out.length === 0 ? "" : firstText(out[0] as JsonObject, kind, field);
    return [
      ...held,
      wrap([
        ["id", id === "" ? undefined : jsonString(id)],
        ["type", jsonString(text(member(call, "type")) || kind)],
        [
          kind,
          jsonObject([
            ["name", name === "" ? undefined : jsonString(this.#texts.functionName(name))],
            [field, jsonString(argument)],
          ]),
        ],
      ]),
    ];
  }

  #functionCall(call: JsonObject, choice: number, state: ChoiceState): JsonObject[] {
    const name = text(member(call, "name"));
    const wrap = (members: Iterable<readonly [string, JsonValue]>) =>
      jsonObject([["function_call", jsonObject(members)]]);
    const open = (): OpenText => ({
      rehydrator: this.#texts.text({ choice, slot: "function_call.arguments" }, "json", { schema: name }),
      wrap: (out) => wrap([["arguments", jsonString(out)]]),
    });
    const first = !state.texts.has("function_call");
    const out = this.#piece(state, "function_call", open, text(member(call, "arguments")));
    if (!first || name === "") return out;
    return [
      wrap([
        ["name", jsonString(this.#texts.functionName(name))],
        ["arguments", jsonString("")],
      ]),
      ...out,
    ];
  }

  #audio(audio: JsonObject, choice: number, state: ChoiceState): JsonObject[] {
    const open = (): OpenText => ({
      rehydrator: this.#texts.text({ choice, slot: "audio.transcript" }, "text"),
      wrap: (out) => jsonObject([["audio", jsonObject([["transcript", jsonString(out)]])]]),
    });
    const rest = mapMembers(audio, (key, value) => (key === "transcript" ? undefined : value));
    const others = rest.entries.length === 0 ? [] : [jsonObject([["audio", rest]])];
    return [...others, ...this.#piece(state, "audio", open, text(member(audio, "transcript")))];
  }

  /** Whatever else a compatible server puts into a delta, each value whole. */
  #others(delta: JsonObject, choice: number, state: ChoiceState): JsonObject[] {
    const others = mapMembers(delta, (key, value) => {
      if (["role", "tool_calls", "function_call", "audio"].includes(key) || TEXT_FIELDS.includes(key)) return undefined;
      const place = { choice, slot: key };
      if (value.type === "literal") return undefined;
      return key === "annotations"
        ? this.#texts.annotations(value, place, state.shift)
        : this.#texts.data(value, place);
    });
    return others.entries.length === 0 ? [] : [others];
  }

  #flush(index: number, state: ChoiceState): JsonObject[] {
    return [...state.texts.keys()]
      .flatMap((key) => this.#close(state, key))
      .map((delta) => choicePiece(index, this.#withRole(delta, state), JSON_NULL, []));
  }

  #close(state: ChoiceState, key: string): JsonObject[] {
    const open = state.texts.get(key);
    state.texts.delete(key);
    const out = open?.rehydrator.end() ?? "";
    return open && out !== "" ? [open.wrap(out)] : [];
  }
}

function remember<K, V>(map: Map<K, V>, key: K, value: V): V {
  map.set(key, value);
  return value;
}

function text(value: JsonValue | undefined): string {
  return value?.type === "string" ? value.value : "";
}

function firstText(delta: JsonObject, kind: string, field: string): string {
  const calls = member(delta, "tool_calls");
  const call = calls?.type === "array" ? calls.items[0] : undefined;
  const body = call?.type === "object" ? member(call, kind) : undefined;
  return body?.type === "object" ? text(member(body, field)) : "";
}

function choicePiece(
  index: number,
  delta: JsonObject,
  reason: JsonValue,
  extras: readonly (readonly [string, JsonValue])[],
): JsonObject {
  return jsonObject([["index", jsonNumber(index)], ["delta", delta], ...extras, ["finish_reason", reason]]);
}
