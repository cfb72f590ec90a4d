/** What holds for every answer under /api/v1: errors, headers, bodies, and that REST and tRPC are one implementation. */
import { createTRPCClient, httpLink, TRPCClientError } from "@trpc/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AppRouter } from "../../src/api/root.ts";
import { newId } from "../../src/id.ts";
import { BASE_URL, failure, makeWorld, START, type World } from "../api/world.ts";

let world: World;
let token: string;
let accountId: string;
let agentId: string;

beforeAll(async () => {
  world = await makeWorld();
  ({ token, accountId } = await world.tenant());
  agentId = (await world.call("POST", "/agents", { token, body: { name: "a", upstream: "stub" } })).json.agent.id;
  const row = { id: agentId, account_id: accountId };
  await world.project([1, 2, 3].map((n) => world.sessionRow(row, { started_at: START - n, redaction_count: n })));
});
afterAll(() => world.close());

/** The tRPC surface as the portal calls it. */
function trpcClient(headers: Record<string, string>) {
  return createTRPCClient<AppRouter>({
    links: [
      httpLink({
        url: `${BASE_URL}/trpc`,
        headers,
        fetch: (input, init) =>
          world.api.trpc(new Request(String(input), init as RequestInit), {
            requestId: newId("request"),
            address: "192.0.2.1",
            secure: false,
          }),
      }),
    ],
  });
}

describe("an error", () => {
  it("has the envelope, its request id in the header and in the log, and nothing else", async () => {
    const answer = await world.call("GET", "/agents/agt_none", { token });
    const requestId = answer.headers.get("x-request-id");
    expect(answer.json).toEqual({
      error: { code: "agent_not_found", message: "No such agent.", request_id: requestId },
    });
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(world.lines.at(-1)).toMatchObject({
      message: "request",
      fields: { request_id: requestId, route: "GET /api/v1/agents/{agent_id}", status: 404, code: "agent_not_found" },
    });
  });

  it.each([
    ["an unknown path", "GET", "/nothing", 404, "not_found"],
    ["a trailing slash", "GET", "/agents/", 404, "not_found"],
    ["the root", "GET", "/", 404, "not_found"],
    ["a path with a broken escape", "GET", "/agents/%zz", 404, "agent_not_found"],
    ["a method that the path does not take", "PUT", "/agents", 405, "method_not_allowed"],
  ])("answers %s", async (_, method, path, status, code) => {
    const answer = await world.call(method, path, { token });
    expect(failure(answer)).toEqual({ status, code });
    expect(answer.json.error.request_id).toBe(answer.headers.get("x-request-id"));
    if (status === 405) expect(answer.headers.get("allow")).toBe("GET, POST, HEAD");
  });

  it("of an unknown kind tells its class to the log and nothing to the client", async () => {
    const broken = await makeWorld();
    const tenant = await broken.tenant();
    await broken.parts.reader.close();
    const answer = await broken.call("GET", "/stats", { token: tenant.token });
    expect(failure(answer)).toEqual({ status: 500, code: "internal_error" });
    expect(answer.json.error.message).toBe("Something went wrong on our side.");
    const line = broken.lines.at(-1);
    expect(line).toMatchObject({ level: "error", fields: { status: 500, error_class: "Error" } });
    expect(JSON.stringify(line)).not.toContain("reader closed");
  });

  it("never repeats what was sent", async () => {
    const patient = "Marguerite-Thistlewood";
    const bodies: unknown[] = [
      { [patient]: 1 },
      { name: { [patient]: 1 }, upstream: patient },
      { name: "x", upstream: "stub", baa_chain: { [patient]: {} } },
      { name: "x", upstream: "stub", assistant: patient },
      { name: "x", upstream: patient },
      { name: "x", upstream: "stub", policy_name: patient },
      { name: "x", upstream: "stub", policy_yaml: `${patient}: [1` },
      { name: "x", upstream: "stub", allowed_models: [{ [patient]: patient }] },
    ];
    for (const body of bodies) {
      const answer = await world.call("POST", "/agents", { token, body });
      expect(answer.status).toBe(422);
      expect(answer.text).not.toContain(patient);
    }
    for (const path of [`/agents/${patient}`, `/policies/${patient}`, `/${patient}`, `/sessions?status=${patient}`]) {
      expect((await world.call("GET", path, { token })).text).not.toContain(patient);
    }
    expect((await world.call("POST", "/detect", { token, body: { text: 1, messages: patient } })).text).not.toContain(
      patient,
    );
    expect(JSON.stringify(world.lines)).not.toContain(patient);
  });
});

