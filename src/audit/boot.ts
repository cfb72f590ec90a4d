/**
 * What the log does before it takes the first event: it looks where the chain stands. Only what lies behind the last signed
 * checkpoint is walked here, so that the start does not grow with the log; the rest is verified in the background.
 */
import { dirname } from "node:path";
import { checkLine } from "./chain.ts";
import { type Checkpoint, checkpointPath, readCheckpoints } from "./checkpoint.ts";
import type { AuditEventInput } from "./event.ts";
import { type LogFiles, readRange } from "./files.ts";
import { countLines } from "./seam.ts";
import { listSegments, type SegmentFile } from "./segment.ts";
import { type ChainState, type LogBreak, type Pin, type WalkResult, walkLog } from "./walk.ts";

/** The event of an installation as a whole. */
export const INSTALLATION_SCOPE = { account_id: null, agent_id: null, session_id: null, call_id: null } as const;

/** A folder in ruins has thousands of breaks: a few of them are enough to tell. */
export const TOLD_BREAKS = 10;

export interface BootOptions {
  readonly path: string;
  readonly key: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly files: LogFiles;
  /** What the session table remembers of the log. */
  readonly mark: { readonly seq: number; readonly hash: string } | null;
}

export interface BootState {
  /** Where to go on; null: nothing can be appended to what is there, a new segment must begin. */
  readonly appendTo: { readonly segment: number; readonly path: string; readonly size: number } | null;
  /** Number of the last segment, 0 when there is none. */
  readonly lastSegment: number;
  /** A file in which no line was ever whole: the next segment begins in it. */
  readonly leftover: string | null;
  readonly seq: number;
  /** The next line's prev_hash. */
  readonly hash: string;
  /** Hash of event `seq`; null when it was not read. */
  readonly eventHash: string | null;
  /** To be written before anything else. */
  readonly preface: readonly AuditEventInput[];
  readonly broken: LogBreak | null;
  readonly checkpoint: Checkpoint | null;
  /** What lies before this was not looked at; null when the walk began at the beginning. */
  readonly walkedFrom: ChainState | null;
  readonly acknowledged: WalkResult["acknowledged"];
}

/** Looks where the chain stands, cuts off a torn last line, and decides where the log goes on. */
export async function bootLog(options: BootOptions): Promise<BootState> {
  const { path, key, publicKey, files } = options;
  const segments = await listSegments(files, path);
  const kept = await readCheckpoints(files, checkpointPath(path), { key, publicKey });
  const checkpoint = kept.checkpoints.at(-1) ?? null;
  const pins = pinsOf(kept.checkpoints, options.mark);
  const walkedFrom = checkpoint === null ? null : await stateAt(options, segments, checkpoint);
  const walked = await walkLog({
    key,
    publicKey,
    path,
    segments,
    files,
    pins,
    ...(walkedFrom === null ? {} : { from: walkedFrom }),
  });
  const common = { checkpoint, walkedFrom, acknowledged: walked.acknowledged, leftover: null };
  const last = segments.at(-1) ?? null;
  const missing = missingCheckpoint(path, kept.checkpoints, walked.checkpoint_due);
  const broken = walked.breaks[0] ?? badCheckpoint(path, kept.bad_lines) ?? missing;
  const news = unacknowledged(walked.breaks, walked.acknowledged).slice(0, TOLD_BREAKS);
  // The next checkpoint covers up that one was missing: the event keeps it known.
  if (missing !== null && broken === missing) news.push(missing);
  // A last segment without a whole line says nothing: then the one before it must stand.
  const judged = (last?.segment ?? 0) - (walked.torn?.offset === 0 ? 1 : 0);
  const lastStands = !walked.breaks.some(({ segment }) => segment >= judged);
  if (!lastStands) {
    return {
      ...common,
      appendTo: null,
      lastSegment: Math.max(last?.segment ?? 0, checkpoint?.segment ?? 0),
      seq: Math.max(walked.last_seq, pins.at(-1)?.seq ?? 0) + (await linesAfter(files, segments, walked.end)),
      hash: walked.head_hash,
      eventHash: null,
      preface: (news.length > 0 ? news : walked.breaks.slice(0, 1)).map(brokenEvent),
      broken,
    };
  }
  const preface = news.map(brokenEvent);
  const state = {
    ...common,
    seq: walked.last_seq,
    hash: walked.head_hash,
    eventHash: walked.last_event_hash ?? (walked.last_seq === checkpoint?.seq ? checkpoint.hash : null),
    broken,
  };
  if (last === null || walked.end === null) {
    return { ...state, appendTo: null, lastSegment: 0, leftover: last?.path ?? null, preface };
  }
  const { torn } = walked;
  if (torn?.offset === 0) {
    // The crash came while the segment was being begun: its header never was on disk, so nothing in it was confirmed.
    return { ...state, appendTo: null, lastSegment: last.segment - 1, leftover: last.path, preface };
  }
  const isTombstone = walked.purged_segments.includes(last.segment);
  const size = torn?.offset ?? walked.end.offset;
  if (torn !== null && !(await cutOff(files, last.path, size))) {
    preface.push(recoveredEvent("failed_write", last.segment, torn.bytes));
    return { ...state, appendTo: null, lastSegment: last.segment, preface };
  }
  if (torn !== null) preface.push(recoveredEvent("torn_tail", last.segment, torn.bytes));
  const appendTo = isTombstone ? null : { segment: last.segment, path: last.path, size };
  return { ...state, appendTo, lastSegment: last.segment, preface };
}

