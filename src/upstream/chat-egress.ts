/**
 * The body about to leave, read anew for the egress check: every decoded string and number in it, except what the
 * protocol itself fixes. It does not trust how the body was made: a field that no slot covered shows up here.
 */
import { applyEdits, type SourceEdit, type TextLeaf, valueLeaves } from "../json/leaves.ts";
import { type ParsedJson, type ParsedObject, parseJson } from "../json/parse.ts";
import type { Ledger } from "../tokens/ledger.ts";
import type { Aliases, NameFamily } from "./aliases.ts";
import { ChatAnswer } from "./chat-answer.ts";
import { isSchemaKeyword, SCHEMA_FORMATS, SCHEMA_TYPES } from "./json-schema.ts";
import type { AnswerReader, EgressString, MaskedBody, Replacement } from "./wire-format.ts";

/** Strings that are words of the protocol, checked against lists when the request was read, and pseudonyms. */
const PROTOCOL_FIELDS = new Set([
  ...["model", "user", "safety_identifier", "prompt_cache_key", "modalities[]", "tool_choice", "function_call"],
  ...["messages[].role", "messages[].content[].type", "messages[].tool_calls[].type", "messages[].audio.id"],
  ...["tools[].type", "tools[].custom.format.type", "tools[].custom.format.grammar.syntax"],
  ...["tool_choice.type", "tool_choice.allowed_tools.mode", "tool_choice.allowed_tools.tools[].type"],
  ...["response_format.type", "prediction.type", "prediction.content[].type"],
  ...["web_search_options.user_location.type", "web_search_options.user_location.approximate.country"],
]);

/** Names, whose alphabet has no room for a token. */
const NAME_FIELDS: Readonly<Record<string, NameFamily>> = {
  "messages[].name": "participant",
  "messages[].tool_call_id": "call",
  "messages[].tool_calls[].id": "call",
  "messages[].tool_calls[].function.name": "function",
  "messages[].tool_calls[].custom.name": "function",
  "messages[].function_call.name": "function",
  "tools[].function.name": "function",
  "tools[].custom.name": "function",
  "functions[].name": "function",
  "tool_choice.function.name": "function",
  "tool_choice.custom.name": "function",
  "tool_choice.allowed_tools.tools[].function.name": "function",
  "tool_choice.allowed_tools.tools[].custom.name": "function",
  "function_call.name": "function",
  "response_format.json_schema.name": "schema",
};

const SCHEMA_FIELDS = new Set(["tools[].function.parameters", "functions[].parameters"]);
const ANSWER_SCHEMA_FIELD = "response_format.json_schema.schema";
/** Fields whose keys and numbers are the caller's own. */
const DATA_FIELDS = new Set(["metadata", "moderation", "prompt_cache_options"]);

interface Found extends EgressString {
  edits(replacements: readonly Replacement[]): readonly SourceEdit[];
  readonly name?: { readonly family: NameFamily; readonly text: string };
}

export interface ChatBodyContext {
  readonly aliases: Aliases;
  /** The answer's content is JSON text. */
  readonly json: boolean;
}

export class ChatBody implements MaskedBody {
  readonly body: string;
  readonly #context: ChatBodyContext;
  #found: readonly Found[] | undefined;

  constructor(body: string, context: ChatBodyContext) {
    this.body = body;
    this.#context = context;
  }

  get strings(): readonly EgressString[] {
    this.#found ??= readBody(this.body);
    return this.#found;
  }

