/** Rehydrated texts of one answer of chat completions, with one report over all of them. */
import { MaskerError } from "../errors.ts";
import { JsonError, type ParsedJson, parseJson } from "../json/parse.ts";
import {
  effectiveEntries,
  type JsonObject,
  type JsonValue,
  jsonNumber,
  jsonString,
  mapMembers,
  member,
} from "../json/value.ts";
import type { LexerMode } from "../rehydrate/escape-lexer.ts";
import { mayHoldToken, TokenIndex } from "../rehydrate/find.ts";
import type { OffsetChange, OffsetShift } from "../rehydrate/offset-shift.ts";
import { RehydrationTally } from "../rehydrate/report.ts";
import { TextRehydrator } from "../rehydrate/text.ts";
import type { Ledger } from "../tokens/ledger.ts";
import type { Aliases } from "./aliases.ts";
import { declaredType } from "./declared-type.ts";

export interface ChatAnswerContext {
  readonly aliases: Aliases;
  /** The content is JSON text. */
  readonly json: boolean;
  /** The request as it was sent: its schemas say what the values of arguments must be. */
  readonly body: string;
}

/** Where a text of an answer stands. `slot` as failures report it. */
export interface AnswerPlace {
  readonly choice: number;
  readonly slot: string;
}

/** The error for an answer that is not one. What it held stays here: it may quote the request. */
export function badAnswer(message: string): MaskerError {
  return new MaskerError("upstream_error", { message });
}

/** Stands for the schema of the answer itself: no function may have this name. */
export const ANSWER_SCHEMA = "";

export interface TextExtras {
  /** Name of the function, as the model writes it, whose arguments the text is, or `ANSWER_SCHEMA`. */
  readonly schema?: string;
  readonly onReplaced?: (change: OffsetChange) => void;
}

export class ChatTexts {
  readonly report = new RehydrationTally();
  readonly #index: TokenIndex;
  readonly #context: ChatAnswerContext;
  #schemas: ReadonlyMap<string, JsonValue> | undefined;

  constructor(ledger: Ledger, context: ChatAnswerContext) {
    this.#index = new TokenIndex(ledger);
    this.#context = context;
  }

  /** The function that a name of an answer stands for. */
  functionName(name: string): string {
    return this.#context.aliases.original("function", name);
  }

  /** Mode of `content`: JSON by contract, or prose. */
  get contentMode(): LexerMode {
    return this.#context.json ? "json" : "text";
  }

  /** A rehydrator for one text. */
  text(place: AnswerPlace, mode: LexerMode, options: TextExtras = {}): TextRehydrator {
    const { schema, onReplaced } = options;
    return new TextRehydrator(this.#index, {
      mode,
      ...(schema !== undefined && { typeAt: (keys) => declaredType(this.#schema(schema), keys) }),
      onRestored: (entry) => this.report.restore(entry.token, entry.kind),
      onUnresolved: (kind) => this.report.fail({ kind, ...place }),
      ...(onReplaced && { onReplaced }),
    });
  }

  /** Any other JSON of an answer: each string is a text of its own. */
  data(value: JsonValue, place: AnswerPlace): JsonValue {
    switch (value.type) {
      case "string":
        return jsonString(this.whole(value.value, place, "text"));
      case "array":
        return {
          type: "array",
          items: value.items.map((item, i) => this.data(item, { ...place, slot: `${place.slot}[${i}]` })),
        };
      case "object":
        return {
          type: "object",
          entries: effectiveEntries(value).map((entry) => ({
            key: jsonString(this.whole(entry.key.value, place, "text")),
            value: this.data(entry.value, place),
          })),
        };
      default:
        return value;
    }
  }

  /** Annotations of a text, their offsets moved with what was put back before them. */
  annotations(value: JsonValue, place: AnswerPlace, shift: OffsetShift): JsonValue {
    if (value.type === "array") {
      return { type: "array", items: value.items.map((item) => this.annotations(item, place, shift)) };
    }
    if (value.type !== "object") return this.data(value, place);
    return mapMembers(value, (key, item) => {
      if (item.type === "number" && (key === "start_index" || key === "end_index")) {
        return jsonNumber(shift.of(Number(item.raw), key === "end_index"));
      }
      return item.type === "object" ? this.annotations(item, place, shift) : this.data(item, place);
    });
  }

  /** One whole text. */
  whole(text: string, place: AnswerPlace, mode: LexerMode, options: TextExtras = {}): string {
    if (!mayHoldToken(text)) return text;
    const rehydrator = this.text(place, mode, options);
    return rehydrator.push(text) + rehydrator.end();
  }

  #schema(name: string): JsonValue | undefined {
    this.#schemas ??= schemasOf(this.#context.body);
    return this.#schemas.get(name);
  }
}

function schemasOf(body: string): ReadonlyMap<string, JsonValue> {
  const schemas = new Map<string, JsonValue>();
  const request = parseJson(body);
  if (request.type !== "object") return schemas;
  for (const field of ["tools", "functions"]) {
    const list = member(request, field);
    for (const tool of list?.type === "array" ? list.items : []) {
      const body = tool.type === "object" ? (member(tool, "function") ?? tool) : tool;
      const name = body.type === "object" ? member(body, "name") : undefined;
      const parameters = body.type === "object" ? member(body, "parameters") : undefined;
      if (name?.type === "string" && parameters) schemas.set(name.value, parameters);
    }
  }
  const format = member(request, "response_format");
  const schema = format?.type === "object" ? member(format, "json_schema") : undefined;
  const answer = schema?.type === "object" ? member(schema, "schema") : undefined;
  if (answer) schemas.set(ANSWER_SCHEMA, answer);
  return schemas;
}

/** Parses an answer or a chunk; an error envelope is thrown as what it is. */
export function parseAnswer(text: string): JsonObject {
  let value: ParsedJson;
  try {
    value = parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) throw badAnswer("The model provider's answer is not JSON.");
    throw error;
  }
  if (value.type !== "object") throw badAnswer("The model provider's answer is not an object.");
  const error = member(value, "error");
  if (error && !(error.type === "literal" && error.value !== true)) {
    throw badAnswer("The model provider answered with an error.");
  }
  return value;
}
