/**
 * Detection of a whole request:
 * 1. each slot gets its context: role, JSON key, what the conversation asks for at that point;
 * 2. slots seen before come from the cache; the others go through Pass 1, custom recognizers and the deny list;
 * 3. the same slots go through the statistical pass, all at once, within the budget;
 * 4. hits above their thresholds are merged and cached as offsets and kinds;
 * 5. what was found once is masked everywhere in the request; the allow list has the last word.
 */
import { MaskerError } from "../errors.ts";
import { cacheKeyOf, RecentMap } from "./cache.ts";
import { certainlyHarmless, type HarmlessRange } from "./context/certain.ts";
import { keyWords } from "./context/keys.ts";
import { NO_TOPIC, type Topic } from "./context/topic.ts";
import { CustomRecognizers } from "./custom.ts";
import type { Detection, DetectOptions, Detector, NerModel, NerRequest, Span, TextSlot } from "./detector.ts";
import { isOverruled } from "./doubt.ts";
import { LiteralMatcher } from "./literals.ts";
import { type Hit, merge } from "./merge.ts";
import { passOne } from "./pass-one.ts";
import { findRepeats } from "./repeats.ts";
import { fold } from "./text/fold.ts";
import { tokenize } from "./text/tokens.ts";

export interface DetectorSettings {
  /** The statistical pass; null where none is loaded. */
  readonly ner: NerModel | null;
  /** Budget of a request with up to 400 unseen words, ms. */
  readonly timeoutMs: number;
  /** Secret of the cache's keys; any length, per process. */
  readonly cacheKey: Uint8Array;
}

/** Slots that the cache remembers. */
const CACHE_SLOTS = 20_000;
const FREE_WORDS = 400;
const MS_PER_100_WORDS = 60;
/** Characters read before the event loop gets a turn. */
const CHUNK = 20_000;
/** What a slot costs beside its characters, in characters, known or not: a record may be hundreds of thousands of digits. */
const SLOT_COST = 50;
/** The end of the turn before is what asks. */
const QUESTION_LENGTH = 240;
/** How long work that missed its budget may go on, so that a retry finds it in the cache, ms. */
const BACKGROUND_MS = 30_000;

interface Remembered {
  readonly hits: readonly Hit[];
  readonly topic: Topic;
}

interface Unseen {
  readonly index: number;
  readonly cacheKey: string;
  readonly slot: TextSlot;
  readonly passOne: Remembered;
  readonly question: string | null;
  readonly harmless: readonly HarmlessRange[];
  readonly harmlessKey: boolean;
}

interface Lists {
  readonly custom: CustomRecognizers;
  readonly deny: LiteralMatcher<true>;
  readonly allow: LiteralMatcher<true>;
}

