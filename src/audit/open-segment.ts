import { dirname } from "node:path";
import { type FileIdentity, type LogFile, type LogFiles, writeAll } from "./files.ts";

/** The file at the path is not, or not only, what this process wrote. */
export class FileVanished extends Error {}

/** The segment that is being written. */
export class OpenSegment {
  private constructor(
    private readonly files: LogFiles,
    readonly segment: number,
    readonly path: string,
    private readonly file: LogFile,
    private readonly identity: FileIdentity,
    /** Bytes that are known to be on disk. */
    public size: number,
    /** Begun just now: nothing of it is on disk yet, not even its name. */
    public fresh: boolean,
  ) {}

  /**
   * Begins a segment in a file that must not exist, or (`reuse`) in one that holds nothing that counts.
   * @throws what the file system throws.
   */
  static async begin(files: LogFiles, path: string, segment: number, reuse: boolean): Promise<OpenSegment> {
    const file = await files.open(path, reuse ? "ensure" : "create");
    try {
      if (reuse) await file.truncate(0);
      return new OpenSegment(files, segment, path, file, await identify(files, path), 0, true);
    } catch (thrown) {
      await file.close().catch(() => {});
      throw thrown;
    }
  }

  /** Opens a segment to go on behind byte `size`. */
  static async reopen(
    files: LogFiles,
    { path, segment, size }: { readonly path: string; readonly segment: number; readonly size: number },
  ): Promise<OpenSegment> {
    const file = await files.open(path, "append");
    try {
      return new OpenSegment(files, segment, path, file, await identify(files, path), size, false);
    } catch (thrown) {
      await file.close().catch(() => {});
      throw thrown;
    }
  }

  /**
   * Appends and makes durable; only when that went well does the segment count the bytes as its own.
   * @throws FileVanished when another file is in its place or bytes that are not ours are in it: then what was just written
   * is not where a reader will look. Else what the file system throws.
   */
  async append(bytes: Uint8Array): Promise<void> {
    await writeAll(this.file, bytes);
    const [found] = await Promise.all([this.files.stat(this.path), this.file.datasync()]);
    const { dev, ino } = this.identity;
    const size = this.size + bytes.length;
    if (found?.dev !== dev || found.ino !== ino || found.size !== size) throw new FileVanished();
    if (this.fresh) await this.files.syncFolder(dirname(this.path));
    this.fresh = false;
    this.size = size;
  }

  /** After a failed append: takes off what is not known to be on disk, where that can be done. Gives how much there was. */
  async cutOff(): Promise<number> {
    try {
      const { size } = await this.file.stat();
      const extra = Math.max(0, size - this.size);
      await this.file.truncate(this.size);
      return extra;
    } catch {
      // The next segment disowns what is left there.
      return 0;
    }
  }

  async close(): Promise<void> {
    await this.file.close().catch(() => {});
  }
}

async function identify(files: LogFiles, path: string): Promise<FileIdentity> {
  const identity = await files.stat(path);
  if (identity === null) throw new FileVanished();
  return identity;
}
