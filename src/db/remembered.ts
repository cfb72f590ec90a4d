import type { Statement } from "bun:sqlite";
import type { Db } from "./open.ts";

const MAX_ROWS = 1_000;

/**
 * Rows that are asked for far more often than they change, by their id. Whoever writes such a row here calls `forget`; that
 * another process wrote to the file is seen by itself.
 */
export class Remembered<Row extends object> {
  readonly #rows = new Map<string, Row>();
  readonly #dataVersion: Statement<{ data_version: number }, []>;
  #version = -1;

  constructor(
    db: Db,
    private readonly find: (id: string) => Row | null,
  ) {
    this.#dataVersion = db.$client.query("PRAGMA data_version");
  }

  /** What `find` answers. Rows that are missing are looked for each time. */
  get(id: string): Row | null {
    const version = this.#dataVersion.get()?.data_version ?? -1;
    if (version !== this.#version || this.#rows.size > MAX_ROWS) this.forget();
    this.#version = version;
    const known = this.#rows.get(id);
    if (known !== undefined) return known;
    const row = this.find(id);
    if (row !== null) this.#rows.set(id, row);
    return row;
  }

  forget(): void {
    this.#rows.clear();
  }
}
