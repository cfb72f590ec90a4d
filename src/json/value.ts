/** JSON as data: numbers keep their digits, objects their order, their duplicates and every key, `__proto__` included. */
export type JsonValue = JsonObject | JsonArray | JsonString | JsonNumber | JsonLiteral;

export interface JsonObject {
  readonly type: "object";
  readonly entries: readonly JsonEntry[];
}

export interface JsonEntry {
  readonly key: JsonString;
  readonly value: JsonValue;
}

export interface JsonArray {
  readonly type: "array";
  readonly items: readonly JsonValue[];
}

export interface JsonString {
  readonly type: "string";
  /** Decoded; may hold lone surrogates. */
  readonly value: string;
}

export interface JsonNumber {
  readonly type: "number";
  /** As written: `12345678901234567890`, `1.0`. */
  readonly raw: string;
}

export interface JsonLiteral {
  readonly type: "literal";
  readonly value: true | false | null;
}

export const JSON_NULL: JsonLiteral = { type: "literal", value: null };

export function jsonString(value: string): JsonString {
  return { type: "string", value };
}

export function jsonNumber(value: number): JsonNumber {
  return { type: "number", raw: String(value) };
}

export function jsonLiteral(value: true | false | null): JsonLiteral {
  return { type: "literal", value };
}

export function jsonArray(items: readonly JsonValue[]): JsonArray {
  return { type: "array", items };
}

/** An object of the given members; those whose value is undefined are left out. */
export function jsonObject(members: Iterable<readonly [string, JsonValue | undefined]>): JsonObject {
  const entries: JsonEntry[] = [];
  for (const [key, value] of members) if (value !== undefined) entries.push({ key: jsonString(key), value });
  return { type: "object", entries };
}

/** The value of a key, the last one when it stands twice, as parsers read it; undefined when absent. */
export function member(object: JsonObject, key: string): JsonValue | undefined {
  return object.entries.findLast((entry) => entry.key.value === key)?.value;
}

/** The entries that count: of a duplicate key the last value, in the place of the first. */
export function effectiveEntries(object: JsonObject): readonly JsonEntry[] {
  const { entries } = object;
  if (entries.length < 2) return entries;
  const byKey = new Map<string, JsonEntry>();
  for (const entry of entries) byKey.set(entry.key.value, entry);
  return byKey.size === entries.length ? entries : [...byKey.values()];
}

/** The object with each value mapped; undefined leaves a member out. */
export function mapMembers(
  object: JsonObject,
  map: (key: string, value: JsonValue) => JsonValue | undefined,
): JsonObject {
  return {
    type: "object",
    entries: effectiveEntries(object).flatMap((entry) => {
      const value = map(entry.key.value, entry.value);
      return value === undefined ? [] : [{ key: entry.key, value }];
    }),
  };
}

/** Compact text. Duplicate keys are gone: a second parser must not see another value than the first. */
export function writeJson(value: JsonValue): string {
  switch (value.type) {
    case "string":
      return JSON.stringify(value.value);
    case "number":
      return value.raw;
    case "literal":
      return String(value.value);
    case "array":
      return `[${value.items.map(writeJson).join(",")}]`;
    case "object":
      return `{${effectiveEntries(value)
        .map((entry) => `${JSON.stringify(entry.key.value)}:${writeJson(entry.value)}`)
        .join(",")}}`;
  }
}

/** The text as it stands between the quotes of a JSON string, escaped `depth` times: once for each string around it. */
export function jsonEscape(text: string, depth = 1): string {
  let escaped = text;
  for (let i = 0; i < depth; i++) escaped = JSON.stringify(escaped).slice(1, -1);
  return escaped;
}
