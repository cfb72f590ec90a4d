/**
 * Walks the chain from a known place to its end, checking every line, in one pass and with flat memory. Verification, boot,
 * the projection and the reports all stand on it, so that they cannot disagree about what the log says.
 *
 * 1. Each segment must begin with a header (or a tombstone) that continues the segment before it.
 * 2. Each event must be canonical, carry the next seq and the hash of the line before, and hash to its own this_hash.
 * 3. Pins (checkpoints, the projection's own mark) must agree with the event of their seq, and the log must reach them.
 * After a break the walk goes on at the next segment, taking its header's word for what came before.
 */
import { basename } from "node:path";
import { type CheckedLine, checkLine, EventChecker, GENESIS_HASH } from "./chain.ts";
import type { AuditEvent, SegmentHeader } from "./event.ts";
import { type LogFile, type LogFiles, nodeFiles, readInto } from "./files.ts";
import { countLines, disownedAfter } from "./seam.ts";
import { type SegmentFile, segmentPath } from "./segment.ts";
import { isTombstone, openTombstone } from "./tombstone.ts";
import type { WalkOptions } from "./walk-options.ts";
import type { Acknowledgement, LinePosition, LogBreak, Pin, WalkResult } from "./walk-result.ts";

export type { ChainState, LinePosition, LogBreak, Pin, WalkResult } from "./walk-result.ts";

const DEFAULT_CHUNK = 1 << 20;
/** No event comes near; a longer "line" is damage and must not fill the memory. */
const MAX_LINE = 1 << 20;

/**
 * Walks the chain.
 * @throws what the file system throws, and AbortError when `signal` fires.
 */
export function walkLog(options: WalkOptions): Promise<WalkResult> {
  return new Walk(options).run();
}

class Walk {
  readonly #files: LogFiles;
  readonly #checker: EventChecker;
  readonly #pins: readonly Pin[];
  #pin = 0;
  readonly #breaks: LogBreak[] = [];
  #events = 0;
  #firstSeq: number | null = null;
  /** null after a break: the next header's word is taken. */
  #head: string | null = GENESIS_HASH;
  #seq: number | null = 0;
  #previous: SegmentFile | null = null;
  #beganAt: WalkResult["began_at"] = null;
  /** After the last line that stands. */
  #goodSeq = 0;
  #goodHash = GENESIS_HASH;
  #endSegment = 0;
  #endOffset = 0;
  #lastEventHash: string | null = null;
  #torn: WalkResult["torn"] = null;
  #abandoned = 0;
  readonly #acknowledged: Acknowledgement[] = [];
  readonly #purged: number[] = [];
  #lastPin: number | null = null;
  #checkpointDue = 0;
  #done = 0;
  #total = 0;
  /** While walking one segment. */
  #line = 0;
  #stopHash: string | null = null;

  constructor(private readonly options: WalkOptions) {
    this.#files = options.files ?? nodeFiles;
    this.#checker = new EventChecker(options.key);
    const lastSeq = options.until?.seq ?? Number.MAX_SAFE_INTEGER;
    this.#pins = (options.pins ?? []).filter(({ seq }) => seq <= lastSeq);
  }

