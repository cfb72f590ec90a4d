import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lines, open, redaction, temporaryFolder } from "./fixture.ts";

describe("the log", () => {
  it("writes a header and chained events, and goes on after a restart", async () => {
    const path = join(await temporaryFolder(), "audit.log");
    const log = await open(path);
    const events = await Promise.all([log.append([redaction(1), redaction(2)]), log.append([redaction(3)])]);
    expect(events.flat().map(({ seq }) => seq)).toEqual([1, 2, 3]);
    await log.close();
    const again = await open(path);
    const [fourth] = await again.append([redaction(4)]);
    await again.close();
    const stored = (await lines(path)).map((line) => JSON.parse(line));
    expect(stored.map(({ seq, first_seq }) => seq ?? `header ${first_seq}`)).toEqual(["header 1", 1, 2, 3, 4]);
    for (const [index, line] of stored.entries()) {
      expect(line.prev_hash).toBe(index === 0 ? "0".repeat(64) : stored[index - 1].this_hash);
    }
    expect(stored.at(-1)).toEqual(fourth);
    expect(again.health()).toMatchObject({ broken: null });
  });
});
