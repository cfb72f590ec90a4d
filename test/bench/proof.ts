/**
 * What the proof costs, over a log of many sessions: verification, reports, and how much the turns in progress feel of
 * lists, reports and verification that run meanwhile.
 */
import { join } from "node:path";
import { type History, writeHistory } from "./history.ts";
import { failures } from "./latency.ts";
import { type Prepared, prepare, proxyUrl, runLoad, type Server, startHelper } from "./processes.ts";
import { atLeast, atMost, type Findings, type Scale } from "./scenario.ts";
import { type Cell, median, type Spread, spreadOf, table } from "./statistics.ts";

const AGENTS_TURNS = { model: "bench-200-0-1", stream: false, turns: 2, calls: 25 } as const;

interface Turns {
  readonly added: Spread;
  readonly failed: number;
  /** Of the other work: how often it was done. */
  readonly done: number;
}

export async function proof(scale: Scale): Promise<Findings> {
  const provider = await startHelper("provider.ts");
  const prepared = await prepare(provider.url, "regex");
  try {
    const wroteFrom = performance.now();
    const history = await writeHistory(prepared.installation, prepared.agentId, scale.sessions);
    const writeSeconds = (performance.now() - wroteFrom) / 1000;
    const verification = await verify(prepared, history, scale);
    const server = await prepared.installation.serve();
    const reports = await makeReports(server, prepared, history, scale);
    const meanwhile = await interference(server, prepared, scale);
    await server.stop();
    return findings({ scale, history, writeSeconds, verification, reports, meanwhile, readyMs: server.readyMs });
  } finally {
    await provider.stop();
    prepared.installation.remove();
  }
}

interface Measured {
  readonly scale: Scale;
  readonly history: History;
  readonly writeSeconds: number;
  readonly verification: Awaited<ReturnType<typeof verify>>;
  readonly reports: Awaited<ReturnType<typeof makeReports>>;
  readonly meanwhile: Readonly<Record<string, Turns>>;
  readonly readyMs: number;
}

function findings({ scale, history, writeSeconds, verification, reports, meanwhile, readyMs }: Measured): Findings {
  const { events, bytes } = history;
  const rows: Cell[][] = [
    [`log of ${scale.sessions} sessions written, events/s`, events / writeSeconds],
    ["audit verify, events/s", events / verification.seconds],
    ["audit verify, events per second of processor", events / verification.cpuSeconds],
    ["start with that log, ms", readyMs],
    ["session report JSON, ms", reports.sessionJsonMs],
    ["session report PDF, ms", reports.sessionPdfMs],
    [`account report JSON, ${scale.sessions} sessions, s`, reports.accountJsonSeconds],
    ["memory that it took beyond the server's, MB", reports.accountPeakMb],
    [`account report PDF, ${scale.sessions} sessions, s`, reports.accountPdfSeconds],
  ];
  const alone = meanwhile["nothing else"] as Turns;
  const others = Object.entries(meanwhile).map(([name, { added, failed, done }]): Cell[] => [
    name,
    added.p50,
    added.p95,
    added.p99,
    added.p99 / alone.added.p99,
    done,
    failed,
  ]);
  return {
    tables: [
      table([`log of ${events} events, ${Math.round(bytes / 2 ** 20)} MiB`, ""], rows),
      table(["turns at 50 a second, meanwhile", "added p50", "p95", "p99", "p99 ratio", "done", "failed"], others),
    ],
    targets: [
      atLeast("verification", events / verification.seconds, 300_000, "events/s"),
      atMost("session report", reports.sessionJsonMs, 200, "ms"),
      atMost(`account report over ${scale.sessions} sessions`, reports.accountJsonSeconds, 30, "s"),
      ...Object.entries(meanwhile)
        .filter(([name]) => name !== "nothing else")
        .map(([name, { added }]) => atMost(`p99 of turns meanwhile: ${name}`, added.p99 / alone.added.p99, 1.5, "x")),
    ],
    data: { history, writeSeconds, verification, reports, meanwhile, readyMs },
  };
}

