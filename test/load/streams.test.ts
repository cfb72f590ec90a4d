/** The soak in short: `bun test/load/soak.ts --minutes 10` is the long form. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FaultyProvider, startFaultyProvider } from "./provider.ts";
import { Rig } from "./rig.ts";
import { keepStreaming } from "./streams.ts";

const AT_ONCE = 200;
const WARM_UP_TURNS = 3;
const TURNS = 6;
/** What a heap may still grow on a busy machine while code is compiled; the soak shows what stays over minutes. */
const ALLOWED_MB = 160;

let provider: FaultyProvider;
let rig: Rig;

beforeAll(async () => {
  provider = startFaultyProvider();
  rig = new Rig(provider);
  await rig.start();
});

afterAll(async () => {
  await rig.end("SIGKILL");
  rig.remove();
  provider.stop();
});

describe("200 streams at once", () => {
  it("are all answered, keep no memory and no descriptor, and leave a log that verifies", async () => {
    const options = { atOnce: AT_ONCE, until: 0, sampleEveryMs: 500, wordEveryMs: 20 };
    await keepStreaming(rig, provider, { ...options, turnsEach: WARM_UP_TURNS });
    const before = rig.usage();
    const samples = await keepStreaming(rig, provider, { ...options, turnsEach: TURNS });
    expect(samples.at(-1)).toMatchObject({ turns: AT_ONCE * TURNS, failed: 0 });
    expect(rig.usage().rssMb).toBeLessThan(before.rssMb + ALLOWED_MB);
    // Kept-alive connections of either side come and go; one leaked by every turn would be a thousand.
    expect(rig.usage().descriptors).toBeLessThanOrEqual(before.descriptors + AT_ONCE);
    expect(await rig.end()).toBe(0);
    const completed = rig.events().filter(({ kind }) => kind === "session_completed");
    expect(completed.length).toBeGreaterThanOrEqual(AT_ONCE * 0.9 * (WARM_UP_TURNS + TURNS));
    expect(await rig.problems()).toEqual([]);
  });
});
