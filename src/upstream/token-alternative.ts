/**
 * Room for tokens in strict schemas (protocols 5): a model that must give an integer, or a string of a pattern, cannot
 * give a token and would invent digits. Such a node gets an alternative beside itself, which means the same to everyone
 * but the model: `declaredType` does not see it.
 */
import { type JsonObject, type JsonValue, jsonArray, jsonObject, jsonString, member } from "../json/value.ts";

const DESCRIPTION = "A token that stands for the value, exactly as given.";

const TOKEN_ALTERNATIVE = jsonObject([
  ["type", jsonString("string")],
  ["description", jsonString(DESCRIPTION)],
]);

/** Keywords that may forbid a string the form of a token. */
const STRING_LIMITS = ["format", "maxLength", "pattern"];

/** Which originals were replaced by tokens in a request. */
export interface TokensGiven {
  readonly any: boolean;
  /** Some of them numbers. */
  readonly numeric: boolean;
}

/** True when the model could not answer with a token where it should. */
export function lacksRoom(node: JsonObject, tokens: TokensGiven): boolean {
  if (member(node, "enum") || member(node, "const")) return false;
  const types = typeNames(node);
  const string = types.includes("string");
  if (types.includes("integer") || types.includes("number")) return tokens.numeric && !string;
  return tokens.any && string && STRING_LIMITS.some((keyword) => member(node, keyword) !== undefined);
}

export function withTokenAlternative(node: JsonValue): JsonObject {
  return jsonObject([["anyOf", jsonArray([node, TOKEN_ALTERNATIVE])]]);
}

export function isTokenAlternative(node: JsonObject): boolean {
  const description = member(node, "description");
  return description?.type === "string" && description.value === DESCRIPTION;
}

/** The names in a schema's `type`. */
export function typeNames(node: JsonObject): readonly string[] {
  const type = member(node, "type");
  if (type?.type === "string") return [type.value];
  if (type?.type === "array") return type.items.flatMap((item) => (item.type === "string" ? [item.value] : []));
  return [];
}
