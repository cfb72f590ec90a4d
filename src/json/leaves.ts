/**
 * The text leaves of a text: when it is JSON, every string, number and key in it, and so on inside each string that is
 * JSON itself; else the text as one leaf. A leaf knows where it stands in the source and how text is put in its place.
 */
import { JsonError, type ParsedJson, type ParsedString, parseJson } from "./parse.ts";
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

/** A piece of text with its place. */
export class TextLeaf {
  readonly type: "text" | "number" | "key";
  /** Decoded; a number's digits as written. */
  readonly text: string;
  /** Keys of the objects around it, outermost first; a key leaf's own key is not among them. */
  readonly keys: readonly string[];
  readonly #level: number;
  readonly #map: () => SourceMap;
  #found: SourceMap | undefined;

  /** `map` is asked for only when something is located or replaced: most leaves stay as they are. */
  constructor(type: TextLeaf["type"], text: string, { keys, level, map }: LeafPlace) {
    this.type = type;
    this.text = text;
    this.keys = keys;
    this.#level = level;
    this.#map = map;
  }

  get #source(): SourceMap {
    this.#found ??= this.#map();
    return this.#found;
  }

  /** Source range of `[start, end)` of the text. */
  locate(start: number, end: number): readonly [number, number] {
    return [this.#source(start), this.#source(end)];
  }

  /** What to change in the source; `replacements` sorted and disjoint. A replaced number becomes a quoted string. */
  edits(replacements: readonly LeafReplacement[]): readonly SourceEdit[] {
    if (replacements.length === 0) return [];
    const edit = (start: number, end: number, text: string): SourceEdit => ({
      start: this.#source(start),
      end: this.#source(end),
      text: jsonEscape(text, this.#level),
    });
    if (this.type !== "number") return replacements.map(({ start, end, text }) => edit(start, end, text));
    return [edit(0, this.text.length, JSON.stringify(replaced(this.text, replacements)))];
  }
}

interface LeafPlace {
  readonly keys: readonly string[];
  /** JSON strings around the text. */
  readonly level: number;
  readonly map: () => SourceMap;
}

/**
 * Takes a text apart.
 * @throws JsonError too_deep or too_large for JSON beyond the bounds; a text that is not JSON is one leaf, never an error.
 */
export function textLeaves(text: string): TextLeaf[] {
  const leaves: TextLeaf[] = [];
  walkText(text, { keys: [], level: 0, maxLevel: MAX_STRING_LEVELS, map: () => IDENTITY, leaves });
  return leaves;
}

/**
 * The leaves of a parsed value; offsets are those of `source`, that it was parsed from. Its own strings are one level around
 * the texts that `textLeaves` takes, so that whatever one of the two reads, so does the other.
 * @throws JsonError as `textLeaves`
 */
export function valueLeaves(source: string, value: ParsedJson): TextLeaf[] {
  const leaves: TextLeaf[] = [];
  walkValue(source, value, [], { keys: [], level: 0, maxLevel: MAX_STRING_LEVELS + 1, map: () => IDENTITY, leaves });
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

/** Where a walk stands in the texts that were taken apart. */
interface Place extends LeafPlace {
  /** Strings that may be around a text. */
  readonly maxLevel: number;
  readonly leaves: TextLeaf[];
}

function walkText(text: string, place: Place): void {
  const document = embedded(text);
  if (document) {
    walkValue(text, document, place.keys, place);
    return;
  }
  const view = looselyDecoded(text);
  const { keys, level, map } = place;
  const inner = view.map === IDENTITY ? map : () => composed(map(), view.map);
  place.leaves.push(new TextLeaf("text", view.text, { keys, level, map: inner }));
}

function walkValue(source: string, value: ParsedJson, keys: readonly string[], place: Place): void {
  switch (value.type) {
    case "object":
      for (const entry of value.entries) {
        place.leaves.push(new TextLeaf("key", entry.key.value, inside(source, entry.key, keys, place)));
        walkValue(source, entry.value, [...keys, entry.key.value], place);
      }
      return;
    case "array":
      for (const item of value.items) walkValue(source, item, keys, place);
      return;
    case "string":
      if (place.level >= place.maxLevel) throw new JsonError("too_deep", value.start);
      walkText(value.value, inside(source, value, keys, place));
      return;
    case "number": {
      const { level, map } = place;
      const inner = () => composed(map(), shifted(value.start));
      place.leaves.push(new TextLeaf("number", value.raw, { keys, level, map: inner }));
      return;
    }
    case "literal":
      return;
  }
}

/** The place between the quotes of a string. */
function inside(source: string, text: ParsedString, keys: readonly string[], place: Place): Place {
  const { level, map } = place;
  // One map for all that stands in the string: made for each leaf of a long record it would be quadratic.
  let inner: SourceMap | undefined;
  return {
    ...place,
    keys,
    level: level + 1,
    map() {
      inner ??= composed(
        map(),
        stringSourceMap(source, { start: text.start, end: text.end, length: text.value.length }),
      );
      return inner;
    },
  };
}
