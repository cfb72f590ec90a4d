/**
 * The statistical pass over worker threads.
 *
 * 1. A call's texts become jobs; a long text becomes several overlapping chunks.
 * 2. Jobs wait in one bounded queue, the earliest due time first; a full queue refuses the call.
 * 3. A free worker takes the next job, and more with it when others wait. Jobs that can no longer be in time wait until no
 *    other does: under overload the workers go on answering calls that are still waited for.
 * 4. A worker that dies or hangs is replaced and its jobs are tried once more; a second time they fail.
 * 5. A call ends with all its spans, or with `detection_unavailable` when a job failed or it was given up.
 */
import { availableParallelism } from "node:os";
import { workerUrl } from "../build-info.ts";
import type { NerModel, NerRequest, Span } from "../detect/detector.ts";
import { MaskerError } from "../errors.ts";
import { errorFields } from "../log/error-fields.ts";
import type { Log } from "../log/log.ts";
import type { LabelledSpan } from "./decode.ts";
import { type Call, type Job, JobQueue, jobsOf } from "./job-queue.ts";
import type { Labels } from "./labels.ts";
import { type StartMessage, type StopMessage, unpack, type WorkerReply } from "./message.ts";
import { findModel } from "./model.ts";
import { extractNative, loadLibrary } from "./native.ts";

export interface NerModelOptions {
  /** MASKER_NER_MODEL_PATH; null: the built-in model. */
  readonly modelPath: string | null;
  /** MASKER_NER_THREADS; null: one a core, at most four. */
  readonly threads: number | null;
  /** Folder for native files, made when missing (`runtime` in the data folder). */
  readonly runtimeDir: string;
  readonly log: Log;
}

/** What a model needs once it was found: the start message for workers and how many of them. */
export interface PoolOptions {
  readonly start: StartMessage;
  readonly threads: number;
  readonly log: Log;
  /** Makes a worker thread; tests put others in its place. */
  readonly spawn?: () => Worker;
  readonly limits?: Partial<PoolLimits>;
}

export interface PoolLimits {
  /** Jobs that may wait. */
  readonly queue: number;
  /** Time for a worker to load the model. */
  readonly startMs: number;
  /** Time for one message of jobs before the worker counts as hung. */
  readonly answerMs: number;
  /** Pause before a worker that died is replaced; doubled each time, up to `restartMostMs`. */
  readonly restartMs: number;
  readonly restartMostMs: number;
  /** Time for a thread to end when the pool is closed. */
  readonly stopMs: number;
}

const LIMITS: PoolLimits = {
  queue: 16_384,
  startMs: 30_000,
  answerMs: 15_000,
  restartMs: 50,
  restartMostMs: 30_000,
  stopMs: 5_000,
};

const MOST_THREADS = 4;
const TRIES = 2;
/**
 * The statistical pass, ready when the promise resolves. A model that cannot run does not reject: it logs why, has the status
 * `failed`, and refuses every call, so that policies decide (`on_ner_unavailable`).
 */
export async function createNerModel({ modelPath, threads, runtimeDir, log }: NerModelOptions): Promise<NerModel> {
  try {
    const model = await findModel(modelPath);
    const native = await extractNative(runtimeDir);
    loadLibrary(native.library);
    const count = threads ?? Math.min(MOST_THREADS, availableParallelism());
    return await startPool({ start: { native, model }, threads: count, log });
  } catch (error) {
    const message = error instanceof MaskerError ? error.message : "The NER model cannot start.";
    log.error(message, { component: "ner", ...errorFields(error) });
    return unavailableModel();
  }
}

function unavailableModel(): NerModel {
  return {
    label: () => Promise.reject(unavailable()),
    status: () => "failed",
    close: () => Promise.resolve(),
  };
}

/** Starts the workers; resolves when the first one answered, or when all have failed (they are tried again later). */
export async function startPool(options: PoolOptions): Promise<NerModel> {
  const pool = new Pool(options);
  await pool.started;
  return pool;
}

interface Seat {
  worker: Worker | null;
  state: "starting" | "idle" | "busy" | "gone";
  jobs: Job[];
  timer: ReturnType<typeof setTimeout> | undefined;
  /** Deaths in a row without an answer in between. */
  deaths: number;
  /** True once a worker did not get as far as ready, until one does. */
  broken: boolean;
}