/** Checkpoints and the projection's mark, by seq. */
export function pinsOf(
  checkpoints: readonly Checkpoint[],
  mark: { readonly seq: number; readonly hash: string } | null,
): Pin[] {
  const pins: Pin[] = checkpoints.map(({ seq, hash }) => ({ seq, hash, source: "checkpoint" }));
  if (mark !== null && mark.seq > 0) pins.push({ ...mark, source: "projection" });
  return pins.sort((a, b) => a.seq - b.seq);
}

export function recoveredEvent(
  reason: "torn_tail" | "failed_write" | "file_vanished",
  segment: number,
  droppedBytes: number,
): AuditEventInput {
  return {
    kind: "chain_recovered",
    scope: INSTALLATION_SCOPE,
    body: { reason, segment, dropped_bytes: droppedBytes },
  };
}

export function brokenEvent(at: LogBreak): AuditEventInput {
  return {
    kind: "chain_broken",
    scope: INSTALLATION_SCOPE,
    body: { at_seq: at.seq ?? 0, segment: at.segment, line: at.line },
  };
}

/**
 * Breaks that no `chain_broken` event tells of yet. Segments that are missing or empty before one that was begun with such
 * an event, and the seam at its own beginning, are told by that event.
 */
export function unacknowledged(breaks: readonly LogBreak[], acknowledged: WalkResult["acknowledged"]): LogBreak[] {
  return breaks.filter(
    (at) =>
      !acknowledged.some(
        ({ segment, at_seq, begun }) =>
          (segment === at.segment && at_seq === (at.seq ?? 0)) ||
          (at.line === 1 && begun !== null && begun >= at.segment),
      ),
  );
}

/** A line of the checkpoint file that is not ours is a break too, though the chain itself may stand. */
export function badCheckpoint(logPath: string, badLines: readonly number[]): LogBreak | null {
  const line = badLines[0];
  if (line === undefined) return null;
  const file = checkpointPath(logPath).slice(dirname(logPath).length + 1);
  return { file, segment: 0, line, seq: null, reason: "is not a checkpoint that this installation signed" };
}

/** Checkpoints that the log knows of and the file does not hold: an old copy was put in its place, or it was removed. */
export function missingCheckpoint(logPath: string, kept: readonly Checkpoint[], due: number): LogBreak | null {
  const last = kept.reduce((seq, checkpoint) => Math.max(seq, checkpoint.seq), 0);
  if (last >= due) return null;
  const file = checkpointPath(logPath).slice(dirname(logPath).length + 1);
  const reason = `is missing: checkpoints had been written up to seq ${due}`;
  return { file, segment: 0, line: kept.length + 1, seq: null, reason };
}

/** The state that a checkpoint names, when the line that ends there is really the one that it means; else null. */
async function stateAt(
  { key, files }: BootOptions,
  segments: readonly SegmentFile[],
  checkpoint: Checkpoint,
): Promise<ChainState | null> {
  const segment = segments.find((file) => file.segment === checkpoint.segment);
  if (segment === undefined) return null;
  const file = await files.open(segment.path, "read");
  try {
    const { size } = await file.stat();
    if (size < checkpoint.offset) return null;
    const start = Math.max(0, checkpoint.offset - (1 << 16));
    const bytes = await readRange(file, start, checkpoint.offset - start);
    const end = bytes.length - 1;
    if (bytes[end] !== 10) return null;
    const checked = checkLine(key, null, bytes, bytes.lastIndexOf(10, end - 1) + 1, end);
    if (!checked.ok || checked.this_hash !== checkpoint.hash || checked.record.seq !== checkpoint.seq) return null;
    return { segment: segment.segment, offset: checkpoint.offset, seq: checkpoint.seq, hash: checkpoint.hash };
  } finally {
    await file.close();
  }
}

/** Lines behind the last one that stands: their seqs are not given again, though nothing else in them is believed. */
async function linesAfter(files: LogFiles, segments: readonly SegmentFile[], end: ChainState | null): Promise<number> {
  let lines = 0;
  for (const { segment, path } of segments) {
    if (segment < (end?.segment ?? 0)) continue;
    lines += await countLines(files, path, { from: segment === end?.segment ? end.offset : 0 });
  }
  return lines;
}

async function cutOff(files: LogFiles, path: string, size: number): Promise<boolean> {
  try {
    const file = await files.open(path, "append");
    try {
      await file.truncate(size);
      await file.datasync();
    } finally {
      await file.close();
    }
    return true;
  } catch {
    return false;
  }
}
