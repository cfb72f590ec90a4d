/**
 * The text leaves of a text: when it is JSON, every string, number and key in it, and so on inside each string that is
 * JSON itself; else the text as one leaf. A leaf knows where it stands in the source and how text is put in its place.
 */
import { JsonError, type ParsedJson, type ParsedObject, type ParsedString, parseJson } from "./parse.ts";
import { composed, IDENTITY, looselyDecoded, type SourceMap, shifted, stringSourceMap } from "./source-map.ts";
import { jsonEscape } from "./value.ts";

/** Strings within strings beyond this are refused: nobody writes them, and each level doubles the backslashes. */
export const MAX_STRING_LEVELS = 6;

export interface LeafReplacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** New source text for `[start, end)`. */
export interface SourceEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface TextLeaf {
  readonly type: "text" | "number" | "key";
  /** Decoded; a number's digits as written. */
  readonly text: string;
  /** Keys of the objects around it, outermost first; a key leaf's own key is not among them. */
  readonly keys: readonly string[];
  /** Source range of `[start, end)` of the text. */
  locate(start: number, end: number): readonly [number, number];
  /** What to change in the source; `replacements` sorted and disjoint. A replaced number becomes a quoted string. */
  edits(replacements: readonly LeafReplacement[]): readonly SourceEdit[];
}

/**
 * Takes a text apart.
 * @throws JsonError too_deep or too_large for JSON beyond the bounds; a text that is not JSON is one leaf, never an error.
 */
export function textLeaves(text: string): TextLeaf[] {
  const leaves: TextLeaf[] = [];
  walkText(text, { keys: [], level: 0, map: IDENTITY }, leaves);
  return leaves;
}

/** The leaves of a parsed value; offsets are those of `source`, that it was parsed from. */
export function valueLeaves(source: string, value: ParsedJson): TextLeaf[] {
  const leaves: TextLeaf[] = [];
  walkValue(source, value, { keys: [], level: 0, map: IDENTITY }, leaves);
  return leaves;
}

/** The source with its edits made; edits are disjoint, in any order. */
export function applyEdits(source: string, edits: readonly SourceEdit[]): string {
  let out = "";
  let from = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    out += source.slice(from, edit.start) + edit.text;
    from = edit.end;
  }
  return out + source.slice(from);
}

/** A text with replacements made in it; sorted and disjoint. */
export function replaced(text: string, replacements: readonly LeafReplacement[]): string {
  return replacements.length === 0 ? text : applyEdits(text, replacements);
}

/** Where a walk stands: JSON strings around the text (`level`), and the way from its characters to the source. */
interface Place {
  readonly keys: readonly string[];
  readonly level: number;
  readonly map: SourceMap;
}

/** The JSON document that a text is, or null. Bare words, numbers and prose are text. */
function embedded(text: string): ParsedJson | null {
  if (!/^\s*[[{"]/.test(text)) return null;
  try {
    return parseJson(text, { controlCharacters: true });
  } catch (error) {
    // Without a backslash nothing in it is hidden from a reader of the plain text, however deep it is.
    if (error instanceof JsonError && (error.code === "syntax" || !text.includes("\\"))) return null;
    throw error;
  }
}

function walkText(text: string, place: Place, leaves: TextLeaf[]): void {
  const document = embedded(text);
  if (document) {
    walkValue(text, document, place, leaves);
    return;
  }
  const view = looselyDecoded(text);
  leaves.push(stringLeaf("text", view.text, { ...place, map: composed(place.map, view.map) }));
}

function walkValue(source: string, value: ParsedJson, place: Place, leaves: TextLeaf[]): void {
  switch (value.type) {
    case "object":
      walkObject(source, value, place, leaves);
      return;
    case "array":
      for (const item of value.items) walkValue(source, item, place, leaves);
      return;
    case "string":
      if (place.level >= MAX_STRING_LEVELS) throw new JsonError("too_deep", value.start);
      walkText(value.value, inside(source, value, place), leaves);
      return;
    case "number":
      leaves.push(numberLeaf(value.raw, value.start, place));
      return;
    case "literal":
      return;
  }
}

function walkObject(source: string, object: ParsedObject, place: Place, leaves: TextLeaf[]): void {
  for (const { key, value } of object.entries) {
    leaves.push(stringLeaf("key", key.value, inside(source, key, place)));
    walkValue(source, value, { ...place, keys: [...place.keys, key.value] }, leaves);
  }
}

/** The place between the quotes of a string. */
function inside(source: string, text: ParsedString, place: Place): Place {
  const inner = stringSourceMap(source, text.start, text.value.length, text.end);
  return { keys: place.keys, level: place.level + 1, map: composed(place.map, inner) };
}

function stringLeaf(type: "text" | "key", text: string, { keys, level, map }: Place): TextLeaf {
  return {
    type,
    text,
    keys,
    locate: (start, end) => [map(start), map(end)],
    edits: (replacements) =>
      replacements.map((r) => ({ start: map(r.start), end: map(r.end), text: jsonEscape(r.text, level) })),
  };
}

function numberLeaf(raw: string, at: number, { keys, level, map: around }: Place): TextLeaf {
  const map = composed(around, shifted(at));
  return {
    type: "number",
    text: raw,
    keys,
    locate: (start, end) => [map(start), map(end)],
    edits: (replacements) =>
      replacements.length === 0
        ? []
        : [
            {
              start: map(0),
              end: map(raw.length),
              text: jsonEscape(JSON.stringify(replaced(raw, replacements)), level),
            },
          ],
  };
}
