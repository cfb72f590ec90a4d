import type { AuditEvent } from "./event.ts";
import type { LogFiles } from "./files.ts";
import type { SegmentFile } from "./segment.ts";
import type { TombstoneFields } from "./tombstone.ts";
import type { ChainState, LinePosition, Pin } from "./walk-result.ts";

/** Gets each event that stands; `line` is its stored bytes, valid during the call only. */
export type EventVisitor = (event: AuditEvent, position: LinePosition, line: Buffer) => void;

export interface WalkOptions {
  readonly key: Uint8Array;
  /** Of the log: names what is missing. */
  readonly path: string;
  readonly segments: readonly SegmentFile[];
  readonly publicKey?: Uint8Array;
  readonly files?: LogFiles;
  /** Begin after this line instead of at the first segment; its hash is taken as given. */
  readonly from?: ChainState;
  /**
   * Stop here: the walk of a log that is being written must not look beyond what is durable. With `seq`, later pins are
   * left out too.
   */
  readonly until?: { readonly segment: number; readonly offset: number; readonly seq?: number };
  /** Sorted by seq. */
  readonly pins?: readonly Pin[];
  /** The first file may be a later segment than its name says, and need not be the first of all (a copy). */
  readonly partial?: boolean;
  readonly visit?: EventVisitor;
  /** Gets the stored bytes of each event that stands and its this_hash, without the cost of parsing. */
  readonly visitLine?: (line: Buffer, thisHash: string) => void;
  /** Gets what stands in the place of each purged segment. */
  readonly visitTombstone?: (tombstone: TombstoneFields) => void;
  /** Bytes done and bytes in all, after every chunk. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Bytes read at once; the thread is held for the time of one chunk. */
  readonly chunkBytes?: number;
  /** Awaited after every chunk, to leave the thread to others. */
  readonly pause?: () => Promise<void>;
  readonly signal?: AbortSignal;
}
