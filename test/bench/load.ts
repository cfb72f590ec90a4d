/**
 * The clients, in a process of their own: `bun test/bench/load.ts JSON` with a `LoadPlan`, prints a `LoadResult` as JSON.
 * Open loop: turns leave at their time whether or not earlier ones are answered. Of each turn the provider's own time is
 * taken away: what is left is what the way there and back added.
 */
import { Call, longPrompt } from "./calls.ts";

export interface LoadPlan {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly model: string;
  readonly seed: number;
  readonly stream: boolean;
  /** Open loop: turns a second. Closed loop: turns in progress at once. */
  readonly load: { readonly perSecond: number } | { readonly atOnce: number };
  readonly seconds: number;
  /** Turns of each call; `long`: one turn with a prompt of 4,000 words and 20 tools, new each time. */
  readonly turns: number | "long";
  /** Calls in progress in open loop; each says its next turn when all others have. */
  readonly calls?: number;
}

export interface LoadResult {
  readonly answered: number;
  readonly failed: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Whole answers: added to the provider's time. Streams: the same, to the last word. */
  readonly added: readonly number[];
  /** The same of the turns from the last quarter of a call. */
  readonly addedLate: readonly number[];
  /** Streams: added to the first word. */
  readonly addedFirst: readonly number[];
  /** Streams: how much later a word came after the word before it than the provider said it. */
  readonly addedBetween: readonly number[];
  /** How late turns left, because this process was busy. */
  readonly late: readonly number[];
  /** `Server-Timing` of Masker, by stage. */
  readonly stages: Readonly<Record<string, readonly number[]>>;
  readonly cache: { readonly hits: number; readonly texts: number };
}

const plan = JSON.parse(process.argv[2] ?? "{}") as LoadPlan;
const failed: Record<string, number> = {};
const added: number[] = [];
const addedLate: number[] = [];
const addedFirst: number[] = [];
const addedBetween: number[] = [];
const late: number[] = [];
const stages: Record<string, number[]> = {};
const cache = { hits: 0, texts: 0 };
let seed = plan.seed;

/** The words of an answer with the times at which the provider said them (ms). */
function timesIn(text: string): number[] {
  return [...text.matchAll(/(\d+)us /g)].map((match) => Number(match[1]) / 1000);
}

function noteTimings(header: string | null): void {
  for (const part of header?.split(", ") ?? []) {
    const [, name = "", ms] = /^(\w+);dur=([\d.]+)/.exec(part) ?? [];
    if (ms === undefined) continue;
    stages[name] ??= [];
    stages[name].push(Number(ms));
  }
  const known = /cache;desc="(\d+) of (\d+)"/.exec(header ?? "");
  cache.hits += Number(known?.[1] ?? 0);
  cache.texts += Number(known?.[2] ?? 0);
}

async function turn(body: object, isLate: boolean): Promise<void> {
  const text = JSON.stringify({ model: plan.model, ...(plan.stream ? { stream: true } : {}), ...body });
  const from = performance.now();
  try {
    const response = await fetch(plan.url, {
      method: "POST",
      headers: { "content-type": "application/json", ...plan.headers },
      body: text,
    });
    if (!response.ok) {
      const answer = await response.text();
      const code = /"code":\s*"(\w+)"/.exec(answer)?.[1] ?? "";
      failed[`${response.status} ${code}`] = (failed[`${response.status} ${code}`] ?? 0) + 1;
      return;
    }
    noteTimings(response.headers.get("server-timing"));
    const extra = plan.stream ? await readStream(response, from) : await readWhole(response, from);
    added.push(extra);
    if (isLate) addedLate.push(extra);
  } catch (thrown) {
    const name = thrown instanceof Error ? thrown.message.slice(0, 60) : "unknown";
    failed[name] = (failed[name] ?? 0) + 1;
  }
}

async function readWhole(response: Response, from: number): Promise<number> {
  const answer = await response.text();
  const took = performance.now() - from;
  return took - (timesIn(JSON.parse(answer).choices[0].message.content).at(-1) ?? 0);
}

async function readStream(response: Response, from: number): Promise<number> {
  const decoder = new TextDecoder();
  let rest = "";
  let before: number | null = null;
  for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
    const at = performance.now() - from;
    rest += decoder.decode(bytes, { stream: true });
    const end = rest.lastIndexOf("us ") + 3;
    if (end < 3) continue;
    for (const said of timesIn(rest.slice(0, end))) {
      if (before === null) addedFirst.push(at - said);
      else addedBetween.push(at - said - before);
      before = at - said;
    }
    rest = rest.slice(end);
  }
  if (before === null) throw new Error("an answer without words");
  return before;
}

/** Calls that follow one another in one place. */
function conversations(): () => { readonly body: object; readonly isLate: boolean } {
  const { turns } = plan;
  if (turns === "long") return () => ({ body: longPrompt(seed++), isLate: false });
  let call = new Call(seed++);
  let said = 0;
  return () => {
    if (said === turns) {
      call = new Call(seed++);
      said = 0;
    }
    said++;
    return { body: { messages: call.next() }, isLate: said > turns * 0.75 };
  };
}

async function openLoop(perSecond: number): Promise<void> {
  const places = Array.from({ length: plan.calls ?? 1 }, conversations);
  const count = Math.round(perSecond * plan.seconds);
  const from = performance.now();
  const running: Promise<void>[] = [];
  for (let at = 0; at < count; at++) {
    const due = from + (at * 1000) / perSecond;
    const wait = due - performance.now();
    if (wait > 0) await Bun.sleep(wait);
    late.push(performance.now() - due);
    const { body, isLate } = places[at % places.length]?.() ?? { body: {}, isLate: false };
    running.push(turn(body, isLate));
  }
  await Promise.all(running);
}

async function closedLoop(atOnce: number): Promise<void> {
  const until = performance.now() + plan.seconds * 1000;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      const next = conversations();
      while (performance.now() < until) {
        const { body, isLate } = next();
        await turn(body, isLate);
      }
    }),
  );
}

const began = performance.now();
await ("perSecond" in plan.load ? openLoop(plan.load.perSecond) : closedLoop(plan.load.atOnce));
const result: LoadResult = {
  answered: added.length,
  failed,
  seconds: (performance.now() - began) / 1000,
  added,
  addedLate,
  addedFirst,
  addedBetween,
  late,
  stages,
  cache,
};
await Bun.write(Bun.stdout, JSON.stringify(result));
