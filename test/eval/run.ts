/**
 * `npm run eval`: measures the executable on the evaluation sets.
 * 1. dist/masker detect --ndjson runs over each set: those in this folder, and those of MASKER_EVAL_DIR (default ../shared/eval).
 * 2. score.py prints its table for each. `--passes regex` leaves out names, places and facilities, which Pass 1 does not promise.
 * 3. The coverage matrix is computed over all sets found and, with `--write`, stored for the reports (src/report/coverage.json).
 * 4. dialogues.ts measures turns of real consultations, where their texts are at hand.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { coverageRowOf, emptyTallies, type GoldRow, type MarkedSpan, tally } from "./coverage.ts";
import { tallyMedia } from "./media-cases.ts";

const root = resolve(import.meta.dir, "../..");
const SETS = ["voice_dev", "calls_dev", "harmless_dev", "clinical_queries_dev", "generic_pii_dev", "heldout"];
const DEFINITION =
  "Share of marked identifiers of which every letter and digit is masked, by the executable of this commit; a bare weekday, " +
  "a month or a year alone, a time of day and an age under 90 are not marked. Q: image, audio and file parts removed or refused.";

const { values } = parseArgs({
  options: {
    passes: { type: "string" },
    sets: { type: "string" },
    write: { type: "boolean", default: false },
    executable: { type: "string", default: join(root, "dist", "masker") },
  },
});

/** Runs a command; its standard output. The environment is this process's. */
async function output(command: readonly string[]): Promise<string> {
  const child = Bun.spawn([...command], { cwd: root, stdout: "pipe", stderr: "inherit" });
  const text = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error(`${command.slice(0, 3).join(" ")} failed`);
  return text;
}

function fileOf(set: string): string | null {
  const folders = [import.meta.dir, Bun.env.MASKER_EVAL_DIR ?? resolve(root, "../shared/eval")];
  return folders.map((folder) => join(folder, `${set}.jsonl`)).find((file) => existsSync(file)) ?? null;
}

function rowsOf<T>(text: string): T[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as T);
}

if (!existsSync(values.executable)) {
  console.error(`No executable at ${values.executable}: run npm run build first.`);
  process.exit(1);
}
const build = JSON.parse(await output([values.executable, "version", "--json"])) as { commit: string };
console.log(`Executable of commit ${build.commit}, passes ${values.passes ?? "of the default policy"}`);

const tallies = emptyTallies();
const measured: string[] = [];
const folder = mkdtempSync(join(tmpdir(), "masker-eval-"));
try {
  for (const set of values.sets?.split(",") ?? SETS) {
    const file = fileOf(set);
    if (file === null) {
      console.log(`\n== ${set}: absent (set MASKER_EVAL_DIR to its folder)`);
      continue;
    }
    const passes = values.passes === undefined ? [] : ["--passes", values.passes];
    const predictions = await output([values.executable, "detect", "--ndjson", "--input", file, ...passes]);
    const predicted = join(folder, `${set}.jsonl`);
    writeFileSync(predicted, predictions);
    const without = values.passes === "regex" ? ["--without", "NAME,ADDRESS,FACILITY"] : [];
    console.log(`\n== ${set}`);
    console.log(await output(["python3", join(import.meta.dir, "score.py"), file, predicted, ...without]));
    const spans = rowsOf<{ id: string; spans: MarkedSpan[] }>(predictions).map((row) => [row.id, row.spans] as const);
    tally(tallies, rowsOf<GoldRow>(readFileSync(file, "utf8")), new Map(spans));
    measured.push(set);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
Object.assign(tallies.Q_photo, tallyMedia());

const categories = Object.fromEntries(Object.entries(tallies).map(([field, counts]) => [field, coverageRowOf(counts)]));
console.log("== coverage");
for (const [field, row] of Object.entries(categories)) {
  const percent = (points: number) => `${(points / 100).toFixed(1)} %`.padStart(8);
  console.log(
    `${field.padEnd(14)} ${row.status.padEnd(12)} ${percent(row.recall_bp)} (${percent(row.low_bp)} to ${percent(row.high_bp)}) of ${row.cases}`,
  );
}
if (values.write) {
  const definition = `${DEFINITION} Sets: ${measured.join(", ")}; passes: ${values.passes ?? "default policy"}.`;
  writeFileSync(
    join(root, "src/report/coverage.json"),
    `${JSON.stringify({ commit: build.commit, definition, categories }, null, 2)}\n`,
  );
  console.log("written to src/report/coverage.json");
}
console.log(await output([process.execPath, join(import.meta.dir, "dialogues.ts"), "--executable", values.executable]));
