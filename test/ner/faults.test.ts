/** Issue 7: each of these ends in the documented behaviour, with real workers and the built-in model. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { workerUrl } from "../../src/build-info.ts";
import type { NerModel } from "../../src/detect/detector.ts";
import type { Log } from "../../src/log/log.ts";
import { findModel } from "../../src/ner/model.ts";
import { extractNative, loadLibrary } from "../../src/ner/native.ts";
import { createNerModel, startPool } from "../../src/ner/pool.ts";

const BUILT_IN = new URL("../../src/ner/model/", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "masker-faults-"));
const runtimeDir = join(folder, "runtime");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const silent = () => undefined;

function recorder(): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = [];
  const note = (message: string) => void lines.push(message);
  return { log: { debug: silent, info: silent, warn: note, error: note }, lines };
}

const CALLER = "Hi, this is Delphine Achterberg, my number is 415 555 0132.";
const soon = (ms = 30_000) => performance.now() + ms;
const outcome = (run: Promise<unknown>) =>
  run.then(
    () => "labelled",
    (error: { code?: string }) => error.code,
  );

async function expectWorks(model: NerModel): Promise<void> {
  const [spans = []] = await model.label([{ text: CALLER, question: null }], soon());
  const masked = spans.map(({ start, end }) => CALLER.slice(start, end)).join(" ");
  expect(masked).toContain("Delphine");
  expect(masked).toContain("Achterberg");
  expect(masked).toContain("415 555 0132");
}

/** The real pool; `worker` is the file of its threads, below src. */
async function startReal(threads: number, worker = "ner/worker.ts"): Promise<{ model: NerModel; lines: string[] }> {
  const native = await extractNative(runtimeDir);
  loadLibrary(native.library);
  const { log, lines } = recorder();
  const spawn = () => new Worker(workerUrl(worker));
  const model = await startPool({ start: { native, model: await findModel(null) }, threads, log, spawn });
  return { model, lines };
}

/** A model folder with one of its files changed. */
function brokenModel(name: string, change: (bytes: Buffer) => Uint8Array | string): string {
  const broken = mkdtempSync(join(folder, "model-"));
  for (const file of ["model.int8.onnx", "vocab.txt", "labels.json"]) {
    copyFileSync(join(BUILT_IN, file), join(broken, file));
  }
  rmSync(join(broken, name));
  writeFileSync(join(broken, name), change(readFileSync(join(BUILT_IN, name))));
  return broken;
}

describe("faults", () => {
  it("a worker that dies is replaced; the text that killed it is refused, those beside it are labelled", async () => {
    const { model, lines } = await startReal(1, "../test/ner/dying-worker.ts");
    const texts = [...Array.from({ length: 10 }, (_, i) => `${CALLER} ${i}`), `die ${CALLER}`, CALLER];
    const outcomes = await Promise.all(texts.map((text) => outcome(model.label([{ text, question: null }], soon()))));
    expect(outcomes).toEqual(texts.map((text) => (text.startsWith("die") ? "detection_unavailable" : "labelled")));
    expect(lines).toContain("An NER worker died.");
    expect(lines.join()).not.toContain("Achterberg");
    expect(model.status()).toBe("ok");
    await expectWorks(model);
    await model.close();
  });

  it("1,000 queued turns are each labelled or refused at their time, and the model works on", async () => {
    const { model } = await startReal(2);
    const calls = Array.from({ length: 1000 }, (_, i) =>
      model.label([{ text: `${CALLER} ${i}`, question: null }], soon(200)),
    );
    const outcomes = await Promise.all(
      calls.map((call) =>
        call.then(
          ([spans = []]) => (spans.length > 0 ? "labelled" : "empty"),
          (error: { code?: string }) => error.code,
        ),
      ),
    );
    expect(new Set(outcomes).size).toBeGreaterThan(0);
    for (const ended of outcomes) expect(["labelled", "detection_unavailable"]).toContain(ended);
    expect(model.status()).toBe("ok");
    await expectWorks(model);
    await model.close();
  });

  it("a turn of 1 MB is labelled whole when its time allows, else refused; short turns go on meanwhile", async () => {
    const { model } = await startReal(2);
    const filler = "and then the nurse said that we should come back next week for the results of the test. ";
    const text = filler.repeat(Math.ceil(1_000_000 / filler.length)).slice(0, 999_000) + CALLER;
    const long = outcome(model.label([{ text, question: null }], soon(2000)));
    await expectWorks(model);
    expect(await long).toBe("detection_unavailable");

    const part = text.slice(-12_000);
    const [spans = []] = await model.label([{ text: part, question: null }], soon(120_000));
    const at = part.indexOf("Achterberg");
    expect(spans.some(({ start, end }) => start <= at && end >= at + "Achterberg".length)).toBe(true);
    await model.close();
  });

  it.each<[string, string, (bytes: Buffer) => Uint8Array | string, RegExp]>([
    ["a model cut short", "model.int8.onnx", (bytes) => bytes.subarray(0, bytes.length / 2), /not an ONNX file/],
    [
      "a model that is something else",
      "model.int8.onnx",
      () => "version https://git-lfs.github.com/spec/v1\n",
      /not an ONNX file/,
    ],
    [
      "a model with its graph overwritten",
      "model.int8.onnx",
      (bytes) => Buffer.concat([bytes.subarray(0, 100), Buffer.alloc(100_000, 0xff), bytes.subarray(100_100)]),
      /not an ONNX file|damaged/,
    ],
    [
      "a vocabulary longer than the model's",
      "vocab.txt",
      (bytes) => `${bytes}zzqqxa\nzzqqxb\n`,
      /do not belong|does not run/,
    ],
    ["a vocabulary of something else", "vocab.txt", () => "a\nb\nc\n", /not a WordPiece vocabulary/],
    [
      "fewer labels than the model gives",
      "labels.json",
      (bytes) => {
        const labels = JSON.parse(bytes.toString()) as { labels: string[] };
        return JSON.stringify({ ...labels, labels: labels.labels.slice(0, -1) });
      },
      /as many labels/,
    ],
    [
      "a model that misses a probe",
      "labels.json",
      (bytes) => {
        const labels = JSON.parse(bytes.toString()) as object;
        return JSON.stringify({ ...labels, probes: [{ text: "take two pills with water", masked: ["pills"] }] });
      },
      /must find on this processor/,
    ],
  ])("%s: failed, with a clear log, and nothing is labelled", async (_, name, change, message) => {
    const { log, lines } = recorder();
    const model = await createNerModel({ modelPath: brokenModel(name, change), threads: 1, runtimeDir, log });
    expect(model.status()).toBe("failed");
    expect(lines.join("\n")).toMatch(message);
    expect(await outcome(model.label([{ text: CALLER, question: null }], soon()))).toBe("detection_unavailable");
    await model.close();
  });

  it("a runtime folder that cannot be written: failed, with a clear log, and nothing is labelled", async () => {
    const { log, lines } = recorder();
    writeFileSync(join(folder, "taken"), "");
    const model = await createNerModel({ modelPath: null, threads: 1, runtimeDir: join(folder, "taken"), log });
    expect(model.status()).toBe("failed");
    expect(lines.join()).toMatch(/runtime folder of the data folder/);
    expect(await outcome(model.label([{ text: CALLER, question: null }], soon()))).toBe("detection_unavailable");
  });
});
