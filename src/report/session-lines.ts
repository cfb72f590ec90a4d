import { closeSync, fstatSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { canonicalJson } from "../audit/canonical.ts";
import type { SessionLine } from "./report-schema.ts";

const NEWLINE = 10;
const COMMA = 44;
/** Characters that are held back before they are written; bytes that are read at once. */
const BUFFERED = 1 << 16;

/**
 * The list of a report's sessions while the report is being made: in a file, one canonical JSON text a line, because an
 * account has as many sessions as it likes and the memory has not. Ids and counts, as in the report itself.
 */
export class SessionLines {
  readonly #descriptor: number;
  #waiting = "";

  /** @param path of a file that is made anew (0600) and removed by `remove` */
  constructor(private readonly path: string) {
    this.#descriptor = openSync(path, "w+", 0o600);
  }

  add(line: SessionLine): void {
    this.#waiting += `${canonicalJson(line)}\n`;
    if (this.#waiting.length >= BUFFERED) this.#flush();
  }

  /** The members of the canonical array, without its brackets, in pieces that are valid until the next is taken. */
  *canonicalPieces(): Generator<Uint8Array> {
    this.#flush();
    const end = fstatSync(this.#descriptor).size - 1;
    const chunk = Buffer.allocUnsafe(BUFFERED);
    for (let position = 0; position < end; ) {
      const read = readSync(this.#descriptor, chunk, 0, Math.min(chunk.length, end - position), position);
      if (read === 0) throw new Error("the list of sessions was cut");
      position += read;
      const piece = chunk.subarray(0, read);
      // No line holds a newline of its own: canonical JSON escapes it.
      for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, at + 1)) piece[at] = COMMA;
      yield piece;
    }
  }

  /** The lines in order, some at a time. */
  *batches(): Generator<readonly SessionLine[]> {
    this.#flush();
    const chunk = Buffer.allocUnsafe(BUFFERED);
    let rest = Buffer.alloc(0);
    for (let position = 0; ; ) {
      const read = readSync(this.#descriptor, chunk, 0, chunk.length, position);
      if (read === 0) return;
      position += read;
      const bytes = Buffer.concat([rest, chunk.subarray(0, read)]);
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      rest = bytes.subarray(end);
      const lines = bytes.toString("utf8", 0, end).split("\n").slice(0, -1);
      yield lines.map((line) => JSON.parse(line) as SessionLine);
    }
  }

  remove(): void {
    closeSync(this.#descriptor);
    rmSync(this.path, { force: true });
  }

  #flush(): void {
    // Truncated only when it was opened, so the file's own position is its end.
    const bytes = Buffer.from(this.#waiting);
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#descriptor, bytes, done);
    this.#waiting = "";
  }
}
