import { workerUrl } from "../build-info.ts";
import { MaskerError } from "../errors.ts";
import type { Verification } from "./verify.ts";
import type { VerifyTask } from "./verify-worker.ts";

type Message =
  | { readonly done: number; readonly total: number }
  | { readonly verification: Verification }
  | { readonly failed: string };

/**
 * Verifies a log on a thread of its own, so that no call in progress waits for it.
 * @throws MaskerError internal_error when the log cannot be read.
 */
export function verifyOnThread(
  task: VerifyTask,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Verification> {
  return new Promise<Verification>((resolve, reject) => {
    const worker = new Worker(workerUrl("audit/verify-worker.ts"));
    const end = (settle: () => void) => {
      worker.terminate();
      settle();
    };
    const fail = (reason: string) =>
      end(() => reject(new MaskerError("internal_error", { cause: new Error(`verification failed: ${reason}`) })));
    worker.onmessage = ({ data }: MessageEvent<Message>) => {
      if ("verification" in data) end(() => resolve(data.verification));
      else if ("failed" in data) fail(data.failed);
      else onProgress(data.done, data.total);
    };
    worker.onerror = () => fail("the thread died");
    worker.postMessage(task);
  });
}
