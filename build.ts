/**
 * Builds the executable: `bun run build.ts [--target linux-arm64] [--out FILE]`. Without a target, `dist/masker` for this
 * machine; `--target all` builds every platform, each into `dist/masker-<target>`.
 */
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import packageJson from "./package.json" with { type: "json" };

const TARGETS = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "windows-x64"] as const;
type Target = (typeof TARGETS)[number];

/** Entry points: the program, then what runs on threads of its own (`workerUrl` finds them by these paths). */
const ENTRY_POINTS = [
  "src/main.ts",
  "src/db/reader-worker.ts",
  "src/detect/reading-worker.ts",
  "src/ner/worker.ts",
  "src/audit/verify-worker.ts",
  "src/report/report-worker.ts",
];

const root = import.meta.dir;

interface Output {
  /** Null: this machine. */
  readonly target: Target | null;
  readonly file: string;
}

async function main(): Promise<void> {
  const started = performance.now();
  const { values } = parseArgs({ options: { target: { type: "string" }, out: { type: "string" } } });
  const outputs = outputsOf(values.target, values.out);
  const work = mkdtempSync(join(tmpdir(), "masker-build-"));
  try {
    const plugins = await portalPlugins(work);
    for (const output of outputs) await compile(output, plugins);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  console.log(`Built in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
}

function outputsOf(wanted: string | undefined, out: string | undefined): readonly Output[] {
  if (wanted === undefined) return [{ target: null, file: out ?? "dist/masker" }];
  const targets = wanted === "all" ? TARGETS : TARGETS.filter((target) => target === wanted);
  if (targets.length === 0 || (targets.length > 1 && out !== undefined)) {
    throw new Error(`--target takes ${TARGETS.join(", ")} or all; --out only goes with one of them`);
  }
  return targets.map((target) => ({ target, file: out ?? `dist/masker-${target}` }));
}

async function compile({ target, file }: Output, plugins: readonly Bun.BunPlugin[]): Promise<void> {
  const result = await Bun.build({
    entrypoints: ENTRY_POINTS.map((entry) => join(root, entry)),
    root: join(root, "src"),
    target: "bun",
    compile: {
      outfile: resolve(root, file),
      ...(target ? { target: `bun-${target}` } : {}),
      // Only the environment and the named files configure Masker, never files of the folder that it is started in.
      autoloadDotenv: false,
      autoloadBunfig: false,
    },
    // Compiled beforehand: the start takes a third less. The program awaits at its top level, which only this format may.
    bytecode: true,
    format: "esm",
    // Names stay: the log shows the functions of an unexpected error, and never its message.
    minify: { whitespace: true, syntax: true, identifiers: false },
    define: {
      MASKER_BUILD: JSON.stringify({
        version: packageJson.version,
        commit: commit(),
        built_at: new Date().toISOString(),
      }),
      "process.env.NODE_ENV": '"production"',
    },
    plugins: [...plugins],
  });
  if (!result.success) throw new Error(result.logs.map(String).join("\n"));
  const path = result.outputs.find(({ kind }) => kind === "entry-point")?.path ?? resolve(root, file);
  const { size } = statSync(path);
  console.log(`${file}  ${(size / 1024 / 1024).toFixed(0)} MiB`);
}

/** The portal is bundled once, whatever the target. */
async function portalPlugins(work: string): Promise<readonly Bun.BunPlugin[]> {
  if (!existsSync(join(root, "src/portal/bundle.ts"))) return [];
  const { bundlePortal, portalPlugin } = await import("./src/portal/bundle.ts");
  // Tailwind's plugin waits for ever when some module of the page does not build, and the bundler then says nothing.
  const tooLong = setTimeout(() => {
    console.error("The portal's bundle does not finish: a module that its page imports cannot run in a browser.");
    process.exit(1);
  }, 120_000);
  const assets = await bundlePortal(work);
  clearTimeout(tooLong);
  return [portalPlugin(assets)];
}

function commit(): string {
  const run = (...args: string[]) => Bun.spawnSync(["git", ...args], { cwd: root, stderr: "ignore" });
  const head = run("rev-parse", "--short=12", "HEAD");
  if (!head.success) return "unknown";
  const changed = run("status", "--porcelain", "--untracked-files=no").stdout.length > 0;
  return `${head.stdout.toString().trim()}${changed ? "-changed" : ""}`;
}

await main().catch((thrown: unknown) => {
  console.error(thrown instanceof Error ? thrown.message : thrown);
  process.exit(1);
});
