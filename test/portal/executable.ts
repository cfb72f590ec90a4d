import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** What `serve --json` prints once it listens. */
export interface Ready {
  readonly url: string;
  readonly proxy_url: string;
  readonly portal_url: string;
  readonly setup_url: string | null;
}

export interface Executable {
  readonly ready: Ready;
  readonly folder: string;
  stop(): Promise<void>;
}

export const EXECUTABLE = join(import.meta.dirname, "../../dist/masker");

/** Starts the compiled executable in an empty folder, with no environment but what is given, on a free port. */
export async function startExecutable(env: Record<string, string>): Promise<Executable> {
  if (!existsSync(EXECUTABLE)) throw new Error("dist/masker is not there: run `npm run build` first");
  const folder = mkdtempSync(join(tmpdir(), "masker-run-"));
  const child = spawn(EXECUTABLE, ["serve", "--json"], {
    cwd: folder,
    env: { HOME: folder, PATH: "/usr/bin:/bin", MASKER_LISTEN_ADDR: "127.0.0.1:0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ready = await firstLine(child);
  return {
    ready,
    folder,
    stop: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.kill("SIGTERM");
      }),
  };
}

function firstLine(child: ChildProcess): Promise<Ready> {
  return new Promise((resolve, reject) => {
    let errors = "";
    child.stderr?.on("data", (chunk) => {
      errors += chunk;
    });
    child.once("exit", () => reject(new Error(`the executable ended before it listened: ${errors.slice(0, 2000)}`)));
    if (child.stdout === null) return reject(new Error("no output"));
    createInterface({ input: child.stdout }).once("line", (line) => resolve(JSON.parse(line)));
  });
}
