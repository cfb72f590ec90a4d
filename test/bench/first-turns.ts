/** From the start of the process to listening, and the first turn of a call with a very long system prompt. */
import { failures } from "./latency.ts";
import { type Prepared, prepare, proxyUrl, runLoad, type Server, startHelper } from "./processes.ts";
import { atMost, type Findings, type Scale, type Target } from "./scenario.ts";
import { type Cell, median, percentile, table } from "./statistics.ts";

const PROBE_EVERY_MS = 5;

interface Long {
  readonly failed: number;
  readonly added: readonly number[];
  readonly detection: readonly number[];
  /** How long `/health/live` took meanwhile: longer than without, when something holds the thread. */
  readonly probes: readonly number[];
  readonly idleProbes: readonly number[];
}

export async function firstTurns(scale: Scale): Promise<Findings> {
  const provider = await startHelper("provider.ts");
  const data: Record<
    string,
    { readonly startMs: readonly number[]; readonly startCpuMs: number; readonly long: Long }
  > = {};
  try {
    for (const passes of ["regex", "regex, ner"] as const) {
      const prepared = await prepare(provider.url, passes);
      const starts: number[] = [];
      const cpu: number[] = [];
      for (let run = 0; run < (scale.quick ? 3 : 10); run++) {
        const server = await prepared.installation.serve();
        starts.push(server.readyMs);
        cpu.push(server.usage.cpuSeconds * 1000);
        await server.stop();
      }
      data[passes] = { startMs: starts, startCpuMs: median(cpu), long: await longPrompts(prepared, scale) };
      prepared.installation.remove();
    }
  } finally {
    await provider.stop();
  }
  const rows = Object.entries(data).map(([passes, { startMs, startCpuMs, long }]): Cell[] => [
    passes,
    median(startMs),
    Math.max(...startMs),
    startCpuMs,
    long.failed,
    median(long.added),
    Math.max(...long.added),
    median(long.detection),
    percentile(long.idleProbes, 0.99),
    percentile(long.probes, 0.99),
    Math.max(...long.probes),
  ]);
  const head = [
    "passes",
    "start to ready p50",
    "max",
    "CPU of it",
    "4,000 words + 20 tools: failed",
    "added p50",
    "max",
    "detection p50",
    "probe p99 idle",
    "meanwhile p99",
    "max",
  ];
  return { tables: [table(head, rows)], targets: targetsOf(data), data };
}

function targetsOf(
  data: Readonly<Record<string, { readonly startMs: readonly number[]; readonly long: Long }>>,
): Target[] {
  const [regex, both] = [data.regex, data["regex, ner"]];
  if (!regex || !both) return [];
  return [
    atMost("start to listening, regex", median(regex.startMs), 500, "ms"),
    atMost("start to ready, regex+ner", median(both.startMs), 1500, "ms"),
    atMost("first turns with 4,000 words and 20 tools that failed, regex", regex.long.failed, 0, ""),
    atMost("first turns with 4,000 words and 20 tools that failed, regex+ner", both.long.failed, 0, ""),
  ];
}

async function longPrompts({ installation, agentId }: Prepared, { quick }: Scale): Promise<Long> {
  const server = await installation.serve();
  const plan = { url: proxyUrl(server, agentId), model: "bench-5-0-1", stream: false } as const;
  await runLoad({ ...plan, seed: 3, load: { atOnce: 2 }, seconds: quick ? 1 : 3, turns: 2 });
  const idleProbes = await probe(server, Bun.sleep(1000));
  const running = runLoad({ ...plan, seed: 5, load: { atOnce: 1 }, seconds: quick ? 3 : 10, turns: "long" });
  const probes = await probe(server, running);
  const result = await running;
  await server.stop();
  return {
    failed: failures(result),
    added: result.added,
    detection: result.stages.detection ?? [],
    probes,
    idleProbes,
  };
}

async function probe(server: Server, until: Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  let ended = false;
  void until.then(() => {
    ended = true;
  });
  while (!ended) {
    const from = performance.now();
    await (await fetch(`${server.url}/health/live`)).text();
    times.push(performance.now() - from);
    await Bun.sleep(PROBE_EVERY_MS);
  }
  return times;
}
