import type { CommandIo } from "./command.ts";

const WIDTH = 30;
const EVERY_MS = 100;

export interface ProgressBar {
  update(done: number, total: number): void;
  /** Wipes the bar. */
  end(): Promise<void>;
}

/** A bar on standard error for long work, where that is a terminal and quiet was not asked for. */
export function progressBar(io: CommandIo, label: string, quiet: boolean): ProgressBar {
  if (!io.errIsTerminal || quiet) return { update() {}, async end() {} };
  let shownAt = 0;
  return {
    update(done, total) {
      const now = performance.now();
      if (now - shownAt < EVERY_MS) return;
      shownAt = now;
      const share = total === 0 ? 1 : done / total;
      const filled = Math.round(share * WIDTH);
      void io.err(`\r${label} [${"#".repeat(filled)}${"-".repeat(WIDTH - filled)}] ${Math.floor(share * 100)}%`);
    },
    async end() {
      if (shownAt > 0) await io.err(`\r${" ".repeat(label.length + WIDTH + 8)}\r`);
    },
  };
}
