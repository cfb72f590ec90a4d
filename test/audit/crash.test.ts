import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nodeFiles } from "../../src/audit/files.ts";
import { openProjection, readMark } from "../../src/audit/projection.ts";
import { createEventReader } from "../../src/audit/read.ts";
import { listSegments } from "../../src/audit/segment.ts";
import { verifyLog } from "../../src/audit/verify.ts";
import { walkLog } from "../../src/audit/walk.ts";
import { listAccountPlacesForward, listSessionPlaces } from "../../src/db/audit-index.ts";
import { openDatabase } from "../../src/db/open.ts";
import { listSessionsForward } from "../../src/db/sessions.ts";
import { KEY, open, SILENT, temporaryFolder } from "./fixture.ts";
import { sessionRoot } from "./inclusion.ts";

const KILLS = 30;
const EARLY_ONE_IN = 5;

/** Kills the process some moment after its first promise, or (`early`) whatever it is doing; gives what it said. */
async function killAtRandom(writer: Bun.Subprocess<"ignore", "pipe", "inherit">, early: boolean): Promise<string> {
  let said = "";
  let set = false;
  const kill = (afterMs: number) => {
    if (!set) setTimeout(() => writer.kill("SIGKILL"), afterMs);
    set = true;
  };
  if (early) kill(Math.random() * 250);
  const decoder = new TextDecoder();
  for await (const chunk of writer.stdout) {
    said += decoder.decode(chunk, { stream: true });
    if (said.split("\n").length > 2) kill(Math.random() * 80);
  }
  await writer.exited;
  return said;
}

describe("kill -9 while writing", () => {
  it(`loses nothing that was promised, ${KILLS} times over`, async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "audit.log");
    const database = join(folder, "masker.db");
    const promised = new Map<number, string>();
    for (let kill = 0; kill < KILLS; kill++) {
      const writer = Bun.spawn([process.execPath, join(import.meta.dirname, "writer.ts"), path, database], {
        stdin: "ignore",
        stdout: "pipe",
        stderr: "inherit",
      });
      const said = await killAtRandom(writer, kill % EARLY_ONE_IN === 0);
      for (const line of said.split("\n").slice(0, -1)) {
        const [seq, hash] = line.split(" ") as [string, string];
        if (seq === "broken") expect(hash).toBe("null");
        else promised.set(Number(seq), hash);
      }
    }
    expect(promised.size).toBeGreaterThanOrEqual(KILLS - KILLS / EARLY_ONE_IN);

    const { db } = openDatabase(database);
    const audit = await open(path, { mark: await readMark(db) });
    await audit.backgroundVerification;
    expect(audit.health()).toEqual({ ok: true, writable: true, broken: null, verified: true });
    const projection = await openProjection({ db, audit, key: KEY, log: SILENT });
    await projection.close();
    await audit.close();

    expect(await verifyLog({ path, key: KEY, whole: true })).toMatchObject({ ok: true, message: "chain ok" });
    let events = 0;
    await walkLog({
      key: KEY,
      path,
      segments: await listSegments(nodeFiles, path),
      visit: ({ seq, this_hash }) => {
        events++;
        if (promised.get(seq) === this_hash) promised.delete(seq);
      },
    });
    expect([...promised.keys()]).toEqual([]);
    expect(await listAccountPlacesForward(db, "acc_1", 0, 1_000_000)).toSatisfy(
      (places: readonly unknown[]) => places.length <= events && places.length > 0,
    );

    // Every session was left open by a kill or by its next event: all are closed, each with the root of its events.
    const reader = createEventReader({ path, key: KEY });
    const { rows } = await listSessionsForward(db, { accountId: "acc_1", limit: 100_000 });
    const places = new Set(
      (await listAccountPlacesForward(db, "acc_1", 0, 1_000_000)).map((place) => place.session_id),
    );
    expect(rows.length).toBe(places.size);
    for (const row of rows.filter((_, index) => index % 17 === 0)) {
      const stored = await reader.readStored(await listSessionPlaces(db, row.id));
      expect(row).toMatchObject({ status: "error", event_count: stored.length, merkle_root_hex: sessionRoot(stored) });
      expect(row.redaction_count).toBe(stored.length - 1);
    }
  });
});
