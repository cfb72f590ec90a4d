import type { BootState } from "./boot.ts";
import { pinsOf, TOLD_BREAKS, unacknowledged } from "./boot.ts";
import { checkpointPath, readCheckpoints } from "./checkpoint.ts";
import type { LogFiles } from "./files.ts";
import { listSegments } from "./segment.ts";
import { walkLog } from "./walk.ts";
import type { LogBreak } from "./walk-result.ts";

/** Small chunks with a rest after each: a turn that is being proxied must not wait behind the verification. */
const CHUNK_BYTES = 64 << 10;
const REST_MS = 1;

/**
 * Verifies what lies before the place where the walk at boot began.
 * @returns the first break, and those of which no event of the log tells yet.
 */
export async function verifyBeforeBoot(
  boot: BootState & { readonly walkedFrom: NonNullable<BootState["walkedFrom"]> },
  options: {
    readonly path: string;
    readonly key: Uint8Array;
    readonly publicKey: Uint8Array;
    readonly files: LogFiles;
    readonly signal: AbortSignal;
  },
): Promise<{ readonly first: LogBreak | null; readonly untold: readonly LogBreak[] }> {
  const { path, files } = options;
  const { checkpoints } = await readCheckpoints(files, checkpointPath(path), options);
  const { breaks, acknowledged } = await walkLog({
    ...options,
    segments: await listSegments(files, path),
    until: boot.walkedFrom,
    pins: pinsOf(checkpoints, null),
    chunkBytes: CHUNK_BYTES,
    pause: () => new Promise((resolve) => setTimeout(resolve, REST_MS)),
  });
  const untold = unacknowledged(breaks, [...acknowledged, ...boot.acknowledged]).slice(0, TOLD_BREAKS);
  return { first: breaks[0] ?? null, untold };
}
