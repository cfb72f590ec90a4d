import { createSocket } from "node:dgram";
import { cp, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { anchorFor } from "../../src/audit/anchor.ts";
import { checkpointPath, readCheckpoints } from "../../src/audit/checkpoint.ts";
import { nodeFiles } from "../../src/audit/files.ts";
import { isSignedBy, signerOf } from "../../src/audit/signing.ts";
import { verifyLog } from "../../src/audit/verify.ts";
import { VerifyThreads } from "../../src/audit/verify-thread.ts";
import { KEY, open, redaction, SEED, temporaryFolder } from "./fixture.ts";

async function writtenLog(options: Parameters<typeof open>[1] = {}) {
  const folder = await temporaryFolder();
  const path = join(folder, "audit.log");
  const log = await open(path, options);
  return { folder, path, log };
}

describe("Ed25519", () => {
  it.each([
    // RFC 8032, section 7.1, tests 1 and 2.
    [
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
      "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ],
    [
      "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
      "\u0072",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ],
  ])("signs as RFC 8032 says", (seed, publicKey, message, signature) => {
    const signer = signerOf(Buffer.from(seed, "hex"));
    expect(Buffer.from(signer.publicKey).toString("hex")).toBe(publicKey);
    expect(Buffer.from(signer.sign(message), "base64").toString("hex")).toBe(signature);
    expect(isSignedBy(signer.publicKey, message, signer.sign(message))).toBe(true);
    expect(isSignedBy(signer.publicKey, `${message}!`, signer.sign(message))).toBe(false);
    expect(isSignedBy(signer.publicKey, message, `${signer.sign(message)}=`)).toBe(false);
  });
});

describe("checkpoints", () => {
  it("are written at the end of each segment and at the close, and hold with the key alone or the public key alone", async () => {
    const { path, log } = await writtenLog({ segmentBytes: 2000 });
    for (let index = 0; index < 10; index++) await log.append([redaction(index)]);
    await log.close();
    const { publicKey } = signerOf(SEED);
    for (const keys of [{ key: KEY }, { publicKey }, { key: KEY, publicKey }]) {
      const { checkpoints, bad_lines } = await readCheckpoints(nodeFiles, checkpointPath(path), keys);
      expect(bad_lines).toEqual([]);
      expect(checkpoints.length).toBeGreaterThan(2);
      expect(checkpoints.at(-1)).toMatchObject({ seq: 10, node: "node-1" });
    }
    const other = { publicKey: signerOf(KEY).publicKey };
    expect((await readCheckpoints(nodeFiles, checkpointPath(path), other)).checkpoints).toEqual([]);
    expect((await readCheckpoints(nodeFiles, checkpointPath(path), {})).checkpoints).toEqual([]);
  });

  it("come by themselves under load", async () => {
    const { path, log } = await writtenLog({ checkpointEveryMs: 10 });
    await log.append([redaction(1)]);
    const count = async () =>
      (await readCheckpoints(nodeFiles, checkpointPath(path), { key: KEY })).checkpoints.map(({ seq }) => seq);
    while ((await count()).length < 1) await Bun.sleep(5);
    await log.append([redaction(2)]);
    while ((await count()).length < 2) await Bun.sleep(5);
    await log.close();
    // Nothing new at the close: no further one.
    expect(await count()).toEqual([1, 2]);
  });

  it("goes on after half a checkpoint, and finds a byte that was changed in any of them", async () => {
    const { path, log } = await writtenLog();
    await log.append([redaction(1)]);
    await log.close();
    const file = checkpointPath(path);
    const text = await readFile(file, "utf8");
    await Bun.write(file, `${text}{"hash":"00`);
    const again = await open(path);
    await again.append([redaction(2)]);
    await again.close();
    expect(await verifyLog({ path, key: KEY })).toMatchObject({ ok: true, complete_to_seq: 2 });
    const bytes = await readFile(file);
    for (let at = 0; at < bytes.length - 1; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = bytes[at]! ^ 1;
      await Bun.write(file, changed);
      expect((await verifyLog({ path, key: KEY })).ok, `byte ${at}`).toBe(false);
    }
  });

  it("that come while a log in use is being verified are no break", async () => {
    const { path, log } = await writtenLog();
    await log.append([redaction(1)]);
    const until = log.head();
    await log.append([redaction(2)]);
    await log.checkpoint();
    expect(await verifyLog({ path, key: KEY, whole: true, until })).toMatchObject({ ok: true, events: 1 });
    await log.close();
  });

  it("verifies the same on a thread, with progress, and again on the same thread", async () => {
    const threads = new VerifyThreads();
    const { path, log } = await writtenLog();
    const events = await log.append(Array.from({ length: 3000 }, (_, index) => redaction(index)));
    await log.close();
    let last = 0;
    const found = await threads.verify(
      { path, key: KEY, findHash: events[7]!.this_hash, accountId: "acc_1" },
      (done) => {
        last = done;
      },
    );
    expect(found).toMatchObject({ ok: true, events: 3000, account_events: 3000, contains_hash: true });
    expect(last).toBe(found.bytes);
    expect(await threads.verify({ path, key: KEY })).toMatchObject({ ok: true, events: 3000, contains_hash: null });
    await expect(threads.verify({ path: `${path}.none`, key: KEY })).rejects.toMatchObject({ code: "internal_error" });
    threads.close();
  });
});

describe("the anchor", () => {
  const line = /^2026-05-03T21:14:32\.481Z seq=1 head=[0-9a-f]{64} node=node-1 key_id=[0-9a-f]{16}$/;
  const clock = () => Date.parse("2026-05-03T21:14:32.481Z");

  it("gets a line in a file", async () => {
    const target = join(await temporaryFolder(), "anchor.txt");
    const { log } = await writtenLog({ anchor: target, clock });
    await log.append([redaction(1)]);
    await log.close();
    expect((await readFile(target, "utf8")).trimEnd()).toMatch(line);
  });

  it("gets a syslog datagram", async () => {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    const received = new Promise<string>((resolve) => socket.once("message", (data) => resolve(data.toString())));
    const { log } = await writtenLog({ anchor: `syslog://127.0.0.1:${socket.address().port}`, clock });
    await log.append([redaction(1)]);
    await log.close();
    const [, header, rest] = /^(<109>1 \S+ \S+ masker \d+ audit-anchor - )(.*)$/.exec(await received) ?? [];
    expect(header).toBeDefined();
    expect(rest).toMatch(line);
    socket.close();
  });

  it("gets a syslog message over TCP, counted in octets", async () => {
    let server: ReturnType<typeof createServer> | null = null;
    const received = new Promise<string>((resolve) => {
      server = createServer((socket) => {
        let text = "";
        socket.on("data", (data) => {
          text += data;
        });
        socket.on("end", () => resolve(text));
      });
    });
    await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
    const { port } = server!.address() as { port: number };
    const { log } = await writtenLog({ anchor: `syslog+tcp://127.0.0.1:${port}`, clock });
    await log.append([redaction(1)]);
    await log.close();
    const [, octets, message] = /^(\d+) (.*)$/s.exec(await received) ?? [];
    expect(Number(octets)).toBe(Buffer.byteLength(message!));
    expect(message).toMatch(/^<109>1 /);
    server!.close();
  });

  it("shows a rollback of the whole folder, which nothing in the folder can", async () => {
    const target = join(await temporaryFolder(), "anchor.txt");
    const { folder, path, log } = await writtenLog({ anchor: target });
    await log.append([redaction(1)]);
    await log.close();
    const kept = await temporaryFolder();
    await cp(folder, kept, { recursive: true });
    const again = await open(path, { anchor: target });
    await again.append([redaction(2), redaction(3)]);
    await again.close();
    const rolledBack = join(kept, "audit.log");
    expect((await verifyLog({ path, key: KEY, whole: true, anchor: target })).message).toBe("chain ok");
    expect((await verifyLog({ path: rolledBack, key: KEY, whole: true })).message).toBe("chain ok");
    expect(await verifyLog({ path: rolledBack, key: KEY, whole: true, anchor: target })).toMatchObject({
      ok: false,
      first_break: { file: "audit.log", line: 3, seq: 2 },
    });
  });

  it("that cannot be reached stops nothing", async () => {
    const { path, log } = await writtenLog({ anchor: "/nowhere/anchor", clock });
    await log.append([redaction(1)]);
    await log.close();
    expect((await verifyLog({ path, key: KEY })).complete_to_seq).toBe(1);
    expect(() => anchorFor("http://127.0.0.1")).toThrow(TypeError);
  });
});

describe("a file of checkpoints that was put back or removed", () => {
  const started = {
    kind: "server_started",
    scope: { account_id: null, agent_id: null, session_id: null, call_id: null },
    body: { version: "1" },
  } as const;

  async function twoRuns() {
    const { path, log, folder } = await writtenLog({ segmentBytes: 3000 });
    await log.append([started, redaction(1)]);
    await log.close();
    const early = await readFile(checkpointPath(path), "utf8");
    const again = await open(path, { segmentBytes: 3000 });
    await again.append([started, ...Array.from({ length: 9 }, (_, index) => redaction(index))]);
    await again.append([redaction(10)]);
    await again.close();
    return { path, folder, early };
  }

  it.each([
    ["put back to an earlier run", (file: string, early: string) => Bun.write(file, early)],
    ["emptied", (file: string) => Bun.write(file, "")],
    ["removed", (file: string) => Bun.file(file).delete()],
  ] as const)("is found when %s", async (_, harm) => {
    const { path, early } = await twoRuns();
    expect((await verifyLog({ path, key: KEY, whole: true })).message).toBe("chain ok");
    await harm(checkpointPath(path), early);
    expect(await verifyLog({ path, key: KEY, whole: true })).toMatchObject({
      ok: false,
      first_break: { file: "audit.checkpoints" },
    });
    const log = await open(path);
    await log.backgroundVerification;
    expect(log.health()).toMatchObject({ ok: false, broken: { file: "audit.checkpoints" } });
    await log.close();
    expect((await verifyLog({ path, key: KEY, whole: true })).notes.join()).toMatch(/tells of a break/);
  });

  it("is no alarm after a kill in a first run, whatever was logged before its start was", async () => {
    const { path, log } = await writtenLog();
    await log.append([redaction(0), started, redaction(1)]);
    const killed = join(await temporaryFolder(), "audit.log");
    await Bun.write(killed, Bun.file(path));
    await log.close();
    const again = await open(killed);
    expect(again.health().ok).toBe(true);
    await again.append([started, redaction(2)]);
    const killedAgain = join(await temporaryFolder(), "audit.log");
    await Bun.write(killedAgain, Bun.file(killed));
    await Bun.write(checkpointPath(killedAgain), Bun.file(checkpointPath(killed)));
    await again.close();
    const last = await open(killedAgain);
    expect(last.health().ok).toBe(true);
    await last.close();
  });
});
