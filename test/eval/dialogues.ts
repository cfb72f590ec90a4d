/**
 * Measures the executable on real consultations: `node .ci/bun.mjs run test/eval/dialogues.ts [--executable FILE]`.
 * A reader made the marks before seeing what the executable finds in these turns; they are kept as turn ids and UTF-16 offsets:
 * - dialogue-marks.jsonl: 300 turns of 3 to 120 words, 100 drawn at random from each of three collections. Few hold an identifier,
 *   and the first stages of training read nearly all turns without one as harmless text (the later ones leave them out): what is
 *   left alone here is no proof of what is elsewhere.
 * - dialogue-openings.jsonl: the first turn of each recorded consultation, where names, birthdays and record numbers are said.
 *   Training uses none that holds an identifier.
 * - dialogue-unseen.jsonl: 150 turns of 3 to 120 words drawn at random from the rest of those that training leaves out, because
 *   a rule suspects an identifier in them. They are harder than ordinary turns. Pass 1's hits in some had been seen before marking.
 * Twelve consultations are in two of the collections, once as corrected and once as raw transcript: the intervals are a little narrow.
 * The texts are in MASKER_TRAINING_DATA/dialogues (default ../shared/training-data); without them nothing is measured.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { wilson } from "./coverage.ts";

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Marks of a turn. `ignore`: stretches on which two readers of the guidelines may differ; neither masked nor unmasked counts. */
interface Marks {
  readonly id: string;
  readonly spans: readonly (Range & { readonly kind: string })[];
  readonly ignore?: readonly Range[];
}

/** What score.py says of one source, the register of its rows. Shares are 0 to 1, null when there is nothing to share. */
interface Figures {
  readonly texts: number;
  readonly gold_spans: number;
  readonly spans_leaked: number;
  readonly neg_texts: number;
  readonly over_redaction: number | null;
  readonly overmask_chars: number | null;
}

interface Score {
  readonly all: Figures;
  readonly registers: Record<string, Figures>;
  readonly kinds: Record<string, { readonly gold: number; readonly full: number | null }>;
}

const root = resolve(import.meta.dir, "../..");
const SOURCES = ["mts_train", "aci_train", "aci_train_virtscribe_asr"];
const MARKED = {
  "dialogue-marks": "300 random turns",
  "dialogue-openings": "opening turns of recorded consultations",
  "dialogue-unseen": "150 random turns that training leaves out",
};

const { values } = parseArgs({
  options: { executable: { type: "string", default: join(root, "dist", "masker") } },
});
const dialogues = join(Bun.env.MASKER_TRAINING_DATA ?? resolve(root, "../shared/training-data"), "dialogues");

async function output(command: readonly string[]): Promise<string> {
  const child = Bun.spawn([...command], { cwd: root, stdout: "pipe", stderr: "inherit" });
  const text = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error(`${command.slice(0, 3).join(" ")} failed`);
  return text;
}

function rowsOf<T>(file: string): T[] {
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as T);
}

/** The marks with their texts, in the form of the evaluation sets; the source is the register. */
function goldOf(marksFile: string, turns: ReadonlyMap<string, { readonly source: string; readonly text: string }>) {
  return rowsOf<Marks>(marksFile).map((marks) => {
    const turn = turns.get(marks.id);
    if (turn === undefined) throw new Error(`${marks.id} is marked, but not in ${dialogues}`);
    return { ...marks, register: turn.source, text: turn.text };
  });
}

function share(count: number, of: number): string {
  const percent = (x: number) => (100 * x).toFixed(1);
  const { low, high } = wilson(count, of);
  return of === 0 ? "none" : `${count}/${of} = ${percent(count / of)} % (${percent(low)} to ${percent(high)})`;
}

/** Masked letters come in whole words, so an interval over letters would promise too much: that figure has none. */
function line(name: string, figures: Figures): string {
  const touched = Math.round((figures.over_redaction ?? 0) * figures.neg_texts);
  return [
    `  ${name.padEnd(24)} ${String(figures.texts).padStart(3)} turns`,
    `covered ${share(figures.gold_spans - figures.spans_leaked, figures.gold_spans)}`,
    `turns without identifier touched ${share(touched, figures.neg_texts)}`,
    `other letters and digits masked ${(100 * (figures.overmask_chars ?? 0)).toFixed(2)} %`,
  ].join("; ");
}

if (!SOURCES.every((source) => existsSync(join(dialogues, `${source}.jsonl`)))) {
  console.log(`== dialogues: absent (set MASKER_TRAINING_DATA to the folder that holds dialogues/${SOURCES[0]}.jsonl)`);
  process.exit(0);
}
const turns = new Map(
  SOURCES.flatMap((source) =>
    rowsOf<{ id: string; text: string }>(join(dialogues, `${source}.jsonl`)).map(
      ({ id, text }) => [id, { source, text }] as const,
    ),
  ),
);
const folder = mkdtempSync(join(tmpdir(), "masker-dialogues-"));
try {
  for (const [marks, title] of Object.entries(MARKED)) {
    const gold = join(folder, `${marks}.jsonl`);
    const rows = goldOf(join(import.meta.dir, `${marks}.jsonl`), turns);
    writeFileSync(gold, rows.map((row) => `${JSON.stringify(row)}\n`).join(""), { mode: 0o600 });
    for (const passes of ["regex", "regex,ner"]) {
      const predicted = join(folder, "predicted.jsonl");
      const detect = [values.executable, "detect", "--ndjson", "--passes", passes, "--input", gold];
      writeFileSync(predicted, await output(detect));
      const scorer = join(import.meta.dir, "score.py");
      const score = JSON.parse(await output(["python3", scorer, gold, predicted, "--json"])) as Score;
      console.log(`== ${title}, passes ${passes}`);
      for (const [source, figures] of Object.entries(score.registers)) console.log(line(source, figures));
      console.log(line("all", score.all));
      const kinds = Object.entries(score.kinds).filter(([, { gold: count }]) => count > 0);
      const covered = kinds.map(([kind, { gold: n, full }]) => `${kind} ${Math.round((full ?? 0) * n)}/${n}`);
      console.log(`  covered by kind: ${covered.join(", ")}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
