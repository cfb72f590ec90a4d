/** The program: gives the command line to its command and ends with its exit code. */
import { processIo } from "./cli/process-io.ts";
import { runCli } from "./cli/run-cli.ts";

// Not at the top level of the module, where waiting would rule out a build to bytecode.
async function main(): Promise<void> {
  process.exitCode = await runCli(process.argv.slice(2), processIo());
}

void main();
