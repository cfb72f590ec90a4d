import { workerUrl } from "../build-info.ts";
import { MaskerError } from "../errors.ts";
import type { ReadingReply, ReadingTask } from "./reading-task.ts";

export interface LaneLimits {
  /** Characters that may wait. */
  readonly waitingCharacters: number;
  /** Time for one answer before the thread counts as hung, ms. */
  readonly answerMs: number;
  /** Time without work after which the thread is ended, ms: what it read of a megabyte is hundreds of them. */
  readonly idleMs: number;
}

export const LANE_LIMITS: LaneLimits = { waitingCharacters: 64 << 20, answerMs: 60_000, idleMs: 60_000 };

interface Job {
  readonly task: ReadingTask;
  readonly characters: number;
  /** After it the answer is of no use to anybody, performance.now() clock. */
  readonly giveUpMs: number;
  readonly resolve: (reply: ReadingReply) => void;
  readonly reject: (error: MaskerError) => void;
}

/** One thread that reads, with what waits for it. It is started when it is needed. */
export class ReadingLane {
  readonly #limits: LaneLimits;
  readonly #spawn: () => Worker;
  #worker: Worker | null = null;
  #waiting: Job[] = [];
  #characters = 0;
  #current: Job | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(limits: LaneLimits, spawn: () => Worker = () => new Worker(workerUrl("detect/reading-worker.ts"))) {
    this.#limits = limits;
    this.#spawn = spawn;
  }

  /** @throws MaskerError detection_unavailable when too much waits, it is given up, or the thread fails. */
  ask(task: ReadingTask, giveUpMs: number): Promise<ReadingReply> {
    const characters = task.task === "read" ? task.text.length : task.texts.reduce((sum, text) => sum + text.length, 0);
    if (this.#closed || this.#characters + characters > this.#limits.waitingCharacters)
      return Promise.reject(unavailable());
    return new Promise((resolve, reject) => {
      this.#characters += characters;
      this.#waiting.push({ task, characters, giveUpMs, resolve, reject });
      this.#next();
    });
  }

  close(): void {
    this.#closed = true;
    this.#stop();
    for (const job of this.#waiting.splice(0)) this.#end(job, null);
  }

  #next(): void {
    if (this.#current !== null) return;
    clearTimeout(this.#timer);
    for (let job = this.#waiting.shift(); job !== undefined; job = this.#waiting.shift()) {
      if (performance.now() > job.giveUpMs) {
        this.#end(job, null);
        continue;
      }
      this.#current = job;
      try {
        this.#worker ??= this.#start();
        this.#worker.postMessage(job.task);
      } catch {
        this.#stop();
        continue;
      }
      this.#timer = setTimeout(() => this.#failed(), this.#limits.answerMs);
      return;
    }
    this.#timer = setTimeout(() => this.#stop(), this.#limits.idleMs);
    this.#timer.unref();
  }

  #start(): Worker {
    const worker = this.#spawn();
    worker.onmessage = ({ data }: MessageEvent<ReadingReply>) => {
      const job = this.#current;
      if (this.#worker !== worker || job === null) return;
      this.#current = null;
      this.#end(job, "failed" in data ? null : data);
      this.#next();
    };
    const gone = (event: Event) => {
      event.preventDefault();
      if (this.#worker === worker) this.#failed();
    };
    worker.onerror = gone;
    worker.addEventListener("close", gone);
    return worker;
  }

  /** The thread died or hangs: another one reads what waits. */
  #failed(): void {
    this.#stop();
    this.#next();
  }

  /** Ends the thread, and with it what it was reading. */
  #stop(): void {
    clearTimeout(this.#timer);
    const [worker, job] = [this.#worker, this.#current];
    this.#worker = null;
    this.#current = null;
    worker?.terminate();
    if (job !== null) this.#end(job, null);
  }

  #end(job: Job, reply: ReadingReply | null): void {
    this.#characters -= job.characters;
    if (reply === null) job.reject(unavailable());
    else job.resolve(reply);
  }
}

function unavailable(): MaskerError {
  return new MaskerError("detection_unavailable", { retryAfterSeconds: 1 });
}
