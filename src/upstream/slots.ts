/**
 * Collects the text slots of a request while it is read, and fills them again when it is rendered. Reading a field gives
 * a `Part`: a function that makes the field's JSON from the replacements, so that what was read and what is written can
 * never drift apart.
 */
import type { Role } from "../detect/detector.ts";
import { applyEdits, replaced, type TextLeaf, textLeaves } from "../json/leaves.ts";
import { JsonError } from "../json/parse.ts";
import { type JsonString, type JsonValue, jsonString } from "../json/value.ts";
import { Aliases, type NameFamily } from "./aliases.ts";
import { invalid } from "./shape.ts";
import type { MediaPart, RenderOptions, Replacement, RequestSlot } from "./wire-format.ts";

/** Makes a field for the outgoing body; undefined leaves it out. */
export type Part<T extends JsonValue = JsonValue> = (rendering: Rendering) => T | undefined;

export interface Rendering {
  readonly options: RenderOptions;
  readonly aliases: Aliases;
  /** The replacements of a slot. */
  of(slot: number): readonly Replacement[];
}

/** Where a text stands; `keys` are JSON keys that tell detection what it is. */
export interface SlotPlace {
  readonly path: string;
  readonly message: number | null;
  readonly role: Role;
  readonly keys?: readonly string[];
}

interface NameUse {
  readonly family: NameFamily;
  readonly name: string;
  readonly slot: number;
}

export class SlotCollector {
  readonly slots: RequestSlot[] = [];
  readonly media: MediaPart[] = [];
  readonly #names: NameUse[] = [];
  /** A key is one slot however often it stands in the request: the same columns come again in every record. */
  readonly #keySlots = new Map<string, number>();

  /** Text that may be JSON: its strings, numbers and keys become slots of their own. */
  text(value: string, place: SlotPlace): Part<JsonString> {
    const leaves = leavesOf(value, place.path).map((leaf) => ({ leaf, slot: this.#leafSlot(leaf, place) }));
    return ({ of }) =>
      jsonString(
        applyEdits(
          value,
          leaves.flatMap(({ leaf, slot }) => leaf.edits(of(slot))),
        ),
      );
  }

  /** A bare number of the body: a string once any part of it is replaced. */
  number(raw: string, place: SlotPlace): Part {
    const slot = this.#add(raw, place, { numeric: true });
    return ({ of }) => (of(slot).length === 0 ? { type: "number", raw } : jsonString(replaced(raw, of(slot))));
  }

  /** A key of an object. */
  key(text: string, place: SlotPlace): Part<JsonString> {
    const slot = this.#keySlot(text, place);
    return ({ of }) => jsonString(replaced(text, of(slot)));
  }

  /**
   * A name whose alphabet has no room for a token (functions, call ids): an alias stands in its place wherever it is used,
   * as soon as anything was found in one use of it.
   */
  name(family: NameFamily, name: string, place: SlotPlace): Part<JsonString> {
    // Detection reads words: get_chart_of_sarah_chen. Offsets stay.
    const slot = this.#add(name.replace(/[_-]/g, " "), place, { numeric: false });
    this.#names.push({ family, name, slot });
    return ({ aliases }) => jsonString(aliases.of(family, name));
  }

  rendering(replacements: readonly (readonly Replacement[])[], options: RenderOptions): Rendering {
    const of = (slot: number) => replacements[slot] ?? [];
    const aliases = new Aliases(this.#names);
    for (const { family, name, slot } of this.#names) if (of(slot).length > 0) aliases.hide(family, name);
    return { options, aliases, of };
  }

  #leafSlot(leaf: TextLeaf, place: SlotPlace): number {
    const at = { ...place, keys: [...(place.keys ?? []), ...leaf.keys] };
    if (leaf.type === "key") return this.#keySlot(leaf.text, at, leaf);
    return this.#add(leaf.text, at, { numeric: leaf.type === "number", leaf });
  }

  #keySlot(text: string, place: SlotPlace, leaf?: TextLeaf): number {
    const known = this.#keySlots.get(text);
    if (known !== undefined) return known;
    const slot = this.#add(text, place, { numeric: false, isKey: true, ...(leaf && { leaf }) });
    this.#keySlots.set(text, slot);
    return slot;
  }

  #add(
    text: string,
    place: SlotPlace,
    { numeric, isKey, leaf }: { numeric: boolean; isKey?: true; leaf?: TextLeaf },
  ): number {
    const { path, message, role, keys = [] } = place;
    this.slots.push({
      text,
      path,
      message,
      role,
      numeric,
      ...(isKey && { isKey }),
      ...(keys.length > 0 && { key: keys.join(".") }),
      locate: leaf ? leaf.locate : (start, end) => [start, end],
    });
    return this.slots.length - 1;
  }
}

function leavesOf(text: string, path: string): TextLeaf[] {
  try {
    return textLeaves(text);
  } catch (error) {
    if (error instanceof JsonError) throw invalid(path, "holds JSON that is nested too deeply or is too large");
    throw error;
  }
}
