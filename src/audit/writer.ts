/**
 * The writing side of the audit log. The way of an event:
 *
 * 1. `append` checks it and puts it in the queue.
 * 2. All that waits is chained, written with one write and made durable with one fdatasync (group commit); what comes
 *    meanwhile waits for the next round.
 * 3. Only then do the callers get their events, and may release what was waiting for them.
 *
 * When a round fails, nothing of it is trusted: the same events go to a new segment. When that fails too every caller is
 * refused, and the log tries again by itself until it can write.
 */
import { basename } from "node:path";
import { MaskerError } from "../errors.ts";
import { newId } from "../id.ts";
import { anchorFor } from "./anchor.ts";
import type { AuditLog, AuditLogHealth, AuditLogOptions } from "./audit-log.ts";
import { verifyBeforeBoot } from "./background.ts";
import { type BootState, brokenEvent, recoveredEvent } from "./boot.ts";
import { type Checkpoint, type CheckpointState, CheckpointWriter, checkpointPath } from "./checkpoint.ts";
import { CheckpointKeeper } from "./checkpoint-keeper.ts";
import type { AuditEvent, AuditEventInput } from "./event.ts";
import { eventFields } from "./event-fields.ts";
import type { LogFiles } from "./files.ts";
import { type CommittedEvent, Group } from "./group.ts";
import type { LogLock } from "./lock.ts";
import { FileVanished, OpenSegment } from "./open-segment.ts";
import { segmentPath } from "./segment.ts";
import type { Signer } from "./signing.ts";
import type { ChainState, LogBreak } from "./walk-result.ts";

const SEGMENT_BYTES = 64 << 20;
const CHECKPOINT_EVERY_MS = 60_000;
const RETRY_MS = 1000;
interface Waiter {
  readonly fields: readonly Record<string, unknown>[];
  resolve(events: AuditEvent[]): void;
  reject(error: unknown): void;
}

export class AuditLogWriter implements AuditLog {
  readonly path: string;
  readonly backgroundVerification: Promise<void>;
  readonly #files: LogFiles;
  readonly #clock: () => number;
  readonly #checkpoints: CheckpointKeeper;
  readonly #listeners = new Set<(events: readonly CommittedEvent[]) => void>();
  readonly #abort = new AbortController();
  #queue: Waiter[] = [];
  #flushing: Promise<void> | null = null;
  #segment: OpenSegment | null = null;
  #lastSegment: number;
  /** Bytes of it that count; all of them where that was not looked at. */
  #lastSize: number;
  #seq: number;
  #hash: string;
  #eventHash: string | null;
  /** Written before anything else that comes. */
  #preface: readonly AuditEventInput[];
  #broken: LogBreak | null;
  #writable = true;
  #verified = false;
  #closed = false;
  #newSegmentWanted = false;
  /** A segment file that holds nothing that counts: of a failed round, or of a crash. */
  #leftover: string | null;
  #retryTimer: ReturnType<typeof setTimeout> | null = null;
  #startVerification: () => void = () => {};

