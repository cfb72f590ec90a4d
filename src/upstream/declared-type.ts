import { type JsonObject, type JsonValue, member } from "../json/value.ts";
import type { DeclaredType } from "../rehydrate/text.ts";
import { isTokenAlternative, typeNames } from "./token-alternative.ts";

/** References and alternatives followed before a schema counts as unknown. */
const MAX_STEPS = 64;

/**
 * What a JSON schema says of the value at `keys` (array items have no key of their own): `number` when it must be one,
 * `text` when it may be a string and no number, `any` when it may be both or the schema does not say.
 */
export function declaredType(schema: JsonValue | undefined, keys: readonly string[]): DeclaredType {
  if (schema === undefined) return "any";
  const budget = { steps: MAX_STEPS };
  let nodes = settle([schema], schema, budget);
  for (const key of keys) {
    nodes = settle(
      nodes.flatMap((node) => childrenOf(node, key)),
      schema,
      budget,
    );
  }
  const types = new Set(nodes.flatMap(typeNames));
  const number = types.has("number") || types.has("integer");
  if (number) return types.has("string") ? "any" : "number";
  return types.has("string") ? "text" : "any";
}

/** The schemas that a value may follow: references resolved, alternatives and array items laid side by side. */
function settle(nodes: readonly JsonValue[], root: JsonValue, budget: { steps: number }): JsonObject[] {
  const settled: JsonObject[] = [];
  const queue = [...nodes];
  for (let node = queue.pop(); node && budget.steps > 0; node = queue.pop()) {
    if (node.type !== "object" || isTokenAlternative(node)) continue;
    budget.steps--;
    settled.push(node);
    const reference = member(node, "$ref");
    if (reference?.type === "string") queue.push(...resolve(root, reference.value));
    for (const keyword of ["anyOf", "oneOf", "allOf"]) {
      const list = member(node, keyword);
      if (list?.type === "array") queue.push(...list.items);
    }
    const items = member(node, "items");
    if (items) queue.push(items);
  }
  return settled;
}

function resolve(root: JsonValue, reference: string): JsonValue[] {
  if (!reference.startsWith("#")) return [];
  let node: JsonValue | undefined = root;
  for (const step of reference.split("/").slice(1)) {
    node = node?.type === "object" ? member(node, step.replaceAll("~1", "/").replaceAll("~0", "~")) : undefined;
  }
  return node ? [node] : [];
}

function childrenOf(node: JsonObject, key: string): JsonValue[] {
  const properties = member(node, "properties");
  const child = properties?.type === "object" ? member(properties, key) : undefined;
  if (child) return [child];
  const additional = member(node, "additionalProperties");
  return additional?.type === "object" ? [additional] : [];
}