  async run(): Promise<WalkResult> {
    const segments = await this.#begin();
    const { from } = this.options;
    if (from !== undefined && segments.length === 0) {
      this.#loseSegment(from.segment);
    }
    for (const [index, segment] of segments.entries()) {
      const next = segments[index + 1] ?? null;
      this.#checkNumber(segment);
      this.#stopHash =
        next === null ? null : await disownedAfter({ key: this.options.key, files: this.#files }, segment, next);
      await this.#segment(segment, next === null);
      this.#previous = segment;
    }
    this.#checkReach();
    return {
      breaks: await this.#placed(),
      events: this.#events,
      first_seq: this.#firstSeq,
      last_seq: this.#goodSeq,
      head_hash: this.#goodHash,
      last_event_hash: this.#lastEventHash,
      began_at: this.#beganAt,
      end:
        this.#endSegment === 0
          ? null
          : { segment: this.#endSegment, offset: this.#endOffset, seq: this.#goodSeq, hash: this.#goodHash },
      torn: this.#torn,
      abandoned_bytes: this.#abandoned,
      acknowledged: this.#acknowledged,
      purged_segments: this.#purged,
      last_pin_seq: this.#lastPin,
      checkpoint_due: this.#checkpointDue,
      last_line: this.#line,
      bytes: this.#done,
    };
  }

  /** Sets the state at the start and gives the segments that are to be walked. */
  async #begin(): Promise<SegmentFile[]> {
    const { from, until } = this.options;
    const segments = this.options.segments.filter(
      ({ segment }) => segment >= (from?.segment ?? 0) && segment <= (until?.segment ?? Number.MAX_SAFE_INTEGER),
    );
    if (this.options.partial) {
      this.#head = null;
      this.#seq = null;
    }
    if (from !== undefined) {
      this.#head = from.hash;
      this.#seq = from.seq;
      this.#stood({ segment: from.segment, path: "" }, from.offset);
      this.#beganAt = { segment: from.segment, seq: from.seq + 1 };
      while (this.#pin < this.#pins.length && this.#pins[this.#pin]!.seq <= from.seq) this.#passPin();
    }
    for (const file of segments) this.#total += await this.#sizeOf(file);
    this.#total -= from?.offset ?? 0;
    return segments;
  }

  async #sizeOf({ segment, path }: SegmentFile): Promise<number> {
    const { until } = this.options;
    const size = (await this.#files.stat(path))?.size ?? 0;
    return until?.segment === segment ? Math.min(size, until.offset) : size;
  }

  /** A segment whose file is not there. */
  #checkNumber(segment: SegmentFile): void {
    const expected = this.#previous === null ? (this.options.from?.segment ?? 1) : this.#previous.segment + 1;
    if (segment.segment === expected) return;
    if (this.#previous === null && this.options.partial) return;
    this.#loseSegment(expected);
  }

  async #segment(segment: SegmentFile, last: boolean): Promise<void> {
    const start = this.options.from?.segment === segment.segment ? this.options.from.offset : 0;
    const size = await this.#sizeOf(segment);
    this.#line = 0;
    if (size < start) {
      this.#lose(segment, 1, "is shorter than it was", this.#seq);
      return;
    }
    if (size === 0) {
      if (last) this.#torn = { segment: segment.segment, offset: 0, bytes: 0 };
      else this.#lose(segment, 1, "is empty");
      return;
    }
    const file = await this.#files.open(segment.path, "read");
    try {
      await this.#lines(segment, file, { start, size, last });
    } finally {
      await file.close();
    }
  }

  async #lines(
    segment: SegmentFile,
    file: LogFile,
    { start, size, last }: { readonly start: number; readonly size: number; readonly last: boolean },
  ): Promise<void> {
    const chunkBytes = this.options.chunkBytes ?? DEFAULT_CHUNK;
    const whole = Buffer.allocUnsafe(Math.min(chunkBytes, size - start) + MAX_LINE);
    /** Bytes at the beginning of the buffer that are the beginning of a line. */
    let rest = 0;
    let position = start;
    while (position < size) {
      this.options.signal?.throwIfAborted();
      const bytesRead = await readInto(file, whole, rest, Math.min(chunkBytes, size - position), position);
      if (bytesRead === 0) break;
      const buffer = whole.subarray(0, rest + bytesRead);
      const bufferStart = position - rest;
      position += bytesRead;
      let from = 0;
      for (let end = buffer.indexOf(10); end >= 0; end = buffer.indexOf(10, from)) {
        if (this.#head !== null && this.#head === this.#stopHash) {
          this.#abandoned += size - (bufferStart + from);
          this.#progress(size - position + bytesRead);
          return;
        }
        this.#line++;
        const at: LinePosition = { segment: segment.segment, offset: bufferStart + from, length: end - from };
        const stands =
          at.offset === 0 ? this.#opening(segment, buffer, end, size) : this.#event(segment, buffer, from, at);
        from = end + 1;
        if (!stands) {
          this.#progress(size - position + bytesRead);
          return;
        }
      }
      whole.copyWithin(0, from, buffer.length);
      rest = buffer.length - from;
      this.#progress(bytesRead);
      if (rest > MAX_LINE) {
        this.#lose(segment, this.#line + 1, "is longer than any event", this.#next());
        return;
      }
      await this.options.pause?.();
    }
    if (rest === 0) return;
    if (this.#head !== null && this.#head === this.#stopHash) this.#abandoned += rest;
    else if (last) this.#torn = { segment: segment.segment, offset: size - rest, bytes: rest };
    else this.#lose(segment, this.#line + 1, "is cut off in the middle", this.#next());
  }

  #progress(bytes: number): void {
    this.#done += bytes;
    this.options.onProgress?.(this.#done, this.#total);
  }

  /** The first line of a segment: a header, or the tombstone of a purged one. False when the segment cannot be read on. */
  #opening(segment: SegmentFile, buffer: Buffer, end: number, size: number): boolean {
    const checked = checkLine(this.options.key, null, buffer, 0, end);
    if (checked.record !== null && isTombstone(checked.record)) {
      return this.#tombstone(segment, buffer.toString("utf8", 0, end), size);
    }
    if (!checked.ok) return this.#failed(segment, checked);
    const header = checked.record as unknown as SegmentHeader;
    if ("kind" in header || !Number.isSafeInteger(header.segment) || !Number.isSafeInteger(header.first_seq)) {
      return this.#lose(segment, 1, "is no segment header: the beginning of the file is missing");
    }
    const alone = this.#previous === null && this.options.partial === true;
    if (header.segment !== segment.segment && !alone) {
      return this.#lose(segment, 1, `is the header of segment ${header.segment}, not of ${segment.segment}`);
    }
    if (alone && header.segment !== 1) this.#beganAt = { segment: header.segment, seq: header.first_seq };
    this.#checkSeam(segment, header);
    this.#noteCheckpointDue(header.checkpoint_seq);
    this.#head = checked.this_hash;
    this.#seq = header.first_seq - 1;
    this.#stood(segment, end + 1);
    return true;
  }

  /** The header is authentic: when it does not continue what was walked, that is a break, but its own segment stands. */
  #checkSeam(segment: SegmentFile, { prev_hash, first_seq }: SegmentHeader): void {
    if (this.#head === null) return;
    if (this.#head === prev_hash && this.#next() === first_seq) return;
    const reason =
      this.#previous === null
        ? "does not begin the chain"
        : `does not continue segment ${this.#previous.segment}: lines are missing between them, or were put in`;
    this.#lose(segment, 1, reason);
  }

  #tombstone(segment: SegmentFile, line: string, size: number): boolean {
    const { key, publicKey } = this.options;
    const tombstone = openTombstone(line, { key, publicKey });
    if (tombstone === null) return this.#lose(segment, 1, "is a tombstone that was not made by this installation");
    if (tombstone.tombstone !== segment.segment) return this.#lose(segment, 1, "is the tombstone of another segment");
    if (Buffer.byteLength(line) + 1 !== size) return this.#lose(segment, 2, "stands behind a tombstone");
    if (this.#head !== null && (tombstone.prev_hash !== this.#head || tombstone.first_seq !== this.#next())) {
      return this.#lose(segment, 1, "does not follow the segment before it", this.#next());
    }
    this.#purged.push(segment.segment);
    this.options.visitTombstone?.(tombstone);
    this.#head = tombstone.last_hash;
    this.#seq = tombstone.last_seq;
    this.#lastEventHash = null;
    this.#stood(segment, size);
    return this.#checkPin(segment);
  }

  #event(segment: SegmentFile, buffer: Buffer, start: number, at: LinePosition): boolean {
    const end = start + at.length;
    const seq = this.#seq! + 1;
    const hash = this.#checker.check(this.#head!, seq, buffer, start, end);
    if (hash === null) {
      const checked = checkLine(this.options.key, this.#head, buffer, start, end);
      if (!checked.ok) return this.#failed(segment, checked);
      return this.#lose(segment, this.#line, "does not carry the seq that comes next");
    }
    this.#head = hash;
    this.#seq = seq;
    this.#lastEventHash = hash;
    this.#stood(segment, at.offset + at.length + 1);
    this.#events++;
    this.#firstSeq ??= seq;
    if (!this.#checkPin(segment)) return false;
    const line = buffer.subarray(start, end);
    if (this.#checker.lastIs("chain_broken", buffer)) this.#acknowledge(line, at);
    if (this.#checker.lastIs("server_started", buffer)) {
      this.#noteCheckpointDue(JSON.parse(line.toString("utf8")).checkpoint_seq);
    }
    this.options.visitLine?.(line, hash);
    this.options.visit?.(JSON.parse(line.toString("utf8")) as AuditEvent, at, line);
    return true;
  }

  /** Headers and starts of the server say which checkpoint was the last that had been written. */
  #noteCheckpointDue(seq: unknown): void {
    if (typeof seq === "number") this.#checkpointDue = Math.max(this.#checkpointDue, seq);
  }

  #acknowledge(line: Buffer, at: LinePosition): void {
    const event = JSON.parse(line.toString("utf8")) as AuditEvent;
    if (event.kind !== "chain_broken") return;
    const begun = this.#line === 2 && this.options.from?.segment !== at.segment ? at.segment : null;
    this.#acknowledged.push({ segment: event.segment, at_seq: event.at_seq, begun });
  }

  /** The line that ends at `offset` stands. */
  #stood(segment: SegmentFile, offset: number): void {
    this.#goodSeq = this.#seq!;
    this.#goodHash = this.#head!;
    this.#endSegment = segment.segment;
    this.#endOffset = offset;
  }

