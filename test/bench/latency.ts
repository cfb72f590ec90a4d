/** What Masker adds to a turn at 50 turns a second, beside a bare proxy and no proxy. */
import type { LoadPlan, LoadResult } from "./load.ts";
import { type Prepared, prepare, proxyUrl, runLoad, type Server, startHelper, usageOf } from "./processes.ts";
import { atMost, type Findings, type Scale, type Target } from "./scenario.ts";
import { type Cell, median, medianSpread, type Spread, spreadOf, table } from "./statistics.ts";

const PER_SECOND = 50;
const FIRST_TOKEN_MS = 200;
/** Answers of 20 words, 10 ms apart when streamed. */
const MODEL = `bench-${FIRST_TOKEN_MS}-10-20`;

interface Case {
  readonly stream: boolean;
  readonly turns: 2 | 40;
  /** In progress at once: long calls need time for all their turns, and no call speaks before its answer came. */
  readonly calls: number;
  readonly seconds: number;
}

function casesOf({ quick }: Scale): readonly Case[] {
  const short = quick ? 3 : 20;
  const cases: Case[] = [
    { stream: false, turns: 2, calls: 25, seconds: short },
    { stream: true, turns: 2, calls: 25, seconds: short },
    { stream: false, turns: 40, calls: quick ? 12 : 25, seconds: quick ? 9.6 : 20 },
    { stream: true, turns: 40, calls: 25, seconds: 20 },
  ];
  return quick ? cases.slice(0, 3) : cases;
}

const nameOf = ({ stream, turns }: Case) => `${stream ? "streamed" : "whole"}, calls of ${turns}`;

interface Way {
  readonly name: string;
  readonly url: string;
  /** The process in the middle, when there is one. */
  readonly pid: number | null;
}

interface Measured {
  readonly added: Spread;
  readonly late: Spread;
  readonly first: Spread;
  readonly between: Spread;
  readonly failed: number;
  readonly cacheShare: number;
  readonly rssMb: number;
  readonly cpuMsPerTurn: number;
  readonly clientLate: Spread;
  readonly stages: Readonly<Record<string, Spread>>;
}

async function measure(way: Way, { stream, turns, calls, seconds }: Case, seed: number): Promise<Measured> {
  const plan: LoadPlan = {
    url: way.url,
    model: MODEL,
    seed,
    stream,
    load: { perSecond: PER_SECOND },
    seconds,
    turns,
    calls,
  };
  const before = way.pid === null ? null : usageOf(way.pid);
  const result = await runLoad(plan);
  const after = way.pid === null ? null : usageOf(way.pid);
  const cpuSeconds = (after?.cpuSeconds ?? 0) - (before?.cpuSeconds ?? 0);
  return {
    added: spreadOf(result.added),
    late: spreadOf(result.addedLate),
    first: spreadOf(result.addedFirst),
    between: spreadOf(result.addedBetween),
    failed: failures(result),
    cacheShare: result.cache.texts === 0 ? Number.NaN : result.cache.hits / result.cache.texts,
    rssMb: after?.rssMb ?? Number.NaN,
    cpuMsPerTurn: before === null ? Number.NaN : (cpuSeconds * 1000) / Math.max(1, result.answered),
    clientLate: spreadOf(result.late),
    stages: Object.fromEntries(Object.entries(result.stages).map(([name, times]) => [name, spreadOf(times)])),
  };
}

export function failures(result: LoadResult): number {
  return Object.values(result.failed).reduce((sum, count) => sum + count, 0);
}

function combined(runs: readonly Measured[]): Measured {
  const spread = (name: "added" | "late" | "first" | "between" | "clientLate") =>
    medianSpread(runs.map((run) => run[name]));
  const number = (name: "failed" | "cacheShare" | "rssMb" | "cpuMsPerTurn") => median(runs.map((run) => run[name]));
  const names = Object.keys(runs[0]?.stages ?? {});
  return {
    added: spread("added"),
    late: spread("late"),
    first: spread("first"),
    between: spread("between"),
    clientLate: spread("clientLate"),
    failed: Math.max(...runs.map((run) => run.failed)),
    cacheShare: number("cacheShare"),
    rssMb: number("rssMb"),
    cpuMsPerTurn: number("cpuMsPerTurn"),
    stages: Object.fromEntries(
      names.map((name) => [name, medianSpread(runs.flatMap(({ stages }) => stages[name] ?? []))]),
    ),
  };
}