class Pool implements NerModel {
  readonly started: Promise<void>;
  private readonly start: StartMessage;
  private readonly labels: Labels;
  private readonly log: Log;
  private readonly spawn: () => Worker;
  private readonly limits: PoolLimits;
  private readonly seats: Seat[];
  private readonly queue = new JobQueue();
  private lastFailed = false;
  private closed = false;
  private announceStart: () => void = () => undefined;

  constructor({ start, threads, log, spawn, limits }: PoolOptions) {
    this.start = start;
    this.labels = start.model.labels;
    this.log = log;
    this.spawn = spawn ?? (() => new Worker(workerUrl("ner/worker.ts")));
    this.limits = { ...LIMITS, ...limits };
    this.started = new Promise((resolve) => {
      this.announceStart = resolve;
    });
    this.seats = Array.from({ length: Math.max(1, threads) }, () => ({
      worker: null,
      state: "gone",
      jobs: [],
      timer: undefined,
      deaths: 0,
      broken: false,
    }));
    for (const seat of this.seats) this.fill(seat);
  }

  label(
    requests: readonly NerRequest[],
    dueMs: number,
    giveUpMs: number = dueMs,
  ): Promise<readonly (readonly Span[])[]> {
    return new Promise((resolve, reject) => {
      if (this.closed || this.hopeless()) return reject(unavailable());
      const call: Call = {
        spans: requests.map(() => []),
        due: dueMs,
        resolve,
        reject,
        timer: undefined,
        left: 0,
        settled: false,
      };
      const jobs = requests.flatMap((request, index) => jobsOf(call, request, index));
      if (jobs.length === 0) return resolve(call.spans);
      const wait = giveUpMs - performance.now();
      if (!(wait > 0) || !this.queue.hasRoom(jobs.length, this.limits.queue)) return reject(unavailable());
      call.left = jobs.length;
      call.timer = setTimeout(() => this.settle(call, null), Math.min(wait, 2 ** 31 - 1));
      this.queue.add(jobs);
      this.pump();
    });
  }

  status(): "ok" | "failed" {
    const alive = this.seats.some(({ state }) => state === "idle" || state === "busy");
    return alive && !this.lastFailed && !this.closed ? "ok" : "failed";
  }

  /** Resolves when the threads have ended, or did not end in time. */
  async close(): Promise<void> {
    this.closed = true;
    const calls = new Set([...this.queue.drain(), ...this.seats.flatMap(({ jobs }) => jobs)].map(({ call }) => call));
    const ends = this.seats.map((seat) => {
      seat.jobs = [];
      const ended = seat.worker === null ? Promise.resolve() : ending(seat.worker, this.limits.stopMs);
      this.vacate(seat);
      return ended;
    });
    for (const call of calls) this.settle(call, null);
    this.announceStart();
    await Promise.all(ends);
  }

  /** True when no worker is up and none came up when last tried. */
  private hopeless(): boolean {
    return this.seats.every(({ state, broken }) => broken && state !== "idle" && state !== "busy");
  }

  private pump(): void {
    for (const seat of this.seats) {
      if (seat.state !== "idle" || seat.worker === null) continue;
      const jobs = this.queue.take(this.seats.length);
      if (jobs.length === 0) return;
      seat.jobs = jobs;
      seat.state = "busy";
      seat.timer = setTimeout(() => this.died(seat, "An NER worker does not answer."), this.limits.answerMs);
      seat.worker.postMessage({ jobs: jobs.map(({ text, question }) => ({ text, question })) });
    }
  }

  private fill(seat: Seat): void {
    if (this.closed) return;
    let worker: Worker;
    try {
      worker = this.spawn();
    } catch {
      this.died(seat, "An NER worker thread cannot be made.");
      return;
    }
    seat.worker = worker;
    seat.state = "starting";
    seat.timer = setTimeout(() => this.died(seat, "An NER worker does not start."), this.limits.startMs);
    worker.onmessage = (event: MessageEvent<WorkerReply>) => {
      if (seat.worker === worker) this.heard(seat, event.data);
    };
    const gone = () => {
      if (seat.worker === worker) this.died(seat, "An NER worker died.");
    };
    worker.onerror = (event) => {
      event.preventDefault();
      gone();
    };
    worker.addEventListener("close", gone);
    worker.postMessage(this.start);
  }

