/**
 * A place in a list that is sorted by a time and an id, newest first: the last row that a client has seen. Pages go on
 * from there, so that rows that come in meanwhile move nothing.
 */
export interface Position {
  /** Epoch ms. */
  readonly time: number;
  readonly id: string;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Where the next page begins; null on the last. */
  readonly next: Position | null;
}

/** Cuts a result of up to `limit + 1` rows into a page. */
export function toPage<Row>(rows: readonly Row[], limit: number, position: (row: Row) => Position): Page<Row> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { rows: shown, next: rows.length > limit && last !== undefined ? position(last) : null };
}