export async function latency(scale: Scale): Promise<Findings> {
  const provider = await startHelper("provider.ts");
  const bare = await startHelper("bare-proxy.ts", provider.url);
  const prepared: Record<string, Prepared> = {
    "Masker, regex": await prepare(provider.url, "regex"),
    "Masker, regex+ner": await prepare(provider.url, "regex, ner"),
  };
  const results: Record<string, Record<string, Measured[]>> = {};
  try {
    for (let run = 0; run < scale.runs; run++) {
      // One way at a time, so that what the others hold does not count; each run has texts of its own.
      await direct("no proxy", `${provider.url}/v1/chat/completions`, null, run);
      await direct("bare proxy", `${bare.url}/v1/chat/completions`, bare.pid, run);
      for (const [name, { installation, agentId }] of Object.entries(prepared)) {
        const server: Server = await installation.serve();
        await direct(name, proxyUrl(server, agentId), server.pid, run);
        await server.stop();
      }
    }
  } finally {
    await provider.stop();
    await bare.stop();
    for (const { installation } of Object.values(prepared)) installation.remove();
  }
  return report(scale, results);

  async function direct(name: string, url: string, pid: number | null, run: number): Promise<void> {
    const way = { name, url, pid };
    await warmUp(url, scale);
    for (const [at, one] of casesOf(scale).entries()) {
      results[name] ??= {};
      const byCase = results[name];
      byCase[nameOf(one)] ??= [];
      byCase[nameOf(one)]?.push(await measure(way, one, 1_000_000 * (run + 1) + 100_000 * at));
    }
  }
}

/** Until the code is compiled as it is in a server that has run for a while: some thousand turns. */
async function warmUp(url: string, { quick }: Scale): Promise<void> {
  const plan = { url, model: "bench-0-1-5", load: { atOnce: 16 }, turns: 8 };
  for (const stream of [false, true]) await runLoad({ ...plan, seed: 9, stream, seconds: quick ? 2 : 8 });
}

function report(scale: Scale, results: Readonly<Record<string, Readonly<Record<string, Measured[]>>>>): Findings {
  const figures = Object.fromEntries(
    Object.entries(results).map(([way, cases]) => [
      way,
      Object.fromEntries(Object.entries(cases).map(([name, runs]) => [name, combined(runs)])),
    ]),
  );
  const rows = casesOf(scale).flatMap((one) =>
    Object.entries(figures).map(([way, cases]): Cell[] => {
      const it = cases[nameOf(one)] as Measured;
      const bare = figures["bare proxy"]?.[nameOf(one)] as Measured;
      const over = (name: "p50" | "p99") => it.added[name] - bare.added[name];
      const isMasker = way.startsWith("Masker");
      return [
        nameOf(one),
        way,
        it.added.p50,
        it.added.p95,
        it.added.p99,
        isMasker ? over("p50") : Number.NaN,
        isMasker ? over("p99") : Number.NaN,
        it.first.p50,
        it.between.p50,
        it.between.p99,
        it.cacheShare * 100,
        it.cpuMsPerTurn,
        it.rssMb,
        it.failed,
      ];
    }),
  );
  const head = [
    `${PER_SECOND} turns/s`,
    "way",
    "added p50",
    "p95",
    "p99",
    "over bare p50",
    "p99",
    "first word p50",
    "between p50",
    "p99",
    "cached %",
    "CPU ms/turn",
    "RSS MB",
    "failed",
  ];
  const stages = Object.entries(figures).flatMap(([way, cases]) =>
    Object.entries(cases).flatMap(([name, { stages }]) =>
      Object.entries(stages).map(([stage, { p50, p95, p99 }]): Cell[] => [way, name, stage, p50, p95, p99]),
    ),
  );
  return {
    tables: [
      table(head, rows),
      `Stages as Server-Timing tells them\n${table(
        ["way", "case", "stage", "p50", "p95", "p99"],
        stages.filter((row) => row[2] !== "upstream"),
      )}`,
    ],
    targets: [
      ...targetsOf(figures, "Masker, regex", 1, 5, 200),
      ...targetsOf(figures, "Masker, regex+ner", 4, 20, 500),
    ],
    data: { per_second: PER_SECOND, provider_model: MODEL, figures, runs: results },
  };
}

function targetsOf(
  figures: Readonly<Record<string, Readonly<Record<string, Measured>>>>,
  way: string,
  p50: number,
  p99: number,
  rssMb: number,
): Target[] {
  const of = (who: string, name: string) => figures[who]?.[name] as Measured;
  const over = (share: "p50" | "p99", name: string) => of(way, name).added[share] - of("bare proxy", name).added[share];
  const [whole, streamed, long] = ["whole, calls of 2", "streamed, calls of 2", "whole, calls of 40"] as const;
  return [
    atMost(`${way}: added over the bare proxy, p50, whole`, over("p50", whole), p50, "ms"),
    atMost(`${way}: added over the bare proxy, p99, whole`, over("p99", whole), p99, "ms"),
    atMost(`${way}: added over the bare proxy, p50, streamed`, over("p50", streamed), p50, "ms"),
    atMost(`${way}: added over the bare proxy, p99, streamed`, over("p99", streamed), p99, "ms"),
    atMost(
      `${way}: added to the first word, p50`,
      of(way, streamed).first.p50 - of("bare proxy", streamed).first.p50,
      p50,
      "ms",
    ),
    atMost(
      `${way}: turn 30 to 40 of a call over a call of 2, p50`,
      of(way, long).late.p50 - of(way, whole).added.p50,
      1,
      "ms",
    ),
    atMost(`${way}: resident memory`, Math.max(of(way, whole).rssMb, of(way, long).rssMb), rssMb, "MB"),
  ];
}
