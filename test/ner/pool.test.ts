import { describe, expect, it } from "vitest";
import type { NerModel } from "../../src/detect/detector.ts";
import type { Log } from "../../src/log/log.ts";
import { parseLabels } from "../../src/ner/labels.ts";
import {
  type LabelMessage,
  pack,
  type StartMessage,
  type StopMessage,
  type WorkerReply,
} from "../../src/ner/message.ts";
import { type PoolLimits, startPool } from "../../src/ner/pool.ts";

const start: StartMessage = {
  native: { library: "", addon: "" },
  model: {
    model: "",
    vocabulary: "",
    labels: parseLabels(
      JSON.stringify({
        format: 1,
        name: "fake",
        labels: ["O", "NAME", "MRN"],
        case_feature: true,
        max_pieces: 160,
        question_pieces: 40,
        thresholds: { default: { seed: 0.3, neighbour: 0.9 }, kinds: {} },
        confidence: [
          [0, 0],
          [1, 1],
        ],
      }),
    ),
  },
};

/** Stands for a worker thread: what it does with each message is the test's to say. */
class FakeWorker {
  onmessage: ((event: { data: WorkerReply }) => void) | null = null;
  onerror: ((event: { preventDefault(): void }) => void) | null = null;
  readonly messages: LabelMessage[] = [];
  stopped = false;
  private readonly onClose: (() => void)[] = [];

  constructor(
    private readonly answer: (worker: FakeWorker, message: LabelMessage) => void,
    private readonly startWith: WorkerReply | null,
  ) {}

  addEventListener(_: "close", listener: () => void): void {
    this.onClose.push(listener);
  }

  postMessage(message: StartMessage | LabelMessage | StopMessage): void {
    if ("stop" in message) {
      this.stopped = true;
      this.die();
    } else if ("jobs" in message) {
      this.messages.push(message);
      this.answer(this, message);
    } else if (this.startWith !== null) this.reply(this.startWith);
  }

  reply(data: WorkerReply): void {
    setTimeout(() => this.onmessage?.({ data }), 0);
  }

  die(): void {
    for (const listener of this.onClose) listener();
  }
}

/** Marks every "Sarah" in a job. */
function answerSarah(worker: FakeWorker, { jobs }: LabelMessage): void {
  const results = jobs.map(({ text }) =>
    [...text.matchAll(/Sarah/g)].map(({ index }) => ({ start: index, end: index + 5, label: 1, confidence: 0.9 })),
  );
  worker.reply({ type: "answer", packed: pack(results) });
}

const silent = () => undefined;

interface Setup {
  readonly pool: NerModel;
  readonly workers: FakeWorker[];
  readonly logged: string[];
}

async function setUp(
  answer: (worker: FakeWorker, message: LabelMessage) => void,
  {
    threads = 1,
    limits = {},
    startWith = { type: "ready" },
  }: { threads?: number; limits?: Partial<PoolLimits>; startWith?: WorkerReply } = {},
): Promise<Setup> {
  const workers: FakeWorker[] = [];
  const logged: string[] = [];
  const note = (message: string) => void logged.push(message);
  const log: Log = { debug: silent, info: silent, warn: note, error: note };
  const pool = await startPool({
    start,
    threads,
    log,
    limits: { restartMs: 1, ...limits },
    spawn: () => {
      const worker = new FakeWorker(answer, startWith);
      workers.push(worker);
      return worker as unknown as Worker;
    },
  });
  return { pool, workers, logged };
}

