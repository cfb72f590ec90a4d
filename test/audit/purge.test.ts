import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openProjection, readMark } from "../../src/audit/projection.ts";
import { purgeSegments } from "../../src/audit/purge.ts";
import { purgeExpired } from "../../src/audit/retention.ts";
import { verifyLog } from "../../src/audit/verify.ts";
import { listAccountPlacesForward } from "../../src/db/audit-index.ts";
import { openDatabase } from "../../src/db/open.ts";
import { countPayloadsBefore, insertPayloads } from "../../src/db/payloads.ts";
import { auditIndex } from "../../src/db/schema.ts";
import { KEY, lines, open, redaction, SILENT, temporaryFolder } from "./fixture.ts";

const DAY_MS = 86_400_000;
const START = Date.parse("2026-01-01T00:00:00.000Z");

/** Four segments, an event a day. */
async function setUp() {
  const folder = await temporaryFolder();
  const path = join(folder, "audit.log");
  const { db } = openDatabase(join(folder, "masker.db"));
  let now = START;
  const audit = await open(path, { segmentBytes: 5000, clock: () => now });
  const projection = await openProjection({ db, audit, key: KEY, log: SILENT });
  for (let day = 0; day < 35; day++) {
    now = START + day * DAY_MS;
    await audit.append([redaction(day)]);
  }
  await projection.flush();
  const purge = (before: number) =>
    purgeSegments({ db, audit, path, key: KEY, signer: audit.signer, node: "node-1", before, now });
  return { folder, path, db, audit, projection, purge };
}

