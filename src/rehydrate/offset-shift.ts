/** At offset `at` of a masked text, `removed` characters became `added`. */
export interface OffsetChange {
  readonly at: number;
  readonly removed: number;
  readonly added: number;
}

/** Moves offsets of a masked text to the same places of the text with values. */
export class OffsetShift {
  readonly #changes: OffsetChange[] = [];

  add(change: OffsetChange): void {
    this.#changes.push(change);
  }

  /** An offset inside a token goes to the begin of its value, or to the end when `end` says that something ends there. */
  of(offset: number, end: boolean): number {
    let shift = 0;
    for (const { at, removed, added } of this.#changes) {
      if (offset >= at + removed) shift += added - removed;
      else if (offset > at) return at + shift + (end ? added : 0);
    }
    return offset + shift;
  }
}
