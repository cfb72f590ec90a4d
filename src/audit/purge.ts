/** Purging of old segments: each leaves a tombstone in its place that bridges the chain. */
import { deleteSegmentPlaces } from "../db/audit-index.ts";
import type { Db } from "../db/open.ts";
import { MaskerError } from "../errors.ts";
import { INSTALLATION_SCOPE } from "./boot.ts";
import type { AuditEvent, AuditSink, SegmentHeader } from "./event.ts";
import { type LogFile, type LogFiles, nodeFiles, readRange, replaceFile } from "./files.ts";
import { listSegments, type SegmentFile } from "./segment.ts";
import { EXCHANGE } from "./session-projection.ts";
import type { Signer } from "./signing.ts";
import { isTombstone, openTombstone, sealTombstone, type TombstoneFields } from "./tombstone.ts";
import { walkLog } from "./walk.ts";

/** A tombstone names the sessions that were open, as many as a server takes at once. */
const MAX_FIRST_LINE = 1 << 20;

export interface PurgeOptions {
  readonly db: Db;
  readonly audit: AuditSink;
  readonly path: string;
  readonly key: Uint8Array;
  readonly signer: Signer;
  readonly node: string;
  /** Epoch ms: segments whose last event is older go. The segment that is being written never does. */
  readonly before: number;
  readonly now: number;
  readonly files?: LogFiles;
}

/**
 * Purges from the oldest segment on, as far as all events of a segment are older than `before`. A segment that does not
 * verify is kept, and with it all after it: evidence is not destroyed.
 * @returns the numbers of the segments that were purged.
 * @throws MaskerError audit_unavailable when the purge cannot be logged; then nothing more is purged.
 */
export async function purgeSegments(options: PurgeOptions): Promise<number[]> {
  const { audit, db, key, signer, node, now, files = nodeFiles } = options;
  const segments = await listSegments(files, options.path);
  const purged: number[] = [];
  let previous: Previous | null = null;
  for (const [index, file] of segments.slice(0, -1).entries()) {
    const tombstone: TombstoneFields | null = await readTombstone(files, file, { key, publicKey: signer.publicKey });
    if (tombstone !== null) {
      // A crash may have come between the tombstone and this.
      await deleteSegmentPlaces(db, tombstone.last_seq);
      previous = tombstone;
      continue;
    }
    const dead = await judge(options, { file, previous, next: segments[index + 1]! });
    if (dead === null) break;
    const { events, ...fields } = dead;
    await audit.append([
      { kind: "audit_segment_purged", scope: INSTALLATION_SCOPE, body: { segment: file.segment, events } },
    ]);
    const purgedAt = new Date(now).toISOString();
    const sealed: TombstoneFields = { v: 1, node, purged_at: purgedAt, tombstone: file.segment, ...fields };
    await replaceFile(files, file.path, `${sealTombstone(sealed, { key, signer })}\n`);
    await deleteSegmentPlaces(db, sealed.last_seq);
    purged.push(file.segment);
    previous = sealed;
  }
  return purged;
}

type Previous = Pick<TombstoneFields, "last_hash" | "last_seq" | "open_sessions">;

type Dead = Omit<TombstoneFields, "v" | "node" | "purged_at" | "tombstone" | "key_id"> & { readonly events: number };

/** What a tombstone says of a segment; null when the segment must stay. */
async function judge(
  { path, key, before, files = nodeFiles }: PurgeOptions,
  place: {
    readonly file: SegmentFile;
    readonly previous: Previous | null;
    readonly next: SegmentFile;
  },
): Promise<Dead | null> {
  const { file, previous } = place;
  const header = await readHeader(files, file);
  const after = await readHeader(files, place.next);
  if (header === null || after === null) return null;
  const follows = previous === null ? file.segment === 1 : previous.last_hash === header.prev_hash;
  if (!follows) return null;
  // Behind the line that the next segment continues there is only what a failed write left.
  let last: AuditEvent | null = null;
  let ended = false;
  let events = 0;
  const open = new Set(previous?.open_sessions);
  const walked = await walkLog({
    key,
    path,
    segments: [file],
    files,
    partial: true,
    // The server goes on serving meanwhile.
    chunkBytes: 64 << 10,
    visit: (event) => {
      if (ended) return;
      last = event;
      events++;
      if (event.session_id !== null) {
        if (event.kind === "session_completed") open.delete(event.session_id);
        else if (EXCHANGE.has(event.kind)) open.add(event.session_id);
      }
      ended = event.this_hash === after.prev_hash;
    },
  });
  const end = last as AuditEvent | null;
  if (walked.breaks.length > 0 || !ended || end === null || Date.parse(end.ts) >= before) return null;
  return {
    prev_segment: header.prev_segment,
    prev_hash: header.prev_hash,
    last_hash: end.this_hash,
    first_seq: header.first_seq,
    last_seq: end.seq,
    created_at: header.created_at,
    last_ts: end.ts,
    open_sessions: [...open],
    events,
  };
}

async function readTombstone(
  files: LogFiles,
  file: SegmentFile,
  keys: { readonly key: Uint8Array; readonly publicKey: Uint8Array },
): Promise<TombstoneFields | null> {
  const line = await firstLine(files, file);
  const record = line === null ? null : parse(line);
  if (line === null || record === null || !isTombstone(record)) return null;
  const tombstone = openTombstone(line, keys);
  if (tombstone === null) {
    throw new MaskerError("audit_unavailable", { message: "A tombstone does not verify: nothing is purged." });
  }
  return tombstone;
}

async function readHeader(files: LogFiles, file: SegmentFile): Promise<SegmentHeader | null> {
  const line = await firstLine(files, file);
  return line === null ? null : (parse(line) as SegmentHeader | null);
}

async function firstLine(files: LogFiles, { path }: SegmentFile): Promise<string | null> {
  const file: LogFile = await files.open(path, "read");
  try {
    const bytes = await readRange(file, 0, MAX_FIRST_LINE);
    const end = bytes.indexOf(10);
    return end < 0 ? null : bytes.toString("utf8", 0, end);
  } finally {
    await file.close();
  }
}

function parse(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
