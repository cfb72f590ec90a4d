/**
 * What the log asks of a file system. A seam for tests only: a full disk, a failing fsync and a vanished file must be tried
 * without root and without a real broken disk.
 */
import { readSync, statSync, writeSync } from "node:fs";
import { constants, type FileHandle, mkdir, open, readdir, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { MaskerError } from "../errors.ts";

export type LogFile = Pick<FileHandle, "write" | "read" | "datasync" | "truncate" | "stat" | "close">;

export interface LogFiles {
  /** `append`: the file must exist; `create`: it must not; `ensure`: append, made when missing; `read`: read only. */
  open(path: string, mode: OpenMode): Promise<LogFile>;
  /** Names in a folder; empty when there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
  /** null when there is no file of that name. */
  stat(path: string): Promise<FileIdentity | null>;
  /** Makes new, renamed and removed names of a folder durable. */
  syncFolder(folder: string): Promise<void>;
  makeFolder(folder: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
}

export type OpenMode = "append" | "create" | "ensure" | "read";

export interface FileIdentity {
  readonly dev: number;
  readonly ino: number;
  /** Bytes. */
  readonly size: number;
}

const { O_APPEND, O_RDWR, O_CREAT, O_EXCL, O_RDONLY } = constants;
const FLAGS: Readonly<Record<OpenMode, number>> = {
  append: O_RDWR | O_APPEND,
  create: O_RDWR | O_APPEND | O_CREAT | O_EXCL,
  ensure: O_RDWR | O_APPEND | O_CREAT,
  read: O_RDONLY,
};

export const nodeFiles: LogFiles = {
  async open(path, mode) {
    const file = await open(path, FLAGS[mode], 0o600);
    if (mode === "read") await requireFile(file);
    // A write goes to the memory of the system and is done before another thread could have been asked to do it.
    const write = async (buffer: Uint8Array, offset: number, length: number) => ({
      bytesWritten: writeSync(file.fd, buffer, offset, length),
      buffer,
    });
    return Object.assign(file, { write: write as LogFile["write"] });
  },
  list: (folder) =>
    readdir(folder)
      .catch(nullWhenMissing)
      .then((names) => names ?? []),
  // Asked in every round; the system has it at hand.
  stat: async (path) => statSync(path, { throwIfNoEntry: false }) ?? null,
  async syncFolder(folder) {
    // Windows cannot open a folder; its file systems make names durable by themselves.
    if (process.platform === "win32") return;
    const handle = await open(folder, O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  makeFolder: async (folder) => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  },
  rename,
  remove: unlink,
};

/**
 * For a thread of its own that reads much: its reads hold that thread, and leave the pool of the process, which is as small as
 * the machine, to the writes that callers wait for.
 */
export const blockingFiles: LogFiles = {
  ...nodeFiles,
  async open(path, mode) {
    const file = await open(path, FLAGS[mode], 0o600);
    await requireFile(file);
    const read = async (buffer: Uint8Array, offset: number, length: number, position: number) => ({
      bytesRead: readSync(file.fd, buffer, offset, length, position),
      buffer,
    });
    return Object.assign(file, { read: read as LogFile["read"] });
  },
};

/** A device in the log's place may be read without end. */
async function requireFile(file: FileHandle): Promise<void> {
  if ((await file.stat()).isFile()) return;
  await file.close();
  throw new MaskerError("audit_unavailable", {
    message: "The audit log, or its checkpoints, are not an ordinary file.",
  });
}

/** Writes all of `bytes`: one write may take less than it was given. */
export async function writeAll(file: LogFile, bytes: Uint8Array): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done);
    if (bytesWritten === 0) throw new Error("the file takes no bytes");
    done += bytesWritten;
  }
}

/** Reads the whole file, or null when there is none. */
export async function readWhole(files: LogFiles, path: string): Promise<Buffer | null> {
  if ((await files.stat(path)) === null) return null;
  const file = await files.open(path, "read");
  try {
    const { size } = await file.stat();
    return await readRange(file, 0, size);
  } finally {
    await file.close();
  }
}

/** Up to `length` bytes from `offset`; shorter only at the end of the file. */
export async function readRange(file: LogFile, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  return buffer.subarray(0, await readInto(file, buffer, 0, length, offset));
}

/** Reads up to `length` bytes from `position` of the file to `start` of the buffer; gives how many. */
export async function readInto(
  file: LogFile,
  buffer: Buffer,
  start: number,
  length: number,
  position: number,
): Promise<number> {
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(buffer, start + done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

/** Writes a small file so that a crash leaves the old one or the new one, never a half. */
export async function replaceFile(files: LogFiles, path: string, text: string): Promise<void> {
  const draft = `${path}.draft`;
  if ((await files.stat(draft)) !== null) await files.remove(draft);
  const file = await files.open(draft, "create");
  try {
    await writeAll(file, Buffer.from(text));
    await file.datasync();
  } finally {
    await file.close();
  }
  await files.rename(draft, path);
  await files.syncFolder(dirname(path));
}

function nullWhenMissing(thrown: unknown): null {
  if ((thrown as { code?: string }).code === "ENOENT") return null;
  throw thrown;
}
