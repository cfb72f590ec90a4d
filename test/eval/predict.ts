/** Runs the detector in this process over a JSONL set and writes predictions: `bun test/eval/predict.ts SET [--ner MODEL]`. */
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDetector } from "../../src/detect/detect.ts";
import type { DetectOptions, KindRule, TextSlot } from "../../src/detect/detector.ts";
import { KIND_NAMES, type Kind } from "../../src/detect/kind.ts";
import { textLeaves } from "../../src/json/leaves.ts";
import { createNerModel } from "../../src/ner/pool.ts";
import { SILENT } from "../log/silent.ts";

interface Message {
  readonly role: TextSlot["role"];
  readonly content: string;
}

const rules = Object.fromEntries(
  KIND_NAMES.map((kind): [Kind, KindRule] => [
    kind,
    { enabled: kind !== "ORG", regex: true, ner: true, threshold: 0.6 },
  ]),
) as Record<Kind, KindRule>;
const options: DetectOptions = {
  passes: process.argv.includes("--ner") ? ["regex", "ner"] : ["regex"],
  rules,
  custom: [],
  deny: [],
  allow: [],
  onNerUnavailable: "regex_only",
  revision: "eval@1",
};
const ner = process.argv.includes("--ner")
  ? await createNerModel({ modelPath: null, threads: 1, runtimeDir: join(tmpdir(), "masker-eval"), log: SILENT })
  : null;
const detector = createDetector({ ner, timeoutMs: 10_000, cacheKey: new Uint8Array(32) });

for (const line of readFileSync(process.argv[2] as string, "utf8").split("\n")) {
  if (line.trim() === "") continue;
  const row = JSON.parse(line) as { id: string; text?: string; messages?: readonly Message[] };
  const messages = row.messages ?? [{ role: "user" as const, content: row.text as string }];
  const slots: TextSlot[] = [];
  const places: { message: number; locate: (start: number, end: number) => readonly [number, number] }[] = [];
  messages.forEach((message, index) => {
    for (const leaf of textLeaves(message.content)) {
      const key = leaf.keys.join(".");
      slots.push({
        text: leaf.text,
        message: index,
        role: message.role,
        ...(key !== "" && { key }),
        ...(leaf.type === "key" && { isKey: true }),
      });
      places.push({ message: index, locate: (start, end) => leaf.locate(start, end) });
    }
  });
  const { spans } = await detector.detect(slots, options);
  const out = spans.flatMap((list, i) =>
    list.map((span) => {
      const place = places[i] as (typeof places)[number];
      const [start, end] = place.locate(span.start, span.end);
      return { ...(row.messages ? { message: place.message } : {}), start, end, kind: span.kind };
    }),
  );
  console.log(JSON.stringify({ id: row.id, spans: out }));
}
await ner?.close();
