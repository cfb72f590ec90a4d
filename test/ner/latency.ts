/**
 * Time of the statistical pass for one turn, in a compiled executable with one worker:  bun test/ner/latency.ts
 *
 * Run from source it compiles itself with the worker into an empty folder and starts that; the executable prints one JSON
 * line a length: words, p50_ms, p99_ms and cpu_ms (processor time a turn, which a busy machine changes less), and last what
 * it took to start and the memory it holds. Every text is new.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COMPILED } from "../../src/build-info.ts";
import { createNerModel } from "../../src/ner/pool.ts";

const TURNS = 300;
const WARM_UP = 30;
const WORDS = (
  "hi yeah so my name is and i was calling about the refill for blood pressure pills doctor said on monday that it would be " +
  "ready by end of week but pharmacy told me they never got anything can you check please date birth march fourteenth " +
  "nineteen eighty two number four one five double seven thank uh um okay insurance card member let see appointment"
).split(" ");

function percentile(sorted: readonly number[], share: number): number {
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 100) / 100;
}

async function measure(): Promise<void> {
  const began = performance.now();
  const runtimeDir = mkdtempSync(join(tmpdir(), "masker-latency-"));
  const silent = () => undefined;
  const log = { debug: silent, info: silent, warn: console.error, error: console.error };
  const model = await createNerModel({ modelPath: null, threads: 1, runtimeDir, log });
  const startMs = Math.round(performance.now() - began);
  if (model.status() !== "ok") throw new Error("the model does not run");
  let seed = 1;
  const word = () => {
    seed = (seed * 48271) % 2147483647;
    return WORDS[seed % WORDS.length];
  };
  for (const words of [30, 150]) {
    const times: number[] = [];
    let cpu = process.cpuUsage();
    for (let turn = 0; turn < WARM_UP + TURNS; turn += 1) {
      if (turn === WARM_UP) cpu = process.cpuUsage();
      const text = Array.from({ length: words }, word).join(" ");
      const from = performance.now();
      await model.label([{ text, question: null }], from + 10_000);
      if (turn >= WARM_UP) times.push(performance.now() - from);
    }
    const { user, system } = process.cpuUsage(cpu);
    const cpuMs = Math.round((user + system) / TURNS / 10) / 100;
    times.sort((a, b) => a - b);
    console.log(
      JSON.stringify({ words, p50_ms: percentile(times, 0.5), p99_ms: percentile(times, 0.99), cpu_ms: cpuMs }),
    );
  }
  console.log(JSON.stringify({ start_ms: startMs, rss_mb: Math.round(process.memoryUsage.rss() / 1e6) }));
  await model.close();
  rmSync(runtimeDir, { recursive: true, force: true });
}

async function compileAndRun(): Promise<number> {
  const root = join(import.meta.dir, "../..");
  const folder = mkdtempSync(join(tmpdir(), "masker-latency-"));
  try {
    const outfile = join(folder, "latency");
    const built = await Bun.build({
      entrypoints: [join(import.meta.dir, "latency.ts"), join(root, "src/ner/worker.ts")],
      root: join(root, "src"),
      target: "bun",
      compile: { outfile, autoloadDotenv: false, autoloadBunfig: false },
      minify: { whitespace: true, syntax: true, identifiers: false },
      define: { MASKER_BUILD: JSON.stringify({ version: "0.0.0", commit: "latency", built_at: "" }) },
    });
    if (!built.success) throw new Error(built.logs.map(String).join("\n"));
    const run = Bun.spawn([outfile], { cwd: folder, stdout: "inherit", stderr: "inherit" });
    return await run.exited;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (COMPILED) await measure();
else process.exitCode = await compileAndRun();
