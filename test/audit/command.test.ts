import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { masker } from "../cli/masker.ts";
import { KEY, lines, open, redaction, temporaryFolder } from "./fixture.ts";

let folder: string;
let path: string;
const KEY_TEXT = Buffer.from(KEY).toString("base64");

beforeAll(async () => {
  folder = await temporaryFolder();
  path = join(folder, "audit.log");
  const log = await open(path, { segmentBytes: 5000 });
  for (let index = 0; index < 25; index++) await log.append([redaction(index, `sess_${index % 2}`)]);
  await log.close();
  await writeFile(join(folder, "key"), `${KEY_TEXT}\n`);
});

const run = (...args: string[]) => masker(["audit", ...args]);

describe("masker audit verify", () => {
  it("needs the file and the key alone", async () => {
    const { code, out } = await run("verify", "--log", path, "--key", join(folder, "key"));
    expect(code).toBe(0);
    expect(out).toMatch(/^chain ok\nevents that stand: 25, seq 1 to 25\nhead: [0-9a-f]{64}\n$/);
  });

  it("says for a copy without checkpoints what it could not show, and with them no more", async () => {
    const copied = await temporaryFolder();
    for (const name of ["audit.log", "audit.000002.log", "audit.000003.log"]) {
      await cp(join(folder, name), join(copied, name));
    }
    const copy = join(copied, "audit.log");
    expect((await run("verify", "--log", copy, "--key", KEY_TEXT)).out).toMatch(
      /^intact to seq 25, completeness not shown\n/,
    );
    const checkpoint = join(folder, "audit.checkpoints");
    expect((await run("verify", "--log", copy, "--key", KEY_TEXT, "--checkpoint", checkpoint)).out).toMatch(
      /^chain ok\n/,
    );
    const kept = await lines(join(copied, "audit.000003.log"));
    await writeFile(join(copied, "audit.000003.log"), `${kept.slice(0, -1).join("\n")}\n`);
    const cut = await run("verify", "--log", copy, "--key", KEY_TEXT, "--checkpoint", checkpoint, "--json");
    expect(cut.code).toBe(2);
    expect(JSON.parse(cut.out)).toMatchObject({
      ok: false,
      first_break: { file: "audit.000003.log", line: kept.length, seq: 25 },
    });
    expect((await run("verify", "--log", copy, "--key", KEY_TEXT)).code).toBe(0);
  });

  it("names the first bad line", async () => {
    const copied = join(await temporaryFolder(), "audit.log");
    await writeFile(copied, (await lines(path)).map((line) => `${line.replace("[4,16]", "[4,17]")}\n`).join(""));
    const { code, out } = await run("verify", "--log", copied, "--key", KEY_TEXT);
    expect(code).toBe(2);
    expect(out).toMatch(/^BROKEN: audit\.log line 6 \(seq 5\) was changed/);
  });

  it.each([
    [["--log", "/nowhere/audit.log", "--key", KEY_TEXT], /there is no such log/],
    [["--log", "/dev/null", "--key", "c2hvcnQ="], /--key takes base64 of 32 bytes/],
    [["--log", "/dev/null", "--key", KEY_TEXT, "--checkpoint", "/nowhere"], /no such file of checkpoints/],
  ])("is a usage error: %j", async (args, message) => {
    const { code, err, out } = await run("verify", ...args);
    expect([code, out]).toEqual([64, ""]);
    expect(err).toMatch(message);
  });
});

describe("masker audit show", () => {
  it("shows the last events that pass the filter", async () => {
    const { code, out } = await run(
      "show",
      "--log",
      path,
      "--key",
      KEY_TEXT,
      "--session-id",
      "sess_1",
      "--limit",
      "3",
      "--json",
    );
    expect(code).toBe(0);
    const shown = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(shown.map(({ seq, session_id }) => [seq, session_id])).toEqual([
      [20, "sess_1"],
      [22, "sess_1"],
      [24, "sess_1"],
    ]);
  });

  it("shows all for people with --limit 0, and none of another kind", async () => {
    const all = await run("show", "--log", path, "--key", KEY_TEXT, "--limit", "0");
    expect(all.out.trimEnd().split("\n")).toHaveLength(25);
    expect(all.out).toMatch(/^ +1 {2}\S+Z {2}redaction +account_id=acc_1 /);
    expect((await run("show", "--log", path, "--key", KEY_TEXT, "--kind", "user_login")).out).toBe("");
    expect((await run("show", "--log", path, "--key", KEY_TEXT, "--since", "soon")).code).toBe(64);
  });
});
