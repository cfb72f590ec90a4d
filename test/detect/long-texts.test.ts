/** Long texts are read on threads of their own: nobody waits for them, what is found is the same, and what fails blocks. */
import { afterAll, describe, expect, it } from "vitest";
import { createDetector } from "../../src/detect/detect.ts";
import type { DetectOptions, Detector, NerModel, TextSlot } from "../../src/detect/detector.ts";
import { KIND_NAMES } from "../../src/detect/kind.ts";
import { createReadingThreads } from "../../src/detect/reading-threads.ts";
import type { MaskerError } from "../../src/errors.ts";

const KEY = new Uint8Array(32).fill(7);
const rules = Object.fromEntries(
  KIND_NAMES.map((kind) => [kind, { enabled: kind !== "ORG", regex: true, ner: true, threshold: 0.6 }]),
) as DetectOptions["rules"];
const OPTIONS: DetectOptions = {
  passes: ["regex", "ner"],
  rules,
  custom: [{ name: "kit", kind: "DEVICE", pattern: "KX[0-9]{4}", context: ["kit"], check: null }],
  deny: ["Blue Heron Study"],
  allow: ["628-555-0100", "Elm Clinic"],
  onNerUnavailable: "block",
  revision: "p@1",
};

/** Labels every Zelmira and every dose, which is certainly harmless. */
const ner: NerModel = {
  label: async (requests) =>
    requests.map(({ text }) =>
      [...text.matchAll(/Zelmira|\d+ mg/g)].map(({ 0: word, index }) => ({
        start: index,
        end: index + word.length,
        kind: word.endsWith("mg") ? ("OTHER_ID" as const) : ("NAME" as const),
        confidence: 0.875,
        pass: "ner" as const,
      })),
    ),
  status: () => "ok",
  close: async () => {},
};

const opened: { close(): void }[] = [];
const threads = (...given: Parameters<typeof createReadingThreads>) => {
  const made = createReadingThreads(...given);
  opened.push(made);
  return made;
};
afterAll(() => {
  for (const made of opened) made.close();
});

const inPlace = () => createDetector({ ner, timeoutMs: 60_000, cacheKey: KEY });
const onThreads = (...given: Parameters<typeof createReadingThreads>) =>
  createDetector({ ner, timeoutMs: 60_000, cacheKey: KEY, threads: threads(...given) });

const user = (text: string, message = 0): TextSlot => ({ text, message, role: "user" });

const SENTENCES = [
  "My name is Ottoline Baird and I take 20 mg of it.",
  "call 628-555-0100, or me at 628-555-0117",
  "Zelmira said that the BLUE HERON study is at Elm Clinic, kit kx0042.",
  "it's four one five five five five two six seven one",
  "the mrn is 44-71-802; born march fourteenth nineteen eighty two",
  "“Baird’s” e-mail is ottoline.baird@example.org — or b as in boy four four seven one",
  "ﷺ １２３-４５-６７８９ on 03/05/2021 \ud800 👩🏽‍⚕️ Ångström",
  "Please remember to be kind and to ask one question at a time.",
];

/** A text of a length, of the sentences in an order that a number sets. */
function textOf(characters: number, start: number): string {
  const parts: string[] = [];
  for (let i = start, length = 0; length < characters; i = (i * 5 + 3) % 8009) {
    const sentence = `${SENTENCES[i % SENTENCES.length]} `;
    parts.push(sentence);
    length += sentence.length;
  }
  return parts.join("");
}

describe("what is found", () => {
  it.each([7_000, 40_000, 150_000])(
    "is the same for a text of %i characters as on the calling thread",
    async (size) => {
      const slots: TextSlot[] = [
        { text: textOf(size, 1), message: 0, role: "system" },
        user(textOf(size, 2), 1),
        { text: "Is that 44 71 802, Ottoline?", message: 2, role: "assistant" },
        { text: textOf(size, 3), message: 3, role: "tool", key: "patient.notes" },
        user("Yes, Baird. OTTOLINE BAIRD.", 4),
      ];
      const expected = await inPlace().detect(slots, OPTIONS);
      const detector = onThreads();
      const first = await detector.detect(slots, OPTIONS);
      expect(first.spans.flat().length).toBeGreaterThan(100);
      expect({ ...first, readAhead: null }).toEqual({ ...expected, readAhead: null });
      const again = await detector.detect(slots, OPTIONS);
      expect(again.cacheHits).toBe(slots.length);
      expect(again.spans).toEqual(expected.spans);
    },
  );
});

