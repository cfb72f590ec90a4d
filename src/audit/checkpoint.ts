/**
 * Signed statements "after event `seq` the head of the chain was `hash`", one canonical JSON line each, in a file beside
 * the log. The chain alone cannot show that its tail was cut off; a checkpoint can, and pins a state for an auditor who
 * does not hold the key of the chain.
 */
import { basename, dirname, extname, join } from "node:path";
import { type LogFile, type LogFiles, readWhole, writeAll } from "./files.ts";
import { openRecord, type RecordKeys, sealRecord } from "./sealed-record.ts";
import type { Signer } from "./signing.ts";

export interface Checkpoint {
  readonly v: 1;
  readonly node: string;
  readonly time: string;
  /** The last event that it covers, and that event's this_hash. */
  readonly seq: number;
  readonly hash: string;
  /** Where the log ended: segment, and bytes in it. */
  readonly segment: number;
  readonly offset: number;
  readonly key_id: string;
  /** HMAC under the audit key (hex) and Ed25519 signature (base64). */
  readonly mac: string;
  readonly sig: string;
}

export type CheckpointState = Pick<Checkpoint, "seq" | "hash" | "segment" | "offset">;

/** `audit.checkpoints` beside `audit.log`. */
export function checkpointPath(logPath: string): string {
  return join(dirname(logPath), `${basename(logPath, extname(logPath))}.checkpoints`);
}

export interface CheckpointFile {
  /** In the order of the file. */
  readonly checkpoints: readonly Checkpoint[];
  /** Lines (from 1) that are not authentic; a torn last line is none of them. */
  readonly bad_lines: readonly number[];
}

/** Reads and checks a file of checkpoints; an absent file is an empty one. */
export async function readCheckpoints(files: LogFiles, path: string, keys: RecordKeys): Promise<CheckpointFile> {
  const bytes = await readWhole(files, path);
  const checkpoints: Checkpoint[] = [];
  const badLines: number[] = [];
  if (bytes === null) return { checkpoints, bad_lines: badLines };
  let start = 0;
  for (let number = 1; ; number++) {
    const end = bytes.indexOf(10, start);
    if (end < 0) break;
    const stored = bytes.subarray(start, end);
    const line = stored.toString("utf8");
    // An edit that is no UTF-8 must not vanish in decoding.
    const checkpoint = Buffer.from(line).equals(stored) ? parseCheckpoint(line, keys) : null;
    if (checkpoint === null) badLines.push(number);
    else checkpoints.push(checkpoint);
    start = end + 1;
  }
  return { checkpoints, bad_lines: badLines };
}

/** One line of the file; null when it is not authentic. */
function parseCheckpoint(line: string, keys: RecordKeys): Checkpoint | null {
  const fields = openRecord("checkpoint", line, keys);
  if (fields === null || fields.v !== 1) return null;
  return JSON.parse(line) as Checkpoint;
}

export class CheckpointWriter {
  #file: LogFile | null = null;
  constructor(
    private readonly files: LogFiles,
    private readonly path: string,
    private readonly node: string,
    private readonly keys: { readonly key: Uint8Array; readonly signer: Signer },
  ) {}

  /** Appends one and makes it durable. */
  async write(state: CheckpointState, time: string): Promise<Checkpoint> {
    const { seq, hash, segment, offset } = state;
    const line = sealRecord("checkpoint", { v: 1, node: this.node, time, seq, hash, segment, offset }, this.keys);
    try {
      this.#file ??= await this.open();
      await writeAll(this.#file, Buffer.from(`${line}\n`));
      await this.#file.datasync();
    } catch (thrown) {
      await this.close();
      throw thrown;
    }
    return JSON.parse(line) as Checkpoint;
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }

  private async open(): Promise<LogFile> {
    const bytes = await readWhole(this.files, this.path);
    const file = await this.files.open(this.path, "ensure");
    // A crash may have left half a line: the next one must not be glued to it.
    if (bytes !== null && bytes.length > 0) await file.truncate(bytes.lastIndexOf(10) + 1);
    await this.files.syncFolder(dirname(this.path));
    return file;
  }
}
