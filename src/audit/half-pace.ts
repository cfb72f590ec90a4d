/** Bytes of a chunk: a few tenths of a millisecond of hashing. */
export const HALF_PACE_CHUNK = 1 << 17;

/** So many chunks go at full speed: a session's events, or a small log, need no patience. */
const FREE_CHUNKS = 16;

/**
 * A pause between chunks that rests as long as the last chunk took: a long read on a thread of its own still shares the
 * processor with calls in progress, and on two cores it would take one of them whole.
 */
export function halfPace(): () => Promise<void> {
  let chunks = 0;
  let resumedAt = performance.now();
  return async () => {
    if (++chunks > FREE_CHUNKS) await new Promise((resolve) => setTimeout(resolve, performance.now() - resumedAt));
    resumedAt = performance.now();
  };
}
