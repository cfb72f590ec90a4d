/** From nothing to a token, an agent and its sessions with the command line alone, against a running server. */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { type RunningServer, startServer } from "../../src/serve.ts";
import { SILENT } from "../log/silent.ts";
import { type RunOptions, masker as run } from "./masker.ts";

const PASSWORD = "correct horse battery";

let server: RunningServer;
let env: Record<string, string>;

const masker = (args: readonly string[], options: RunOptions = {}) =>
  run(args, { ...options, env: { ...env, ...options.env } });

const json = async (args: readonly string[]) => JSON.parse((await masker([...args, "--json"])).out);

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), "masker-remote-"));
  env = { MASKER_DATA_DIR: folder, MASKER_LISTEN_ADDR: "127.0.0.1:0" };
  server = await startServer(loadConfig(env, {}), SILENT);
  env.MASKER_SERVER = server.url;
});
afterAll(() => server.stop());

describe("the command line", () => {
  it("needs a token, and makes one on this machine while the server runs", async () => {
    const without = await masker(["agents", "list"]);
    expect([without.code, without.err]).toEqual([4, expect.stringContaining("MASKER_API_TOKEN")]);
    const permissions = "agents:read,agents:write,sessions:read,audit:read,reports:read,installation";
    const made = await masker(["tokens", "create", "--name", "ci", "--permissions", permissions]);
    expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^msk_[\w-]{43}\n$/) });
    env.MASKER_API_TOKEN = made.out.trim();
    const limited = await json([
      "tokens",
      "create",
      "--name",
      "b",
      "--permissions",
      "agents:read",
      "--expires-days",
      "7",
    ]);
    expect(limited).toMatchObject({
      token: { name: "b", permissions: ["agents:read"], last_used_at: null },
      secret: expect.any(String),
    });
    expect(Date.parse(limited.token.expires_at) - Date.parse(limited.token.created_at)).toBe(7 * 86_400_000);
    const refused = await masker(["agents", "create", "--name", "x", "--upstream", "stub"], {
      env: { MASKER_API_TOKEN: limited.secret },
    });
    expect(refused.code).toBe(4);
  });

  it("manages agents of the server", async () => {
    const { agent } = await json(["agents", "create", "--name", "front desk", "--upstream", "stub"]);
    const listed = await masker(["agents", "list", "--name-contains", "FRONT"]);
    expect(listed.out).toBe(`${agent.id}\tfront desk\tstub\thealthcare-default\t0\n`);
    expect((await json(["agents", "show", agent.id])).agent).toMatchObject({
      id: agent.id,
      stats: { session_count_24h: 0 },
    });
    expect((await masker(["agents", "delete", agent.id])).code).toBe(0);
    expect(await masker(["agents", "show", agent.id])).toMatchObject({
      code: 1,
      err: expect.stringContaining("No such agent"),
    });
    const wrong = await masker(["agents", "create", "--name", "x", "--upstream", "nowhere:model"]);
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining("upstream")]);
  });

  it("lists, shows and follows sessions", async () => {
    const { agent } = await json(["agents", "create", "--name", "calls", "--upstream", "stub"]);
    let stop = () => {};
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    const tail = masker(["sessions", "tail", "--json"], { stop: stopped });
    await Bun.sleep(300);
    const turn = await fetch(agent.proxy_url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ messages: [{ role: "user", content: "My number is 415-555-0134." }] }),
    });
    expect(turn.status).toBe(200);
    const id = turn.headers.get("masker-session-id") ?? "";
    await turn.text();
    let page = { data: [] as { id: string }[] };
    for (let i = 0; i < 50 && page.data.length === 0; i++) {
      await Bun.sleep(50);
      page = await json(["sessions", "list", "--agent", agent.id, "--min-redactions", "1"]);
    }
    expect(page.data.map((row) => row.id)).toEqual([id]);
    expect((await masker(["sessions", "list", "--agent", agent.id])).out).toMatch(
      new RegExp(`^\\S+\t${id}\tok\t1\t\\d+\tcalls\n$`),
    );
    const { session } = await json(["sessions", "show", id]);
    expect(session).toMatchObject({ agent_name: "calls", redactions_by_kind: { PHONE: 1 } });
    expect(session.events[0]).toMatchObject({ entity_kind: "PHONE", message_index: 0 });
    stop();
    const followed = await tail;
    expect(followed.code).toBe(0);
    expect(
      followed.out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).id),
    ).toEqual([id]);
    expect((await masker(["sessions", "list", "--since", "soon"])).code).toBe(1);
  });

  it("has the server make a report, which is genuine", async () => {
    const folder = mkdtempSync(join(tmpdir(), "masker-reports-"));
    const [session] = (await json(["sessions", "list"])).data;
    for (const [name, about, scope] of [
      ["session.json", ["--session-id", session.id], "session"],
      ["agent.pdf", ["--agent-id", session.agent_id, "--since", "7d"], null],
      ["account.json", [], "account"],
    ] as const) {
      const output = join(folder, name);
      expect(await masker(["report", ...about, "--output", output])).toMatchObject({ code: 0, out: `${output}\n` });
      const verified = await masker(["report", "verify", output]);
      expect([name, verified.code, verified.out]).toEqual([name, 0, expect.stringContaining("OK")]);
      if (scope === null) expect(readFileSync(output, "latin1").startsWith("%PDF-")).toBe(true);
      else expect(JSON.parse(readFileSync(output, "utf8"))).toMatchObject({ scope, session_count: 1 });
    }
    for (const [args, code] of [
      [["--session-id", "sess_none", "--output", join(folder, "x")], 1],
      [["--output", join(folder, "no", "such", "folder.json")], 1],
      [["--session-id", session.id], 64],
      [["--session-id", session.id, "--agent-id", session.agent_id, "--output", join(folder, "x")], 64],
      [["--output", join(folder, "x"), "--format", "docx"], 64],
    ] as const) {
      expect([args.join(" "), (await masker(["report", ...args])).code]).toEqual([args.join(" "), code]);
    }
  });

  it("reloads policies", async () => {
    expect(await masker(["policy", "reload"])).toMatchObject({ code: 0, out: "nothing changed\n" });
    expect(await json(["policy", "reload"])).toEqual({ reloaded: [] });
  });

  it("adds admins and resets passwords while the server runs", async () => {
    const login = (password: string) =>
      fetch(`${server.url}/api/v1/auth/login`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ email: "robin@clinic.example", password }),
      });
    const create = ["admin", "create", "--email", "Robin@clinic.example", "--name", "Robin"];
    expect((await masker([...create, "--password-stdin"], { input: "short\n" })).code).toBe(1);
    const made = await masker([...create, "--password-stdin"], { input: `${PASSWORD}\n` });
    expect(made).toMatchObject({ code: 0, out: "Admin added.\n" });
    expect((await masker([...create, "--password-stdin"], { input: `${PASSWORD}\n` })).code).toBe(1);
    const first = await login(PASSWORD);
    expect(first.status).toBe(200);
    expect((await first.json()).permissions).toContain("installation");

    const reset = ["admin", "reset-password", "--email", "robin@clinic.example"];
    expect((await masker([...reset, "--password-stdin"], { input: "another long password\n" })).code).toBe(0);
    expect([(await login(PASSWORD)).status, (await login("another long password")).status]).toEqual([401, 200]);
    expect((await json(reset)).reset_url).toMatch(/\/portal\/setup#reset=mlk_/);
    expect((await masker(["admin", "reset-password", "--email", "nobody@clinic.example"])).code).toBe(1);
    const invited = await masker(["admin", "create", "--email", "second@clinic.example"]);
    expect(invited.out).toMatch(/\/portal\/setup#invite=mlk_[\w-]{43}\n$/);

    // What was done on the machine is in the server's log.
    const response = await fetch(`${server.url}/api/v1/audit/events?limit=100`, {
      headers: { authorization: `Bearer ${env.MASKER_API_TOKEN}` },
    });
    const { data } = await response.json();
    const kinds = data.map((event: { kind: string }) => event.kind);
    expect(kinds).toEqual(expect.arrayContaining(["token_created", "user_changed", "user_login", "agent_created"]));
    expect(JSON.stringify(data)).not.toContain(PASSWORD);
  });

  it("tells by its exit code what went wrong", async () => {
    const elsewhere = { env: { MASKER_SERVER: "http://127.0.0.1:1" } };
    expect((await masker(["agents", "list"], elsewhere)).code).toBe(5);
    expect((await masker(["agents", "list"], { env: { MASKER_API_TOKEN: "msk_wrong" } })).code).toBe(4);
    for (const args of [
      ["agents", "show"],
      ["agents", "create", "--name", "x"],
      ["agents", "list", "--server", "not a url"],
      ["agents", "list", "--nonsense"],
      ["tokens", "create", "--name", "x", "--permissions", "everything"],
      ["tokens", "create", "--name", "x", "--permissions", "agents:read", "--expires-days", "0"],
      ["tokens", "create", "--permissions", "agents:read"],
      ["admin", "create", "--email", "not an address"],
    ]) {
      expect([args.join(" "), (await masker(args)).code]).toEqual([args.join(" "), 64]);
    }
  });
});
