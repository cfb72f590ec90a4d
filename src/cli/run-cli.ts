import { parseArgs } from "node:util";
import { type ErrorCode, MaskerError } from "../errors.ts";
import { errorFields } from "../log/error-fields.ts";
import {
  type Command,
  type CommandIo,
  type CommandOption,
  GLOBAL_OPTIONS,
  type OptionSpecs,
  UsageError,
} from "./command.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { commandHelp, overview } from "./help.ts";
import { COMMANDS } from "./registry.ts";

/**
 * Runs one command line.
 * 1. Find the command: the longest registered name that the arguments begin with.
 * 2. Read its options strictly: an unknown one is a usage error, never ignored.
 * 3. Run it; whatever it throws becomes one line on standard error and an exit code.
 */
export async function runCli(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  const found = findCommand(args);
  if (found === null) {
    const asked = args.length === 0 || ["help", "--help", "-h"].includes(args[0] ?? "");
    const about = args[0] === "help" ? findCommand(args.slice(1)) : null;
    const help = about ? commandHelp(about.command) : overview(COMMANDS);
    if (asked) await io.out(help);
    else await io.err(`masker: no command ${JSON.stringify(args[0])}. See \`masker help\`.\n`);
    return asked ? EXIT.ok : EXIT.usage;
  }
  const { command, rest } = found;
  try {
    const { options, operands } = readArguments(command, rest);
    if (options.has("help")) {
      await io.out(commandHelp(command));
      return EXIT.ok;
    }
    return await command.run({ options, operands, io });
  } catch (thrown) {
    return report(thrown, command, io);
  }
}

function findCommand(args: readonly string[]): { readonly command: Command; readonly rest: readonly string[] } | null {
  for (const words of [2, 1]) {
    const command = COMMANDS.find(({ name }) => name === args.slice(0, words).join(" "));
    if (command) return { command, rest: args.slice(words) };
  }
  return null;
}

function readArguments(command: Command, args: readonly string[]) {
  const known: Readonly<Record<string, CommandOption>> = { ...GLOBAL_OPTIONS, ...command.options };
  const specs: OptionSpecs = {};
  for (const [name, { value, short }] of Object.entries(known)) {
    specs[name] = { type: value === undefined ? "boolean" : "string", ...(short ? { short } : {}) };
  }
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: [...args], options: specs, allowPositionals: true, strict: true });
  } catch (thrown) {
    throw new UsageError(thrown instanceof Error ? thrown.message : "wrong arguments");
  }
  if (parsed.positionals.length > 0 && !command.operands) throw new UsageError("takes no arguments beside options");
  const options = new Map<string, string>();
  for (const [name, value] of Object.entries(parsed.values)) options.set(name, typeof value === "string" ? value : "");
  return { options, operands: parsed.positionals };
}

const EXIT_OF_CODE: Partial<Record<ErrorCode, ExitCode>> = {
  policy_yaml_invalid: EXIT.policyInvalid,
  unknown_policy: EXIT.policyInvalid,
  unauthenticated: EXIT.notPermitted,
  forbidden: EXIT.notPermitted,
};

async function report(thrown: unknown, command: Command, io: CommandIo): Promise<ExitCode> {
  if (thrown instanceof UsageError) {
    await io.err(`masker ${command.name}: ${thrown.message}\nSee \`masker help ${command.name}\`.\n`);
    return EXIT.usage;
  }
  if (thrown instanceof MaskerError) {
    const details = (thrown.details ?? [])
      .filter(({ message }) => !thrown.message.includes(message))
      .map(({ path, message }) => `\n  ${path}: ${message}`);
    await io.err(`masker ${command.name}: ${thrown.message}${details.join("")}\n`);
    return EXIT_OF_CODE[thrown.code] ?? EXIT.failed;
  }
  // Its message may quote input, so only its class and place are told.
  const { error_class, error_at } = errorFields(thrown);
  await io.err(`masker ${command.name}: unexpected ${error_class} (${error_at})\n`);
  return EXIT.failed;
}
