import { MaskerError } from "../errors.ts";
import { KeptThreads } from "./kept-threads.ts";
import type { Verification } from "./verify.ts";
import type { VerifyTask } from "./verify-worker.ts";

type Message =
  | { readonly done: number; readonly total: number }
  | { readonly verification: Verification }
  | { readonly failed: string };

/** Verifies logs on threads of their own, so that no call in progress waits for it. */
export class VerifyThreads {
  readonly #threads = new KeptThreads("audit/verify-worker.ts");

  /** @throws MaskerError internal_error when the log cannot be read. */
  verify(task: VerifyTask, onProgress: (done: number, total: number) => void = () => {}): Promise<Verification> {
    return new Promise<Verification>((resolve, reject) => {
      const worker = this.#threads.take();
      const fail = (reason: string) => {
        worker.terminate();
        reject(new MaskerError("internal_error", { cause: new Error(`verification failed: ${reason}`) }));
      };
      worker.onmessage = ({ data }: MessageEvent<Message>) => {
        if ("verification" in data) {
          this.#threads.keep(worker);
          resolve(data.verification);
        } else if ("failed" in data) fail(data.failed);
        else onProgress(data.done, data.total);
      };
      worker.onerror = () => fail("the thread died");
      worker.postMessage(task);
    });
  }

  close(): void {
    this.#threads.close();
  }
}
