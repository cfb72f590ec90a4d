/** Reading fields of a request with the type they must have. Errors name the path and what was expected, never the input. */
import { MaskerError } from "../errors.ts";
import type { ParsedArray, ParsedJson, ParsedObject } from "../json/parse.ts";

/** The error for a field that cannot be read. `expectation` is a fixed phrase. */
export function invalid(path: string, expectation: string): MaskerError {
  return new MaskerError("validation_failed", {
    message: `The request failed validation: ${path} ${expectation}.`,
    details: [{ path, message: expectation }],
  });
}

/** A member that is there and is not null. A duplicate key counts with its last value. */
export function field(object: ParsedObject, key: string): ParsedJson | undefined {
  const value = object.entries.findLast((entry) => entry.key.value === key)?.value;
  return value?.type === "literal" && value.value === null ? undefined : value;
}

export function asObject(value: ParsedJson, path: string): ParsedObject {
  if (value.type !== "object") throw invalid(path, "must be an object");
  return value;
}

export function asArray(value: ParsedJson, path: string): ParsedArray {
  if (value.type !== "array") throw invalid(path, "must be an array");
  return value;
}

export function asString(value: ParsedJson, path: string): string {
  if (value.type !== "string") throw invalid(path, "must be a string");
  return value.value;
}

export function asBoolean(value: ParsedJson, path: string): boolean {
  if (value.type !== "literal" || value.value === null) throw invalid(path, "must be a boolean");
  return value.value;
}

/** The digits as written. */
export function asNumber(value: ParsedJson, path: string): string {
  if (value.type !== "number") throw invalid(path, "must be a number");
  return value.raw;
}

export function requiredField(object: ParsedObject, key: string, path: string): ParsedJson {
  const value = field(object, key);
  if (value === undefined) throw invalid(`${path}.${key}`, "is required");
  return value;
}
