/**
 * The test command: types, lint, build, tests; in that order, each with its time. `--only types,lint` runs a part. Ends with
 * one line `N passed, N failed` of the tests and an exit code.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

const root = resolve(import.meta.dir, "..");
const bin = (name: string) => join(root, "node_modules", ".bin", name);

interface Step {
  readonly name: string;
  readonly about: string;
  /** The command; `report` is where the tests leave their results. */
  readonly command: (report: string) => readonly string[];
}

const STEPS: readonly Step[] = [
  {
    name: "types",
    about: "strict types of source and tests",
    command: () => [process.execPath, bin("tsc"), "--noEmit"],
  },
  {
    name: "lint",
    about: "format and lint",
    command: () => [process.execPath, bin("biome"), "check", "--config-path=.biome.json", "."],
  },
  { name: "build", about: "dist/masker for this machine", command: () => [process.execPath, "build.ts"] },
  {
    name: "tests",
    about: "vitest on Bun",
    command: (report) => [
      process.execPath,
      "--bun",
      bin("vitest"),
      "run",
      "--config",
      "test/vitest.config.ts",
      "--root",
      ".",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
    ],
  },
];

interface Outcome {
  readonly name: string;
  readonly ok: boolean;
  readonly seconds: number;
}

async function run(step: Step, report: string): Promise<Outcome> {
  console.log(`\n── ${step.name}: ${step.about}`);
  const started = performance.now();
  const child = Bun.spawn([...step.command(report)], {
    cwd: root,
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
  });
  const ok = (await child.exited) === 0;
  const seconds = (performance.now() - started) / 1000;
  console.log(`── ${step.name} ${ok ? "ok" : "FAILED"} in ${seconds.toFixed(1)} s`);
  return { name: step.name, ok, seconds };
}

/** Totals of the tests; a run that left no report counts as one failure. */
function countTests(report: string): { readonly passed: number; readonly failed: number } {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, "utf8")) as {
      readonly numPassedTests: number;
      readonly numFailedTests: number;
      readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
    };
    // A file that cannot even be loaded has no tests to fail.
    const unloaded = testResults.filter(
      (file) => file.status === "failed" && file.assertionResults.length === 0,
    ).length;
    return { passed: numPassedTests, failed: numFailedTests + unloaded };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: "string" } } });
  const only = values.only?.split(",") ?? STEPS.map(({ name }) => name);
  const unknown = only.filter((name) => !STEPS.some((step) => step.name === name));
  if (unknown.length > 0) {
    console.error(`--only takes ${STEPS.map(({ name }) => name).join(", ")}`);
    return 64;
  }
  const folder = mkdtempSync(join(tmpdir(), "masker-tests-"));
  const report = join(folder, "report.json");
  try {
    const outcomes: Outcome[] = [];
    for (const step of STEPS) if (only.includes(step.name)) outcomes.push(await run(step, report));
    console.log(
      `\n${outcomes.map(({ name, ok, seconds }) => `${name} ${ok ? "ok" : "FAILED"} ${seconds.toFixed(0)} s`).join(", ")}`,
    );
    if (only.includes("tests")) {
      const { passed, failed } = countTests(report);
      console.log(`${passed} passed, ${failed} failed`);
    }
    return outcomes.every(({ ok }) => ok) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exit(await main());
