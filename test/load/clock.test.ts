/** A clock that jumps while calls are in progress, in the whole appliance. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AuditEvent } from "../../src/audit/event.ts";
import { verifyLog } from "../../src/audit/verify.ts";
import type { Config } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { Log } from "../../src/log/log.ts";
import { type RunningServer, startServer } from "../../src/serve.ts";
import { REGEX_ONLY } from "../proxy/harness.ts";
import { type FaultyProvider, startFaultyProvider } from "./provider.ts";

const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };
const HOUR_MS = 3_600_000;
const RealDate = Date;

let folder: string;
let config: Config;
let provider: FaultyProvider;
let server: RunningServer;

/** The system's clock is `offset` ms off from now on; the monotonic one goes on. */
function setClock(offset: number): void {
  globalThis.Date = class extends RealDate {
    constructor(...args: readonly [] | readonly [number | string]) {
      super(args.length === 0 ? RealDate.now() + offset : args[0]);
    }
    static override now = () => RealDate.now() + offset;
  } as DateConstructor;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "masker-clock-"));
  provider = startFaultyProvider();
  provider.behave({ kind: "answers", pauseMs: 15 });
  await Bun.write(join(folder, "policy.yaml"), REGEX_ONLY);
  config = loadConfig({
    MASKER_DATA_DIR: join(folder, "data"),
    MASKER_LISTEN_ADDR: "127.0.0.1:0",
    MASKER_OPENAI_BASE_URL: provider.url,
    MASKER_OPENAI_API_KEY: "sk-clock",
    MASKER_POLICY_PATH: join(folder, "policy.yaml"),
  });
  server = await startServer(config, SILENT);
});

afterEach(() => {
  globalThis.Date = RealDate;
  provider.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function turn(stream: boolean, content = "My name is Rosa Quintanilla."): Promise<string> {
  const response = await fetch(server.proxyUrl ?? "", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ stream, messages: [{ role: "user", content }] }),
  });
  expect(response.status).toBe(200);
  return await response.text();
}

/** The words of a stream, in one. */
const spoken = (stream: string) => [...stream.matchAll(/"content":"([^"]*)"/g)].map(([, text]) => text).join("");

describe("a clock that jumps", () => {
  it.each([
    ["an hour ahead", HOUR_MS],
    ["a day back", -24 * HOUR_MS],
    ["years ahead", 5 * 365 * 24 * HOUR_MS],
    ["to 1970", -RealDate.now() + 1],
  ])("%s, in the middle of streams: they end well, and so do the turns after it", async (_, offset) => {
    await turn(false);
    const streams = Array.from({ length: 10 }, () => turn(true));
    await Bun.sleep(60);
    setClock(offset);
    for (const stream of await Promise.all(streams)) {
      expect(stream).toMatch(/data: \[DONE\]\n\n$/);
      expect(spoken(stream)).toContain("Rosa Quintanilla");
    }
    expect(await turn(false)).toContain("Rosa Quintanilla");
    setClock(0);
    expect(spoken(await turn(true))).toContain("Rosa Quintanilla");
    await server.stop();

    const { auditLogPath: path, keys } = config;
    expect(await verifyLog({ path, key: keys.auditHmac, whole: true })).toMatchObject({ ok: true, first_break: null });
    const events = readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as AuditEvent);
    const completed = events.filter((event) => event.kind === "session_completed");
    expect(completed.length).toBe(13);
    for (const event of completed) {
      expect(event.status).toBe("ok");
      // Durations are of the monotonic clock: a jump is no time that was spent.
      for (const ms of [...Object.values(event.stage_durations_ms), event.added_ms]) {
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThan(60_000);
      }
    }
    expect(provider.received.join()).not.toContain("Quintanilla");

    // It starts again whatever its files say of the time.
    server = await startServer(config, SILENT);
    expect(await turn(false)).toContain("Rosa Quintanilla");
    await server.stop();
  });
});
