import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { createLog } from "../../src/log/create-log.ts";
import { idleSeconds, type RunningServer, startServer } from "../../src/serve.ts";

const running: RunningServer[] = [];

afterAll(async () => {
  for (const server of running) await server.stop();
});

interface Started extends RunningServer {
  readonly dataDir: string;
  readonly lines: string[];
}

async function start(env: Record<string, string> = {}): Promise<Started> {
  const home = mkdtempSync(join(tmpdir(), "masker-serve-"));
  const config = loadConfig({
    HOME: home,
    MASKER_DATA_DIR: join(home, "data"),
    MASKER_LISTEN_ADDR: "127.0.0.1:0",
    // A machine that is busy with other tests is no reason to refuse a turn here.
    MASKER_DETECTION_TIMEOUT_MS: "20000",
    ...env,
  });
  const lines: string[] = [];
  const server = await startServer(
    config,
    createLog(config.log, (line) => lines.push(line)),
  );
  running.push(server);
  return { ...server, dataDir: config.dataDir, lines };
}

const QUESTION = { messages: [{ role: "user", content: "my name is Ottilie Brandvold" }] };

function ask(url: string, body: BodyInit = JSON.stringify(QUESTION), headers: Record<string, string> = {}) {
  return fetch(url, { method: "POST", headers: { "content-type": "application/json", ...headers }, body });
}

describe("the listener", () => {
  it("answers a turn of the demo agent, in every spelling of its path", async () => {
    const { url, proxyUrl } = await start();
    for (const path of [
      proxyUrl,
      proxyUrl?.replace("/v1/", "/"),
      `${proxyUrl}/`,
      proxyUrl?.replace("/proxy/", "//proxy//"),
      `${proxyUrl}/chat/completions`,
    ]) {
      const response = await ask(path ?? "");
      expect(response.status).toBe(200);
      expect(response.headers.get("masker-redactions")).toBe("1");
      expect(await response.text()).toContain("Ottilie Brandvold");
    }
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it("marks every answer, and tells browsers to do nothing with it", async () => {
    const { url } = await start();
    for (const path of ["/health", "/nowhere", "/proxy/nowhere", "/api/v1/me", "/trpc/me.get", "/portal/", "/vapi/x"]) {
      const { headers } = await fetch(url + path);
      expect([path, headers.get("x-request-id")]).toEqual([path, expect.stringMatching(/^req_[0-9A-Z]{26}$/)]);
      expect([path, headers.get("x-content-type-options")]).toEqual([path, "nosniff"]);
      expect([path, headers.get("content-security-policy")]).toEqual([
        path,
        expect.stringContaining("default-src 'none'"),
      ]);
      expect([path, headers.has("strict-transport-security")]).toEqual([path, false]);
    }
  });

  it("gives the error envelope where nothing is mounted, and the methods of what is", async () => {
    const { url } = await start();
    const unknown = await fetch(`${url}/nowhere?name=Ottilie`);
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toEqual({
      error: { code: "not_found", message: "Not found.", request_id: unknown.headers.get("x-request-id") },
    });
    const posted = await fetch(`${url}/health`, { method: "POST" });
    expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    expect((await fetch(`${url}/health`, { method: "HEAD" })).status).toBe(200);
    expect(await (await fetch(`${url}/health/live`)).json()).toEqual({ status: "ok" });
  });

  it("refuses a body over the limit in the shape of its endpoint, announced or not", async () => {
    const { url, proxyUrl } = await start({ MASKER_MAX_BODY_BYTES: "64 KiB" });
    const large = JSON.stringify({ messages: [{ role: "user", content: "x".repeat(100_000) }] });
    const announced = await ask(proxyUrl ?? "", large);
    expect(announced.status).toBe(413);
    expect(await announced.json()).toMatchObject({
      error: { code: "payload_too_large", type: "invalid_request_error" },
    });
    const chunked = new ReadableStream({
      start(controller) {
        for (let at = 0; at < large.length; at += 10_000) {
          controller.enqueue(new TextEncoder().encode(large.slice(at, at + 10_000)));
        }
        controller.close();
      },
    });
    expect((await ask(proxyUrl ?? "", chunked)).status).toBe(413);
    expect((await ask(`${url}/api/v1/auth/login`, large)).status).toBe(413);
  });

  it("survives what is no HTTP", async () => {
    const { url } = await start();
    const { port } = new URL(url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), "127.0.0.1", () => socket.end("\x16\x03\x01 not http\r\n\r\n"));
      socket.on("data", () => {});
      socket.on("error", () => resolve());
      socket.on("close", () => resolve());
    });
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });
});

it("lets no connection stay silent for ever, unless a provider may think for longer than can be counted", () => {
  expect(idleSeconds(30_000)).toBe(255);
  expect(idleSeconds(200_000)).toBeGreaterThan(200);
  expect(idleSeconds(600_000)).toBe(0);
});

