/** How long the serving thread is held at a stretch, ms. */
const SLICE_MS = 2;

/** Lets other calls go on while something long is done on the serving thread: `if (pace.due) await pace.rest()`. */
export class Pace {
  #since = performance.now();

  /** True when the thread was held long enough. */
  get due(): boolean {
    return performance.now() - this.#since > SLICE_MS;
  }

  /** Resolves after everything that waits for the thread had its turn. */
  async rest(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#since = performance.now();
  }

  /** Runs steps to their end, with rests between them. */
  async run<T>(steps: Generator<void, T>): Promise<T> {
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      if (this.due) await this.rest();
    }
  }
}

/** Runs steps to their end at once, where nobody waits for the thread. */
export function runThrough<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
