import type { Anchor } from "./anchor.ts";
import type { Checkpoint, CheckpointState, CheckpointWriter } from "./checkpoint.ts";

/** Writes checkpoints when they are due: one at a time, and by itself some time after something new was logged. */
export class CheckpointKeeper {
  #lastSeq: number;
  #writing: Promise<unknown> = Promise.resolve();
  #anchoring: Promise<unknown> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #closed = false;

  constructor(
    private readonly options: {
      readonly writer: CheckpointWriter;
      readonly anchor: Anchor | null;
      /** The durable end of the log; null when it is not known which event stands there. */
      readonly state: () => CheckpointState | null;
      /** ISO 8601. */
      readonly now: () => string;
      readonly everyMs: number;
      readonly tell: (message: string, thrown: unknown) => void;
      /** Of the last checkpoint in the file; 0 for none. */
      readonly lastSeq: number;
    },
  ) {
    this.#lastSeq = options.lastSeq;
  }

  /** Up to which event checkpoints are on disk. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Writes one of the end of the log; null when there is nothing new. */
  write(): Promise<Checkpoint | null> {
    const written = this.#writing.then(() => this.#write());
    this.#writing = written.catch(() => {});
    return written;
  }

  /** Something new is on disk. */
  later(): void {
    if (this.#timer !== null || this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.write().catch((thrown) => {
        this.options.tell("a checkpoint was not written", thrown);
        this.later();
      });
    }, this.options.everyMs);
    this.#timer.unref?.();
  }

  /** Writes the last one. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.write().catch((thrown) => this.options.tell("the last checkpoint was not written", thrown));
    await this.#anchoring;
    await this.options.writer.close().catch(() => {});
  }

  async #write(): Promise<Checkpoint | null> {
    const { writer, anchor, state, now, tell } = this.options;
    const end = state();
    if (end === null || end.seq <= this.#lastSeq) return null;
    const written = await writer.write(end, now());
    this.#lastSeq = end.seq;
    // Not waited for: a collector that does not answer must not hold up the log.
    this.#anchoring = this.#anchoring
      .then(() => anchor?.(written))
      .catch((thrown) => tell("the audit anchor was not reached", thrown));
    return written;
  }
}
