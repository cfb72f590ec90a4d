/**
 * `npm run bench [-- --quick] [--only NAME,...] [--runs N] [--sessions N] [--out FILE]`: measures the built executable
 * beside a bare proxy and no proxy, everything a process of its own on loopback. Prints tables and writes them as JSON.
 * `--quick` takes less than two minutes and says only roughly how things stand.
 */
import { execFileSync } from "node:child_process";
import { cpus, loadavg, release, totalmem } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { blocking } from "./blocking.ts";
import { firstTurns } from "./first-turns.ts";
import { latency } from "./latency.ts";
import { proof } from "./proof.ts";
import { saturation } from "./saturation.ts";
import type { Findings, Scale, Scenario } from "./scenario.ts";
import { lists } from "./sessions.ts";
import { table } from "./statistics.ts";

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  latency,
  saturation,
  "first-turns": firstTurns,
  blocking,
  proof,
  lists,
};

function machine() {
  const [first] = cpus();
  return {
    cpu: first?.model ?? "unknown",
    cores: cpus().length,
    memory_gb: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()} ${process.arch}`,
    bun: Bun.version,
    commit: execFileSync("git", ["rev-parse", "--short=12", "HEAD"], { encoding: "utf8" }).trim(),
  };
}

const loadNow = () => Number((loadavg()[0] ?? 0).toFixed(2));

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string" },
      runs: { type: "string" },
      sessions: { type: "string" },
      out: { type: "string", default: "dist/bench.json" },
    },
  });
  const { quick } = values;
  const scale: Scale = {
    quick,
    runs: Number(values.runs ?? (quick ? 1 : 3)),
    sessions: Number(values.sessions ?? (quick ? 5_000 : 100_000)),
  };
  const only = values.only?.split(",") ?? Object.keys(SCENARIOS);
  const unknown = only.filter((name) => !(name in SCENARIOS));
  if (unknown.length > 0) {
    console.error(`--only takes ${Object.keys(SCENARIOS).join(", ")}`);
    return 64;
  }
  const on = machine();
  console.log(`${on.cpu}, ${on.cores} cores, ${on.memory_gb} GB, ${on.system}; Bun ${on.bun}; commit ${on.commit}`);
  console.log(`Load average at the start ${loadNow()}; medians of ${scale.runs} run(s); times in ms.`);
  const found: Record<string, Findings & { readonly load: readonly [number, number]; readonly seconds: number }> = {};
  for (const name of only) {
    const scenario = SCENARIOS[name] as Scenario;
    const [from, load] = [performance.now(), loadNow()];
    const findings = await scenario(scale);
    const seconds = (performance.now() - from) / 1000;
    found[name] = { ...findings, load: [load, loadNow()], seconds };
    console.log(`\n── ${name} (${seconds.toFixed(0)} s, load average ${load} to ${loadNow()})`);
    for (const text of findings.tables) console.log(`${text}\n`);
  }
  const targets = Object.values(found).flatMap(({ targets }) => targets);
  const rows = targets.map(({ what, limit, measured, met }) => [what, measured, limit, met ? "met" : "MISSED"]);
  if (rows.length > 0) console.log(`\n── targets\n${table(["what", "measured", "target", ""], rows)}`);
  const file = resolve(import.meta.dirname, "../..", values.out);
  const results = Object.fromEntries(
    Object.entries(found).map(([name, { data, load, seconds }]) => [name, { load_average: load, seconds, data }]),
  );
  await Bun.write(
    file,
    JSON.stringify({ at: new Date().toISOString(), machine: on, scale, targets, results }, null, 2),
  );
  console.log(`\nWritten to ${file}`);
  return 0;
}

process.exit(await main());
