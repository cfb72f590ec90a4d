/**
 * What a purged segment leaves in its place, one sealed line: where its part of the chain began and ended, so that the
 * segments around it still hang together and nobody can pass off a lost segment as a purged one.
 */
import { openRecord, type RecordKeys, sealRecord } from "./sealed-record.ts";
import type { Signer } from "./signing.ts";

export interface TombstoneFields {
  readonly v: 1;
  /** Number of the segment that was purged. */
  readonly tombstone: number;
  readonly node: string;
  readonly prev_segment: number | null;
  /** `prev_hash` of the segment's header, and the hash of its last line. */
  readonly prev_hash: string;
  readonly last_hash: string;
  /** `first_seq` of its header; `last_seq` is one less when it held no event. */
  readonly first_seq: number;
  readonly last_seq: number;
  /** Times of its header and of its last event. */
  readonly created_at: string;
  readonly last_ts: string;
  /** Sessions that had begun and not ended by its last event: with their beginning gone nothing can be shown of them. */
  readonly open_sessions: readonly string[];
  readonly purged_at: string;
}

export function sealTombstone(
  fields: TombstoneFields,
  keys: { readonly key: Uint8Array; readonly signer: Signer },
): string {
  return sealRecord("tombstone", { ...fields }, keys);
}

/** True for a parsed line that claims to be a tombstone. */
export function isTombstone(record: Readonly<Record<string, unknown>>): boolean {
  return "tombstone" in record;
}

/** The tombstone of a line; null when it is not authentic. */
export function openTombstone(line: string, keys: RecordKeys): TombstoneFields | null {
  return openRecord("tombstone", line, keys) as TombstoneFields | null;
}