  mask(replacements: readonly (readonly Replacement[])[]): MaskedBody {
    const found = this.#found ?? readBody(this.body);
    const { aliases } = this.#context;
    found.forEach(({ name }, i) => {
      if (name && (replacements[i] ?? []).length > 0) aliases.hide(name.family, name.text);
    });
    const edits = found.flatMap(({ name, text, edits }, i) => {
      if (!name) return edits(replacements[i] ?? []);
      const alias = aliases.of(name.family, name.text);
      return alias === name.text ? [] : edits([{ start: 0, end: text.length, text: alias }]);
    });
    return new ChatBody(applyEdits(this.body, edits), this.#context);
  }

  answer(ledger: Ledger): AnswerReader {
    return new ChatAnswer(ledger, { ...this.#context, body: this.body });
  }
}

function readBody(body: string): readonly Found[] {
  const found: Found[] = [];
  walk(parseJson(body), { body, path: "", form: "", region: "fields" }, found);
  return found;
}

/** In `fields` the keys and numbers are the protocol's; in `schema` keywords are; in `data` nothing is. */
interface Walk {
  readonly body: string;
  /** `messages[3].content`, with `*` for keys of the caller's own. */
  readonly path: string;
  /** The same for any index: `messages[].content`. */
  readonly form: string;
  readonly region: "fields" | "schema" | "data";
}

function walk(value: ParsedJson, at: Walk, found: Found[]): void {
  switch (value.type) {
    case "object":
      walkObject(value, at, found);
      return;
    case "array":
      value.items.forEach((item, i) => {
        walk(item, { ...at, path: `${at.path}[${i}]`, form: `${at.form}[]` }, found);
      });
      return;
    case "string":
    case "number":
      walkScalar(value, at, found);
      return;
    case "literal":
      return;
  }
}

function walkObject(object: ParsedObject, at: Walk, found: Found[]): void {
  for (const { key, value } of object.entries) {
    const fixed = at.region === "fields" || (at.region === "schema" && isSchemaKeyword(key.value));
    if (!fixed) found.push(...valueLeaves(at.body, key).map((leaf) => leafFound(leaf, at.path)));
    const name = fixed ? key.value : "*";
    const path = at.path === "" ? name : `${at.path}.${name}`;
    const form = at.form === "" ? name : `${at.form}.${name}`;
    walk(value, { body: at.body, path, form, region: regionOf(form, at) }, found);
  }
}

function regionOf(form: string, at: Walk): Walk["region"] {
  if (at.region !== "fields") return at.region;
  if (SCHEMA_FIELDS.has(form) || form === ANSWER_SCHEMA_FIELD) return "schema";
  return DATA_FIELDS.has(form) ? "data" : "fields";
}

function walkScalar(value: ParsedJson & { type: "string" | "number" }, at: Walk, found: Found[]): void {
  if (at.region === "fields") {
    if (value.type === "number" || PROTOCOL_FIELDS.has(at.form)) return;
    const family = Object.hasOwn(NAME_FIELDS, at.form) ? NAME_FIELDS[at.form] : undefined;
    if (family !== undefined) {
      found.push(nameFound(value.value, value.start, family, at.path));
      return;
    }
  }
  if (at.region === "schema" && value.type === "string") {
    if (at.form.endsWith(".type") && SCHEMA_TYPES.has(value.value)) return;
    if (at.form.endsWith(".type[]") && SCHEMA_TYPES.has(value.value)) return;
    if (at.form.endsWith(".format") && SCHEMA_FORMATS.has(value.value)) return;
  }
  found.push(...valueLeaves(at.body, value).map((leaf) => leafFound(leaf, at.path)));
}

function leafFound(leaf: TextLeaf, path: string): Found {
  return {
    path,
    text: leaf.text,
    edits(replacements) {
      const [first] = replacements;
      // A number goes as a whole: its sign and its other digits beside a token would come back as another number.
      if (first === undefined || leaf.type !== "number") return leaf.edits(replacements);
      return leaf.edits([{ start: 0, end: leaf.text.length, text: first.text }]);
    },
  };
}

/** A name as words, as detection saw it; whatever is replaced in it, all of it becomes its alias. */
function nameFound(name: string, start: number, family: NameFamily, path: string): Found {
  return {
    path,
    text: name.replace(/[_-]/g, " "),
    name: { family, text: name },
    edits: ([replacement]) =>
      replacement ? [{ start, end: start + JSON.stringify(name).length, text: JSON.stringify(replacement.text) }] : [],
  };
}