describe("purged segments", () => {
  it("leave tombstones over which the chain still verifies, at boot too", async () => {
    const { path, db, audit, projection, purge, folder } = await setUp();
    const second = (await lines(join(folder, "audit.000002.log"))).map((line) => JSON.parse(line));
    const before = Date.parse(second.at(-1).ts) + 1;
    expect(await purge(before)).toEqual([1, 2]);
    expect(await purge(before)).toEqual([]);
    await projection.flush();
    for (const name of ["audit.log", "audit.000002.log"]) {
      expect(await readFile(join(folder, name), "utf8")).not.toContain("redaction");
    }
    const first_seq = second.at(-1).seq + 1;
    const verified = await verifyLog({ path, key: KEY, whole: true });
    expect(verified).toMatchObject({ ok: true, message: "chain ok", first_seq });
    expect(verified.notes.join()).toMatch(/purged by retention, with tombstone: segments 1, 2/);
    expect(await listAccountPlacesForward(db, "acc_1", 0, 100)).toHaveLength(35 - first_seq + 1);
    await projection.close();
    await audit.close();
    const again = await open(path, { mark: await readMark(db) });
    await again.backgroundVerification;
    expect(again.health().ok).toBe(true);
    await again.append([redaction(99)]);
    await again.close();
    expect((await verifyLog({ path, key: KEY, whole: true })).ok).toBe(true);
  });

  it.each([
    ["edited", (text: string) => text.replace(/"last_seq":\d+/, '"last_seq":8')],
    ["forged with another key", (text: string) => text.replace(/"mac":"../, '"mac":"00')],
    ["of another segment", (text: string) => text.replace('"tombstone":1', '"tombstone":2')],
    ["followed by more", (text: string) => `${text}${text}`],
  ])("are not believed when %s", async (_, change) => {
    const { path, audit, projection, purge } = await setUp();
    expect(await purge(START + 15 * DAY_MS)).toEqual([1]);
    await projection.close();
    await audit.close();
    await writeFile(path, change(await readFile(path, "utf8")));
    expect(await verifyLog({ path, key: KEY, whole: true })).toMatchObject({
      ok: false,
      first_break: { file: "audit.log" },
    });
  });

  it("are only those that are old as a whole and verify, from the oldest on", async () => {
    const { audit, projection, purge, folder, path } = await setUp();
    expect(await purge(START + 3 * DAY_MS)).toEqual([]);
    const second = join(folder, "audit.000002.log");
    await writeFile(second, (await readFile(second, "utf8")).replace("PHONE", "EMAIL"));
    expect(await purge(START + 365 * DAY_MS)).toEqual([1]);
    expect((await lines(second)).length).toBeGreaterThan(2);
    await projection.close();
    await audit.close();
    expect(await verifyLog({ path, key: KEY, whole: true })).toMatchObject({
      ok: false,
      first_break: { file: "audit.000002.log" },
    });
    expect((await readdir(folder)).filter((name) => name.endsWith(".draft"))).toEqual([]);
  });
});

describe("the purge jobs", () => {
  it("purge what outlived its time, and tell each purge in the log", async () => {
    const { db, audit, projection } = await setUp();
    const now = START + 100 * DAY_MS;
    await insertPayloads(db, [
      { session_id: "sess_1", stage: "request", sealed: "x", created_at: now - 8 * DAY_MS },
      { session_id: "sess_2", stage: "request", sealed: "x", created_at: now - 6 * DAY_MS },
    ]);
    const asked: number[] = [];
    const told = await purgeExpired({
      db,
      audit,
      log: SILENT,
      retention: { payloadDays: 7, sessionDays: 90, vaultDays: 30 },
      vault: { countUnused: () => 5, purgeUnused: (days) => asked.push(days) },
      clock: () => now,
    });
    expect(told.map(({ kind, body }) => [kind, body])).toEqual([
      ["payloads_purged", { rows: 1 }],
      ["vault_purged", { rows: 5, reason: "retention" }],
    ]);
    expect(asked).toEqual([30]);
    expect(audit.head().seq).toBe(37);
    await projection.close();
    await audit.close();
  });

  it("delete nothing that the log has not told, wherever a crash comes, and end what it cut off", async () => {
    const { db, audit, projection } = await setUp();
    const now = START + 100 * DAY_MS;
    await insertPayloads(db, [{ session_id: "sess_1", stage: "request", sealed: "x", created_at: now - 8 * DAY_MS }]);
    let tokens = 3;
    const vault = { countUnused: () => tokens, purgeUnused: () => (tokens = 0) };
    const retention = { payloadDays: 7, sessionDays: 0, vaultDays: 30 };
    const options = { db, audit, log: SILENT, retention, vault, clock: () => now };
    const left = async () => [await countPayloadsBefore(db, now), tokens];
    const crash = new Error("the process ends here");

    // Before the log took it.
    const refusing = { append: () => Promise.reject(crash) };
    await expect(purgeExpired({ ...options, audit: refusing })).rejects.toBe(crash);
    expect(await left()).toEqual([1, 3]);

    // After the log took it, before anything was deleted; then in the middle.
    const ended = {
      append: async (events: Parameters<typeof audit.append>[0]) => {
        await audit.append(events);
        throw crash;
      },
    };
    await expect(purgeExpired({ ...options, audit: ended })).rejects.toBe(crash);
    expect(await left()).toEqual([1, 3]);
    const failing = {
      ...vault,
      purgeUnused: () => {
        throw crash;
      },
    };
    await expect(purgeExpired({ ...options, vault: failing })).rejects.toBe(crash);
    expect(await left()).toEqual([0, 3]);

    expect((await purgeExpired(options)).map(({ kind }) => kind)).toEqual(["vault_purged"]);
    expect(await left()).toEqual([0, 0]);
    expect(await purgeExpired(options)).toEqual([]);
    await projection.close();
    await audit.close();
  });

  it("of a segment whose places a crash left behind ends them at the next purge", async () => {
    const { db, audit, projection, purge, folder } = await setUp();
    const second = (await lines(join(folder, "audit.000002.log"))).map((line) => JSON.parse(line));
    const before = Date.parse(second.at(-1).ts) + 1;
    const places = await listAccountPlacesForward(db, "acc_1", 0, 1);
    expect(await purge(before)).toEqual([1, 2]);
    await db.insert(auditIndex).values(places[0]!);
    expect(await purge(before)).toEqual([]);
    expect((await listAccountPlacesForward(db, "acc_1", 0, 1))[0]!.seq).toBe(second.at(-1).seq + 1);
    await projection.close();
    await audit.close();
  });
});