describe("a body", () => {
  const raw = (body: BodyInit, headers: Record<string, string> = {}) =>
    world
      .send("/detect", {
        method: "POST",
        body,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
      })
      .then(async (response) => ({ status: response.status, json: JSON.parse(await response.text()) }));
  const invalid = { status: 422, code: "validation_failed" };

  it.each([
    ["no JSON", "{"],
    ["a number", "1"],
    ["a list", "[]"],
    ["null", "null"],
    ["a text", '"x"'],
    ["single quotes", "{'text': 'x'}"],
    ["a trailing comma", '{"text": "x",}'],
    ["nothing but blanks", "   "],
    ["a lone byte order mark", "\ufeff"],
    ["half a surrogate pair as an escape is fine JSON, but a bad escape is not", '{"text": "\\u12"}'],
  ])("that is %s is 422", async (_, body) => {
    expect(failure(await raw(body))).toEqual(invalid);
  });

  it("in another encoding, type or depth is 422", async () => {
    expect(failure(await raw(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d])))).toEqual(invalid);
    expect(failure(await raw(Buffer.from('{"text":"x"}', "utf16le")))).toEqual(invalid);
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "application/jsonp",
    ]) {
      expect(failure(await raw('{"text":"x"}', { "content-type": type }))).toEqual(invalid);
    }
    expect((await raw('{"text":"x"}', { "content-type": "Application/JSON ; charset=utf-8" })).status).toBe(200);
    const deep = `{"text":"x","messages":${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
    expect(failure(await raw(deep))).toEqual(invalid);
    expect((await raw(JSON.stringify({ text: '["{'.repeat(500) }))).status).toBe(200);
  });

  it("over the limit is 413, whatever length it says it has", async () => {
    const big = JSON.stringify({ text: "x".repeat(1_048_576) });
    expect(failure(await raw(big))).toEqual({ status: 413, code: "payload_too_large" });
    const chunks = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let i = 0; i < 40; i++) controller.enqueue(new Uint8Array(65_536).fill(32));
        controller.close();
      },
    });
    expect(failure(await raw(chunks))).toEqual({ status: 413, code: "payload_too_large" });
  });

  it("is not read from a stranger", async () => {
    const answer = await world.call("POST", "/agents", { body: { nonsense: true } });
    expect(failure(answer)).toEqual({ status: 401, code: "unauthenticated" });
  });
});

describe("REST and tRPC", () => {
  it("answer the same data", async () => {
    const client = trpcClient({ authorization: `Bearer ${token}` });
    const pairs: [string, unknown][] = [
      ["/me", await client.me.get.query()],
      ["/agents", await client.agents.list.query({})],
      [`/agents/${agentId}`, await client.agents.get.query({ agent_id: agentId })],
      [`/agents/${agentId}/sessions?limit=2`, await client.sessions.listByAgent.query({ agent_id: agentId, limit: 2 })],
      ["/sessions?min_redactions=2", await client.sessions.list.query({ min_redactions: 2 })],
      ["/stats", await client.stats.get.query({})],
      ["/policies", await client.policies.list.query({})],
      ["/policies/strict", await client.policies.get.query({ name: "strict" })],
      ["/policies/strict/versions", await client.policies.versions.query({ name: "strict" })],
      ["/users", await client.users.list.query({})],
      ["/tokens", await client.tokens.list.query({})],
      ["/audit/events", await client.audit.events.query({})],
      ["/audit/checkpoints", await client.audit.checkpoints.query({})],
      ["/upstreams", await client.system.upstreams.query()],
      ["/auth/methods", await client.auth.methods.query()],
    ];
    for (const [path, data] of pairs) {
      const { status, json } = await world.call("GET", path, { token });
      expect([path, status, json]).toEqual([path, 200, data]);
    }
  });

  it("answer the same errors", async () => {
    const client = trpcClient({ authorization: `Bearer ${token}` });
    const errorOf = (call: Promise<unknown>) =>
      call.then(
        () => null,
        (error) => (error instanceof TRPCClientError ? { message: error.message, ...error.data } : error),
      );
    const cases: [string, string, unknown, Promise<unknown>][] = [
      ["GET", "/agents/x", undefined, client.agents.get.query({ agent_id: "x" })],
      ["GET", "/agents?limit=0", undefined, client.agents.list.query({ limit: 0 })],
      ["GET", "/sessions?cursor=x", undefined, client.sessions.list.query({ cursor: "x" })],
      ["POST", "/agents", { name: "", upstream: "stub" }, client.agents.create.mutate({ name: "", upstream: "stub" })],
      ["POST", "/agents", { name: "b", upstream: "x:y" }, client.agents.create.mutate({ name: "b", upstream: "x:y" })],
      [
        "POST",
        "/agents",
        { name: "a", upstream: "stub" },
        client.agents.create.mutate({ name: "a", upstream: "stub" }),
      ],
      ["GET", "/system", undefined, trpcClient({}).system.get.query()],
      ["POST", "/me/revoke-sessions", {}, client.me.revokeSessions.mutate()],
    ];
    for (const [method, path, body, call] of cases) {
      const rest = await world.call(method, path, {
        token: path === "/system" ? "" : token,
        ...(body ? { body } : {}),
      });
      const { request_id: _, ...expected } = rest.json.error;
      const { request_id, httpStatus, ...shown } = await errorOf(call);
      expect(shown).toEqual(expected);
      expect(httpStatus).toBe(rest.status);
      expect(request_id).toMatch(/^req_/);
    }
  });

  it("keep tRPC's own answers to its rules: no stack, no message of ours, a request id, a size limit", async () => {
    const info = { requestId: newId("request"), address: null, secure: false };
    const ask = (path: string, init: RequestInit = {}) =>
      world.api.trpc(new Request(`${BASE_URL}/trpc/${path}`, init), info);
    for (const path of [
      "nothing",
      "agents.list?input=%7B",
      "agents.list?batch=1&input=%5B",
      "agents.create",
      "../../etc",
      "%00",
    ]) {
      const response = await ask(path, { headers: { authorization: `Bearer ${token}` } });
      const text = await response.text();
      expect([path, response.status < 500]).toEqual([path, true]);
      expect(text).not.toContain("stack");
      expect(response.headers.get("x-request-id")).toBe(info.requestId);
      expect(response.headers.get("cache-control")).toBe("no-store");
    }
    const batch = (count: number) => {
      const names = Array.from({ length: count }, () => "auth.methods").join(",");
      return ask(`${names}?batch=1`);
    };
    expect((await batch(50)).status).toBe(200);
    expect((await batch(51)).status).toBe(422);
    const big = await ask("detect.detect", { method: "POST", body: "x".repeat(2_000_000) });
    expect(big.status).toBe(413);
  });

  it("both refuse what another site sends with the cookie", async () => {
    const client = trpcClient({ origin: "https://evil.example", cookie: "masker_session=x" });
    await expect(client.auth.logout.mutate()).rejects.toThrow("another site");
  });
});

describe("the live stream", () => {
  it("sends each completed session of the account as an event, and ends with the token", async () => {
    const own = await world.tenant();
    const response = await world.send("/sessions/stream", { headers: { authorization: `Bearer ${own.token}` } });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const reader = response.body?.getReader();
    const next = async () => new TextDecoder().decode((await reader?.read())?.value);
    expect(await next()).toBe(": connected\n\n");
    const row = { ...world.sessionRow({ id: agentId, account_id: own.accountId }), agent_name: "bot" };
    world.feed.publish({ ...row, account_id: accountId });
    world.feed.publish(row);
    const event = await next();
    expect(event).toMatch(/^data: \{.*\}\n\n$/);
    expect(JSON.parse(event.slice(6))).toMatchObject({ id: row.id, agent_name: "bot", status: "ok" });

    const tokens = await world.call("GET", "/tokens", { token: own.token });
    await world.call("DELETE", `/tokens/${tokens.json.data[0].id}`, { token: own.token });
    world.feed.publish(row);
    expect((await reader?.read())?.done).toBe(true);
  });

  it("stops listening when the client goes away", async () => {
    const own = await world.tenant();
    const response = await world.send("/sessions/stream", { headers: { authorization: `Bearer ${own.token}` } });
    const reader = response.body?.getReader();
    await reader?.read();
    await Bun.sleep(1);
    expect(world.feed.listeners).toBe(1);
    await reader?.cancel();
    await Bun.sleep(1);
    expect(world.feed.listeners).toBe(0);
  });
});

describe("rate limits", () => {
  it("are off unless switched on", async () => {
    for (let i = 0; i < 100; i++) expect((await world.call("GET", "/me", { token })).status).toBe(200);
  });

  it("hold for an account, not for its neighbour, and say when to come back", async () => {
    const rateLimit = { enabled: true, proxy: { perSecond: 1, burst: 1 }, api: { perSecond: 2, burst: 4 } };
    const limited = await makeWorld({ rateLimit });
    const [a, b] = [await limited.tenant(), await limited.tenant()];
    for (let i = 0; i < 4; i++) expect((await limited.call("GET", "/me", { token: a.token })).status).toBe(200);
    const refused = await limited.call("GET", "/me", { token: a.token });
    expect(failure(refused)).toEqual({ status: 429, code: "rate_limited" });
    expect(refused.headers.get("retry-after")).toBe("1");
    expect((await limited.call("GET", "/me", { token: b.token })).status).toBe(200);
    limited.now.ms += 1000;
    expect((await limited.call("GET", "/me", { token: a.token })).status).toBe(200);
    await limited.close();
  });
});