  private heard(seat: Seat, reply: WorkerReply): void {
    clearTimeout(seat.timer);
    if (reply.type === "failed") {
      this.died(seat, reply.message);
      return;
    }
    if (reply.type === "answer") {
      seat.deaths = 0;
      const { jobs } = seat;
      seat.jobs = [];
      const results = unpack(reply.packed);
      for (const [index, job] of jobs.entries()) this.finish(job, results[index] ?? null);
    }
    seat.state = "idle";
    if (reply.type === "ready") {
      seat.broken = false;
      this.log.debug("An NER worker is ready.", { component: "ner" });
      this.announceStart();
    }
    this.pump();
  }

  private finish(job: Job, spans: readonly LabelledSpan[] | null): void {
    this.lastFailed = spans === null;
    const { call } = job;
    if (call.settled) return;
    if (spans === null) {
      this.log.warn("The NER model failed on a text.", { component: "ner", bytes: job.text.length });
      this.settle(call, null);
      return;
    }
    const found = call.spans[job.request];
    for (const span of spans) {
      const start = span.start + job.offset;
      const end = span.end + job.offset;
      const kind = this.labels.labels[span.label];
      if (end <= job.coreFrom || start >= job.coreTo || kind === undefined || kind === "O") continue;
      found?.push({ start, end, kind, confidence: span.confidence, pass: "ner" });
    }
    call.left -= 1;
    if (call.left === 0) this.settle(call, call.spans.map(disjoint));
  }

  private settle(call: Call, spans: readonly (readonly Span[])[] | null): void {
    if (call.settled) return;
    call.settled = true;
    clearTimeout(call.timer);
    if (spans === null) call.reject(unavailable());
    else call.resolve(spans);
  }

  private died(seat: Seat, message: string): void {
    const { jobs } = seat;
    seat.jobs = [];
    if (seat.state === "starting" || seat.worker === null) seat.broken = true;
    this.vacate(seat);
    if (this.closed) return;
    seat.deaths += 1;
    this.log.error(message, { component: "ner", count: seat.deaths });
    for (const job of jobs) {
      job.tries += 1;
      if (job.tries >= TRIES) this.settle(job.call, null);
      else if (!job.call.settled) this.queue.add([job]);
    }
    const pause = Math.min(this.limits.restartMs * 2 ** (seat.deaths - 1), this.limits.restartMostMs);
    seat.timer = setTimeout(() => this.fill(seat), pause);
    if (this.hopeless()) {
      for (const { call } of this.queue.drain()) this.settle(call, null);
      this.announceStart();
    }
    this.pump();
  }

  /**
   * The worker is asked to stop, never terminated: a thread that is stopped inside ONNX Runtime takes the whole process with
   * it. One that hangs is left behind and replaced.
   */
  private vacate(seat: Seat): void {
    clearTimeout(seat.timer);
    const { worker } = seat;
    seat.worker = null;
    seat.state = "gone";
    const stop: StopMessage = { stop: true };
    worker?.postMessage(stop);
  }
}

function ending(worker: Worker, mostMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, mostMs);
    worker.addEventListener("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function unavailable(): MaskerError {
  return new MaskerError("detection_unavailable", { retryAfterSeconds: 1 });
}

/** Spans of neighbouring chunks that overlap are one; the kind is that of the longer. */
function disjoint(spans: readonly Span[]): readonly Span[] {
  const sorted = [...spans].sort((a, b) => a.start - b.start || b.end - a.end);
  const joined: Span[] = [];
  for (const span of sorted) {
    const last = joined.at(-1);
    if (last === undefined || span.start >= last.end) {
      joined.push(span);
      continue;
    }
    const longer = span.end - span.start > last.end - last.start ? span : last;
    joined[joined.length - 1] = {
      ...longer,
      start: last.start,
      end: Math.max(last.end, span.end),
      confidence: Math.max(last.confidence, span.confidence),
    };
  }
  return joined;
}
