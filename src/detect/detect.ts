/**
 * Detection of a whole request:
 * 1. each slot gets its context: role, JSON key, what the conversation asks for at that point;
 * 2. slots seen before come from the cache; the others go through Pass 1, custom recognizers and the deny list;
 * 3. the same slots go through the statistical pass, all at once, within the budget;
 * 4. what was found is cached as offsets and kinds;
 * 5. hits above their thresholds are merged; what was found once is masked everywhere in the request; the allow list has
 *    the last word.
 * Short texts are read on the calling thread, which rests between them; long ones on threads of their own. An answer is read
 * when it was given, before it comes back in the history of the next turn.
 */
import { MaskerError } from "../errors.ts";
import { cacheKeyOf, RecentMap } from "./cache.ts";
import { keyWords } from "./context/keys.ts";
import { NO_TOPIC, type Topic } from "./context/topic.ts";
import type { Detection, DetectOptions, Detector, NerModel, NerRequest, Span, TextSlot } from "./detector.ts";
import { isOverruled } from "./doubt.ts";
import { compileLists, type Lists } from "./lists.ts";
import type { Hit } from "./merge.ts";
import type { NumberKeys } from "./number-keys.ts";
import { Pace } from "./pace.ts";
import { Ranges } from "./ranges.ts";
import { readText, type TextReading, withCertain } from "./read-text.ts";
import type { ReadingThreads } from "./reading-threads.ts";
import type { Context } from "./recognizer.ts";
import type { ReadSlot } from "./repeats.ts";
import { resolveSlots } from "./resolve.ts";

export interface DetectorSettings {
  /** The statistical pass; null where none is loaded. */
  readonly ner: NerModel | null;
  /** Budget of a request with up to 400 unseen words, ms. */
  readonly timeoutMs: number;
  /** Secret of the cache's keys; any length, per process. */
  readonly cacheKey: Uint8Array;
  /** Where long texts are read; without it on the calling thread, which then serves nobody else. */
  readonly threads?: ReadingThreads;
}

/** Slots that the cache remembers, and the hits in them: a hundred bytes each. */
const CACHE_SLOTS = 20_000;
const CACHE_HITS = 400_000;
/** Readings of long texts that go on after their request was given up. */
const READINGS = 16;
const FREE_WORDS = 400;
const MS_PER_100_WORDS = 60;
/** Characters of a text that a thread of its own reads: below it reading takes a millisecond or two. */
const LONG_TEXT = 4_000;
/** The same for the last step, which takes a text apart once more, where one of its values may come again. */
const LONG_AGAIN = 32_000;
/** The end of the turn before is what asks. */
const QUESTION_LENGTH = 240;
/** What the last step may take beyond the budget, ms: it needs little, but a thread may be at work for another request. */
const LAST_STEP_MS = 5_000;
/** How long work that missed its budget may go on, so that a retry finds it in the cache, ms. */
const BACKGROUND_MS = 30_000;
/** An answer is needed when the caller has spoken again; what is asked for now goes before it, ms. */
const AHEAD_DUE_MS = 1_000;
/** Where nobody has time for it so long, ms, it is left to the next turn: under load it would be read twice. */
const AHEAD_MS = 50;

const HAS_CHARACTERS = /\p{L}|\p{N}/u;

/** What is kept of a slot: offsets, kinds and keyed hashes, never text. */
interface Remembered {
  readonly hits: readonly Hit[];
  readonly topic: Topic;
  readonly numbers: NumberKeys;
}

interface Unseen {
  readonly index: number;
  readonly cacheKey: string;
  readonly slot: TextSlot;
  readonly reading: TextReading;
  readonly question: string | null;
}

function countWords(text: string): number {
  let words = 0;
  for (let i = 0, inside = false; i < text.length; i++) {
    const isSpace = text.charCodeAt(i) <= 32;
    if (!isSpace && !inside) words++;
    inside = !isSpace;
  }
  return words;
}