  constructor(
    private readonly options: AuditLogOptions & { readonly files: LogFiles },
    readonly signer: Signer,
    private readonly lock: LogLock,
    private readonly boot: BootState,
  ) {
    this.path = options.path;
    this.#files = options.files;
    this.#clock = options.clock ?? Date.now;
    const keys = { key: options.key, signer };
    this.#checkpoints = new CheckpointKeeper({
      writer: new CheckpointWriter(this.#files, checkpointPath(this.path), options.node, keys),
      anchor: options.anchor ? anchorFor(options.anchor) : null,
      state: () => this.#endState(),
      now: () => new Date(this.#clock()).toISOString(),
      everyMs: options.checkpointEveryMs ?? CHECKPOINT_EVERY_MS,
      tell: (message, thrown) => this.#tell(message, thrown),
      lastSeq: boot.checkpoint?.seq ?? 0,
    });
    this.#lastSegment = boot.lastSegment;
    this.#leftover = boot.leftover;
    this.#lastSize = boot.appendTo?.size ?? Number.MAX_SAFE_INTEGER;
    this.#seq = boot.seq;
    this.#hash = boot.hash;
    this.#eventHash = boot.eventHash;
    this.#preface = boot.preface;
    this.#broken = boot.broken;
    this.backgroundVerification = new Promise<void>((resolve) => {
      this.#startVerification = resolve;
    }).then(() => this.#verifyRest());
  }

  async start(): Promise<void> {
    const { appendTo, broken } = this.boot;
    if (broken !== null) this.#tellBroken(broken);
    if (appendTo !== null) {
      try {
        this.#segment = await OpenSegment.reopen(this.#files, appendTo);
      } catch (thrown) {
        // Readable but not writable: what is there stands, and the log goes on in a new segment as soon as it can.
        this.#preface = [...this.#preface, recoveredEvent("failed_write", appendTo.segment, 0)];
        this.#unavailable(thrown);
      }
    }
    if (this.#preface.length > 0) await this.#flushNow().catch(() => {});
    // What a crash left without a checkpoint gets one before anything new.
    await this.checkpoint().catch((thrown) => this.#tell("a checkpoint was not written", thrown));
    this.#startVerification();
  }

  async append(inputs: readonly AuditEventInput[]): Promise<readonly AuditEvent[]> {
    if (this.#closed) throw new MaskerError("audit_unavailable");
    if (inputs.length === 0) return [];
    const ts = new Date(this.#clock()).toISOString();
    const { node } = this.options;
    const fields = inputs.map((input) => eventFields(input, { ts, event_id: input.event_id ?? newId("event"), node }));
    return await this.#enqueue(fields);
  }

  head(): ChainState {
    return {
      segment: this.#segment?.segment ?? this.#lastSegment,
      offset: this.#segment?.size ?? this.#lastSize,
      seq: this.#seq,
      hash: this.#hash,
    };
  }

  health(): AuditLogHealth {
    const writable = this.#writable && !this.#closed;
    return { ok: writable && this.#broken === null, writable, broken: this.#broken, verified: this.#verified };
  }

  onCommit(listener: (events: readonly CommittedEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  noteVerification(found: LogBreak | null): void {
    if (found !== null && this.#broken === null) this.#tellBroken(found);
    this.#broken = found;
  }

  checkpoint(): Promise<Checkpoint | null> {
    return this.#checkpoints.write();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#abort.abort();
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
    await this.#flushing;
    await this.backgroundVerification;
    await this.#checkpoints.close();
    await this.#segment?.close();
    this.#segment = null;
    this.lock.release();
  }

  // The rounds.

  #enqueue(fields: readonly Record<string, unknown>[]): Promise<AuditEvent[]> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ fields, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  /** A round without events: writes the preface, and shows whether the log can write at all. */
  async #flushNow(): Promise<void> {
    await this.#enqueue([]);
  }

  async #flush(): Promise<void> {
    // All that is appended in this turn of the event loop goes into the first round.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const waiters = this.#queue;
      this.#queue = [];
      try {
        const committed = await this.#commit(waiters);
        this.#resumed();
        let from = 0;
        for (const waiter of waiters) {
          const to = from + waiter.fields.length;
          waiter.resolve(committed.slice(from, to).map(({ event }) => event));
          from = to;
        }
      } catch (thrown) {
        this.#unavailable(thrown);
        for (const waiter of waiters) waiter.reject(new MaskerError("audit_unavailable", { cause: thrown }));
      }
      await this.#rotateWhenFull();
    }
    this.#flushing = null;
  }

  async #commit(waiters: readonly Waiter[]): Promise<CommittedEvent[]> {
    if (this.#newSegmentWanted && this.#segment !== null) {
      await this.#segment.close();
      this.#segment = null;
    }
    this.#newSegmentWanted = false;
    if (this.#segment !== null) {
      const segment = this.#segment;
      try {
        return await this.#round(segment, waiters);
      } catch (thrown) {
        this.#tell("the audit log could not be written: going on in a new segment", thrown, segment.segment);
        await this.#abandon(segment, thrown instanceof FileVanished);
      }
    }
    const fresh = await this.#beginSegment();
    try {
      const committed = await this.#round(fresh, waiters);
      this.#leftover = null;
      this.#segment = fresh;
      this.#lastSegment = fresh.segment;
      return committed;
    } catch (thrown) {
      await this.#discard(fresh);
      throw thrown;
    }
  }

  /** Writes one group and makes it durable; the state moves on only when all of that went well. */
  async #round(segment: OpenSegment, waiters: readonly Waiter[]): Promise<CommittedEvent[]> {
    const group = new Group(this.options.key, segment.segment, segment.size, this.#hash, this.#seq);
    const now = new Date(this.#clock()).toISOString();
    if (segment.fresh) {
      group.header({
        v: 1,
        segment: segment.segment,
        node: this.options.node,
        created_at: now,
        first_seq: this.#seq + 1,
        prev_segment: this.#lastSegment === 0 ? null : this.#lastSegment,
        checkpoint_seq: this.#checkpoints.lastSeq,
      });
    }
    const preface = this.#preface;
    for (const input of preface) {
      group.event(eventFields(input, { ts: now, event_id: newId("event"), node: this.options.node }));
    }
    const prefaced = group.committed.length;
    for (const fields of waiters.flatMap((waiter) => waiter.fields)) {
      group.event(fields.kind === "server_started" ? { ...fields, checkpoint_seq: this.#checkpoints.lastSeq } : fields);
    }
    if (group.bytes === 0) return [];
    await segment.append(Buffer.from(group.text()));
    this.#lastSize = segment.size;
    this.#seq = group.seq;
    this.#hash = group.hash;
    this.#eventHash = group.eventHash ?? this.#eventHash;
    this.#preface = this.#preface.filter((input) => !preface.includes(input));
    this.#publish(group.committed);
    this.#checkpoints.later();
    return group.committed.slice(prefaced);
  }

  #publish(committed: readonly CommittedEvent[]): void {
    for (const listener of this.#listeners) {
      try {
        listener(committed);
      } catch (thrown) {
        this.#tell("a listener of the audit log failed", thrown);
      }
    }
  }

  // Segments.

  #beginSegment(): Promise<OpenSegment> {
    const segment = this.#lastSegment + 1;
    const path = segmentPath(this.path, segment);
    return OpenSegment.begin(this.#files, path, segment, this.#leftover === path);
  }

  /** A segment that never came to hold anything durable. */
  async #discard(fresh: OpenSegment): Promise<void> {
    await fresh.close();
    if (this.#leftover === fresh.path) return;
    const removed = this.#files.remove(fresh.path);
    this.#leftover = await removed.then(
      () => null,
      () => fresh.path,
    );
  }

  /** After a failed write or fsync: what is known to be on disk stays, nothing more is written to this file. */
  async #abandon(segment: OpenSegment, vanished: boolean): Promise<void> {
    this.#segment = null;
    if (vanished) {
      const reason = "was removed, replaced or changed while it was being written";
      this.noteVerification({ file: basename(segment.path), segment: segment.segment, line: 1, seq: null, reason });
    }
    const dropped = vanished ? 0 : await segment.cutOff();
    await segment.close();
    const told = recoveredEvent(vanished ? "file_vanished" : "failed_write", segment.segment, dropped);
    this.#preface = [told, ...this.#preface.filter(({ kind }) => kind !== "chain_recovered")];
  }

  async #rotateWhenFull(): Promise<void> {
    const segment = this.#segment;
    if (segment === null || segment.size < (this.options.segmentBytes ?? SEGMENT_BYTES)) return;
    await this.#endSegment(segment);
  }

  async #endSegment(segment: OpenSegment): Promise<void> {
    try {
      await this.checkpoint();
    } catch (thrown) {
      // A segment ends with a checkpoint: it grows on until one can be written.
      this.#tell("a checkpoint was not written", thrown);
      return;
    }
    this.#segment = null;
    await segment.close();
  }

  #endState(): CheckpointState | null {
    if (this.#eventHash === null || this.#segment === null) return null;
    const { segment, size } = this.#segment;
    return { seq: this.#seq, hash: this.#eventHash, segment, offset: size };
  }

  // Health.

  #unavailable(thrown: unknown): void {
    if (this.#writable) this.#tell("the audit log cannot be written: answers are refused", thrown);
    this.#writable = false;
    if (this.#retryTimer !== null || this.#closed) return;
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = null;
      this.#flushNow().catch(() => {});
    }, this.options.retryMs ?? RETRY_MS);
    this.#retryTimer.unref?.();
  }

  #resumed(): void {
    if (!this.#writable) this.options.log.info("the audit log is written again", { component: "audit_log" });
    this.#writable = true;
  }

  #tellBroken({ file, segment, seq, reason }: LogBreak): void {
    const place = { component: "audit_log", file, segment, ...(seq === null ? {} : { seq }) };
    this.options.log.error(`the audit chain is broken: the line ${reason}`, place);
  }

  #tell(message: string, thrown: unknown, segment = this.#lastSegment): void {
    const error_class = thrown instanceof Error ? ((thrown as { code?: string }).code ?? thrown.constructor.name) : "";
    this.options.log.error(message, { component: "audit_log", segment, error_class });
  }

  /** Verifies from the beginning to where the walk at boot began. */
  async #verifyRest(): Promise<void> {
    const { walkedFrom } = this.boot;
    if (walkedFrom === null || this.options.verifyInBackground === false) {
      this.#verified = walkedFrom === null;
      return;
    }
    const { path, signer } = this;
    const { key, files } = this.options;
    const { signal } = this.#abort;
    try {
      const task = { path, key, publicKey: signer.publicKey, files, signal };
      const { first, untold } = await verifyBeforeBoot({ ...this.boot, walkedFrom }, task);
      this.#verified = true;
      if (first === null) return;
      this.noteVerification(first);
      if (untold.length === 0) return;
      this.#newSegmentWanted = true;
      this.#preface = [...this.#preface, ...untold.map(brokenEvent)];
      await this.#flushNow();
    } catch (thrown) {
      if (!signal.aborted) this.#tell("the verification in the background failed", thrown);
    }
  }
}