async function verify({ installation }: Prepared, { logPath }: History, { runs }: Scale) {
  const key = join(installation.env.MASKER_DATA_DIR ?? "", "keys", "MASKER_AUDIT_HMAC_KEY");
  const seconds: number[] = [];
  const cpu: number[] = [];
  for (let run = 0; run < runs; run++) {
    const { wall, processor } = await installation.time("audit", "verify", "--log", logPath, "--key", key);
    seconds.push(wall);
    cpu.push(processor);
  }
  return { seconds: median(seconds), cpuSeconds: median(cpu) };
}

async function makeReports(server: Server, { token, agentId }: Prepared, history: History, { runs }: Scale) {
  const timed = async (path: string): Promise<number> => {
    const from = performance.now();
    const response = await fetch(`${server.url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
    const bytes = await response.arrayBuffer();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${Buffer.from(bytes)}`);
    return performance.now() - from;
  };
  const several = async (path: string) => {
    await timed(path);
    const times: number[] = [];
    for (let run = 0; run < Math.max(5, runs); run++) times.push(await timed(path));
    return median(times);
  };
  const session = `/sessions/${history.lastSession}/report`;
  const sessionJsonMs = await several(`${session}?format=json`);
  const sessionPdfMs = await several(`${session}?format=pdf`);
  const before = server.usage.rssMb;
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, server.usage.rssMb);
  }, 20);
  const accountJsonSeconds = (await timed("/reports?format=json&since=30d")) / 1000;
  clearInterval(watch);
  const accountPdfSeconds = (await timed("/reports?format=pdf&since=30d")) / 1000;
  const agentJsonSeconds = (await timed(`/agents/${agentId}/report?format=json&since=7d`)) / 1000;
  return {
    sessionJsonMs,
    sessionPdfMs,
    accountJsonSeconds,
    accountPdfSeconds,
    agentJsonSeconds,
    accountPeakMb: peak - before,
  };
}

/** A page that is open on a number of desks. */
const LISTS_PER_SECOND = 20;

/** The same turns beside each kind of other work; reports and verifications follow each other without a pause. */
async function interference(server: Server, { token, agentId, installation }: Prepared, { quick }: Scale) {
  const get = async (path: string, method = "GET") => {
    const response = await fetch(`${server.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(method === "POST" ? { body: "{}" } : {}),
    });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
  };
  const works: Readonly<Record<string, (() => Promise<unknown>) | null>> = {
    "nothing else": null,
    [`${LISTS_PER_SECOND} pages of sessions are read a second`]: async () => {
      await Promise.all([get(`/agents/${agentId}/sessions?since=30d&limit=100`), Bun.sleep(1000 / LISTS_PER_SECOND)]);
    },
    "an account report is made": () => get("/reports?format=json&since=30d"),
    "the log is verified (API)": () => get("/audit/verify", "POST"),
    "the log is verified (CLI)": () =>
      installation.run(
        ...["audit", "verify", "--log", installation.logPath],
        ...["--key", join(installation.env.MASKER_DATA_DIR ?? "", "keys", "MASKER_AUDIT_HMAC_KEY")],
      ),
  };
  const plan = { ...AGENTS_TURNS, url: proxyUrl(server, agentId), load: { perSecond: 50 } };
  await runLoad({ ...plan, model: "bench-0-0-1", seed: 11, load: { atOnce: 16 }, seconds: quick ? 2 : 8 });
  const found: Record<string, Turns> = {};
  let seed = 50_000;
  for (const [name, work] of Object.entries(works)) {
    let ended = false;
    let done = 0;
    const working = (async () => {
      while (work !== null && !ended) {
        await work();
        done++;
      }
    })();
    seed += 10_000;
    const result = await runLoad({ ...plan, seed, seconds: quick ? 3 : 15 });
    ended = true;
    await working;
    found[name] = { added: spreadOf(result.added), failed: failures(result), done };
  }
  return found;
}
