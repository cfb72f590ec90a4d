/** The verdict on a log: the walk over the chain, put against the signed checkpoints, in words that a person can act on. */
import { readAnchorLines } from "./anchor.ts";
import { badCheckpoint, missingCheckpoint, pinsOf } from "./boot.ts";
import { canonicalJson } from "./canonical.ts";
import { checkpointPath, readCheckpoints } from "./checkpoint.ts";
import { type LogFiles, nodeFiles, readWhole } from "./files.ts";
import { listSegments, parseSegmentPath } from "./segment.ts";
import { type LogBreak, type Pin, type WalkResult, walkLog } from "./walk.ts";

export interface VerifyOptions {
  /** The log, or one segment of it, or a copy of either; segments that lie beside it are verified with it. */
  readonly path: string;
  readonly key: Uint8Array;
  /** File of checkpoints; null: none; absent: the one beside the log. */
  readonly checkpoints?: string | null;
  /** File with lines that an anchor got; kept elsewhere, it shows a rollback of the whole folder. */
  readonly anchor?: string;
  /** 32 bytes: checkpoints must also be signed by this key. */
  readonly publicKey?: Uint8Array;
  /** The log of an installation, not a copy of a part: it must begin with the first segment. */
  readonly whole?: boolean;
  /** A log that is being written: no line after this one is looked at. */
  readonly until?: { readonly segment: number; readonly offset: number; readonly seq?: number };
  /** What the session table remembers of the log. */
  readonly mark?: { readonly seq: number; readonly hash: string } | null;
  /** Count the events of this account too. */
  readonly accountId?: string;
  /** Is there a line with this this_hash? */
  readonly findHash?: string;
  readonly files?: LogFiles;
  /** Bytes done and bytes in all. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly pause?: () => Promise<void>;
  readonly chunkBytes?: number;
  readonly signal?: AbortSignal;
}

export interface Verification {
  readonly ok: boolean;
  /** `chain ok`, or what is wrong and where, or what could not be shown. */
  readonly message: string;
  readonly events: number;
  /** Of the account that was asked for. */
  readonly account_events: number;
  readonly first_seq: number | null;
  readonly last_seq: number;
  /** Hash of the last line that stands. */
  readonly root_hash: string;
  readonly first_break: LogBreak | null;
  readonly breaks: number;
  /** No event up to this seq can have been cut off without a trace; null: no checkpoint shows it. */
  readonly complete_to_seq: number | null;
  /** Whether `findHash` was met; null when nothing was asked. */
  readonly contains_hash: boolean | null;
  readonly notes: readonly string[];
  readonly bytes: number;
}

/**
 * Verifies a log.
 * @throws what the file system throws when it cannot be read, and AbortError when `signal` fires.
 */
