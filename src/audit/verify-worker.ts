/** Entry point of the thread that verifies: one message with what to verify, then progress, then the verdict. */
import { BACKGROUND_CHUNK, backgroundPace, stepBack } from "./background-pace.ts";
import { blockingFiles } from "./files.ts";
import { type VerifyOptions, verifyLog } from "./verify.ts";

declare const self: Worker;

/** What can be sent to a thread. */
export type VerifyTask = Omit<VerifyOptions, "files" | "onProgress" | "pause" | "signal">;

/** A message to the starter for each percent, not for each chunk. */
const STEPS = 100;

stepBack();

self.onmessage = async ({ data }: MessageEvent<VerifyTask>) => {
  let step = -1;
  try {
    const verification = await verifyLog({
      ...data,
      chunkBytes: BACKGROUND_CHUNK,
      pause: backgroundPace(),
      files: blockingFiles,
      onProgress: (done, total) => {
        const next = Math.floor((done / Math.max(1, total)) * STEPS);
        if (next !== step) self.postMessage({ done, total });
        step = next;
      },
    });
    self.postMessage({ verification });
  } catch (thrown) {
    self.postMessage({ failed: thrown instanceof Error ? thrown.constructor.name : "unknown" });
  }
};
