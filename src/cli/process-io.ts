import { processEnvironment } from "../config/environment.ts";
import type { CommandIo } from "./command.ts";

/** The streams, variables and signals of this process. */
export function processIo(): CommandIo {
  return {
    env: processEnvironment(),
    input: () => Bun.stdin.stream() as unknown as AsyncIterable<Uint8Array>,
    out: (text) => write(process.stdout, text),
    err: (text) => write(process.stderr, text),
    outIsTerminal: process.stdout.isTTY === true,
    errIsTerminal: process.stderr.isTTY === true,
    stopRequested: () =>
      new Promise((resolve) => {
        process.once("SIGINT", () => resolve());
        process.once("SIGTERM", () => resolve());
      }),
  };
}

/** Waits for a reader that is slower, so that a corpus does not pile up in memory; a reader that left ends the program. */
function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.write(text, (failed) => {
      if (failed) process.exit(0);
      resolve();
    });
  });
}
