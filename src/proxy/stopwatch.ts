import type { StageDurations } from "../audit/event.ts";

export type Stage = keyof StageDurations | "audit" | "parse";

/** Times the stages of a turn. `upstream` is waiting for the provider; all others are time that Masker adds. */
export class Stopwatch {
  readonly #spent: Record<Stage, number> = { parse: 0, detection: 0, tokenize: 0, audit: 0, upstream: 0, rehydrate: 0 };

  #texts: { readonly known: number; readonly all: number } | null = null;

  /** How many texts of the request the detector knew already. */
  noteTexts(known: number, all: number): void {
    this.#texts = { known, all };
  }

  add(stage: Stage, ms: number): void {
    this.#spent[stage] += ms;
  }

  async time<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    const from = performance.now();
    try {
      return await work();
    } finally {
      this.#spent[stage] += performance.now() - from;
    }
  }

  timeSync<T>(stage: Stage, work: () => T): T {
    const from = performance.now();
    try {
      return work();
    } finally {
      this.#spent[stage] += performance.now() - from;
    }
  }

  /** Milliseconds with up to three decimals. */
  stages(): StageDurations {
    const { detection, tokenize, upstream, rehydrate } = this.#spent;
    return {
      detection: rounded(detection),
      tokenize: rounded(tokenize),
      upstream: rounded(upstream),
      rehydrate: rounded(rehydrate),
    };
  }

  /** Everything but waiting for the provider. */
  added(): number {
    const { upstream, ...own } = this.#spent;
    return rounded(Object.values(own).reduce((sum, ms) => sum + ms, 0));
  }

  /** The `Server-Timing` header of what is known so far. */
  header(): string {
    const stages = Object.entries(this.stages()).map(([stage, ms]) => `${stage};dur=${ms}`);
    if (this.#texts !== null) stages.push(`cache;desc="${this.#texts.known} of ${this.#texts.all}"`);
    return stages.join(", ");
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