  #checkPin(segment: SegmentFile): boolean {
    let pin = this.#pins[this.#pin];
    while (pin !== undefined && pin.seq <= this.#seq!) {
      if (pin.seq === this.#seq && pin.hash !== this.#head) {
        return this.#lose(segment, this.#line, `is not what a ${sourceName(pin)} says of it`, this.#seq);
      }
      this.#passPin();
      pin = this.#pins[this.#pin];
    }
    return true;
  }

  #passPin(): void {
    this.#lastPin = this.#pins[this.#pin]!.seq;
    this.#pin++;
  }

  /** At the end: what was pinned must be there. */
  #checkReach(): void {
    const last = this.#pins.at(-1);
    // After a break at the end that is said already.
    if (last === undefined || last.seq <= this.#goodSeq || this.#head === null) return;
    const file = this.#previous ?? { segment: 1, path: this.options.path };
    this.#breaks.push({
      file: basename(file.path),
      segment: file.segment,
      line: this.#line + 1,
      seq: this.#goodSeq + 1,
      reason: `is missing: a ${sourceName(last)} shows that the log went on to seq ${last.seq}`,
    });
  }

  /** Breaks with line numbers of their file, also where the walk began in the middle of one. */
  async #placed(): Promise<LogBreak[]> {
    const { from, segments } = this.options;
    const file = from && segments.find(({ segment }) => segment === from.segment);
    if (!file || !this.#breaks.some(({ segment }) => segment === file.segment)) return this.#breaks;
    const skipped = await countLines(this.#files, file.path, { to: from.offset });
    return this.#breaks.map((at) => (at.segment === file.segment ? { ...at, line: at.line + skipped } : at));
  }

  #next(): number | null {
    return this.#seq === null ? null : this.#seq + 1;
  }

  #failed(segment: SegmentFile, { fault, record }: CheckedLine & { readonly ok: false }): false {
    const stored = record?.seq;
    // A line that is whole but follows another one: its own seq tells a person more than the one that was due.
    const own = fault === "does not follow the line before it" && typeof stored === "number";
    return this.#lose(segment, this.#line, fault, own ? stored : this.#next());
  }

  #loseSegment(segment: number): void {
    const path = segmentPath(this.options.path, segment);
    this.#lose({ segment, path }, 1, "is missing: the whole segment is gone");
  }

  /** Notes a break and forgets the state, so that the next segment is taken at its word. */
  #lose(segment: SegmentFile, line: number, reason: string, seq: number | null = this.#next()): false {
    this.#breaks.push({ file: basename(segment.path), segment: segment.segment, line, seq, reason });
    this.#head = null;
    this.#seq = null;
    return false;
  }
}

function sourceName(pin: Pin): string {
  return { checkpoint: "signed checkpoint", projection: "session table", anchor: "line of the anchor" }[pin.source];
}
