/**
 * `npm run conformance [-- --python PATH] [--livekit] [--client TEXT]`: every client through every case against dist/masker,
 * as a table. Exits with 1 when a case failed.
 */
import { parseArgs } from "node:util";
import type { Client } from "./ask.ts";
import { startLiveKit } from "./clients/livekit.ts";
import { startPython } from "./clients/python.ts";
import { casesOf, NPM_CLIENTS, type Result, startSuite } from "./suite.ts";

const { values } = parseArgs({
  options: {
    python: { type: "string", default: "python3" },
    livekit: { type: "boolean", default: false },
    client: { type: "string", default: "" },
  },
});

const python = await startPython(values.python);
if (python === null) console.log(`Python's openai is not there (${values.python}): its column is left out.`);
const livekit = values.livekit ? await startLiveKit() : null;
if (livekit === null)
  console.log(
    values.livekit
      ? "LiveKit's plugin could not be installed or started: its column is left out."
      : "LiveKit's plugin is not asked for (--livekit): its column is left out.",
  );
const clients: readonly Client[] = [...NPM_CLIENTS, python, livekit]
  .filter((client) => client !== null)
  .filter((client) => `${client.name} ${client.version}`.includes(values.client));

const suite = await startSuite();
const rows: Result[] = [];
for (const client of clients) {
  // What is timed is taken alone.
  for (const which of casesOf(true).filter(({ timed }) => timed)) rows.push(await suite.run(client, which));
  const rest = casesOf(true).filter(({ timed }) => !timed);
  rows.push(...(await Promise.all(rest.map((which) => suite.run(client, which)))));
  await client.close();
}
const leaked = suite.leaked();
await suite.stop();

console.log(clients.map((client, i) => `${i + 1}  ${client.name} ${client.version}`).join("\n"));
console.log("Figures are with Masker / without.\n");
const width = Math.max(...casesOf(true).map(({ name }) => name.length));
console.log(`${"".padEnd(width)}  ${clients.map((_, i) => String(i + 1).padEnd(18)).join("")}`);
for (const { name } of casesOf(true)) {
  const cells = rows.filter((row) => row.case.name === name).map(cell);
  console.log(`${name.padEnd(width)}  ${cells.map((text) => text.padEnd(18)).join("")}`);
}
for (const { client, case: which, problems, note, lacking } of rows) {
  if (lacking) console.log(`${client.name} ${client.version}, ${which.name}: ${note}`);
  for (const problem of problems) console.log(`FAILED ${client.name} ${client.version}, ${which.name}: ${problem}`);
}
const failed = rows.filter((row) => row.problems.length > 0).length;
const passed = rows.filter((row) => row.problems.length === 0 && !row.lacking).length;
if (leaked.length > 0) console.log(`FAILED: the provider got ${leaked.length} planted values`);
console.log(`\n${passed} passed, ${failed} failed, ${rows.length - passed - failed} not for that client`);
process.exit(failed > 0 || leaked.length > 0 ? 1 : 0);

function cell({ problems, note, lacking }: Result): string {
  if (lacking) return "-";
  return `${problems.length === 0 ? "ok" : "FAILED"} ${note}`.trimEnd();
}
