import type { ParseArgsConfig } from "node:util";
import type { Environment } from "../config/environment.ts";
import type { ExitCode } from "./exit-code.ts";

export type OptionSpecs = NonNullable<ParseArgsConfig["options"]>;

/** An option with its line of help; `value` names what it takes (`FILE`), absent for a switch. */
export interface CommandOption {
  readonly value?: string;
  readonly short?: string;
  readonly summary: string;
}

/** One command of `masker`: a file of its own in this folder and a line in registry.ts. */
export interface Command {
  /** As it is typed: `serve`, `keys generate`. */
  readonly name: string;
  readonly summary: string;
  /** What stands behind the name beside options: `FILE`, empty for none. */
  readonly operands?: string;
  readonly options?: Readonly<Record<string, CommandOption>>;
  run(call: CommandCall): Promise<ExitCode>;
}

/** How a command was called, and what it may touch of the process. */
export interface CommandCall {
  /** Values of options, global ones included; a switch that is set is "". */
  readonly options: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
  readonly io: CommandIo;
}

export interface CommandIo {
  readonly env: Environment;
  /** Bytes of standard input. */
  readonly input: () => AsyncIterable<Uint8Array>;
  /** Writes to standard output and to standard error; resolves when more may be written. */
  readonly out: (text: string) => Promise<void>;
  readonly err: (text: string) => Promise<void>;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** Resolves at the first request to stop (SIGINT, SIGTERM). */
  readonly stopRequested: () => Promise<void>;
}

/** Thrown for a wrong call of a command: exit code 64 and a pointer to its help. */
export class UsageError extends Error {}

/** Options that every command takes. */
export const GLOBAL_OPTIONS: Readonly<Record<string, CommandOption>> = {
  config: {
    value: "FILE",
    summary: "configuration file (else MASKER_CONFIG, ./masker.toml, ~/.config/masker/config.toml)",
  },
  json: { summary: "JSON output" },
  quiet: { short: "q", summary: "only results and errors" },
  verbose: { short: "v", summary: "log at debug level" },
  help: { short: "h", summary: "show the help of a command" },
};
