/**
 * Long texts, read on threads of their own: the thread that serves all calls would stand still for as long as one of them
 * takes. What is found is the same, since it is the same code.
 */
import type { Span } from "./detector.ts";
import { Pace } from "./pace.ts";
import { packHits, unpackHits, unpackSpans } from "./packed.ts";
import type { TextReading } from "./read-text.ts";
import { LANE_LIMITS, type LaneLimits, ReadingLane } from "./reading-lane.ts";
import type { PolicyData, ReadAnswer, ReadingTask, ResolveAnswer } from "./reading-task.ts";
import type { ReadSlot } from "./repeats.ts";

/** Long prompts do not wait behind books: each has a thread. */
const BOOK_CHARACTERS = 100_000;

export interface ReadingThreads {
  /** As `readText`, and `withCertain` when asked. @throws MaskerError detection_unavailable */
  read(task: Omit<ReadingTask & { task: "read" }, "task">, giveUpMs: number): Promise<TextReading>;
  /** As `resolveSlots`. @throws MaskerError detection_unavailable */
  resolve(slots: readonly ReadSlot[], policy: PolicyData, options: ResolveOptions): Promise<(readonly Span[])[]>;
  close(): void;
}

export interface ResolveOptions {
  readonly seed: bigint;
  readonly giveUpMs: number;
}

/** Threads that are started when they are needed. */
export function createReadingThreads(limits: Partial<LaneLimits> = {}, spawn?: () => Worker): ReadingThreads {
  const [prompts, books] = [0, 1].map(() => new ReadingLane({ ...LANE_LIMITS, ...limits }, spawn)) as [
    ReadingLane,
    ReadingLane,
  ];
  const laneOf = (characters: number) => (characters > BOOK_CHARACTERS ? books : prompts);
  return {
    async read(asked, giveUpMs) {
      const answer = await laneOf(asked.text.length).ask({ task: "read", ...asked }, giveUpMs);
      const reading = answer as ReadAnswer;
      const [hits = []] = await new Pace().run(unpackHits(reading.hits, 1));
      return { ...reading, hits };
    },

    async resolve(slots, policy, { seed, giveUpMs }) {
      const texts = slots.map(({ text }) => text);
      const task: ReadingTask = {
        task: "resolve",
        texts,
        hits: packHits(slots.map(({ hits }) => hits)),
        numbers: slots.map(({ numbers }) => numbers),
        policy,
        seed,
      };
      const longest = texts.reduce((most, text) => Math.max(most, text.length), 0);
      const { spans } = (await laneOf(longest).ask(task, giveUpMs)) as ResolveAnswer;
      return new Pace().run(unpackSpans(spans, slots.length));
    },

    close() {
      prompts.close();
      books.close();
    },
  };
}
