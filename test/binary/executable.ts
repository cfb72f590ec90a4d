/** Runs the built executable as a stranger would: alone in an empty folder, with another HOME and no other variables. */
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const BUILT = resolve(import.meta.dirname, "../../dist/masker");

export interface Ready {
  readonly ready: true;
  readonly url: string;
  readonly proxy_url: string | null;
  readonly portal_url: string;
  readonly setup_url: string | null;
  readonly pid: number;
}

export interface Running {
  readonly ready: Ready;
  /** Sends a signal and gives the exit code. */
  end(signal?: "SIGTERM" | "SIGKILL"): Promise<number>;
}

export interface Installation {
  readonly folder: string;
  /** Starts `masker serve --json` and waits for its ready line. */
  serve(env?: Readonly<Record<string, string>>): Promise<Running>;
  /** Runs a command to its end. */
  run(
    args: readonly string[],
    input?: string,
  ): Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
  /** Every byte in the folder but the executable's, and all that it printed, as one text. */
  traces(): string;
}

export function install(): Installation {
  if (!existsSync(BUILT)) throw new Error("dist/masker is not built: run `npm run build`");
  const folder = mkdtempSync(join(tmpdir(), "masker-binary-"));
  const home = mkdtempSync(join(tmpdir(), "masker-home-"));
  const executable = join(folder, "masker");
  copyFileSync(BUILT, executable);
  let printed = "";
  // A machine that is busy with other tests is no reason to refuse a turn here.
  const base = { HOME: home, MASKER_LISTEN_ADDR: "127.0.0.1:0", MASKER_DETECTION_TIMEOUT_MS: "20000" };

  return {
    folder,
    async serve(env = {}) {
      const child = Bun.spawn([executable, "serve", "--json"], {
        cwd: folder,
        env: { ...base, ...env },
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
      });
      let out = "";
      const read = async (stream: ReadableStream<Uint8Array>, take: (text: string) => void) => {
        const decoder = new TextDecoder();
        for await (const bytes of stream as unknown as AsyncIterable<Uint8Array>) take(decoder.decode(bytes));
      };
      void read(child.stderr, (text) => {
        printed += text;
      });
      const ready = await new Promise<Ready>((resolve, reject) => {
        const ended = read(child.stdout, (text) => {
          printed += text;
          out += text;
          if (out.includes("\n")) resolve(JSON.parse(out.slice(0, out.indexOf("\n"))));
        });
        void ended.then(() => reject(new Error(`masker ended before it was ready:\n${printed}`)));
      });
      return {
        ready,
        async end(signal = "SIGTERM") {
          child.kill(signal);
          return child.exited;
        },
      };
    },
    async run(args, input = "") {
      const child = Bun.spawn([executable, ...args], {
        cwd: folder,
        env: base,
        stdin: new Blob([input]),
        stdout: "pipe",
        stderr: "pipe",
      });
      const [out, err, code] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ]);
      return { code, out, err };
    },
    traces: () =>
      printed +
      filesBelow(folder)
        .concat(filesBelow(home))
        .filter((path) => path !== executable)
        .map((path) => readFileSync(path, "latin1"))
        .join("\n"),
  };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const found = statSync(path);
    return found.isDirectory() ? filesBelow(path) : found.isFile() ? [path] : [];
  });
}
