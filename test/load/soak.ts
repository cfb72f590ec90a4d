/**
 * `bun test/load/soak.ts [--minutes 10] [--streams 200]`: streams without a pause against the built executable. Ends with
 * exit code 0 when memory stayed flat, no descriptor leaked, nothing failed, the chain verifies and every released answer
 * is in the log.
 */
import { parseArgs } from "node:util";
import { startFaultyProvider } from "./provider.ts";
import { Rig } from "./rig.ts";
import { keepStreaming, type Sample } from "./streams.ts";

/** Memory of the last third may lie this far over that of the second. */
const FLAT = 1.1;

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "10" }, streams: { type: "string", default: "200" } },
});
const seconds = Number(values.minutes) * 60;
const atOnce = Number(values.streams);

const provider = startFaultyProvider();
const rig = new Rig(provider);
await rig.start();
console.log(`${atOnce} streams at once for ${seconds} s; pid ${rig.pid}`);
const samples = await keepStreaming(rig, provider, {
  atOnce,
  turnsEach: null,
  wordEveryMs: 100,
  until: performance.now() + seconds * 1000,
  sampleEveryMs: Math.max(1000, (seconds * 1000) / 60),
  onSample: ({ seconds, turns, failed, rssMb, descriptors }) =>
    console.log(
      `${seconds.toFixed(0).padStart(5)} s  ${turns} turns, ${failed} failed, ${rssMb.toFixed(0)} MB, ${descriptors} descriptors`,
    ),
});
// The provider keeps what it got; that is this process's memory, not the server's.
await Bun.sleep(2_000);
const idle = rig.usage();
const code = await rig.end();
const problems = await rig.problems();

const third = (from: number) =>
  samples.slice(Math.floor(samples.length * from), Math.floor(samples.length * (from + 1 / 3)));
const middle = (part: readonly Sample[], of: "rssMb" | "descriptors") =>
  [...part].map((sample) => sample[of]).sort((a, b) => a - b)[part.length >> 1] ?? 0;
for (const of of ["rssMb", "descriptors"] as const) {
  const [second, last] = [middle(third(1 / 3), of), middle(third(2 / 3), of)];
  console.log(`${of}: ${second.toFixed(0)} in the second third, ${last.toFixed(0)} in the last`);
  if (last > second * FLAT) problems.push(`${of} grows`);
}
if ((samples.at(-1)?.failed ?? 0) > 0) problems.push("turns failed");
if (code !== 0) problems.push(`the server ended with ${code}`);
console.log(`at rest: ${idle.rssMb.toFixed(0)} MB, ${idle.descriptors} descriptors; ${rig.released} answers released`);
console.log(problems.length === 0 ? "no problems" : problems.join("\n"));
rig.remove();
provider.stop();
process.exit(problems.length === 0 ? 0 : 1);
