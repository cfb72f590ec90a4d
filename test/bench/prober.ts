/**
 * Asks a URL again and again from a process of its own: `bun test/bench/prober.ts URL`, until its standard input ends; then
 * prints `[when, took][]` as JSON, in ms, `when` on the clock of `Date.now()`. Whatever holds the server's thread shows here.
 */
const EVERY_MS = 1;

const [url = ""] = process.argv.slice(2);
const probes: [number, number][] = [];
let ended = false;
void Bun.stdin.text().then(() => {
  ended = true;
});
while (!ended) {
  const from = performance.now();
  await (await fetch(url)).text();
  probes.push([performance.timeOrigin + from, performance.now() - from]);
  await Bun.sleep(EVERY_MS);
}
await Bun.write(Bun.stdout, JSON.stringify(probes));

// A module, so that its names are its own.
export {};
