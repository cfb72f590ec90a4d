/** The command line in this process: no file descriptor of the test's own is read or written. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "../../src/cli/run-cli.ts";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  /** Beside a home folder of its own. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  /** Settles when the command should stop. */
  readonly stop?: Promise<void>;
}

export async function masker(args: readonly string[], { env = {}, input = "", stop }: RunOptions = {}): Promise<Ran> {
  let [out, err] = ["", ""];
  const code = await runCli(args, {
    env: { HOME: mkdtempSync(join(tmpdir(), "masker-cli-")), ...env },
    async *input() {
      // One byte at a time: no line and no character arrives whole.
      for (const byte of typeof input === "string" ? new TextEncoder().encode(input) : input) yield Uint8Array.of(byte);
    },
    out: async (text) => {
      out += text;
    },
    err: async (text) => {
      err += text;
    },
    outIsTerminal: false,
    errIsTerminal: false,
    stopRequested: () => stop ?? new Promise(() => {}),
  });
  return { code, out, err };
}
