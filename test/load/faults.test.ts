/** What goes wrong around the executable: every fault ends as documented, and none lets anything through. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Behaviour, type FaultyProvider, startFaultyProvider } from "./provider.ts";
import { type Outcome, PLANTED, Rig } from "./rig.ts";

let provider: FaultyProvider;
let rig: Rig;

const text = (bytes: string) => `HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(bytes)}\r\n`;
const plain = (type: string, body: string) => `${text(body)}content-type: ${type}\r\n\r\n${body}`;

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await Bun.sleep(20);
}

/** No value of the caller may be heard when nothing was put back, and an answer that is not whole must say so. */
function expectRefused(outcome: Outcome, status: number, code: string): void {
  expect(outcome).toMatchObject({ status, code, complete: false });
  for (const planted of PLANTED) expect(outcome.text).not.toContain(planted);
}

describe("the provider", () => {
  beforeAll(async () => {
    provider = startFaultyProvider();
    rig = new Rig(provider);
    await rig.start({ env: { MASKER_UPSTREAM_TIMEOUT_MS: "400" } });
  });

  afterAll(async () => {
    await rig.end();
    rig.remove();
    provider.stop();
  });

  it.each<[string, Behaviour, number, string]>([
    ["resets the connection", { kind: "resets", after: "request" }, 502, "upstream_error"],
    ["resets it after the head", { kind: "resets", after: "head" }, 502, "upstream_error"],
    ["never answers", { kind: "hangs", after: "request" }, 504, "upstream_timeout"],
    ["never goes on after the head", { kind: "hangs", after: "head" }, 504, "upstream_timeout"],
    ["speaks no HTTP", { kind: "sends", bytes: "\u0000\u0001 220 smtp ready\r\n\r\n" }, 502, "upstream_error"],
    ["sends a page", { kind: "sends", bytes: plain("text/html", "<h1>gateway</h1>") }, 502, "upstream_error"],
    [
      "sends half of its JSON",
      { kind: "sends", bytes: plain("application/json", '{"choices": [') },
      502,
      "upstream_error",
    ],
    ["sends other JSON", { kind: "sends", bytes: plain("application/json", '"yes"') }, 502, "upstream_error"],
    ["says nothing and closes", { kind: "sends", bytes: "" }, 502, "upstream_error"],
    ["sends an empty body", { kind: "sends", bytes: plain("application/json", "") }, 502, "upstream_error"],
    [
      "sends less than it promised",
      { kind: "sends", bytes: `${plain("application/json", "{").replace(": 1", ": 900")}` },
      502,
      "upstream_error",
    ],
    [
      "streams what is no event",
      { kind: "sends", bytes: plain("text/event-stream", "data: {{{\n\n") },
      502,
      "upstream_error",
    ],
    [
      "refuses with garbage",
      { kind: "sends", bytes: "HTTP/1.1 500 No\r\ncontent-length: 4\r\n\r\n<!--" },
      502,
      "upstream_error",
    ],
  ])("%s: the caller is told, whole and streamed", async (_, behaviour, status, code) => {
    provider.behave(behaviour);
    for (const stream of [false, true]) expectRefused(await rig.turn(stream), status, code);
  });

  it.each<[string, Behaviour, string]>([
    ["resets", { kind: "resets", after: "words" }, "upstream_error"],
    ["hangs", { kind: "hangs", after: "words" }, "upstream_timeout"],
  ])("%s after some words: the stream ends with an error and [DONE]", async (_, behaviour, code) => {
    provider.behave(behaviour);
    const outcome = await rig.turn(true);
    expect(outcome).toMatchObject({ status: 200, code, complete: false });
    expect(outcome.text).toMatch(/"content":"I have/);
    expect(outcome.text).toMatch(/data: \{"error":.*\n\ndata: \[DONE\]\n\n$/);
    expectRefused(await rig.turn(false), code === "upstream_error" ? 502 : 504, code);
  });

  it("is well again: so is the answer", async () => {
    provider.behave({ kind: "answers" });
    for (const stream of [false, true]) {
      const outcome = await rig.turn(stream);
      expect(outcome).toMatchObject({ status: 200, complete: true });
    }
    await until(async () => (await fetch(`${rig.url}/health`)).status === 200);
  });

  it("is not there at all, and nothing of all this is lost or let through", async () => {
    provider.stop();
    for (const stream of [false, true]) expectRefused(await rig.turn(stream), 502, "upstream_error");
    expect(await rig.end()).toBe(0);
    const statuses = rig.events().filter((event) => event.kind === "session_completed");
    expect(new Set(statuses.map(({ status }) => status))).toEqual(new Set(["ok", "error", "partial"]));
    expect(await rig.problems()).toEqual([]);
  });
});

describe("the machine", () => {
  beforeEach(() => {
    provider = startFaultyProvider();
    rig = new Rig(provider);
  });

  afterEach(async () => {
    await rig.end("SIGKILL");
    rig.remove();
    provider.stop();
  });

  it("gives files no more room: answers are refused until it does", async () => {
    // The signal that would tell of it is ignored, so that writes fail with EFBIG.
    await rig.start({ limits: "trap '' XFSZ" });
    expect((await rig.turn()).complete).toBe(true);
    await limitFileSize(rig.pid, "1024");
    const before = provider.received.length;
    const refused = await Promise.all(Array.from({ length: 6 }, (_, at) => rig.turn(at % 2 === 0)));
    for (const outcome of refused) expectRefused(outcome, 503, "audit_unavailable");
    // What was forwarded before its events could be written was masked, and nothing of its answer was heard.
    expect(provider.received.slice(before).join()).not.toContain(PLANTED[0]);
    await limitFileSize(rig.pid, "unlimited");
    await until(async () => (await rig.turn()).complete);
    expect(await rig.end()).toBe(0);
    expect(await rig.problems()).toEqual([]);
  });

  it("loses the folder of the log: answers are refused until it is back", async () => {
    const logFolder = join(rig.folder, "log");
    mkdirSync(logFolder);
    await rig.start({ env: { MASKER_AUDIT_LOG_PATH: join(logFolder, "audit.log") } });
    expect((await rig.turn()).complete).toBe(true);
    renameSync(logFolder, `${logFolder}.away`);
    // A file in its place: not even root makes a segment there.
    writeFileSync(logFolder, "");
    for (const stream of [false, true]) expectRefused(await rig.turn(stream), 503, "audit_unavailable");
    expect((await fetch(`${rig.url}/health`)).status).toBe(503);
    renameSync(logFolder, `${logFolder}.file`);
    renameSync(`${logFolder}.away`, logFolder);
    await until(async () => (await rig.turn()).complete);
  });

  it("has no descriptors left: calls in progress go on, and new ones are taken as soon as it has", async () => {
    await rig.start();
    const { descriptors } = rig.usage();
    await rig.end();
    await rig.start({ limits: `ulimit -n ${descriptors + 30}` });
    provider.behave({ kind: "answers", pauseMs: 60 });
    const flood = await Promise.all(Array.from({ length: 120 }, () => rig.turn(true, AbortSignal.timeout(4_000))));
    expect(flood.some(({ complete }) => complete)).toBe(true);
    // Whoever was not served was refused or cut off: nobody took half an answer for a whole one.
    const halves = flood.filter(({ complete, text }) => !complete && /\[DONE\]/.test(text) && !/"error"/.test(text));
    expect(halves).toEqual([]);
    provider.behave({ kind: "answers" });
    await until(async () => (await rig.turn(true, AbortSignal.timeout(2_000))).complete);
    expect(await rig.end()).toBe(0);
    expect(await rig.problems()).toEqual([]);
  });

  it("is told to stop in the middle of streams: each is finished, and the end is the last event", async () => {
    await rig.start();
    provider.behave({ kind: "answers", pauseMs: 40 });
    const streams = Array.from({ length: 40 }, () => rig.turn(true));
    await until(() => provider.received.length === 40);
    const code = rig.end("SIGTERM");
    expect((await Promise.all(streams)).every(({ complete }) => complete)).toBe(true);
    expect(await code).toBe(0);
    expect(rig.events().at(-1)).toMatchObject({ kind: "server_stopped", clean: true });
    expect(await rig.problems()).toEqual([]);
  });

  it("dies at random moments: what was released is in the log, and every start is clean", async () => {
    provider.behave({ kind: "answers", pauseMs: 2 });
    for (let kill = 0; kill < 5; kill++) {
      const released = rig.released;
      await rig.start();
      let alive = true;
      const callers = Array.from({ length: 8 }, async (_, at) => {
        while (alive) await rig.turn(at % 2 === 0);
      });
      await until(() => rig.released > released);
      await Bun.sleep(Math.random() * 300);
      await rig.end("SIGKILL");
      alive = false;
      await Promise.all(callers);
    }
    await rig.start();
    expect((await fetch(`${rig.url}/health`)).status).toBe(200);
    expect(await rig.end()).toBe(0);
    expect(await rig.problems()).toEqual([]);
  });
});

/** Bytes that a file of the process may have. Only the soft limit moves, so that it needs no root. */
async function limitFileSize(pid: number, bytes: string): Promise<void> {
  const done = Bun.spawn(["prlimit", "--pid", String(pid), `--fsize=${bytes}:unlimited`], { stdin: "ignore" });
  expect(await done.exited).toBe(0);
}
