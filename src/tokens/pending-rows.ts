import { MaskerError } from "../errors.ts";
import type { AgentKeys } from "./key-ring.ts";

/** A token that was given out and whose row is not written yet. */
export interface PendingRow {
  readonly agentId: string;
  readonly token: string;
  readonly kid: string;
  readonly kind: string;
  readonly lookup: Buffer;
  readonly keys: AgentKeys;
  readonly value: string;
}

/** Sealing and writing this many holds the thread for a few milliseconds. */
const BATCH = 25;

/**
 * Rows on their way to the vault. A turn needs its tokens at once, but their rows only before its answer: they are sealed and
 * written while the provider thinks, those of all turns of that moment together.
 */
export class PendingRows {
  readonly #rows = new Map<string, PendingRow>();
  #writing: Promise<void> | null = null;
  #failing = false;

  /** @param write stores some rows in one transaction, and gives how many values had another token by then */
  constructor(private readonly write: (rows: readonly PendingRow[]) => number) {}

  /** @throws MaskerError audit_unavailable while the vault cannot be written: then no token is given out. */
  add(row: PendingRow): void {
    if (this.#failing) this.writeNow();
    this.#rows.set(keyOf(row.lookup), row);
  }

  find(lookup: Buffer): PendingRow | undefined {
    return this.#rows.get(keyOf(lookup));
  }

  findByToken(agentId: string, token: string): PendingRow | undefined {
    return [...this.#rows.values()].find((row) => row.agentId === agentId && row.token === token);
  }

  /** @throws MaskerError audit_unavailable */
  writeNow(): void {
    while (this.#rows.size > 0) this.#writeSome();
  }

  /** Resolves when every row added so far is written. @throws MaskerError audit_unavailable */
  async written(): Promise<void> {
    if (this.#rows.size === 0) return;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#rows.size > 0) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      this.#writeSome();
    }
  }

  /** Rows that could not be written stay, since their tokens are out: the next attempt takes them along. */
  #writeSome(): void {
    const some = [...this.#rows.entries().take(BATCH)];
    this.#failing = true;
    const superseded = this.write(some.map(([, row]) => row));
    this.#failing = false;
    for (const [key] of some) this.#rows.delete(key);
    // Another process met a value in the same moment: the token that stands is another than the one given out.
    if (superseded > 0) throw new MaskerError("audit_unavailable", { retryAfterSeconds: 1 });
  }
}

function keyOf(lookup: Buffer): string {
  return lookup.toString("latin1");
}
