/** The program: gives the command line to its command and ends with its exit code. */
import { processIo } from "./cli/process-io.ts";
import { runCli } from "./cli/run-cli.ts";

process.exit(await runCli(process.argv.slice(2), processIo()));
