/** Small looks into segment files that the walk needs beside its one pass. */
import { checkLine } from "./chain.ts";
import { type LogFiles, readRange } from "./files.ts";
import type { SegmentFile } from "./segment.ts";

const CHUNK_BYTES = 1 << 20;

/**
 * Hash of the last line of `segment` that counts, when the next segment opens by disowning what a failed write left after
 * it; else null. Its own HMAC shows that this was written by the holder of the key.
 */
export async function disownedAfter(
  { key, files }: { readonly key: Uint8Array; readonly files: LogFiles },
  segment: SegmentFile,
  next: SegmentFile,
): Promise<string | null> {
  const file = await files.open(next.path, "read");
  try {
    const bytes = await readRange(file, 0, 1 << 16);
    const headerEnd = bytes.indexOf(10);
    const eventEnd = bytes.indexOf(10, headerEnd + 1);
    if (headerEnd < 0 || eventEnd < 0) return null;
    const header = checkLine(key, null, bytes, 0, headerEnd);
    if (!header.ok || header.record.segment !== next.segment) return null;
    const event = checkLine(key, header.this_hash, bytes, headerEnd + 1, eventEnd);
    if (!event.ok || event.record.kind !== "chain_recovered" || event.record.reason === "torn_tail") return null;
    return event.record.segment === segment.segment ? String(header.record.prev_hash) : null;
  } finally {
    await file.close();
  }
}

/** Newlines of a file from byte `from` to byte `to`, or to its end. */
export async function countLines(
  files: LogFiles,
  path: string,
  { from = 0, to = Number.MAX_SAFE_INTEGER }: { readonly from?: number; readonly to?: number },
): Promise<number> {
  const file = await files.open(path, "read");
  let lines = 0;
  try {
    for (let position = from; position < to; ) {
      const chunk = await readRange(file, position, Math.min(CHUNK_BYTES, to - position));
      if (chunk.length === 0) break;
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
      position += chunk.length;
    }
  } finally {
    await file.close();
  }
  return lines;
}
