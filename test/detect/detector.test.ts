import { describe, expect, it, vi } from "vitest";
import { createDetector } from "../../src/detect/detect.ts";
import type {
  DetectOptions,
  Detector,
  KindRule,
  NerModel,
  NerRequest,
  Span,
  TextSlot,
} from "../../src/detect/detector.ts";
import { KIND_NAMES, type Kind } from "../../src/detect/kind.ts";
import { MaskerError } from "../../src/errors.ts";

const KEY = new Uint8Array(32).fill(7);

function options(
  change: Partial<DetectOptions> = {},
  rules: Partial<Record<Kind, Partial<KindRule>>> = {},
): DetectOptions {
  const all = Object.fromEntries(
    KIND_NAMES.map((kind) => [
      kind,
      { enabled: kind !== "ORG", regex: true, ner: true, threshold: 0.6, ...rules[kind] },
    ]),
  ) as Record<Kind, KindRule>;
  return {
    passes: ["regex"],
    rules: all,
    custom: [],
    deny: [],
    allow: [],
    onNerUnavailable: "block",
    revision: "p@1",
    ...change,
  };
}

const user = (text: string, message = 0): TextSlot => ({ text, message, role: "user" });
const agent = (text: string, message = 0): TextSlot => ({ text, message, role: "assistant" });

async function values(detector: Detector, slots: readonly TextSlot[], asked = options()): Promise<string[][]> {
  const { spans } = await detector.detect(slots, asked);
  return spans.map((list, i) => list.map((span) => `${span.kind}:${slots[i]!.text.slice(span.start, span.end)}`));
}

/** A statistical pass that labels the words it is told, after a delay. */
function model(words: Readonly<Record<string, readonly [Kind, number]>>, delayMs = 0) {
  const label = vi.fn(async (requests: readonly NerRequest[]): Promise<Span[][]> => {
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    return requests.map(({ text }) =>
      Object.entries(words).flatMap(([word, [kind, confidence]]) => {
        const start = text.indexOf(word);
        return start < 0 ? [] : [{ start, end: start + word.length, kind, confidence, pass: "ner" as const }];
      }),
    );
  });
  return { label, status: () => "ok" as const, close: async () => {} } satisfies NerModel;
}

const plain = () => createDetector({ ner: null, timeoutMs: 2000, cacheKey: KEY });

describe("once found, masked everywhere", () => {
  it("knows a name again in other case, possessive and in part", async () => {
    const slots = [
      user("my name is Ottoline Baird"),
      agent("Thanks. OTTOLINE, is this Baird's chart?", 1),
      agent("bairds are birds", 2),
    ];
    expect(await values(plain(), slots)).toEqual([["NAME:Ottoline Baird"], ["NAME:OTTOLINE", "NAME:Baird"], []]);
  });

  it("knows a number again, written or said, in an earlier turn and without a cue", async () => {
    const slots = [
      agent("I see 4471802 here."),
      user("my mrn is four four seven one eight oh two", 1),
      agent("44-71-802 it is", 2),
    ];
    expect(await values(plain(), slots)).toEqual([
      ["MRN:4471802"],
      ["MRN:four four seven one eight oh two"],
      ["MRN:44-71-802"],
    ]);
  });

  it("does not take every other use of a short number", async () => {
    const slots = [user("last four of my social is 1173"), agent("The lab value was 1173 and the dose 40 mg.", 1)];
    expect((await values(plain(), slots))[1]).toEqual([]);
  });
});

describe("lists of the policy", () => {
  it("masks what is denied, whole words in any case, whatever the switches say", async () => {
    const asked = options({ deny: ["Blue Heron Study"] }, { OTHER_ID: { enabled: false } });
    expect(await values(plain(), [user("I am in the BLUE HERON study, not blue herons")], asked)).toEqual([
      ["OTHER_ID:BLUE HERON study"],
    ]);
  });

  it("leaves what is allowed, but not a longer identifier that holds it", async () => {
    const asked = options({ allow: ["628-555-0100"] });
    const found = await values(plain(), [user("call 628-555-0100, or me at 628-555-0117, or +44 628-555-0100")], asked);
    expect(found).toEqual([["PHONE:628-555-0117", "PHONE:+44 628-555-0100"]]);
  });

  it("runs custom recognizers with their context words and checks", async () => {
    const custom = [
      { name: "kit", kind: "OTHER_ID" as const, pattern: "KX[0-9]{4}", context: ["kit"], check: null },
      { name: "luhn", kind: "ACCOUNT" as const, pattern: "Z-[0-9]{4}", context: [], check: "luhn" },
    ];
    const found = await values(plain(), [user("the kit is kx0042")], options({ custom }));
    expect(found).toEqual([["OTHER_ID:kx0042"]]);
    const far = await values(plain(), [user("kx0042")], options({ custom, revision: "p@2" }));
    expect(far).toEqual([[]]);
    const checked = await values(plain(), [user("Z-1230 and Z-1231")], options({ custom, revision: "p@3" }));
    expect(checked).toEqual([["ACCOUNT:Z-1230"]]);
  });
});

