import { cp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { canonicalJson } from "../../src/audit/canonical.ts";
import { chainLine } from "../../src/audit/chain.ts";
import { verifyLog } from "../../src/audit/verify.ts";
import { KEY, lines, open, redaction, temporaryFolder } from "./fixture.ts";

/** A log of three segments, closed cleanly, and an older copy of its folder. */
let original: string;
let older: string;
const FIRST = "audit.log";
const SECOND = "audit.000002.log";
const THIRD = "audit.000003.log";

beforeAll(async () => {
  original = await temporaryFolder();
  older = await temporaryFolder();
  const path = join(original, FIRST);
  let log = await open(path, { segmentBytes: 5000 });
  for (let index = 0; index < 12; index++) await log.append([redaction(index, `sess_${index % 4}`)]);
  await log.close();
  await cp(original, older, { recursive: true });
  log = await open(path, { segmentBytes: 5000 });
  for (let index = 12; index < 26; index++) await log.append([redaction(index, `sess_${index % 4}`)]);
  await log.close();
  expect((await readdir(original)).filter((name) => name.endsWith(".log")).sort()).toEqual([SECOND, THIRD, FIRST]);
  expect((await lines(join(older, SECOND))).length).toBeLessThan((await lines(join(original, SECOND))).length);
});

async function copy(): Promise<string> {
  const folder = await temporaryFolder();
  await cp(original, folder, { recursive: true });
  return folder;
}

function verify(folder: string) {
  return verifyLog({ path: join(folder, FIRST), key: KEY, whole: true });
}

async function rewrite(folder: string, name: string, change: (lines: string[]) => string[]): Promise<void> {
  const path = join(folder, name);
  const changed = change(await lines(path));
  await writeFile(path, changed.map((line) => `${line}\n`).join(""));
}

interface Tampering {
  readonly name: string;
  readonly tamper: (folder: string) => Promise<void>;
  /** `line` as a function: counted from the number of lines that the file had. */
  readonly place: { readonly file: string; readonly line: number | ((had: number) => number); readonly seq?: number };
}

const TAMPERINGS: readonly Tampering[] = [
  {
    name: "a field edited, its line hashed anew with another key",
    tamper: (folder) =>
      rewrite(folder, FIRST, (all) => {
        const { this_hash: _, prev_hash, ...fields } = JSON.parse(all[4]!);
        const forged = chainLine(new Uint8Array(32).fill(1), prev_hash, { ...fields, entity_kind: "FAX" });
        return all.with(4, forged.text);
      }),
    place: { file: FIRST, line: 5, seq: 4 },
  },
  {
    name: "this_hash moved to another place in its line",
    tamper: (folder) =>
      rewrite(folder, SECOND, (all) => {
        const { v, ...rest } = JSON.parse(all[3]!);
        const { this_hash, ...others } = rest;
        return all.with(3, `${canonicalJson(others).slice(0, -1)},"v":${v},"this_hash":"${this_hash}"}`);
      }),
    place: { file: SECOND, line: 4 },
  },
  {
    name: "white space added",
    tamper: (folder) => rewrite(folder, FIRST, (all) => all.with(2, all[2]!.replace(",", ", "))),
    place: { file: FIRST, line: 3, seq: 2 },
  },
  {
    name: "a letter written as an escape",
    tamper: (folder) => rewrite(folder, FIRST, (all) => all.with(2, all[2]!.replace("PHONE", "\\u0050HONE"))),
    place: { file: FIRST, line: 3, seq: 2 },
  },
  {
    name: "a member added twice",
    tamper: (folder) => rewrite(folder, FIRST, (all) => all.with(2, all[2]!.replace('"v":1}', '"v":1,"v":1}'))),
    place: { file: FIRST, line: 3, seq: 2 },
  },
  {
    name: "a line deleted",
    tamper: (folder) => rewrite(folder, FIRST, (all) => all.toSpliced(5, 1)),
    place: { file: FIRST, line: 6, seq: 6 },
  },
  {
    name: "a line doubled",
    tamper: (folder) => rewrite(folder, FIRST, (all) => all.toSpliced(5, 0, all[5]!)),
    place: { file: FIRST, line: 7, seq: 5 },
  },
  {
    name: "two lines swapped",
    tamper: (folder) => rewrite(folder, FIRST, (all) => all.with(5, all[6]!).with(6, all[5]!)),
    place: { file: FIRST, line: 6, seq: 6 },
  },
  {
    name: "an empty line put in",
    tamper: (folder) => rewrite(folder, SECOND, (all) => all.toSpliced(3, 0, "")),
    place: { file: SECOND, line: 4 },
  },
  {
    name: "the head cut off",
    tamper: (folder) => rewrite(folder, FIRST, (all) => all.slice(3)),
    place: { file: FIRST, line: 1 },
  },
  {
    name: "the header replaced by that of another segment",
    tamper: async (folder) => {
      const [header] = await lines(join(folder, SECOND));
      await rewrite(folder, THIRD, (all) => all.with(0, header!));
    },
    place: { file: THIRD, line: 1 },
  },
  {
    name: "the middle cut out",
    tamper: (folder) => rewrite(folder, SECOND, (all) => all.toSpliced(2, 3)),
    place: { file: SECOND, line: 3 },
  },
  {
    name: "the tail of a middle segment cut off",
    tamper: (folder) => rewrite(folder, SECOND, (all) => all.slice(0, -2)),
    place: { file: THIRD, line: 1 },
  },
  {
    name: "the tail of the last segment cut off",
    tamper: (folder) => rewrite(folder, THIRD, (all) => all.slice(0, -2)),
    place: { file: THIRD, line: (had) => had - 1, seq: 25 },
  },
  {
    name: "the last segment cut in the middle of a line",
    tamper: async (folder) => {
      const bytes = await readFile(join(folder, THIRD));
      await writeFile(join(folder, THIRD), bytes.subarray(0, -40));
    },
    place: { file: THIRD, line: (had) => had, seq: 26 },
  },
  {
    name: "the last segment emptied",
    tamper: (folder) => writeFile(join(folder, THIRD), ""),
    place: { file: THIRD, line: 1 },
  },
  {
    name: "every segment emptied",
    tamper: async (folder) => {
      for (const name of [FIRST, SECOND, THIRD]) await writeFile(join(folder, name), "");
    },
    place: { file: FIRST, line: 1 },
  },
  {
    name: "the last segment removed",
    tamper: (folder) => rm(join(folder, THIRD)),
    place: { file: SECOND, line: (had) => had + 1 },
  },
  {
    name: "a middle segment removed",
    tamper: (folder) => rm(join(folder, SECOND)),
    place: { file: SECOND, line: 1 },
  },
  {
    name: "the first segment removed",
    tamper: (folder) => rm(join(folder, FIRST)),
    place: { file: FIRST, line: 1 },
  },
  {
    name: "the whole log removed, its checkpoints left",
    tamper: async (folder) => {
      for (const name of [FIRST, SECOND, THIRD]) await rm(join(folder, name));
    },
    place: { file: FIRST, line: 1 },
  },
  {
    name: "two segments swapped",
    tamper: async (folder) => {
      await rename(join(folder, SECOND), join(folder, "aside"));
      await rename(join(folder, THIRD), join(folder, SECOND));
      await rename(join(folder, "aside"), join(folder, THIRD));
    },
    place: { file: SECOND, line: 1 },
  },
  {
    name: "an old copy of the last segment put back",
    tamper: (folder) => cp(join(older, SECOND), join(folder, SECOND)),
    place: { file: THIRD, line: 1 },
  },
  {
    name: "an old copy of all segments put back, the checkpoints left",
    tamper: async (folder) => {
      await rm(join(folder, THIRD));
      await cp(join(older, FIRST), join(folder, FIRST));
      await cp(join(older, SECOND), join(folder, SECOND));
    },
    place: { file: SECOND, line: 5, seq: 13 },
  },
  {
    name: "a checkpoint edited",
    tamper: async (folder) => {
      const path = join(folder, "audit.checkpoints");
      const text = await readFile(path, "utf8");
      await writeFile(path, text.replace(/"seq":\d+/, '"seq":3'));
    },
    place: { file: "audit.checkpoints", line: 1 },
  },
];

describe("the untouched log", () => {
  it("verifies, by boot too", async () => {
    expect(await verify(original)).toMatchObject({ ok: true, message: "chain ok", events: 26, complete_to_seq: 26 });
    const log = await open(join(await copy(), FIRST));
    await log.backgroundVerification;
    expect(log.health()).toEqual({ ok: true, writable: true, broken: null, verified: true });
    await log.close();
  });

  it("says what it could not show without checkpoints", async () => {
    const path = join(original, FIRST);
    const verified = await verifyLog({ path, key: KEY, checkpoints: null });
    expect(verified).toMatchObject({ ok: true, message: "intact to seq 26, completeness not shown" });
    expect(verified.complete_to_seq).toBeNull();
  });

  it("is not taken for good with another key", async () => {
    const path = join(original, FIRST);
    const verified = await verifyLog({ path, key: new Uint8Array(32), checkpoints: null });
    expect(verified).toMatchObject({ ok: false, first_break: { file: FIRST, line: 1 } });
  });

  it("can be verified as a copy of one segment alone, which says where it begins", async () => {
    const alone = join(await temporaryFolder(), "evidence.log");
    await cp(join(original, THIRD), alone);
    const verified = await verifyLog({ path: alone, key: KEY });
    expect(verified.ok).toBe(true);
    expect(verified.message).toMatch(
      /^intact from seq \d+, what came before is not shown, to seq 26, completeness not/,
    );
  });
});

describe("tampering", () => {
  it.each(TAMPERINGS)("is found by verification: $name", async ({ tamper, place }) => {
    const folder = await copy();
    await tamper(folder);
    const { ok, first_break } = await verify(folder);
    const had = place.file.endsWith(".log") ? (await lines(join(original, place.file))).length : 0;
    const line = typeof place.line === "number" ? place.line : place.line(had);
    expect(first_break).toMatchObject({ ...place, line });
    expect(ok).toBe(false);
  });

  it.each(TAMPERINGS)("is found at boot, and the log goes on in a new segment: $name", async ({ tamper }) => {
    const folder = await copy();
    await tamper(folder);
    const log = await open(join(folder, FIRST));
    await log.backgroundVerification;
    expect(log.health()).toMatchObject({ ok: false, writable: true });
    const [event] = await log.append([redaction(99)]);
    expect(event?.seq).toBeGreaterThan(26);
    await log.close();
    // Still broken, still told, and no further segment at the next start.
    const segments = (await readdir(folder)).filter((name) => name.endsWith(".log")).length;
    const again = await open(join(folder, FIRST));
    await again.backgroundVerification;
    expect(again.health().ok).toBe(false);
    await again.append([redaction(100)]);
    await again.close();
    expect((await readdir(folder)).filter((name) => name.endsWith(".log"))).toHaveLength(segments);
    expect((await verify(folder)).ok).toBe(false);
  });

  it("is found whatever byte is changed, in the line that it is in", async () => {
    const folder = await copy();
    for (const name of [FIRST, SECOND, THIRD]) {
      const path = join(folder, name);
      const bytes = await readFile(path);
      let line = 1;
      for (let at = 0; at < bytes.length; at++) {
        const changed = Buffer.from(bytes);
        changed[at] = bytes[at]! ^ (1 << (at % 8));
        await writeFile(path, changed);
        const { ok, first_break } = await verify(folder);
        if (ok || first_break?.line !== line || first_break.file !== name) {
          expect({ name, at, line, ok, first_break }).toEqual("a break in that line");
        }
        if (bytes[at] === 10) line++;
      }
      await writeFile(path, bytes);
    }
    expect((await verify(folder)).ok).toBe(true);
  });
});
