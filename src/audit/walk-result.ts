/** What a walk over the chain starts from, is put against, and finds. */

/** Where a line lies: byte offset in its segment, and its length without the newline. */
export interface LinePosition {
  readonly segment: number;
  readonly offset: number;
  readonly length: number;
}

/** The state of the chain after a line: `offset` is where the next line of that segment begins. */
export interface ChainState {
  readonly segment: number;
  readonly offset: number;
  readonly seq: number;
  readonly hash: string;
}

/** Something outside the chain that says which hash the event `seq` had. */
export interface Pin {
  readonly seq: number;
  readonly hash: string;
  readonly source: "checkpoint" | "projection" | "anchor";
}

export interface LogBreak {
  /** File name without its folder. */
  readonly file: string;
  readonly segment: number;
  /** From 1. */
  readonly line: number;
  /** What its seq is or should have been; null where that is not known. */
  readonly seq: number | null;
  /** For people, without any content of the line. */
  readonly reason: string;
}

export interface Acknowledgement {
  /** The place that a `chain_broken` event names. */
  readonly segment: number;
  readonly at_seq: number;
  /** The segment that was begun with that event, because nothing could be added to the one before. */
  readonly begun: number | null;
}

export interface WalkResult {
  readonly breaks: readonly LogBreak[];
  /** Events that stand. */
  readonly events: number;
  readonly first_seq: number | null;
  readonly last_seq: number;
  /** Hash of the last line that stands. */
  readonly head_hash: string;
  /** Hash of the event `last_seq`; null when the walk met no event. */
  readonly last_event_hash: string | null;
  /** Where the walk began, when that is not the beginning of the chain: what came before was not looked at. */
  readonly began_at: { readonly segment: number; readonly seq: number } | null;
  /** After the last line that stands; null when there is none. */
  readonly end: ChainState | null;
  /** Bytes after the last newline of the last segment: a crash in the middle of a write, or a cut. */
  readonly torn: { readonly segment: number; readonly offset: number; readonly bytes: number } | null;
  /** Bytes that a failed write left behind and that a later segment disowns. */
  readonly abandoned_bytes: number;
  /** Breaks that the log itself tells of (`chain_broken` events). */
  readonly acknowledged: readonly Acknowledgement[];
  /** Segments that are gone by retention. */
  readonly purged_segments: readonly number[];
  readonly last_pin_seq: number | null;
  /** By what the log itself tells, a checkpoint of this seq or a later one was written. */
  readonly checkpoint_due: number;
  /** Number of the last line looked at in the last file. */
  readonly last_line: number;
  readonly bytes: number;
}