describe("switches of the policy", () => {
  it("drops kinds that are off and hits under the threshold", async () => {
    const text = "call 628-555-0117";
    expect(await values(plain(), [user(text)], options({}, { PHONE: { enabled: false } }))).toEqual([[]]);
    expect(await values(plain(), [user(text)], options({}, { PHONE: { regex: false } }))).toEqual([[]]);
    expect(await values(plain(), [user(text)], options({}, { PHONE: { threshold: 0.99 } }))).toEqual([[]]);
  });
});

describe("cache", () => {
  it("answers the history of a call from memory, and gives the same spans", async () => {
    const detector = plain();
    const history = [agent("What's your member number?"), user("four four one two nine", 1)];
    const first = await detector.detect(history, options());
    const second = await detector.detect([...history, agent("Thanks.", 2)], options());
    expect(first.cacheHits).toBe(0);
    expect(second.cacheHits).toBe(2);
    expect(second.spans.slice(0, 2)).toEqual(first.spans);
  });

  it("tells the same words apart by what was asked, by role, by key and by policy", async () => {
    const detector = plain();
    const answer = user("four four one two nine", 1);
    const asked = await values(detector, [agent("What's your member number?"), answer]);
    const unasked = await values(detector, [agent("How many steps did you take?"), answer]);
    expect(asked[1]).toEqual(["HEALTH_PLAN_ID:four four one two nine"]);
    expect(unasked[1]).toEqual([]);
    const keyed = await values(detector, [
      { ...user("44129"), role: "tool", key: "mrn" },
      { ...user("44129"), role: "tool", key: "steps" },
    ]);
    expect(keyed[0]).toEqual(["MRN:44129"]);
    const other = await detector.detect([answer], options({ revision: "p@2" }));
    expect(other.cacheHits).toBe(0);
  });

  it("knows an answer that was read ahead, and reads the next turn as if it had not been", async () => {
    const history = [user("I'd like a refill."), agent("Sure, Oona. What's your member number?", 1)];
    const next = [...history, user("four four one two nine", 2)];
    const ner = model({ Oona: ["NAME", 0.99] });
    const ask = options({ passes: ["regex", "ner"] });
    const detector = createDetector({ ner, timeoutMs: 2000, cacheKey: KEY });
    const first = await detector.detect(history.slice(0, 1), ask);
    await first.readAhead(history[1]!.text);
    const second = await detector.detect(next, ask);
    expect(second.cacheHits).toBe(2);
    expect(ner.label.mock.calls.map(([requests]) => requests.map(({ text }) => text))).toEqual([
      [history[0]!.text],
      [history[1]!.text],
      [next[2]!.text],
    ]);
    const fresh = await createDetector({ ner, timeoutMs: 2000, cacheKey: KEY }).detect(next, ask);
    expect(second.spans).toEqual(fresh.spans);
    expect(second.spans[1]).toMatchObject([{ kind: "NAME" }]);
    expect(second.spans[2]).toMatchObject([{ kind: "HEALTH_PLAN_ID" }]);
  });

  it("lets nobody suffer from an answer that cannot be read ahead", async () => {
    const ner: NerModel = { ...model({}), label: () => Promise.reject(new MaskerError("detection_unavailable")) };
    const detector = createDetector({ ner, timeoutMs: 2000, cacheKey: KEY });
    const ask = options({ passes: ["regex", "ner"], onNerUnavailable: "regex_only" });
    const { readAhead } = await detector.detect([user("hello")], ask);
    await expect(readAhead("Hello, this is the clinic.")).resolves.toBeUndefined();
    expect((await detector.detect([user("hello"), agent("Hello, this is the clinic.", 1)], ask)).cacheHits).toBe(0);
  });

  it("holds no text", async () => {
    const detector = plain();
    await detector.detect([user("my mrn is 4471802")], options());
    expect(JSON.stringify(detector)).not.toContain("4471802");
  });
});

