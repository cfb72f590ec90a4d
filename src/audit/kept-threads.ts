import { workerUrl } from "../build-info.ts";

/** A thread that has done its work waits this long for more: starting one takes longer than a short piece of work. */
const KEEP_IDLE_MS = 60_000;

/** Threads of one entry point (as `workerUrl` takes it), used again while there is work for them. */
export class KeptThreads {
  readonly #idle: { readonly worker: Worker; readonly timer: ReturnType<typeof setTimeout> }[] = [];

  constructor(private readonly entryPoint: string) {}

  take(): Worker {
    const kept = this.#idle.pop();
    if (kept === undefined) return new Worker(workerUrl(this.entryPoint));
    clearTimeout(kept.timer);
    return kept.worker;
  }

  /** Gives back a thread that is ready for more; one that failed is to be terminated instead. */
  keep(worker: Worker): void {
    const timer = setTimeout(() => {
      const at = this.#idle.findIndex((one) => one.worker === worker);
      if (at >= 0) this.#idle.splice(at, 1);
      worker.terminate();
    }, KEEP_IDLE_MS);
    timer.unref();
    this.#idle.push({ worker, timer });
  }

  close(): void {
    for (const { worker, timer } of this.#idle.splice(0)) {
      clearTimeout(timer);
      worker.terminate();
    }
  }
}
