import { mkdir, readdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { verifyLog } from "../../src/audit/verify.ts";
import { MaskerError } from "../../src/errors.ts";
import { FaultyFiles } from "./faulty-files.ts";
import { KEY, lines, open, redaction, temporaryFolder } from "./fixture.ts";

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return await promise.then(
    () => "resolved",
    (thrown) => (thrown instanceof MaskerError ? thrown.code : String(thrown)),
  );
}

/** Seqs of the events in all segments, as a walk accepts them. */
async function expectIntact(path: string, seqs: readonly number[]): Promise<void> {
  const verified = await verifyLog({ path, key: KEY, whole: true });
  expect(verified).toMatchObject({ ok: true, first_break: null });
  const { last_seq } = verified;
  for (const seq of seqs) expect(seq).toBeLessThanOrEqual(last_seq);
}

async function setUp() {
  const folder = await temporaryFolder();
  const path = join(folder, "audit.log");
  const files = new FaultyFiles();
  const log = await open(path, { files, retryMs: 20 });
  const first = await log.append([redaction(1)]);
  return { folder, path, files, log, first };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("a failing disk", () => {
  it.each([
    ["datasync", "EIO"],
    ["write", "EIO"],
    ["short-write", "ENOSPC"],
    ["stat", "EIO"],
  ] as const)(
    "after a failed %s the same events go to a new segment, and nothing else changes",
    async (operation, code) => {
      const { path, files, log, folder } = await setUp();
      let left = 1;
      files.fails = (asked, at) => (asked === operation && at === path && left-- > 0 ? code : null);
      const [event] = await log.append([redaction(2)]);
      // seq 2 tells of the failed write, the event itself follows.
      expect(event).toMatchObject({ seq: 3, message_index: 2 });
      expect(log.health()).toMatchObject({ ok: true, writable: true });
      expect((await lines(path)).length).toBe(2);
      const second = (await lines(join(folder, "audit.000002.log"))).map((line) => JSON.parse(line));
      expect(second.map(({ kind }) => kind)).toEqual([undefined, "chain_recovered", "redaction"]);
      expect(second[1]).toMatchObject({ reason: "failed_write", segment: 1 });
      await log.close();
      await expectIntact(path, [3]);
    },
  );

  it("disowns what it could not cut off from the old segment", async () => {
    const { path, files, log } = await setUp();
    files.fails = (operation, at) =>
      at === path && (operation === "datasync" || operation === "truncate") ? "EIO" : null;
    await log.append([redaction(2)]);
    await log.append([redaction(3)]);
    await log.close();
    // The line is in both segments: in the first it was never known to be on disk.
    expect((await lines(path)).length).toBe(3);
    const verified = await verifyLog({ path, key: KEY, whole: true });
    expect(verified).toMatchObject({ ok: true, events: 4 });
    expect(verified.notes.join()).toMatch(/bytes of failed writes are disowned/);
    const again = await open(path);
    await again.backgroundVerification;
    expect(again.health().ok).toBe(true);
    await again.close();
  });

  it.each(["datasync", "write", "short-write", "open", "syncFolder"] as const)(
    "refuses when %s fails in the new segment too, and resumes by itself",
    async (operation) => {
      const { path, files, log, folder } = await setUp();
      files.fails = (asked, at) =>
        (asked === operation && at !== join(folder, "audit.checkpoints")) || (asked === "datasync" && at === path)
          ? "ENOSPC"
          : null;
      const waiting = [log.append([redaction(2)]), log.append([redaction(3)])];
      expect(await Promise.all(waiting.map(codeOf))).toEqual(["audit_unavailable", "audit_unavailable"]);
      expect(log.health()).toMatchObject({ ok: false, writable: false });
      expect(await codeOf(log.append([redaction(4)]))).toBe("audit_unavailable");
      files.fails = () => null;
      await until(() => log.health().ok);
      const [event] = await log.append([redaction(5)]);
      await log.close();
      await expectIntact(path, [event!.seq]);
      const all = (
        await Promise.all((await segments(folder)).map((name) => readFile(join(folder, name), "utf8")))
      ).join();
      expect(all).not.toContain('"message_index":2');
      expect(all).toContain('"message_index":5');
    },
  );

  it("keeps trying when it cannot even remove the failed segment", async () => {
    const { path, files, log } = await setUp();
    files.fails = (operation) => (operation === "datasync" || operation === "remove" ? "EIO" : null);
    expect(await codeOf(log.append([redaction(2)]))).toBe("audit_unavailable");
    expect(await codeOf(log.append([redaction(3)]))).toBe("audit_unavailable");
    files.fails = () => null;
    await until(() => log.health().ok);
    await log.append([redaction(4)]);
    await log.close();
    await expectIntact(path, []);
  });

  it("opens when the disk is full at the start, refuses, and begins when there is room", async () => {
    const path = join(await temporaryFolder(), "audit.log");
    const files = new FaultyFiles();
    files.fails = (operation) => (operation === "write" ? "ENOSPC" : null);
    const log = await open(path, { files, retryMs: 20 });
    expect(await codeOf(log.append([redaction(1)]))).toBe("audit_unavailable");
    files.fails = () => null;
    await until(() => log.health().ok);
    const [event] = await log.append([redaction(2)]);
    expect(event?.seq).toBe(1);
    await log.close();
    await expectIntact(path, [1]);
  });

  it("goes on in a new segment when the log can be read and not written", async () => {
    const { path, log } = await setUp();
    await log.close();
    const files = new FaultyFiles();
    files.fails = (operation, at) => (operation === "open" && at === path ? "EACCES" : null);
    const again = await open(path, { files });
    await again.append([redaction(2)]);
    expect(again.health()).toMatchObject({ ok: true });
    await again.close();
    await expectIntact(path, [3]);
  });

  it("does not open over a device, which could be read without end", async () => {
    const { path, log } = await setUp();
    await log.close();
    await rm(path);
    await symlink("/dev/full", path);
    expect(await codeOf(open(path, {}))).toBe("audit_unavailable");
  });

  it("refuses on a device that is really full, and resumes when it is not", async () => {
    const { path, files, log } = await setUp();
    await log.close();
    const full = await open(path, { files, retryMs: 20, segmentBytes: 1 });
    await full.append([redaction(2)]);
    // The segment is at its end: from here on each new one is /dev/full, on which every write gives ENOSPC.
    files.redirect = (at) => (at.endsWith(".log") ? "/dev/full" : null);
    const refused = await full.append([redaction(3)]).catch((thrown) => thrown);
    expect(refused).toMatchObject({ code: "audit_unavailable", cause: { code: "ENOSPC" } });
    expect(await codeOf(full.append([redaction(4)]))).toBe("audit_unavailable");
    expect(full.health().writable).toBe(false);
    files.redirect = () => null;
    await until(() => full.health().writable);
    await full.append([redaction(5)]);
    await full.close();
    await expectIntact(path, []);
  });

  it("begins in an empty file that was put there for it", async () => {
    const path = join(await temporaryFolder(), "audit.log");
    await Bun.write(path, "");
    const log = await open(path);
    await log.append([redaction(1)]);
    expect(log.health().ok).toBe(true);
    await log.close();
    await expectIntact(path, [1]);
  });
});

describe("a file that vanishes", () => {
  it.each([
    ["removed", (path: string) => rm(path)],
    ["moved away", (path: string) => rename(path, `${path}.aside`)],
    [
      "replaced",
      async (path: string) => {
        await rename(path, `${path}.aside`);
        await Bun.write(path, await Bun.file(`${path}.aside`).text());
      },
    ],
    ["cut", (path: string) => Bun.write(path, "")],
  ] as const)("is noticed before anything is released: %s", async (_, harm) => {
    const { path, log, folder } = await setUp();
    await harm(path);
    const [event] = await log.append([redaction(2)]);
    const second = (await lines(join(folder, "audit.000002.log"))).map((line) => JSON.parse(line));
    expect(second.at(-1)).toEqual(event);
    expect(second[1]).toMatchObject({ kind: "chain_recovered", reason: "file_vanished", segment: 1 });
    expect(log.health()).toMatchObject({ ok: false, writable: true, broken: { segment: 1 } });
    await log.close();
  });

  it("refuses when the whole folder is gone, and resumes when it is back", async () => {
    const { path, log, folder } = await setUp();
    await rename(folder, `${folder}.aside`);
    expect(await codeOf(log.append([redaction(2)]))).toBe("audit_unavailable");
    await rename(`${folder}.aside`, folder);
    await until(() => log.health().writable);
    await log.append([redaction(3)]);
    await log.close();
    await expectIntact(path, []);
  });
});

describe("a torn last line", () => {
  it("is cut off at every place, told, and nothing before it is lost", async () => {
    const { path, log } = await setUp();
    await log.append([redaction(2)]);
    const whole = await readFile(path);
    await log.close();
    const start = whole.subarray(0, -1).lastIndexOf(10) + 1;
    for (let end = start + 1; end < whole.length; end += 37) {
      const folder = await temporaryFolder();
      const torn = join(folder, "audit.log");
      await Bun.write(torn, whole.subarray(0, end));
      const again = await open(torn);
      expect(again.health().ok).toBe(true);
      await again.append([redaction(3)]);
      await again.close();
      const kinds = (await lines(torn)).map((line) => JSON.parse(line));
      expect(kinds.map(({ kind }) => kind)).toEqual([undefined, "redaction", "chain_recovered", "redaction"]);
      expect(kinds[2]).toMatchObject({ reason: "torn_tail", dropped_bytes: end - start, segment: 1 });
      await expectIntact(torn, [3]);
    }
  });

  it("in a header that was just begun is no break", async () => {
    const { path, log, folder } = await setUp();
    await log.close();
    await Bun.write(join(folder, "audit.000002.log"), '{"created_at":"2026');
    const again = await open(path);
    await again.append([redaction(2)]);
    await again.close();
    await expectIntact(path, [2]);
  });
});

describe("the lock", () => {
  it("keeps a second writer out until the first has ended", async () => {
    const { path, log } = await setUp();
    expect(await codeOf(open(path))).toBe("audit_unavailable");
    await log.close();
    await (await open(path)).close();
  });
});

describe("the queue", () => {
  it("makes groups of what waits, in the order of the callers", async () => {
    const { path, files, log } = await setUp();
    let syncs = 0;
    files.fails = (operation) => {
      if (operation === "datasync") syncs++;
      return null;
    };
    const all = await Promise.all(Array.from({ length: 200 }, (_, index) => log.append([redaction(index)])));
    expect(all.flat().map(({ seq }) => seq)).toEqual(Array.from({ length: 200 }, (_, index) => index + 2));
    expect(syncs).toBeLessThan(10);
    await log.close();
    await expectIntact(path, [201]);
  });

  it("takes only what its table names, and never fails on odd text", async () => {
    const { path, log } = await setUp();
    const input = redaction(1);
    const [event] = await log.append([
      { ...input, body: { ...input.body, slot: "metadata.\ud83d", value: "415-555-2671" } as never },
    ]);
    expect(event).toMatchObject({ slot: "metadata.\ufffd" });
    await expect(log.append([{ ...input, body: { ...input.body, confidence: Number.NaN } }])).rejects.toThrow(
      TypeError,
    );
    await log.append([redaction(3)]);
    await log.close();
    expect(await readFile(path, "utf8")).not.toContain("415-555-2671");
    await expectIntact(path, [3]);
  });

  it("refuses after it is closed", async () => {
    const { log } = await setUp();
    await log.close();
    await log.close();
    expect(await codeOf(log.append([redaction(2)]))).toBe("audit_unavailable");
  });
});

async function segments(folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  return (await readdir(folder)).filter((name) => name.endsWith(".log")).sort();
}