describe("the statistical pass", () => {
  const withNer = (ner: NerModel | null, timeoutMs = 2000) => createDetector({ ner, timeoutMs, cacheKey: KEY });
  const ask = options({ passes: ["regex", "ner"] });

  it("is asked once for all unseen turns, each with the turn before of the other side", async () => {
    const ner = model({ Marisol: ["NAME", 0.9] });
    const detector = withNer(ner);
    const slots = [agent("Who am I speaking with?"), user("Marisol", 1), agent("Hi Marisol.", 2)];
    expect(await values(detector, slots, ask)).toEqual([[], ["NAME:Marisol"], ["NAME:Marisol"]]);
    expect(ner.label).toHaveBeenCalledTimes(1);
    expect(ner.label.mock.calls[0]![0].map((request) => request.question)).toEqual([
      null,
      "Who am I speaking with?",
      "Marisol",
    ]);
    await detector.detect(slots, ask);
    expect(ner.label).toHaveBeenCalledTimes(1);
  });

  it("covers the union of both passes, and the check digit decides the kind", async () => {
    const ner = model({ "4556 7375 8689 9855 exp": ["ACCOUNT", 0.9] });
    expect(await values(withNer(ner), [user("charge 4556 7375 8689 9855 exp soon")], ask)).toEqual([
      ["CREDIT_CARD:4556 7375 8689 9855 exp"],
    ]);
  });

  it("lets other work go on while it reads a record of many short values, known ones among them", async () => {
    const slots = Array.from({ length: 50_000 }, () => user("1"));
    let turns = 0;
    let done = false;
    const other = (async () => {
      while (!done) {
        turns++;
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    await createDetector({ ner: null, timeoutMs: 60_000, cacheKey: KEY }).detect(slots, options());
    done = true;
    await other;
    expect(turns).toBeGreaterThan(10);
  });

  it("yields to what is certainly harmless, and to nothing else", async () => {
    const ner = model({ "E11.65": ["OTHER_ID", 0.8], "500 mg": ["OTHER_ID", 0.9], Zelmira: ["NAME", 0.7] });
    expect(await values(withNer(ner), [user("E11.65, Zelmira takes 500 mg")], ask)).toEqual([["NAME:Zelmira"]]);
  });

  it("blocks when there is no model, when it is late, and when it fails", async () => {
    const failing: NerModel = {
      label: () => Promise.reject(new Error("worker died")),
      status: () => "failed",
      close: async () => {},
    };
    for (const detector of [withNer(null), withNer(model({}, 300), 30), withNer(failing)]) {
      const error = await detector.detect([user("hello there")], ask).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(MaskerError);
      expect((error as MaskerError).code).toBe("detection_unavailable");
    }
  });

  it("goes on with Pass 1 alone where the policy says so, and says that it did", async () => {
    const asked = options({ passes: ["regex", "ner"], onNerUnavailable: "regex_only" });
    const { spans, nerSkipped } = await withNer(null).detect([user("my mrn is 4471802")], asked);
    expect(nerSkipped).toBe(true);
    expect(spans[0]).toHaveLength(1);
  });

  it("keeps what a late model finds, so that a retry is answered from memory", async () => {
    const ner = model({ Marisol: ["NAME", 0.9] }, 120);
    const detector = withNer(ner, 20);
    await expect(detector.detect([user("Marisol")], ask)).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(await values(detector, [user("Marisol")], ask)).toEqual([["NAME:Marisol"]]);
    expect(ner.label).toHaveBeenCalledTimes(1);
  });

  it("gives long first turns more time", async () => {
    const ner = model({}, 150);
    const words = "harmless words here ".repeat(400);
    await expect(withNer(ner, 60).detect([user(words)], ask)).resolves.toMatchObject({ nerSkipped: false });
  });
});

describe("hostile text", () => {
  const noise = [
    "7",
    ".",
    "@",
    " ",
    "five ",
    "a ",
    "1, ",
    ":",
    "at x dot ",
    "a.b@",
    "may ",
    "the first ",
    "member id ",
    "12 elm street ",
    "\u200b1",
    "(1) ",
    "bravo ",
    "double ",
    '"',
    "ohio 45402 ",
    "1:",
    "_a",
    "%25",
    "&amp;",
    "a.b/%",
  ];

  it.each(noise)("a megabyte of %j is read in linear time", async (piece) => {
    const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
    const detector = plain();
    const cpu = process.cpuUsage();
    const patient = createDetector({ ner: null, timeoutMs: 120_000, cacheKey: KEY });
    await patient.detect([user(text)], options());
    const spent = process.cpuUsage(cpu);
    // Generous: a second or two on a quiet machine; quadratic time would be hours.
    expect((spent.user + spent.system) / 1e6).toBeLessThan(30);
    expect(detector).toBeDefined();
  });
});
