/** Tools, the choice among them, and the form of the answer (protocols 4.1). */
import type { ParsedJson, ParsedObject } from "../json/parse.ts";
import { type JsonValue, jsonArray, jsonLiteral, jsonString } from "../json/value.ts";
import { memberParts, textMember } from "./chat-messages.ts";
import { type SchemaPlace, schemaPart } from "./json-schema.ts";
import { asArray, asBoolean, asObject, asString, field, invalid, requiredField } from "./shape.ts";
import type { Part, SlotCollector, SlotPlace } from "./slots.ts";

const outsideMessages = (path: string): SlotPlace => ({ path, message: null, role: "other" });

function items(parts: readonly Part[]): Part {
  return (rendering) => jsonArray(parts.map((part) => part(rendering)).filter((value) => value !== undefined));
}

function fixed(value: JsonValue): Part {
  return () => value;
}

/** `tools`: functions with their schemas, custom tools with their grammars. */
export function toolsPart(value: ParsedJson, slots: SlotCollector): Part {
  return items(asArray(value, "tools").items.map((item, i) => toolPart(item, `tools[${i}]`, slots)));
}

/** `functions`, the older form of `tools`. */
export function functionsPart(value: ParsedJson, slots: SlotCollector): Part {
  return items(
    asArray(value, "functions").items.map((item, i) => {
      const path = `functions[${i}]`;
      return functionPart(asObject(item, path), path, slots);
    }),
  );
}

function toolPart(value: ParsedJson, path: string, slots: SlotCollector): Part {
  const tool = asObject(value, path);
  const type = asString(requiredField(tool, "type", path), `${path}.type`);
  if (type !== "function" && type !== "custom") throw invalid(`${path}.type`, "is not a known tool");
  const body = asObject(requiredField(tool, type, path), `${path}.${type}`);
  const part = type === "function" ? functionPart : customToolPart;
  return memberParts([
    ["type", fixed(jsonString(type))],
    [type, part(body, `${path}.${type}`, slots)],
  ]);
}

function functionPart(body: ParsedObject, path: string, slots: SlotCollector): Part {
  const parameters = field(body, "parameters");
  return memberParts([
    ["name", functionName(body, path, slots)],
    ["description", textMember(body, "description", outsideMessages(path), slots)],
    ["parameters", parameters && schemaPart(parameters, schemaPlace(`${path}.parameters`, body), slots)],
    ["strict", strictPart(body, path)],
  ]);
}

function schemaPlace(path: string, body: ParsedObject): SchemaPlace {
  const strict = field(body, "strict");
  return { ...outsideMessages(path), strict: strict?.type === "literal" && strict.value === true };
}

function functionName(body: ParsedObject, path: string, slots: SlotCollector): Part {
  const name = asString(requiredField(body, "name", path), `${path}.name`);
  return slots.name("function", name, outsideMessages(`${path}.name`));
}

function strictPart(body: ParsedObject, path: string): Part | undefined {
  const value = field(body, "strict");
  return value && fixed(jsonLiteral(asBoolean(value, `${path}.strict`)));
}

function customToolPart(body: ParsedObject, path: string, slots: SlotCollector): Part {
  const format = field(body, "format");
  return memberParts([
    ["name", functionName(body, path, slots)],
    ["description", textMember(body, "description", outsideMessages(path), slots)],
    ["format", format && customFormatPart(asObject(format, `${path}.format`), `${path}.format`, slots)],
  ]);
}

function customFormatPart(format: ParsedObject, path: string, slots: SlotCollector): Part {
  const type = asString(requiredField(format, "type", path), `${path}.type`);
  if (type === "text") return memberParts([["type", fixed(jsonString(type))]]);
  if (type !== "grammar") throw invalid(`${path}.type`, "is not a known format");
  const grammarPath = `${path}.grammar`;
  const grammar = asObject(requiredField(format, "grammar", path), grammarPath);
  const syntax = asString(requiredField(grammar, "syntax", grammarPath), `${grammarPath}.syntax`);
  if (syntax !== "lark" && syntax !== "regex") throw invalid(`${grammarPath}.syntax`, "is not a known syntax");
  return memberParts([
    ["type", fixed(jsonString(type))],
    [
      "grammar",
      memberParts([
        ["syntax", fixed(jsonString(syntax))],
        ["definition", textMember(grammar, "definition", outsideMessages(grammarPath), slots)],
      ]),
    ],
  ]);
}

