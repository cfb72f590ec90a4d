/**
 * Segments of the log. The first is the file that the configuration names (`audit.log`); the nth stands beside it with its
 * number before the extension (`audit.000002.log`). A segment is never renamed: a copy, an open reader and the index keep
 * pointing at the same bytes for ever.
 */
import { basename, dirname, extname, join } from "node:path";
import type { LogFiles } from "./files.ts";

export interface SegmentFile {
  readonly segment: number;
  readonly path: string;
}

const DIGITS = 6;

/** Path of segment `segment` (from 1) of the log at `logPath`. */
export function segmentPath(logPath: string, segment: number): string {
  if (segment === 1) return logPath;
  const extension = extname(logPath);
  const stem = basename(logPath, extension);
  return join(dirname(logPath), `${stem}.${String(segment).padStart(DIGITS, "0")}${extension}`);
}

/** The segments of the log at `logPath` that exist, in order. */
export async function listSegments(files: LogFiles, logPath: string): Promise<SegmentFile[]> {
  const found: SegmentFile[] = [];
  for (const name of await files.list(dirname(logPath))) {
    const segment = segmentNumber(logPath, name);
    if (segment !== null) found.push({ segment, path: join(dirname(logPath), name) });
  }
  return found.sort((a, b) => a.segment - b.segment);
}

/** Number of the segment that `name`, a file beside the log, is; null when it is none. */
function segmentNumber(logPath: string, name: string): number | null {
  if (name === basename(logPath)) return 1;
  const extension = extname(logPath);
  const prefix = `${basename(logPath, extension)}.`;
  if (!name.startsWith(prefix) || !name.endsWith(extension)) return null;
  const digits = name.slice(prefix.length, name.length - extension.length);
  const segment = Number(digits);
  return /^\d{6,}$/.test(digits) && segmentPath(logPath, segment) === join(dirname(logPath), name) ? segment : null;
}

/** The path of the first segment and the number, for a path that may itself name a later segment (`audit.000003.log`). */
export function parseSegmentPath(path: string): { readonly logPath: string; readonly segment: number } {
  const extension = extname(path);
  const match = /^(.+)\.(\d{6,})$/.exec(basename(path, extension));
  if (match === null) return { logPath: path, segment: 1 };
  return { logPath: join(dirname(path), `${match[1]}${extension}`), segment: Number(match[2]) };
}