describe("while a megabyte is read", () => {
  it("other turns are answered, and the thread that serves them is free", async () => {
    const detector = onThreads();
    const order: string[] = [];
    let turns = 0;
    const long = detector.detect([user(textOf(1_000_000, 1))], OPTIONS).then(() => order.push("long"));
    const ticking = setInterval(() => turns++, 1);
    for (let i = 0; i < 20; i++) {
      await detector.detect([user(`my mrn is ${4471802 + i}`)], OPTIONS);
      order.push("short");
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await long;
    clearInterval(ticking);
    expect(order.indexOf("long")).toBe(20);
    expect(turns).toBeGreaterThan(20);
  });

  it("a long prompt is read before it, too", async () => {
    const detector = onThreads();
    const order: string[] = [];
    const book = detector.detect([user(textOf(1_000_000, 1))], OPTIONS).then(() => order.push("book"));
    const prompt = detector.detect([user(textOf(24_000, 2))], OPTIONS).then(() => order.push("prompt"));
    await Promise.all([book, prompt]);
    expect(order).toEqual(["prompt", "book"]);
  });
});

describe("what goes wrong", () => {
  const long = [user(textOf(8_000, 1))];
  const codeOf = (detector: Detector, slots = long) =>
    detector.detect(slots, OPTIONS).then(
      () => "found",
      (thrown: MaskerError) => thrown.code,
    );

  /** A thread that never answers. */
  const silent = () => new Worker(URL.createObjectURL(new Blob(["self.onmessage = () => {}"])));
  /** One that dies of what it is asked. */
  const dying = () => new Worker(URL.createObjectURL(new Blob(["self.onmessage = () => process.exit(1)"])));
  /** One whose reading fails. */
  const failing = () =>
    new Worker(URL.createObjectURL(new Blob(["self.onmessage = () => self.postMessage({ failed: true })"])));

  it("a thread that dies or fails blocks the turn, and short ones go on", async () => {
    for (const spawn of [dying, failing]) {
      const detector = onThreads({}, spawn);
      expect(await codeOf(detector)).toBe("detection_unavailable");
      expect(await codeOf(detector, [user("my mrn is 4471802")])).toBe("found");
    }
  });

  it("threads that cannot be made block the turn, and the next one is tried with another", async () => {
    let made = 0;
    const detector = onThreads({}, () => {
      made++;
      throw new Error("no thread");
    });
    expect(await codeOf(detector)).toBe("detection_unavailable");
    expect(await codeOf(detector)).toBe("detection_unavailable");
    expect(made).toBe(2);
  });

  it("a thread that hangs is replaced", async () => {
    let made = 0;
    const detector = onThreads({ answerMs: 50 }, () => {
      made++;
      return silent();
    });
    expect(await codeOf(detector)).toBe("detection_unavailable");
    expect(await codeOf(detector)).toBe("detection_unavailable");
    expect(made).toBe(2);
  });

  it("a text over its budget blocks, whatever the policy says of the statistical pass", async () => {
    const made = threads({}, silent);
    const detector = createDetector({ ner, timeoutMs: 20, cacheKey: KEY, threads: made });
    const asked: DetectOptions = { ...OPTIONS, onNerUnavailable: "regex_only" };
    const code = await detector
      .detect([user(`${"harmless ".repeat(399)}${" ".repeat(8_000)}`)], asked)
      .catch(({ code }) => code);
    expect(code).toBe("detection_unavailable");
  });

  it("more than may wait is refused at once", async () => {
    const detector = onThreads({ waitingCharacters: 10_000, answerMs: 200 }, silent);
    const first = codeOf(detector);
    let refused = false;
    const second = codeOf(detector, [user(textOf(9_000, 5))]).then((code) => {
      refused = true;
      return code;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(refused).toBe(true);
    expect(await second).toBe("detection_unavailable");
    expect(await first).toBe("detection_unavailable");
  });

  it("an idle thread is ended, and another one reads the next text", async () => {
    let made = 0;
    const detector = onThreads({ idleMs: 5 }, () => {
      made++;
      return new Worker(new URL("../../src/detect/reading-worker.ts", import.meta.url).href);
    });
    expect(await codeOf(detector)).toBe("found");
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(await codeOf(detector, [user(textOf(9_000, 5))])).toBe("found");
    expect(made).toBe(2);
  });
});
