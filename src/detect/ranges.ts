/** A stretch of a text, end exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Ranges of one text, asked many times: each question costs a search, whatever their number. */
export class Ranges {
  readonly #starts: readonly number[];
  /** The furthest end of all ranges up to this one. */
  readonly #ends: readonly number[];

  constructor(ranges: readonly Range[]) {
    const sorted = [...ranges].sort((a, b) => a.start - b.start);
    let furthest = 0;
    this.#starts = sorted.map(({ start }) => start);
    this.#ends = sorted.map(({ end }) => {
      furthest = Math.max(furthest, end);
      return furthest;
    });
  }

  /** True when one of them covers all of `[start, end)`. */
  cover({ start, end }: Range): boolean {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] as number) <= start) low = middle + 1;
      else high = middle;
    }
    return low > 0 && (this.#ends[low - 1] as number) >= end;
  }
}
