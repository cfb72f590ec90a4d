/** How long everybody else waits while one long text passes: the longest time for which the serving thread was held. */
import { join } from "node:path";
import { Call } from "./calls.ts";
import { type Prepared, prepare, proxyUrl, type Server, startHelper } from "./processes.ts";
import { atMost, type Findings, type Scale } from "./scenario.ts";
import { type Cell, median, percentile, table } from "./statistics.ts";

const SIZES = [1_000, 25_000, 100_000, 1_000_000] as const;
/** Texts of a caller, and records that a tool gives back. */
const FORMS = ["prose", "records"] as const;
/** The limit that issue and specification name for texts as long as prompts are; longer ones are told beside it. */
const LIMIT_MS = 10;
const LIMITED = 100_000;

type Form = (typeof FORMS)[number];
type Probe = readonly [when: number, took: number];

interface Passage {
  readonly form: Form;
  readonly characters: number;
  /** Of each run: how long the turn took, and what the longest probe meanwhile did. */
  readonly turns: readonly number[];
  readonly longest: readonly number[];
  readonly p99: readonly number[];
}

export async function blocking(scale: Scale): Promise<Findings> {
  const provider = await startHelper("provider.ts");
  const prepared = await prepare(provider.url, "regex");
  try {
    const server = await prepared.installation.serve();
    const runs = scale.quick ? 3 : 10;
    const idle = await probesWhile(server, () => Bun.sleep(2_000));
    const passages: Passage[] = [];
    let seed = 11;
    for (const form of FORMS)
      for (const characters of SIZES) {
        const [turns, longest, p99]: number[][] = [[], [], []];
        for (let run = 0; run < runs; run++) {
          // The provider says the tokens of the last message again: here it is what is read that is measured.
          const messages = [
            { role: "user", content: textOf(form, characters, seed++) },
            { role: "user", content: "Thank you." },
          ];
          const body = JSON.stringify({ model: "bench-5-0-1", messages });
          let took = 0;
          const probes = await probesWhile(server, async () => {
            took = await turn(prepared, server, body);
          });
          turns?.push(took);
          longest?.push(percentile(probes, 1));
          p99?.push(percentile(probes, 0.99));
        }
        passages.push({ form, characters, turns: turns ?? [], longest: longest ?? [], p99: p99 ?? [] });
      }
    await server.stop();
    return { tables: [tableOf(passages, idle)], targets: targetsOf(passages), data: { idle, passages } };
  } finally {
    prepared.installation.remove();
    await provider.stop();
  }
}

function tableOf(passages: readonly Passage[], idle: readonly number[]): string {
  const rows = passages.map(({ form, characters, turns, longest, p99 }): Cell[] => [
    form,
    characters,
    median(turns),
    median(p99),
    median(longest),
    Math.max(...longest),
  ]);
  rows.unshift(["nothing", 0, 0, percentile(idle, 0.99), percentile(idle, 1), percentile(idle, 1)]);
  return table(["text", "characters", "turn p50", "others' p99", "others' longest, median", "worst"], rows);
}

const targetsOf = (passages: readonly Passage[]) =>
  passages
    .filter(({ characters }) => characters <= LIMITED)
    .map(({ form, characters, longest }) =>
      atMost(`others' longest wait while ${characters / 1000} KB of ${form} pass`, median(longest), LIMIT_MS, "ms"),
    );

async function turn({ agentId }: Prepared, server: Server, body: string): Promise<number> {
  const from = performance.now();
  const headers = { "content-type": "application/json" };
  const response = await fetch(proxyUrl(server, agentId), { method: "POST", headers, body });
  const answer = await response.text();
  if (!response.ok) throw new Error(`a long turn was answered with ${response.status} ${answer}`);
  return performance.now() - from;
}

/** What the probes took that were asked while some work went on. */
async function probesWhile(server: Server, work: () => Promise<unknown>): Promise<number[]> {
  const child = Bun.spawn([process.execPath, join(import.meta.dirname, "prober.ts"), `${server.url}/health/live`], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  await Bun.sleep(300);
  const from = Date.now();
  await work();
  const to = Date.now();
  await Bun.sleep(50);
  child.stdin.end();
  const probes = JSON.parse(await new Response(child.stdout).text()) as Probe[];
  return probes.filter(([when, took]) => when + took >= from && when <= to).map(([, took]) => took);
}

/** About an identifier in every two hundred characters. */
function textOf(form: Form, characters: number, seed: number): string {
  const call = new Call(seed);
  const parts: string[] = [];
  for (let length = 0, at = 0; length < characters; at++) {
    const said = call.next().at(-1)?.content ?? "";
    const part = form === "prose" ? said : JSON.stringify({ id: at, mrn: `44${seed}${at}`, note: said });
    parts.push(part);
    length += part.length + 1;
    call.messages.length = 1;
  }
  return form === "prose" ? parts.join(" ") : `[${parts.join(",")}]`;
}