function literalsOf(values: readonly string[]): LiteralMatcher<true> {
  const matcher = new LiteralMatcher<true>();
  for (const value of values) matcher.add(value, true);
  return matcher;
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
  const cache = new RecentMap<Remembered>(CACHE_SLOTS);
  const compiled = new WeakMap<DetectOptions["custom"], Lists>();

  const listsOf = (options: DetectOptions): Lists => {
    let lists = compiled.get(options.custom);
    if (lists === undefined) {
      lists = {
        custom: new CustomRecognizers(options.custom),
        deny: literalsOf(options.deny),
        allow: literalsOf(options.allow),
      };
      compiled.set(options.custom, lists);
    }
    return lists;
  };

  const remember = (unseen: Unseen, ner: readonly Span[]): Remembered => {
    const { slot } = unseen;
    const harmless = ner.length === 0 ? [] : [...unseen.harmless, ...certainlyHarmless(slot.text)];
    const labelled = ner
      .filter((span) => !isOverruled(span, slot, harmless, unseen.harmlessKey))
      .map(
        (span): Hit => ({
          start: span.start,
          end: span.end,
          kind: span.kind,
          score: span.confidence,
          validated: false,
          pass: "ner",
        }),
      );
    const entry = { hits: [...unseen.passOne.hits, ...labelled], topic: unseen.passOne.topic };
    cache.set(unseen.cacheKey, entry);
    return entry;
  };

  return {
    async detect(slots: readonly TextSlot[], options: DetectOptions): Promise<Detection> {
      const startedAt = performance.now();
      const lists = listsOf(options);
      const wantsNer = options.passes.includes("ner");
      const found: (readonly Hit[])[] = new Array(slots.length);
      const unseen: Unseen[] = [];
      let words = 0;
      let topic: Topic = NO_TOPIC;
      let lastAgent: string | null = null;
      let lastCaller: string | null = null;
      let sinceYield = 0;
      let cacheHits = 0;

      for (const [index, slot] of slots.entries()) {
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
        const cacheKey = cacheKeyOf(settings.cacheKey, [
          options.revision,
          options.passes.join(),
          slot.role,
          slot.key ?? "",
          slot.isKey ? "key" : "",
          asked.join(),
          question ?? "",
          slot.text,
        ]);
        const seen = cache.get(cacheKey);
        sinceYield += SLOT_COST + (seen ? 0 : slot.text.length);
        if (sinceYield > CHUNK) {
          sinceYield = 0;
          await new Promise<void>((resolve) => setImmediate(resolve));
        }
        if (seen) {
          found[index] = seen.hits;
          cacheHits++;
          if (isTurn && slot.role !== "system" && slot.role !== "tool") topic = seen.topic;
          continue;
        }
        words += countWords(slot.text);
        const first = passOne(slot.text, {
          role: slot.role,
          keyWords: slot.key === undefined || slot.isKey ? [] : keyWords(slot.key),
          topic: asked,
          answering: slot.role === "user",
        });
        const { folded, tokens } = first;
        const hits = [...first.hits, ...lists.custom.find(slot.text, folded, tokens)];
        for (const match of lists.deny.find(folded, tokens)) {
          hits.push({
            start: match.start,
            end: match.end,
            kind: "OTHER_ID",
            score: 1,
            validated: false,
            pass: "regex",
            forced: true,
          });
        }
        if (isTurn && slot.role !== "system" && slot.role !== "tool") topic = first.topic;
        const { harmless, harmlessKey } = first;
        const entry = { index, cacheKey, slot, passOne: { hits, topic: first.topic }, question, harmless, harmlessKey };
        if (wantsNer && /\p{L}|\p{N}/u.test(slot.text)) unseen.push(entry);
        else remember(entry, []);
        found[index] = hits;
      }

      const budget = settings.timeoutMs + (Math.max(0, words - FREE_WORDS) / 100) * MS_PER_100_WORDS;
      const deadline = startedAt + budget;
      if (performance.now() > deadline) throw new MaskerError("detection_unavailable");
      let nerSkipped = false;
      if (wantsNer && unseen.length > 0) {
        const labelled = await labelWithin(settings.ner, unseen, deadline, remember);
        if (labelled)
          unseen.forEach((entry, i) => {
            found[entry.index] = (labelled[i] as Remembered).hits;
          });
        else if (options.onNerUnavailable === "block") throw new MaskerError("detection_unavailable");
        else nerSkipped = true;
      }

      const passing = (hit: Hit): boolean => {
        const rule = options.rules[hit.kind];
        if (hit.forced) return true;
        return rule.enabled && (hit.pass === "regex" ? rule.regex : rule.ner) && hit.score >= rule.threshold;
      };
      const own = found.map((hits) => hits.filter(passing));
      const spans = own.map((hits) => merge(hits));
      const repeats = findRepeats(slots, spans);
      const merged = slots.map((slot, i) => {
        const more = repeats[i] as Hit[];
        const all = more.length === 0 ? (spans[i] as Span[]) : merge([...(own[i] as Hit[]), ...more]);
        return withoutAllowed(slot.text, all, lists.allow);
      });
      return { spans: merged, nerSkipped, cacheHits };
    },
  };
}

/**
 * Asks the statistical pass for every unseen slot. Null when it did not answer in time or cannot run; what it still answers
 * later is remembered, so that a retry finds it.
 */
async function labelWithin(
  ner: NerModel | null,
  unseen: readonly Unseen[],
  deadline: number,
  remember: (entry: Unseen, spans: readonly Span[]) => Remembered,
): Promise<readonly Remembered[] | null> {
  if (ner === null) return null;
  const requests = unseen.map(({ slot, question }): NerRequest => ({ text: slot.text, question }));
  const labelled = ner
    .label(requests, deadline, deadline + BACKGROUND_MS)
    .then((spans) => unseen.map((entry, i) => remember(entry, spans[i] ?? [])))
    .catch(() => null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), Math.max(0, deadline - performance.now()));
  });
  try {
    return await Promise.race([labelled, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Spans that an allowed value covers as a whole are dropped; one that is part of a longer span stays masked. */
function withoutAllowed(text: string, spans: readonly Span[], allow: LiteralMatcher<true>): readonly Span[] {
  if (allow.size === 0 || spans.length === 0) return spans;
  const folded = fold(text);
  const allowed = [...allow.find(folded, tokenize(folded))];
  return spans.filter((span) => !allowed.some((range) => range.start <= span.start && span.end <= range.end));
}
