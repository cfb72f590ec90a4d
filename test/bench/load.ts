/**
 * The clients, in a process of their own: `bun test/bench/load.ts JSON` with a `LoadPlan`, prints a `LoadResult` as JSON.
 * Open loop: turns leave at their time whether or not earlier ones are answered, at random moments like calls that know
 * nothing of each other (Poisson, from the seed); at equal distances, answers and new turns would meet at one moment or
 * never, as the provider's time happens to fall. Of each turn the provider's own time is
 * taken away: what is left is what the way there and back added.
 */
import { Call, longPrompt, randomFrom } from "./calls.ts";

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

/** What the provider says beside its words: the time since the request came, in ms. */
function saidAt(answer: { readonly system_fingerprint: string }): number {
  return Number.parseInt(answer.system_fingerprint, 10) / 1000;
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

/** One turn of a call; `heard` gets the words of the answer while they come. */
interface Turn {
  readonly body: object;
  readonly isLate: boolean;
  readonly heard: (words: string) => void;
}

async function turn({ body, isLate, heard }: Turn): Promise<void> {
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
    const extra = plan.stream ? await readStream(response, from, heard) : await readWhole(response, from, heard);
    added.push(extra);
    if (isLate) addedLate.push(extra);
  } catch (thrown) {
    const name = thrown instanceof Error ? thrown.message.slice(0, 60) : "unknown";
    failed[name] = (failed[name] ?? 0) + 1;
  }
}

async function readWhole(response: Response, from: number, heard: Turn["heard"]): Promise<number> {
  const text = await response.text();
  const took = performance.now() - from;
  const answer = JSON.parse(text);
  heard(answer.choices[0].message.content);
  return took - saidAt(answer);
}

async function readStream(response: Response, from: number, heard: Turn["heard"]): Promise<number> {
  const decoder = new TextDecoder();
  let words = "";
  let rest = "";
  let before: number | null = null;
  for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
    const at = performance.now() - from;
    const events = (rest + decoder.decode(bytes, { stream: true })).split("\n\n");
    rest = events.pop() ?? "";
    for (const event of events) {
      if (!event.startsWith("data: {")) continue;
      const chunk = JSON.parse(event.slice("data: ".length));
      const content: string = chunk.choices[0]?.delta.content ?? "";
      if (content === "") continue;
      words += content;
      const added = at - saidAt(chunk);
      if (before === null) addedFirst.push(added);
      else addedBetween.push(added - before);
      before = added;
    }
    heard(words);
  }
  if (before === null) throw new Error("an answer without words");
  return before;
}

/** Calls that follow one another in one place. */
function conversations(): () => Turn {
  const { turns } = plan;
  if (turns === "long") return () => ({ body: longPrompt(seed++), isLate: false, heard: () => {} });
  let call = new Call(seed++);
  let said = 0;
  let answer = "";
  return () => {
    if (said === turns) {
      call = new Call(seed++);
      said = 0;
    }
    said++;
    const messages = call.next(answer);
    answer = "";
    const current = said;
    // What comes after the next turn began, nobody hears any more.
    const heard = (words: string) => {
      if (current === said) answer = words;
    };
    return { body: { messages }, isLate: said > turns * 0.75, heard };
  };
}

async function openLoop(perSecond: number): Promise<void> {
  const places = Array.from({ length: plan.calls ?? 1 }, conversations);
  const count = Math.round(perSecond * plan.seconds);
  const random = randomFrom(plan.seed);
  const running: Promise<void>[] = [];
  let due = performance.now();
  for (let at = 0; at < count; at++) {
    due += (-Math.log(1 - random()) * 1000) / perSecond;
    const wait = due - performance.now();
    if (wait > 0) await Bun.sleep(wait);
    late.push(performance.now() - due);
    const place = places[at % places.length];
    if (place) running.push(turn(place()));
  }
  await Promise.all(running);
}

async function closedLoop(atOnce: number): Promise<void> {
  const until = performance.now() + plan.seconds * 1000;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      const next = conversations();
      while (performance.now() < until) {
        await turn(next());
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
