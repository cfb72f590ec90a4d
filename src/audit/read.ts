/** Reading single events by where they lie. Each line is checked against its own hash before anybody is shown it. */
import { MaskerError } from "../errors.ts";
import { checkLine } from "./chain.ts";
import type { AuditEvent } from "./event.ts";
import { type LogFiles, nodeFiles, readRange } from "./files.ts";
import { type InclusionProof, inclusionPath, leafHash, treeHash } from "./merkle.ts";
import { segmentPath } from "./segment.ts";
import type { LinePosition } from "./walk.ts";

export interface StoredEvent {
  readonly event: AuditEvent;
  /** Its line as stored: the leaf of its session's Merkle tree. */
  readonly line: string;
}

export interface EventReader {
  /**
   * Events in the order of `places`.
   * @throws MaskerError internal_error when a line is not where it should be or does not fit its hash.
   */
  readEvents(places: readonly LinePosition[]): Promise<readonly AuditEvent[]>;
  readStored(places: readonly LinePosition[]): Promise<readonly StoredEvent[]>;
}

/** Reader of the log at `path`; independent of the writer. */
export function createEventReader({
  path,
  key,
  files = nodeFiles,
}: {
  readonly path: string;
  readonly key: Uint8Array;
  readonly files?: LogFiles;
}): EventReader {
  async function readStored(places: readonly LinePosition[]): Promise<readonly StoredEvent[]> {
    const found: StoredEvent[] = new Array(places.length);
    for (const segment of new Set(places.map((place) => place.segment))) {
      const file = await files.open(segmentPath(path, segment), "read").catch((thrown) => unreadable(thrown));
      try {
        for (const [index, place] of places.entries()) {
          if (place.segment !== segment) continue;
          const bytes = await readRange(file, place.offset, place.length);
          const checked = checkLine(key, null, bytes, 0, bytes.length);
          if (!checked.ok || bytes.length !== place.length) return unreadable(null);
          found[index] = { event: checked.record as unknown as AuditEvent, line: bytes.toString("utf8") };
        }
      } finally {
        await file.close();
      }
    }
    return found;
  }
  return {
    readStored,
    readEvents: async (places) => (await readStored(places)).map(({ event }) => event),
  };
}

function unreadable(cause: unknown): never {
  throw new MaskerError("internal_error", {
    message: "An event of the audit log cannot be read: verify the chain.",
    cause,
  });
}

/** Of a session that lies partly in a purged segment the root cannot be made again: no proof and no report is made of it. */
export function partlyPurged(): MaskerError {
  return new MaskerError("session_not_found", { message: "Retention purged events of this session from the log." });
}

/** That one event is among those over which its session's `merkle_root_hex` was made. */
export interface EventProof extends InclusionProof {
  readonly event_id: string;
  /** The line whose leaf hash it is: SHA-256(0x00 || line). */
  readonly line: string;
}

/** Proof for an event of a session, given all the session's stored events in order; null when it is not in the tree. */
export function proveEvent(stored: readonly StoredEvent[], eventId: string): EventProof | null {
  const tree = sessionTree(stored);
  const index = tree.findIndex(({ event }) => event.event_id === eventId);
  const chosen = tree[index];
  if (chosen === undefined) return null;
  const hashes = tree.map(({ line }) => leafHash(line));
  return {
    event_id: eventId,
    line: chosen.line,
    leaf_hash: hashes[index]!,
    leaf_index: index,
    tree_size: tree.length,
    path: inclusionPath(hashes, index),
    root_hash: treeHash(hashes),
  };
}

/** A session's tree ends with its completion: what is said of it later (a payload was read) is no part of it. */
function sessionTree(stored: readonly StoredEvent[]): readonly StoredEvent[] {
  const end = stored.findIndex(({ event }) => event.kind === "session_completed");
  return end < 0 ? stored : stored.slice(0, end + 1);
}
