/** Turns a second that are sustained when the provider answers at once and a number of calls never pause. */
import { failures } from "./latency.ts";
import type { LoadPlan } from "./load.ts";
import { prepare, proxyUrl, runLoad, startHelper, usageOf } from "./processes.ts";
import { atLeast, type Findings, type Scale } from "./scenario.ts";
import { type Cell, median, spreadOf, table } from "./statistics.ts";

const AT_ONCE = [8, 32] as const;

interface Sustained {
  readonly way: string;
  readonly atOnce: number;
  readonly perSecond: number;
  readonly p95: number;
  readonly failed: number;
  readonly cpuMsPerTurn: number;
  readonly rssMb: number;
}

export async function saturation(scale: Scale): Promise<Findings> {
  const provider = await startHelper("provider.ts");
  const bare = await startHelper("bare-proxy.ts", provider.url);
  const found: Sustained[] = [];
  try {
    await measure("bare proxy", `${bare.url}/v1/chat/completions`, bare.pid);
    for (const passes of ["regex", "regex, ner"] as const) {
      const { installation, agentId } = await prepare(provider.url, passes);
      const server = await installation.serve();
      await measure(`Masker, ${passes.replace(", ", "+")}`, proxyUrl(server, agentId), server.pid);
      await server.stop();
      installation.remove();
    }
  } finally {
    await provider.stop();
    await bare.stop();
  }
  const rows = found.map((one): Cell[] => [
    one.way,
    one.atOnce,
    one.perSecond,
    one.p95,
    one.cpuMsPerTurn,
    one.rssMb,
    one.failed,
  ]);
  const best = (way: string) => Math.max(...found.filter((one) => one.way === way).map(({ perSecond }) => perSecond));
  return {
    tables: [table(["saturation", "at once", "turns/s", "p95", "CPU ms/turn", "RSS MB", "failed"], rows)],
    targets: [atLeast("saturation, regex+ner", best("Masker, regex+ner"), 300, "turns/s")],
    data: found,
  };

  async function measure(way: string, url: string, pid: number): Promise<void> {
    const plan: Omit<LoadPlan, "seed" | "load" | "seconds"> = { url, model: "bench-0-0-20", stream: false, turns: 4 };
    await runLoad({ ...plan, seed: 77, load: { atOnce: 8 }, seconds: scale.quick ? 2 : 5 });
    for (const atOnce of AT_ONCE) {
      const runs: Sustained[] = [];
      for (let run = 0; run < scale.runs; run++) {
        const before = usageOf(pid);
        const seconds = scale.quick ? 3 : 10;
        const result = await runLoad({ ...plan, seed: 1000 * (run + 1) + atOnce, load: { atOnce }, seconds });
        const after = usageOf(pid);
        runs.push({
          way,
          atOnce,
          perSecond: result.answered / result.seconds,
          p95: spreadOf(result.added).p95,
          failed: failures(result),
          cpuMsPerTurn: ((after.cpuSeconds - before.cpuSeconds) * 1000) / Math.max(1, result.answered),
          rssMb: after.rssMb,
        });
      }
      const middle = (name: Exclude<keyof Sustained, "way">) => median(runs.map((run) => run[name]));
      found.push({
        way,
        atOnce,
        perSecond: middle("perSecond"),
        p95: middle("p95"),
        failed: middle("failed"),
        cpuMsPerTurn: middle("cpuMsPerTurn"),
        rssMb: middle("rssMb"),
      });
    }
  }
}
