/**
 * JSON schemas of tools and answers: every string, number and property name that an author may have put an identifier
 * into becomes a slot. Where a masked value stands, whatever in the node would forbid a token is relaxed (protocols 5).
 */
import type { ParsedJson, ParsedObject } from "../json/parse.ts";
import {
  effectiveEntries,
  type JsonEntry,
  type JsonString,
  type JsonValue,
  jsonArray,
  jsonString,
} from "../json/value.ts";
import type { Part, Rendering, SlotCollector, SlotPlace } from "./slots.ts";
import { lacksRoom, withTokenAlternative } from "./token-alternative.ts";

/** Keywords whose value is a schema. */
const SCHEMA_KEYWORDS = new Set([
  ...["additionalItems", "additionalProperties", "contains", "contentSchema", "else", "if", "items", "not"],
  ...["propertyNames", "then", "unevaluatedItems", "unevaluatedProperties"],
]);
/** Keywords whose value is a list of schemas. */
const SCHEMA_LIST_KEYWORDS = new Set(["allOf", "anyOf", "oneOf", "prefixItems", "items"]);
/** Keywords whose value maps names to schemas. */
const SCHEMA_MAP_KEYWORDS = new Set(["$defs", "definitions", "dependentSchemas", "patternProperties", "properties"]);
/** Keywords whose strings are names of properties. */
const PROPERTY_LIST_KEYWORDS = new Set(["required", "propertyOrdering", "dependentRequired", "dependencies"]);
/** Keywords that hold values of the described data. */
const DATA_KEYWORDS = new Set(["enum", "const", "default", "example", "examples"]);
/** Keywords that a token in place of a number or a short string would break. */
const CONSTRAINT_KEYWORDS = new Set([
  ...["exclusiveMaximum", "exclusiveMinimum", "format", "maxLength", "maximum", "minLength", "minimum", "multipleOf"],
  "pattern",
]);
const TEXT_KEYWORDS = new Set([
  ...["$comment", "$id", "$ref", "$schema", "contentEncoding", "contentMediaType", "description", "title", "type"],
  ...["deprecated", "maxItems", "maxProperties", "minItems", "minProperties", "nullable", "readOnly", "uniqueItems"],
  ...["strict", "writeOnly", "$anchor"],
]);

/** Names that the schema language itself gives; any other key is text of the author. */
export function isSchemaKeyword(key: string): boolean {
  return [
    SCHEMA_KEYWORDS,
    SCHEMA_LIST_KEYWORDS,
    SCHEMA_MAP_KEYWORDS,
    PROPERTY_LIST_KEYWORDS,
    DATA_KEYWORDS,
    CONSTRAINT_KEYWORDS,
    TEXT_KEYWORDS,
  ].some((keywords) => keywords.has(key));
}

export const SCHEMA_TYPES: ReadonlySet<string> = new Set([
  ...["array", "boolean", "integer", "null", "number", "object", "string"],
]);

/** Formats of JSON Schema: fixed words, no text. */
export const SCHEMA_FORMATS: ReadonlySet<string> = new Set([
  ...["date", "date-time", "duration", "email", "float", "double", "hostname", "int32", "int64", "ipv4", "ipv6"],
  ...["phone", "regex", "time", "uri", "uri-reference", "url", "uuid"],
]);

/** `strict`: the provider holds the model to the schema, to the letter. */
export interface SchemaPlace extends SlotPlace {
  readonly strict?: boolean;
}

/** A schema, or any JSON that stands where one is expected. */
export function schemaPart(value: ParsedJson, place: SchemaPlace, slots: SlotCollector): Part {
  if (value.type === "object") return nodePart(value, place, slots);
  return dataPart(value, place, slots);
}

/** JSON of the author's own: every string, number and key is text. */
export function dataPart(value: ParsedJson, place: SlotPlace, slots: SlotCollector): Part {
  switch (value.type) {
    case "string":
      return slots.text(value.value, place);
    case "number":
      return slots.number(value.raw, place);
    case "literal":
      return () => value;
    case "array":
      return listPart(value.items.map((item, i) => dataPart(item, { ...place, path: `${place.path}[${i}]` }, slots)));
    case "object":
      return mapPart(value, place, slots, dataPart);
  }
}

type Reader = (value: ParsedJson, place: SchemaPlace, slots: SlotCollector) => Part;

function listPart(parts: readonly Part[]): Part {
  return (rendering) => jsonArray(parts.map((part) => part(rendering)).filter((item) => item !== undefined));
}

/** An object whose keys are text: `read` reads its values. The path shows a key as `*`: it may be an identifier. */
function mapPart(value: ParsedObject, place: SchemaPlace, slots: SlotCollector, read: Reader): Part {
  const entries = (effectiveEntries(value) as ParsedObject["entries"]).map((entry) => ({
    key: slots.key(entry.key.value, place),
    value: read(
      entry.value,
      { ...place, path: `${place.path}.*`, keys: [...(place.keys ?? []), entry.key.value] },
      slots,
    ),
  }));
  return (rendering) => objectOf(entries, rendering);
}