export function createDetector(settings: DetectorSettings): Detector {
  const { threads } = settings;
  const cache = new RecentMap<Remembered>(CACHE_SLOTS, CACHE_HITS);
  const readings = new RecentMap<Promise<TextReading>>(READINGS);
  const compiled = new WeakMap<DetectOptions["custom"], Lists>();
  const seed = crypto.getRandomValues(new BigUint64Array(1))[0] as bigint;

  const listsOf = (options: DetectOptions): Lists => {
    let lists = compiled.get(options.custom);
    if (lists === undefined) {
      lists = compileLists(options);
      compiled.set(options.custom, lists);
    }
    return lists;
  };

  const keep = (cacheKey: string, { hits, topic, numbers }: Remembered): Remembered => {
    const entry = { hits, topic, numbers };
    cache.set(cacheKey, entry, 1 + entry.hits.length + entry.numbers.length / 8);
    readings.delete(cacheKey);
    return entry;
  };

  const isLong = (slot: TextSlot) => threads !== undefined && slot.text.length > LONG_TEXT;

  /** Keeps what both passes say of a slot, in steps of one span. */
  function* remember({ cacheKey, slot, reading }: Unseen, ner: readonly Span[]): Generator<void, Remembered> {
    const { topic, numbers, harmlessKey } = reading;
    const hits: Hit[] = [...reading.hits];
    if (ner.length > 0) {
      const certain = isLong(slot) ? reading : withCertain(slot.text, reading);
      const harmless = new Ranges(certain.harmless);
      for (const span of ner) {
        yield;
        if (isOverruled(span, slot, harmless, harmlessKey)) continue;
        const { start, end, kind, confidence: score } = span;
        hits.push({ start, end, kind, score, validated: false, pass: "ner" });
      }
    }
    return keep(cacheKey, { hits, topic, numbers });
  }

  /** A reading that outlives its request is found by the retry. */
  const readOnThread = (
    on: ReadingThreads,
    asked: {
      readonly cacheKey: string;
      readonly slot: TextSlot;
      readonly context: Context;
      readonly options: DetectOptions;
    },
    deadline: number,
  ): Promise<TextReading> => {
    const { cacheKey, slot, context, options } = asked;
    let reading = readings.get(cacheKey);
    if (reading === undefined) {
      const { rules, custom, deny, allow } = options;
      const certain = options.passes.includes("ner");
      reading = on.read(
        { text: slot.text, context, policy: { rules, custom, deny, allow }, seed, certain },
        deadline + BACKGROUND_MS,
      );
      readings.set(cacheKey, reading);
      reading.catch(() => readings.delete(cacheKey));
    }
    return inTime(reading, deadline);
  };

  const keyOf = (slot: TextSlot, topic: Topic, question: string | null, options: DetectOptions): string =>
    cacheKeyOf(settings.cacheKey, [
      options.revision,
      options.passes.join(),
      slot.role,
      slot.key ?? "",
      slot.isKey ? "key" : "",
      topic.join(),
      question ?? "",
      slot.text,
    ]);

  const readAnswer = async (text: string, topic: Topic, question: string | null, options: DetectOptions) => {
    const slot: TextSlot = { text, message: 0, role: "assistant" };
    const cacheKey = keyOf(slot, topic, question, options);
    if (!HAS_CHARACTERS.test(text) || text.length > LONG_TEXT || cache.get(cacheKey)) return;
    const context: Context = { role: slot.role, keyWords: [], topic, answering: false };
    const reading = readText(text, context, listsOf(options), seed);
    if (options.passes.includes("ner")) {
      const now = performance.now();
      const [spans] = (await settings.ner?.label([{ text, question }], now + AHEAD_DUE_MS, now + AHEAD_MS)) ?? [];
      if (spans) await new Pace().run(remember({ index: 0, cacheKey, slot, reading, question }, spans));
    } else keep(cacheKey, reading);
  };

  return {
    async detect(slots: readonly TextSlot[], options: DetectOptions): Promise<Detection> {
      const startedAt = performance.now();
      const lists = listsOf(options);
      const wantsNer = options.passes.includes("ner");
      const found: Remembered[] = new Array(slots.length);
      const unseen: Unseen[] = [];
      const pace = new Pace();
      let words = 0;
      let topic: Topic = NO_TOPIC;
      let lastAgent: string | null = null;
      let lastCaller: string | null = null;
      let cacheHits = 0;
      const deadline = () =>
        startedAt + settings.timeoutMs + (Math.max(0, words - FREE_WORDS) / 100) * MS_PER_100_WORDS;

      for (const [index, slot] of slots.entries()) {
        if (pace.due) await pace.rest();
        const isTurn = slot.message !== null && slot.key === undefined && !slot.isKey;
        const question = !isTurn
          ? null
          : slot.role === "user"
            ? lastAgent
            : slot.role === "assistant"
              ? lastCaller
              : null;
        if (isTurn && slot.role === "assistant") lastAgent = slot.text.slice(-QUESTION_LENGTH);
        if (isTurn && slot.role === "user") lastCaller = slot.text.slice(-QUESTION_LENGTH);
        const asked = slot.message === null || slot.role === "system" || slot.role === "tool" ? NO_TOPIC : topic;
        const cacheKey = keyOf(slot, asked, question, options);
        const setsTopic = isTurn && slot.role !== "system" && slot.role !== "tool";
        const seen = cache.get(cacheKey);
        if (seen) {
          found[index] = seen;
          cacheHits++;
          if (setsTopic) topic = seen.topic;
          continue;
        }
        words += countWords(slot.text);
        const context: Context = {
          role: slot.role,
          keyWords: slot.key === undefined || slot.isKey ? [] : keyWords(slot.key),
          topic: asked,
          answering: slot.role === "user",
        };
        const reading =
          threads && isLong(slot)
            ? await readOnThread(threads, { cacheKey, slot, context, options }, deadline())
            : readText(slot.text, context, lists, seed);
        if (setsTopic) topic = reading.topic;
        found[index] = reading;
        if (wantsNer && HAS_CHARACTERS.test(slot.text)) unseen.push({ index, cacheKey, slot, reading, question });
        else keep(cacheKey, reading);
      }

      const due = deadline();
      if (performance.now() > due) throw new MaskerError("detection_unavailable");
      let nerSkipped = false;
      if (wantsNer && unseen.length > 0) {
        const labelled = await labelWithin(settings.ner, unseen, due, remember);
        if (labelled)
          unseen.forEach((entry, i) => {
            found[entry.index] = labelled[i] as Remembered;
          });
        else if (options.onNerUnavailable === "block") throw new MaskerError("detection_unavailable");
        else nerSkipped = true;
      }

      const read = slots.map(({ text }, i): ReadSlot => {
        const { hits, numbers } = found[i] as Remembered;
        return { text, hits, numbers };
      });
      const heavy = read.some(({ text }) => text.length > LONG_AGAIN) && read.some(({ hits }) => hits.length > 0);
      const { rules, custom, deny, allow } = options;
      const spans =
        threads && heavy
          ? await inTime(
              threads.resolve(read, { rules, custom, deny, allow }, { seed, giveUpMs: due + LAST_STEP_MS }),
              due + LAST_STEP_MS,
            )
          : await pace.run(resolveSlots(read, { rules, allow: lists.allow, seed }));
      const readAhead = (answer: string) => readAnswer(answer, topic, lastCaller, options).catch(() => undefined);
      return { spans, nerSkipped, cacheHits, readAhead };
    },
  };
}