describe("an address that others reach", () => {
  it("makes the demo agent ask for its key, which is told once", async () => {
    const server = await start({ MASKER_PUBLIC_URL: "http://127.0.0.1:1" });
    const { proxyUrl, demoKey, portalUrl, setupUrl } = server;
    expect(proxyUrl).toMatch(/^http:\/\/127\.0\.0\.1:1\/proxy\/agt_/);
    expect([portalUrl, setupUrl]).toEqual([
      "http://127.0.0.1:1/portal",
      expect.stringContaining("/portal/setup#setup=mlk_"),
    ]);
    expect(demoKey).toMatch(/^mak_/);
    const files = readdirSync(server.dataDir).filter((name) => statSync(join(server.dataDir, name)).isFile());
    const stored = files.map((name) => readFileSync(join(server.dataDir, name), "latin1")).join("");
    expect(stored).not.toContain(demoKey);
    expect(server.lines.join("")).not.toContain(demoKey);
  });

  it("believes HTTPS and addresses of trusted proxies only", async () => {
    const trusted = await start({ MASKER_TRUSTED_PROXIES: "127.0.0.1" });
    const headers = { "x-forwarded-proto": "https", "x-forwarded-for": "198.51.100.1" };
    expect((await fetch(`${trusted.url}/health`, { headers })).headers.has("strict-transport-security")).toBe(true);
    const plain = await start();
    expect((await fetch(`${plain.url}/health`, { headers })).headers.has("strict-transport-security")).toBe(false);
  });

  it("serves HTTPS from certificate files", async () => {
    const tls = join(import.meta.dirname, "../upstream/tls");
    const [cert, key] = [join(tls, "loopback-cert.pem"), join(tls, "loopback-key.pem")];
    const { url } = await start({ MASKER_TLS_CERT: cert, MASKER_TLS_KEY: key });
    expect(url).toMatch(/^https:/);
    const response = await fetch(`${url}/health`, { tls: { ca: readFileSync(cert, "utf8") } });
    expect(response.status).toBe(200);
    expect(response.headers.get("strict-transport-security")).toContain("max-age");
    await expect(fetch(`${url}/health`)).rejects.toThrow();
  });
});

describe("a start", () => {
  it("says which address is taken, and leaves nothing locked", async () => {
    const first = await start();
    const { port } = new URL(first.url);
    const home = mkdtempSync(join(tmpdir(), "masker-serve-"));
    const env = { HOME: home, MASKER_DATA_DIR: join(home, "data"), MASKER_LISTEN_ADDR: `127.0.0.1:${port}` };
    const config = loadConfig(env);
    const log = createLog(config.log, () => {});
    await expect(startServer(config, log)).rejects.toThrow(`Cannot listen on 127.0.0.1:${port}`);
    const free = await startServer(loadConfig({ ...env, MASKER_LISTEN_ADDR: "127.0.0.1:0" }), log);
    running.push(free);
    expect((await fetch(`${free.url}/health`)).status).toBe(200);
  });

  it("is refused on a folder that another one serves", async () => {
    const { dataDir } = await start();
    const config = loadConfig({ HOME: "/nowhere", MASKER_DATA_DIR: dataDir, MASKER_LISTEN_ADDR: "127.0.0.1:0" });
    await expect(
      startServer(
        config,
        createLog(config.log, () => {}),
      ),
    ).rejects.toMatchObject({ code: "audit_unavailable" });
  });

  it("is refused with a bad policy file, whose problems it names", async () => {
    const folder = mkdtempSync(join(tmpdir(), "masker-policy-"));
    const path = join(folder, "site.yaml");
    writeFileSync(
      path,
      "name: site\nversion: 1\nkid: K_NONE\ntokenization: vault-deterministic\npasses: [regex]\nentities: {}\n",
    );
    await expect(start({ MASKER_POLICY_PATH: path })).rejects.toMatchObject({ code: "policy_yaml_invalid" });
  });

  it("keeps agent, keys and node over a restart", async () => {
    const first = await start();
    await ask(first.proxyUrl ?? "");
    await first.stop();
    const again = loadConfig({ HOME: "/nowhere", MASKER_DATA_DIR: first.dataDir, MASKER_LISTEN_ADDR: "127.0.0.1:0" });
    const second = await startServer(
      again,
      createLog(again.log, () => {}),
    );
    running.push(second);
    expect(new URL(second.proxyUrl ?? "").pathname).toBe(new URL(first.proxyUrl ?? "").pathname);
    expect(second.demoKey).toBeNull();
    const kinds = readFileSync(join(first.dataDir, "audit.log"), "utf8")
      .split("\n")
      .flatMap((line) => (line ? [(JSON.parse(line) as { kind?: string }).kind ?? "header"] : []));
    expect(kinds.filter((kind) => kind === "agent_created").length).toBe(1);
    expect(kinds.filter((kind) => kind === "server_stopped").length).toBe(1);
    expect(kinds.at(-1)).toBe("server_started");
  });
});
