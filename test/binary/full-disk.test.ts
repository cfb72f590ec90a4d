/**
 * The executable on a disk that is full: the limit on the size of files, which needs no root and holds for root too, makes
 * every write fail while the server runs, and is lifted again.
 */
import { execFileSync } from "node:child_process";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Installation, install, type Running } from "./executable.ts";
import { type Provider, startProvider } from "./provider.ts";

let installation: Installation;
let provider: Provider;
let running: Running;

beforeAll(async () => {
  installation = install();
  provider = startProvider();
  running = await installation.serve({
    MASKER_OPENAI_BASE_URL: provider.url,
    MASKER_OPENAI_API_KEY: "sk-provider",
    MASKER_AUDIT_LOG_PATH: join(installation.folder, "log", "audit.log"),
  });
});
afterAll(async () => {
  await running?.end();
  provider?.stop();
});

let said = 0;

async function turn(): Promise<{ readonly status: number; readonly body: string }> {
  const content = `My number is 415-555-${1000 + said++}.`;
  const response = await fetch(running.ready.proxy_url ?? "", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer sk-caller" },
    body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content }] }),
  });
  return { status: response.status, body: await response.text() };
}

async function untilAnswered(): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if ((await turn()).status === 200) return;
    await Bun.sleep(50);
  }
  throw new Error("the service did not resume");
}

async function expectRefusals(): Promise<void> {
  for (let tries = 0; tries < 5; tries++) {
    const { status, body } = await turn();
    expect(status).toBe(503);
    expect(JSON.parse(body).error.code).toBe("audit_unavailable");
    expect(body).not.toContain("415-555");
  }
}

describe("a turn whose events cannot be kept is refused, and answered again when they can be", () => {
  it.runIf(process.platform === "linux")("while nothing can be written", async () => {
    await untilAnswered();
    const limit = (bytes: string) =>
      execFileSync("prlimit", ["--pid", String(running.ready.pid), `--fsize=${bytes}:unlimited`]);
    limit("1");
    await expectRefusals();
    limit("unlimited");
    await untilAnswered();
  });

  it("while the log's folder is gone", async () => {
    await untilAnswered();
    const folder = join(installation.folder, "log");
    await rename(folder, `${folder}.aside`);
    await expectRefusals();
    await rename(`${folder}.aside`, folder);
    await untilAnswered();
  });

  it("with everything that was released in a chain that verifies", async () => {
    expect(await running.end()).toBe(0);
    const log = join(installation.folder, "log", "audit.log");
    const key = join(installation.folder, "masker-data", "keys", "MASKER_AUDIT_HMAC_KEY");
    const verified = await installation.run(["audit", "verify", "--log", log, "--key", key]);
    expect({ code: verified.code, err: verified.err }).toEqual({ code: 0, err: "" });
  });
});