function objectOf(entries: readonly { key: Part<JsonString>; value: Part }[], rendering: Rendering): JsonValue {
  const rendered: JsonEntry[] = [];
  for (const entry of entries) {
    const key = entry.key(rendering);
    const value = entry.value(rendering);
    if (key !== undefined && value !== undefined) rendered.push({ key, value });
  }
  return { type: "object", entries: rendered };
}

interface KeywordPart {
  readonly keyword: string;
  readonly key: Part<JsonString>;
  readonly value: Part;
}

function nodePart(node: ParsedObject, place: SchemaPlace, slots: SlotCollector): Part {
  const ranges: [number, number][] = [];
  const parts = (effectiveEntries(node) as ParsedObject["entries"]).map(({ key, value }): KeywordPart => {
    const keyword = key.value;
    const known = isSchemaKeyword(keyword);
    const before = slots.slots.length;
    const part = keywordPart(keyword, value, { ...place, path: `${place.path}.${known ? keyword : "*"}` }, slots);
    if (DATA_KEYWORDS.has(keyword)) ranges.push([before, slots.slots.length]);
    return { keyword, key: known ? () => key : slots.key(keyword, place), value: part };
  });
  return (rendering) => {
    const masked = ranges.flatMap(([from, to]) =>
      slots.slots.slice(from, to).filter((_, i) => rendering.of(from + i).length > 0),
    );
    if (masked.length === 0) {
      const written = objectOf(parts, rendering);
      return place.strict && lacksRoom(node, rendering.tokens) ? withTokenAlternative(written) : written;
    }
    const numeric = masked.some((slot) => slot.numeric);
    return objectOf(
      parts
        .filter((part) => !CONSTRAINT_KEYWORDS.has(part.keyword))
        .map((part) => (numeric && part.keyword === "type" ? { ...part, value: widened(part.value) } : part)),
      rendering,
    );
  };
}

/** A type that lets a token in: `integer` becomes `string`, with `integer` still there for values that were not masked. */
function widened(type: Part): Part {
  return (rendering) => {
    const value = type(rendering);
    if (value?.type === "string") return value.value === "string" ? value : jsonArray([jsonString("string"), value]);
    if (value?.type !== "array") return value;
    const has = value.items.some((item) => item.type === "string" && item.value === "string");
    return has ? value : jsonArray([jsonString("string"), ...value.items]);
  };
}

function keywordPart(keyword: string, value: ParsedJson, place: SchemaPlace, slots: SlotCollector): Part {
  if (DATA_KEYWORDS.has(keyword)) return dataPart(value, place, slots);
  if (value.type === "array" && SCHEMA_LIST_KEYWORDS.has(keyword)) {
    return listPart(value.items.map((item, i) => schemaPart(item, { ...place, path: `${place.path}[${i}]` }, slots)));
  }
  if (value.type === "object" && SCHEMA_MAP_KEYWORDS.has(keyword)) return mapPart(value, place, slots, schemaPart);
  if (SCHEMA_KEYWORDS.has(keyword)) return schemaPart(value, place, slots);
  if (PROPERTY_LIST_KEYWORDS.has(keyword)) return propertyListPart(value, place, slots);
  if (keyword === "type" && isTypes(value)) return () => value;
  if (keyword === "format" && value.type === "string" && SCHEMA_FORMATS.has(value.value)) return () => value;
  if (keyword === "$ref" && value.type === "string" && value.value.startsWith("#")) {
    return referencePart(value.value, place, slots);
  }
  if (value.type === "number" && isSchemaKeyword(keyword)) return boundPart(value.raw, place, slots);
  return dataPart(value, place, slots);
}

function isTypes(value: ParsedJson): boolean {
  if (value.type === "array") return value.items.every(isTypes);
  return value.type === "string" && SCHEMA_TYPES.has(value.value);
}

/** A limit such as `minimum`: it cannot be a token, so a masked one is left out. */
function boundPart(raw: string, place: SlotPlace, slots: SlotCollector): Part {
  const number = slots.number(raw, place);
  return (rendering) => {
    const value = number(rendering);
    return value?.type === "number" ? value : undefined;
  };
}

/** Names of properties follow the properties: the same text is the same slot. */
function propertyListPart(value: ParsedJson, place: SlotPlace, slots: SlotCollector): Part {
  if (value.type === "string") return slots.key(value.value, place);
  if (value.type === "array") return listPart(value.items.map((item) => propertyListPart(item, place, slots)));
  if (value.type === "object") return mapPart(value, place, slots, propertyListPart);
  return dataPart(value, place, slots);
}

/** `#/$defs/Name`: each step follows the key that it names. */
function referencePart(reference: string, place: SlotPlace, slots: SlotCollector): Part {
  const steps = reference.split("/").map((step) => {
    if (step === "#" || isSchemaKeyword(step)) return () => jsonString(step);
    return slots.key(step, place);
  });
  return (rendering) => jsonString(steps.map((step) => step(rendering)?.value ?? "").join("/"));
}
