/**
 * Collects the text slots of a request while it is read, and fills them again when it is rendered. Reading a field gives
 * a `Part`: a function that makes the field's JSON from the replacements, so that what was read and what is written can
 * never drift apart.
 */
import type { Role } from "../detect/detector.ts";
import { applyEdits, replaced, type TextLeaf, textLeaves } from "../json/leaves.ts";
import { JsonError } from "../json/parse.ts";
import { type JsonString, type JsonValue, jsonString } from "../json/value.ts";
import { parseToken } from "../tokens/token.ts";
import { Aliases, type NameFamily } from "./aliases.ts";
import { invalid } from "./shape.ts";
import type { TokensGiven } from "./token-alternative.ts";
import type { MediaPart, RenderOptions, Replacement, RequestSlot } from "./wire-format.ts";

/** Makes a field for the outgoing body; undefined leaves it out. */
export type Part<T extends JsonValue = JsonValue> = (rendering: Rendering) => T | undefined;

export interface Rendering {
  readonly options: RenderOptions;
  readonly aliases: Aliases;
  readonly tokens: TokensGiven;
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

/** More texts than a model could read: each costs time in every stage, on the thread that serves all calls. */
const MAX_SLOTS = 100_000;

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
    return ({ of }) => {
      const edits = leaves.flatMap(({ leaf, slot }) => leaf.edits(of(slot)));
      return jsonString(applyEdits(value, edits));
    };
  }

  /** A bare number of the body: a string once any part of it is replaced. */
  number(raw: string, place: SlotPlace): Part {
    const slot = this.#add(new Slot(raw, place, { numeric: true }));
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
    const slot = this.#add(new Slot(name.replace(/[_-]/g, " "), place, {}));
    this.#names.push({ family, name, slot });
    return ({ aliases }) => jsonString(aliases.of(family, name));
  }

  rendering(replacements: readonly (readonly Replacement[])[], options: RenderOptions): Rendering {
    const of = (slot: number) => replacements[slot] ?? [];
    const aliases = new Aliases(this.#names);
    for (const { family, name, slot } of this.#names) if (of(slot).length > 0) aliases.hide(family, name);
    return { options, aliases, of, tokens: this.#tokensGiven(of) };
  }

  #tokensGiven(of: Rendering["of"]): TokensGiven {
    let any = false;
    let numeric = false;
    for (const [i, slot] of this.slots.entries()) {
      for (const { start, end, text } of of(i)) {
        const tells = !any || (!numeric && /^-?[0-9.]+$/.test(slot.text.slice(start, end)));
        if (!tells || parseToken(text) === null) continue;
        any = true;
        numeric ||= /^-?[0-9.]+$/.test(slot.text.slice(start, end));
      }
    }
    return { any, numeric };
  }

  #leafSlot(leaf: TextLeaf, place: SlotPlace): number {
    if (leaf.type === "key") return this.#keySlot(leaf.text, place, leaf);
    return this.#add(new Slot(leaf.text, place, { leaf, numeric: leaf.type === "number" }));
  }

  #keySlot(text: string, place: SlotPlace, leaf?: TextLeaf): number {
    const known = this.#keySlots.get(text);
    if (known !== undefined) return known;
    const slot = this.#add(new Slot(text, place, { leaf, isKey: true }));
    this.#keySlots.set(text, slot);
    return slot;
  }

  #add(slot: Slot): number {
    if (this.slots.length >= MAX_SLOTS) throw invalid(slot.path, "brings the number of texts over the limit");
    return this.slots.push(slot) - 1;
  }
}

interface SlotTraits {
  readonly leaf?: TextLeaf | undefined;
  readonly numeric?: boolean;
  readonly isKey?: boolean;
}

class Slot implements RequestSlot {
  readonly text: string;
  readonly path: string;
  readonly message: number | null;
  readonly role: Role;
  readonly numeric: boolean;
  readonly isKey: boolean;
  readonly key?: string;
  readonly #leaf: TextLeaf | undefined;

  constructor(text: string, { path, message, role, keys = [] }: SlotPlace, traits: SlotTraits) {
    const { leaf, numeric = false, isKey = false } = traits;
    const allKeys = leaf && leaf.keys.length > 0 ? [...keys, ...leaf.keys] : keys;
    this.text = text;
    this.path = path;
    this.message = message;
    this.role = role;
    this.numeric = numeric;
    this.isKey = isKey;
    if (allKeys.length > 0) this.key = allKeys.join(".");
    this.#leaf = leaf;
  }

  locate(start: number, end: number): readonly [number, number] {
    return this.#leaf ? this.#leaf.locate(start, end) : [start, end];
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