/** `tool_choice`: a word, one tool, or a list of allowed tools; names have the aliases of `tools`. */
export function toolChoicePart(value: ParsedJson, slots: SlotCollector): Part {
  const path = "tool_choice";
  if (value.type === "string") return choiceWord(value.value, ["none", "auto", "required"], path);
  const choice = asObject(value, path);
  const type = asString(requiredField(choice, "type", path), `${path}.type`);
  if (type !== "allowed_tools") return namedTool(choice, type, path, slots);
  const allowedPath = `${path}.allowed_tools`;
  const allowed = asObject(requiredField(choice, "allowed_tools", path), allowedPath);
  const mode = asString(requiredField(allowed, "mode", allowedPath), `${allowedPath}.mode`);
  const tools = asArray(requiredField(allowed, "tools", allowedPath), `${allowedPath}.tools`).items.map((item, i) => {
    const toolPath = `${allowedPath}.tools[${i}]`;
    const tool = asObject(item, toolPath);
    return namedTool(tool, asString(requiredField(tool, "type", toolPath), `${toolPath}.type`), toolPath, slots);
  });
  return memberParts([
    ["type", fixed(jsonString(type))],
    [
      "allowed_tools",
      memberParts([
        ["mode", choiceWord(mode, ["auto", "required"], `${allowedPath}.mode`)],
        ["tools", items(tools)],
      ]),
    ],
  ]);
}

function namedTool(choice: ParsedObject, type: string, path: string, slots: SlotCollector): Part {
  if (type !== "function" && type !== "custom") throw invalid(`${path}.type`, "is not a known tool");
  const body = asObject(requiredField(choice, type, path), `${path}.${type}`);
  return memberParts([
    ["type", fixed(jsonString(type))],
    [type, memberParts([["name", functionName(body, `${path}.${type}`, slots)]])],
  ]);
}

/** `function_call` of the request, the older form of `tool_choice`. */
export function functionCallChoicePart(value: ParsedJson, slots: SlotCollector): Part {
  if (value.type === "string") return choiceWord(value.value, ["none", "auto"], "function_call");
  return memberParts([["name", functionName(asObject(value, "function_call"), "function_call", slots)]]);
}

function choiceWord(word: string, words: readonly string[], path: string): Part {
  if (!words.includes(word)) throw invalid(path, "is not a known choice");
  return fixed(jsonString(word));
}

/** `response_format`; `json` is true when the answer's content is JSON text. */
export function responseFormatPart(value: ParsedJson, slots: SlotCollector): { readonly part: Part; json: boolean } {
  const path = "response_format";
  const format = asObject(value, path);
  const type = asString(requiredField(format, "type", path), `${path}.type`);
  if (type === "text" || type === "json_object") {
    return { part: memberParts([["type", fixed(jsonString(type))]]), json: type === "json_object" };
  }
  if (type !== "json_schema") throw invalid(`${path}.type`, "is not a known format");
  const schemaPath = `${path}.json_schema`;
  const body = asObject(requiredField(format, "json_schema", path), schemaPath);
  const name = asString(requiredField(body, "name", schemaPath), `${schemaPath}.name`);
  const schema = field(body, "schema");
  const part = memberParts([
    ["type", fixed(jsonString(type))],
    [
      "json_schema",
      memberParts([
        ["name", slots.name("schema", name, outsideMessages(`${schemaPath}.name`))],
        ["description", textMember(body, "description", outsideMessages(schemaPath), slots)],
        ["schema", schema && schemaPart(schema, schemaPlace(`${schemaPath}.schema`, body), slots)],
        ["strict", strictPart(body, schemaPath)],
      ]),
    ],
  ]);
  return { part, json: true };
}
