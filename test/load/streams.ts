/** Many streams at once, without end: what a server must bear all day. */
import type { FaultyProvider } from "./provider.ts";
import type { Rig } from "./rig.ts";

export interface Sample {
  readonly seconds: number;
  readonly turns: number;
  readonly failed: number;
  readonly rssMb: number;
  readonly descriptors: number;
}

export interface StreamsOptions {
  readonly atOnce: number;
  /** Turns of each caller, or null: until `until`. */
  readonly turnsEach: number | null;
  readonly until: number;
  readonly sampleEveryMs: number;
  /** Between the words of an answer: with it the number of turns a second is chosen, so that it is load and not overload. */
  readonly wordEveryMs: number;
  readonly onSample?: (sample: Sample) => void;
}

/** Who hung up does not call again at once. */
const HUNG_UP_MS = 1_000;

/** One caller in ten hangs up in the middle. Gives what was seen on the way; the rig must run. */
export async function keepStreaming(rig: Rig, provider: FaultyProvider, options: StreamsOptions): Promise<Sample[]> {
  const { atOnce, turnsEach, until, sampleEveryMs, wordEveryMs, onSample } = options;
  provider.behave({ kind: "answers", pauseMs: wordEveryMs });
  const from = performance.now();
  const samples: Sample[] = [];
  let turns = 0;
  let failed = 0;
  const sample = () => {
    const taken = { seconds: (performance.now() - from) / 1000, turns, failed, ...rig.usage() };
    samples.push(taken);
    onSample?.(taken);
  };
  const timer = setInterval(sample, sampleEveryMs);
  await Promise.all(
    Array.from({ length: atOnce }, async (_, caller) => {
      for (let turn = 0; turnsEach === null ? performance.now() < until : turn < turnsEach; turn++) {
        const hangsUp = caller % 10 === 0;
        const outcome = await rig.turn(true, hangsUp ? AbortSignal.timeout(wordEveryMs * 3) : undefined);
        turns++;
        if (!outcome.complete && !hangsUp) failed++;
        if (hangsUp) await Bun.sleep(HUNG_UP_MS);
      }
    }),
  );
  clearInterval(timer);
  sample();
  return samples;
}
