import type { NamedSessionRow } from "../db/sessions.ts";

type Listener = (session: NamedSessionRow) => void;

/** A listener that reads slower than sessions complete loses the oldest ones rather than take all memory. */
const MAX_QUEUED = 1_000;

/** Completed sessions as they come, by account: for live views and the metrics. */
export class SessionFeed {
  readonly #listeners = new Map<Listener, string | null>();
  readonly #closed = new AbortController();

  /** How many are listening now. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** How many of them follow that account. */
  listenersOf(accountId: string): number {
    return [...this.#listeners.values()].filter((id) => id === accountId).length;
  }

  /** Called once for each session, after its row can be read. */
  publish(session: NamedSessionRow): void {
    for (const [listener, accountId] of this.#listeners) {
      if (accountId === null || accountId === session.account_id) listener(session);
    }
  }

  /** @param accountId null: of all accounts. @returns the way to stop */
  listen(accountId: string | null, listener: Listener): () => void {
    this.#listeners.set(listener, accountId);
    return () => this.#listeners.delete(listener);
  }

  /** Ends every `follow`: a live view has no end of its own, and a stopping server must not wait for it. */
  close(): void {
    this.#closed.abort();
  }

  /** One account's sessions until `signal` aborts or the feed is closed. */
  async *follow(accountId: string, client: AbortSignal): AsyncGenerator<NamedSessionRow> {
    const signal = AbortSignal.any([client, this.#closed.signal]);
    const queue: NamedSessionRow[] = [];
    let wake = () => {};
    const stop = this.listen(accountId, (session) => {
      queue.push(session);
      if (queue.length > MAX_QUEUED) queue.shift();
      wake();
    });
    const onAbort = () => wake();
    signal.addEventListener("abort", onAbort);
    try {
      while (!signal.aborted) {
        const next = queue.shift();
        if (next) yield next;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      stop();
      signal.removeEventListener("abort", onAbort);
    }
  }
}
