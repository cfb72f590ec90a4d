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
  readonly onSample?: (sample: Sample) => void;
}

/** One caller in ten hangs up in the middle. Gives what was seen on the way; the rig must run. */
export async function keepStreaming(rig: Rig, provider: FaultyProvider, options: StreamsOptions): Promise<Sample[]> {
  const { atOnce, turnsEach, until, sampleEveryMs, onSample } = options;
  provider.behave({ kind: "answers", pauseMs: 20 });
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
        const outcome = await rig.turn(true, hangsUp ? AbortSignal.timeout(60) : undefined);
        turns++;
        if (!outcome.complete && !hangsUp) failed++;
      }
    }),
  );
  clearInterval(timer);
  sample();
  return samples;
}