const soon = (ms = 5000) => performance.now() + ms;
const one = (text: string) => [{ text, question: null }];
const outcome = (run: Promise<unknown>) =>
  run.then(
    () => "labelled",
    (error: { code?: string }) => error.code,
  );
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("pool", () => {
  it("answers in the order of the requests, texts without letters without asking", async () => {
    const { pool, workers } = await setUp(answerSarah, { threads: 2 });
    const spans = await pool.label([...one("hi Sarah"), ...one("...!"), ...one("Sarah and Sarah"), ...one("")], soon());
    expect(spans.map((list) => list.map(({ start }) => start))).toEqual([[3], [], [0, 10], []]);
    expect(spans[0]).toEqual([{ start: 3, end: 8, kind: "NAME", confidence: 0.9, pass: "ner" }]);
    expect(
      workers.flatMap(({ messages }) => messages.flatMap(({ jobs }) => jobs.map(({ text }) => text))),
    ).not.toContain("...!");
  });

  it("finds what lies anywhere in a long text, once, at its place", async () => {
    const { pool } = await setUp(answerSarah, { threads: 3 });
    const text = "so I told Sarah that the ward was full ".repeat(500);
    const [spans = []] = await pool.label(one(text), soon());
    expect(spans.map(({ start }) => start)).toEqual([...text.matchAll(/Sarah/g)].map(({ index }) => index));
  });

  it("joins what two chunks found of one identifier", async () => {
    const whole = (worker: FakeWorker, { jobs }: LabelMessage) =>
      worker.reply({
        type: "answer",
        packed: pack(jobs.map(({ text }) => [{ start: 0, end: text.length, label: 2, confidence: 0.7 }])),
      });
    const { pool } = await setUp(whole);
    const text = "9".repeat(10_000);
    expect(await pool.label(one(text), soon())).toEqual([
      [{ start: 0, end: 10_000, kind: "MRN", confidence: 0.7, pass: "ner" }],
    ]);
  });

  it("tries the jobs of a worker that died once more", async () => {
    let deaths = 0;
    const { pool, workers } = await setUp((worker, message) => {
      if (deaths++ === 0) worker.die();
      else answerSarah(worker, message);
    });
    const [spans] = await pool.label(one("Sarah"), soon());
    expect(spans).toHaveLength(1);
    expect(workers).toHaveLength(2);
    expect(pool.status()).toBe("ok");
  });

  it("gives up a text that brings two workers down, and serves the next", async () => {
    const { pool } = await setUp((worker, message) => {
      if (message.jobs.some(({ text }) => text === "poison")) worker.die();
      else answerSarah(worker, message);
    });
    expect(await outcome(pool.label(one("poison"), soon()))).toBe("detection_unavailable");
    expect(await pool.label(one("Sarah"), soon())).toHaveLength(1);
  });

  it("replaces a worker that does not answer", async () => {
    const { pool, workers } = await setUp(
      (worker, message) => {
        if (workers.length > 1) answerSarah(worker, message);
      },
      { limits: { answerMs: 20 } },
    );
    expect(await pool.label(one("Sarah"), soon())).toHaveLength(1);
    expect(workers[0]?.stopped).toBe(true);
  });

  it("rejects a call at its time, and one that comes too late at once", async () => {
    const { pool } = await setUp(silent);
    expect(await outcome(pool.label(one("Sarah"), soon(30)))).toBe("detection_unavailable");
    expect(await outcome(pool.label(one("Sarah"), soon(-1)))).toBe("detection_unavailable");
  });

  it("goes on with a call that is late but not given up", async () => {
    const held: [FakeWorker, LabelMessage][] = [];
    const { pool } = await setUp((...message) => void held.push(message));
    const call = pool.label(one("Sarah"), soon(10), soon(5000));
    await pause(40);
    answerSarah(...held[0]!);
    expect(await call).toHaveLength(1);
  });

  it("serves calls that can be in time before late ones", async () => {
    const held: [FakeWorker, LabelMessage][] = [];
    const { pool, workers } = await setUp((...message) => void held.push(message));
    const calls = [
      pool.label(one("first"), soon()),
      pool.label(one("late"), soon(1), soon(5000)),
      pool.label(one("in time"), soon()),
    ];
    await pause(20);
    for (let i = 0; i < 3; i += 1) {
      const next = held.shift();
      if (next) answerSarah(...next);
      await pause(10);
    }
    await Promise.all(calls);
    const order = workers[0]?.messages.flatMap(({ jobs }) => jobs.map(({ text }) => text));
    expect(order).toEqual(["first", "in time", "late"]);
  });

  it("refuses what the queue cannot hold", async () => {
    const { pool } = await setUp(silent, { limits: { queue: 2 } });
    const calls = Array.from({ length: 5 }, (_, i) => outcome(pool.label(one(`text ${i}`), soon(100))));
    expect(await Promise.all(calls.slice(3))).toEqual(["detection_unavailable", "detection_unavailable"]);
    await pool.close();
    expect(await Promise.all(calls)).toEqual(Array(5).fill("detection_unavailable"));
  });

  it("fails the call when inference fails on a text, and is ok again after the next", async () => {
    const { pool, logged } = await setUp((worker, message) => {
      if (message.jobs[0]?.text === "bad") worker.reply({ type: "answer", packed: pack([null]) });
      else answerSarah(worker, message);
    });
    expect(await outcome(pool.label(one("bad"), soon()))).toBe("detection_unavailable");
    expect(pool.status()).toBe("failed");
    expect(logged.join()).not.toContain("bad");
    await pool.label(one("Sarah"), soon());
    expect(pool.status()).toBe("ok");
  });

  it("is failed and refuses at once when no worker comes up, and logs why", async () => {
    const { pool, logged } = await setUp(silent, {
      startWith: { type: "failed", message: "The NER model file is damaged." },
      threads: 2,
      limits: { restartMs: 1000 },
    });
    expect(pool.status()).toBe("failed");
    expect(await outcome(pool.label(one("Sarah"), soon()))).toBe("detection_unavailable");
    expect(logged).toContain("The NER model file is damaged.");
    await pool.close();
  });

  it("puts several texts into one message when all workers are busy", async () => {
    const { pool, workers } = await setUp(answerSarah);
    await Promise.all(Array.from({ length: 30 }, (_, i) => pool.label(one(`Sarah ${i}`), soon())));
    expect(workers[0]?.messages.length).toBeLessThan(12);
    expect(Math.max(...(workers[0]?.messages ?? []).map(({ jobs }) => jobs.length))).toBeLessThanOrEqual(8);
  });
});
