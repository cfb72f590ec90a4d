import { workerUrl } from "../build-info.ts";
import { MaskerError } from "../errors.ts";
import type { ReadArgs, ReadName, ReadResult } from "./reads.ts";

/** Runs long reads on a thread of its own: `bun:sqlite` is synchronous, and would stall every call in progress. */
export interface Reader {
  /** @throws MaskerError internal_error when the read fails, the worker dies or the reader is closed. */
  run<N extends ReadName>(name: N, ...args: ReadArgs<N>): Promise<ReadResult<N>>;
  close(): Promise<void>;
}

export interface ReadRequest {
  readonly id: number;
  readonly name: ReadName;
  readonly args: readonly unknown[];
}
export type ReadReply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failed: string };

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (reason: MaskerError) => void;
}

/** A reader of the database at `path`, which must exist. A worker that dies is replaced at the next read. */
export function createReader(path: string): Reader {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | null = null;
  let closed = false;
  let lastId = 0;

  function fail(reason: string): void {
    worker?.terminate();
    worker = null;
    for (const { reject } of waiting.values()) reject(new MaskerError("internal_error", { cause: new Error(reason) }));
    waiting.clear();
  }

  function start(): Worker {
    const started = new Worker(workerUrl("db/reader-worker.ts"));
    started.onmessage = ({ data }: MessageEvent<ReadReply>) => {
      const request = waiting.get(data.id);
      waiting.delete(data.id);
      if ("failed" in data) {
        request?.reject(new MaskerError("internal_error", { cause: new Error(`read failed: ${data.failed}`) }));
      } else request?.resolve(data.result as never);
    };
    started.onerror = () => fail("the reader's worker failed");
    started.postMessage({ path });
    return started;
  }

  return {
    run(name, ...args) {
      if (closed) return Promise.reject(new MaskerError("internal_error", { cause: new Error("reader closed") }));
      worker ??= start();
      const id = ++lastId;
      const request: ReadRequest = { id, name, args };
      const running = worker;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        running.postMessage(request);
      });
    },
    async close() {
      closed = true;
      fail("reader closed");
    },
  };
}