export async function verifyLog(options: VerifyOptions): Promise<Verification> {
  const { path, key, publicKey, findHash, accountId, files = nodeFiles } = options;
  const { logPath, segment: first } = parseSegmentPath(path);
  const found = (await listSegments(files, logPath)).filter(({ segment }) => segment >= first);
  const exists = (await files.stat(path)) !== null;
  // A name that only looks like a numbered segment, or a copy under any name, is taken for what its header says.
  const segments = !exists || found[0]?.path === path ? found : [{ segment: 1, path }];
  const partial = exists && options.whole !== true && (segments.length === 1 || first > 1);
  const keys = { key, ...(publicKey === undefined ? {} : { publicKey }) };
  const checkpointFile = options.checkpoints === undefined ? checkpointPath(logPath) : options.checkpoints;
  const kept =
    checkpointFile === null ? { checkpoints: [], bad_lines: [] } : await readCheckpoints(files, checkpointFile, keys);
  if (segments.length === 0 && kept.checkpoints.length === 0) {
    throw Object.assign(new Error("there is no such file"), { code: "ENOENT" });
  }
  const anchorText = options.anchor === undefined ? null : await readWhole(files, options.anchor);
  const anchored = readAnchorLines(anchorText?.toString("latin1") ?? "").map(
    ({ seq, hash }): Pin => ({ seq, hash, source: "anchor" }),
  );
  // The first member of every event in canonical order.
  const ofAccount = accountId === undefined ? null : Buffer.from(`{"account_id":${canonicalJson(accountId)},`);
  let accountEvents = 0;
  let containsHash = false;
  const walked = await walkLog({
    ...keys,
    ...pick(options, "until", "onProgress", "pause", "chunkBytes", "signal"),
    path: logPath,
    segments,
    files,
    partial,
    pins: [...pinsOf(kept.checkpoints, options.mark ?? null), ...anchored].sort((a, b) => a.seq - b.seq),
    visitLine: (line, thisHash) => {
      if (ofAccount?.equals(line.subarray(0, ofAccount.length))) accountEvents++;
      if (thisHash === findHash) containsHash = true;
    },
  });
  const breaks = [...walked.breaks, ...tornBreak(walked, segments)];
  const bad = badCheckpoint(logPath, kept.bad_lines);
  if (bad !== null) breaks.push(bad);
  if (options.whole === true || kept.checkpoints.length > 0) {
    const missing = missingCheckpoint(logPath, kept.checkpoints, walked.checkpoint_due);
    if (missing !== null) breaks.push(missing);
  }
  const first_break = breaks[0] ?? null;
  return {
    ok: first_break === null,
    message: messageOf(walked, first_break),
    events: walked.events,
    account_events: accountEvents,
    first_seq: walked.first_seq,
    last_seq: walked.last_seq,
    root_hash: walked.head_hash,
    first_break,
    breaks: breaks.length,
    complete_to_seq: first_break === null ? walked.last_pin_seq : null,
    contains_hash: findHash === undefined ? null : containsHash,
    notes: notesOf(walked),
    bytes: walked.bytes,
  };
}

function messageOf(walked: WalkResult, first: LogBreak | null): string {
  if (first !== null) {
    const seq = first.seq === null ? "" : ` (seq ${first.seq})`;
    return `${first.file} line ${first.line}${seq} ${first.reason}`;
  }
  const from = walked.began_at === null ? "" : ` from seq ${walked.began_at.seq}, what came before is not shown,`;
  if (walked.last_pin_seq === null) return `intact${from} to seq ${walked.last_seq}, completeness not shown`;
  return walked.began_at === null ? "chain ok" : `intact${from} to seq ${walked.last_seq}`;
}

function notesOf(walked: WalkResult): string[] {
  const notes: string[] = [];
  const { last_pin_seq, last_seq, purged_segments, abandoned_bytes, acknowledged } = walked;
  if (last_pin_seq !== null && last_pin_seq < last_seq) {
    notes.push(`complete to seq ${last_pin_seq} by checkpoint; events after it may have been cut off without a trace`);
  }
  if (purged_segments.length > 0)
    notes.push(`purged by retention, with tombstone: segments ${purged_segments.join(", ")}`);
  if (abandoned_bytes > 0)
    notes.push(`${abandoned_bytes} bytes of failed writes are disowned by the segment after them`);
  for (const { segment, at_seq } of acknowledged) {
    const place =
      segment === 0 ? "the file of checkpoints" : `segment ${segment}${at_seq > 0 ? ` at seq ${at_seq}` : ""}`;
    notes.push(`the log itself tells of a break in ${place}`);
  }
  return notes;
}

/** A last line without its end: harmless while the log is being opened, never in a log that is being judged. */
function tornBreak(walked: WalkResult, segments: readonly { segment: number; path: string }[]): LogBreak[] {
  const { torn } = walked;
  if (torn === null) return [];
  const path = segments.find(({ segment }) => segment === torn.segment)?.path ?? "";
  const reason = torn.bytes === 0 ? "is missing: the file is empty" : "is cut off in the middle";
  const file = path.slice(path.lastIndexOf("/") + 1);
  return [{ file, segment: torn.segment, line: walked.last_line + 1, seq: walked.last_seq + 1, reason }];
}

function pick<T extends object, K extends keyof T>(from: T, ...names: readonly K[]): Partial<Pick<T, K>> {
  const picked: Partial<Pick<T, K>> = {};
  for (const name of names) if (from[name] !== undefined) picked[name] = from[name];
  return picked;
}
