/** Every command, in the order of the help. */
import type { Command } from "./command.ts";
import { keysGenerateCommand } from "./keys-generate.ts";
import { versionCommand } from "./version.ts";

export const COMMANDS: readonly Command[] = [keysGenerateCommand, versionCommand];
