import { BUILD } from "../build-info.ts";
import { type Command, type CommandOption, GLOBAL_OPTIONS } from "./command.ts";

/** All commands with a line each. */
export function overview(commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }) => [name, summary] as const);
  return `masker ${BUILD.version}: keeps patient identifiers away from language models

Usage: masker COMMAND [OPTIONS]

${table(rows)}

\`masker help COMMAND\` shows its options. Options of every command:

${table(optionRows(GLOBAL_OPTIONS))}
`;
}

export function commandHelp(command: Command): string {
  const own = command.options ? `\n${table(optionRows(command.options))}\n` : "";
  const operands = command.operands ? ` ${command.operands}` : "";
  return `${command.summary}

Usage: masker ${command.name}${operands} [OPTIONS]
${own}
Options of every command:

${table(optionRows(GLOBAL_OPTIONS))}
`;
}

function optionRows(options: Readonly<Record<string, CommandOption>>): readonly (readonly [string, string])[] {
  return Object.entries(options).map(([name, { value, short, summary }]) => [
    `${short ? `-${short}, ` : ""}--${name}${value ? ` ${value}` : ""}`,
    summary,
  ]);
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`).join("\n");
}
