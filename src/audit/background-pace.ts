import { setPriority } from "node:os";

/** Bytes of a chunk: a few tenths of a millisecond of hashing. */
export const BACKGROUND_CHUNK = 1 << 17;

/** So many chunks go at full speed: a session's events, or a small log, need no patience. */
const FREE_CHUNKS = 16;
const LOWEST_PRIORITY = 19;

/**
 * A pause between chunks for a long read on a thread of its own, which shares the processors with calls in progress: the
 * thread steps back behind all others, and rests as long as the last chunk took, because a processor that is free when a
 * call wants it answers sooner than one that has to be taken away from somebody.
 */
export function backgroundPace(): () => Promise<void> {
  let chunks = 0;
  let resumedAt = performance.now();
  return async () => {
    if (++chunks > FREE_CHUNKS) await new Promise((resolve) => setTimeout(resolve, performance.now() - resumedAt));
    resumedAt = performance.now();
  };
}

/** To be called by a worker's thread. Only on Linux has a thread a priority of its own: elsewhere it is the process's. */
export function stepBack(): void {
  if (process.platform === "linux") setPriority(LOWEST_PRIORITY);
}