/** @throws MaskerError detection_unavailable when it is not there by `deadline`. */
async function inTime<T>(work: Promise<T>, deadline: number): Promise<T> {
  const done = await byDeadline(work, deadline);
  if (done === null) throw new MaskerError("detection_unavailable", { retryAfterSeconds: 1 });
  return done.value;
}

/** Null when it is not there by `deadline`, performance.now() clock. */
async function byDeadline<T>(work: Promise<T>, deadline: number): Promise<{ readonly value: T } | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), Math.max(0, deadline - performance.now()));
  });
  try {
    return await Promise.race([work.then((value) => ({ value })), late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Asks the statistical pass for every unseen slot. Null when it did not answer in time or cannot run; what it still answers
 * later is remembered, so that a retry finds it.
 */
async function labelWithin(
  ner: NerModel | null,
  unseen: readonly Unseen[],
  deadline: number,
  remember: (entry: Unseen, spans: readonly Span[]) => Generator<void, Remembered>,
): Promise<readonly Remembered[] | null> {
  if (ner === null) return null;
  const requests = unseen.map(({ slot, question }): NerRequest => ({ text: slot.text, question }));
  const rememberAll = async (spans: readonly (readonly Span[])[]): Promise<readonly Remembered[]> => {
    const pace = new Pace();
    const all: Remembered[] = [];
    for (const [i, entry] of unseen.entries()) all.push(await pace.run(remember(entry, spans[i] ?? [])));
    return all;
  };
  const labelled = ner
    .label(requests, deadline, deadline + BACKGROUND_MS)
    .then(rememberAll)
    .catch(() => null);
  return (await byDeadline(labelled, deadline))?.value ?? null;
}
