/**
 * JSON Canonicalization Scheme (RFC 8785): members sorted by UTF-16 code units, no white space, ECMAScript's own forms of
 * numbers and strings. Equal data gives equal bytes, which is what makes a hash over it mean something.
 */
/**
 * Canonical text of `value`; members that are undefined are left out, as JSON.stringify does.
 * @throws TypeError for a number that is not finite, for a lone surrogate (RFC 8785, 3.2.2) and for anything that is no JSON.
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case "string":
      return canonicalString(value);
    case "number":
      if (!Number.isFinite(value)) throw new TypeError("canonical JSON holds finite numbers only");
      return JSON.stringify(value);
    case "boolean":
      return value ? "true" : "false";
    case "object":
      if (value === null) return "null";
      if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
      return canonicalObject(value as Record<string, unknown>);
    default:
      throw new TypeError(`canonical JSON cannot hold a ${typeof value}`);
  }
}

function canonicalString(text: string): string {
  if (!text.isWellFormed()) throw new TypeError("canonical JSON holds well-formed strings only");
  return JSON.stringify(text);
}

function canonicalObject(object: Record<string, unknown>): string {
  return `{${canonicalMembers(object)
    .map(({ text }) => text)
    .join(",")}}`;
}

/** The members of an object in canonical order, each as `"name":value`. */
export function canonicalMembers(object: Readonly<Record<string, unknown>>): { name: string; text: string }[] {
  const members: { name: string; text: string }[] = [];
  // Array.prototype.sort without a comparator compares UTF-16 code units, which is the order that the RFC asks for.
  for (const name of Object.keys(object).sort()) {
    const value = object[name];
    if (value !== undefined) members.push({ name, text: `${canonicalString(name)}:${canonicalJson(value)}` });
  }
  return members;
}

/**
 * True when `text` is the canonical form of `parsed`, its own JSON.parse. Mostly much cheaper than writing it anew:
 * JSON.stringify already has the RFC's strings and numbers, so that only the order of members is left to look at. The slow
 * way is for what engines reorder (member names that are integers) and for text that is not canonical.
 */
export function isCanonical(text: string, parsed: unknown): boolean {
  if (isSorted(parsed) && JSON.stringify(parsed) === text) return text.isWellFormed();
  try {
    return canonicalJson(parsed) === text;
  } catch {
    return false;
  }
}

function isSorted(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(isSorted);
  let last = "";
  let first = true;
  for (const name in value) {
    if (!first && name <= last) return false;
    first = false;
    last = name;
    const member = (value as Record<string, unknown>)[name];
    if (typeof member === "object" && !isSorted(member)) return false;
  }
  return true;
}
