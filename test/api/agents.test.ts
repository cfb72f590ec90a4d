import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPlatformSecret } from "../../src/auth/platform-secret.ts";
import { sha256Hex } from "../../src/crypto/secret.ts";
import { findAgentKey } from "../../src/db/agent-keys.ts";
import { findAgent } from "../../src/db/agents.ts";
import { PRESETS } from "../../src/policy/presets.ts";
import { failure, makeWorld, START, type World } from "./world.ts";

let world: World;
let token: string;
let accountId: string;

beforeAll(async () => {
  world = await makeWorld();
  ({ token, accountId } = await world.tenant());
});
afterAll(() => world.close());

let serial = 0;
const create = (body: Record<string, unknown> = {}) =>
  world.call("POST", "/agents", { token, body: { name: `agent ${++serial}`, upstream: "stub", ...body } });
const patch = (id: string, body: unknown) => world.call("PATCH", `/agents/${id}`, { token, body });
const get = (id: string) => world.call("GET", `/agents/${id}`, { token });

/** A built-in policy's text under another name. */
const policyNamed = (name: string) => PRESETS.get("strict")?.replace(/^name: .*$/m, `name: ${name}`) ?? "";

describe("creating an agent", () => {
  it("answers the documented fields with their defaults", async () => {
    const { status, json } = await create({ name: "appointment-bot-prod", upstream: "openai:gpt-4o-mini" });
    expect(status).toBe(201);
    expect(json.agent).toMatchObject({
      id: expect.stringMatching(/^agt_[0-9A-Z]{26}$/),
      name: "appointment-bot-prod",
      upstream: "openai:gpt-4o-mini",
      tokenization: "vault-deterministic",
      policy_name: "healthcare-default",
      policy_version: 1,
      proxy_url: `http://localhost:8080/proxy/${json.agent.id}/v1/chat/completions`,
      webhook_url: `http://localhost:8080/vapi/webhook/${json.agent.id}`,
      created_at: "2026-05-03T12:00:00.000Z",
    });
    // On loopback the URL alone is enough; nothing there leaks it.
    expect(json).not.toHaveProperty("agent_key");
    expect(world.audit.events.at(-1)).toMatchObject({
      kind: "agent_created",
      agent_id: json.agent.id,
      account_id: accountId,
    });
  });

  it("makes a key where others can reach it, shown once and stored hashed", async () => {
    const open = await makeWorld({ publicUrl: "https://masker.example" });
    const tenant = await open.tenant();
    const { json } = await open.call("POST", "/agents", { token: tenant.token, body: { name: "a", upstream: "stub" } });
    expect(json.agent_key).toMatch(/^mak_[\w-]{43}$/);
    expect(json.agent.platform_auth.key_required).toBe(true);
    expect(await findAgentKey(open.db, json.agent.id, sha256Hex(json.agent_key))).not.toBeNull();
    const shown = await open.call("GET", `/agents/${json.agent.id}`, { token: tenant.token });
    expect(shown.text).not.toContain(json.agent_key);
    expect(shown.json.agent.keys).toHaveLength(1);
    const off = { name: "b", upstream: "stub", platform_auth: { key_required: false } };
    expect((await open.call("POST", "/agents", { token: tenant.token, body: off })).json).not.toHaveProperty(
      "agent_key",
    );
    await open.close();
  });

  it.each([
    ["name", {}],
    ["name", { name: "" }],
    ["name", { name: "   " }],
    ["name", { name: "a".repeat(65) }],
    ["name", { name: "a\u0000b" }],
    ["name", { name: "line\nbreak" }],
    ["name", { name: 7 }],
    ["upstream", { upstream: "" }],
    ["upstream", { upstream: null }],
    ["tokenization", { tokenization: "synthetic" }],
    ["tokenization", { tokenization: "none" }],
    ["platform", { platform: "twilio" }],
    ["on_block", { on_block: "ignore" }],
    ["block_message", { on_block: "say" }],
    ["policy_yaml", { policy_name: "strict", policy_yaml: "name: x" }],
    ["allowed_models[1]", { allowed_models: ["a", 2] }],
    ["assistant_callback_url", { assistant_callback_url: "ftp://x" }],
    ["assistant_callback_url", { assistant_callback_url: "http://user:pw@host/" }],
    ["assistant_callback_url", { assistant_callback_url: "http://169.254.169.254/latest/meta-data" }],
    ["assistant_callback_url", { assistant_callback_url: "http://0xa9fea9fe/" }],
    ["assistant_callback_url", { assistant_callback_url: "http://[fe80::1]/" }],
    ["assistant", { assistant: JSON.parse(`${'{"a":'.repeat(55)}1${"}".repeat(55)}`) }],
    ["assistant", { assistant: { firstMessage: "x".repeat(300_000) } }],
    ["platform_auth.header.name", { platform_auth: { header: { name: "a b", secret: "12345678" } } }],
    ["platform_auth.header.secret", { platform_auth: { header: { name: "x-key" } } }],
    ["platform_auth.allowed_addresses[0]", { platform_auth: { allowed_addresses: ["10.0.0.0/33"] } }],
    ["baa_chain.model.baa_date", { baa_chain: { model: { name: "x", baa_date: "2026-02-30" } } }],
    ["", { tokenisation: "vault-deterministic" }],
  ])("refuses a wrong %s with 422: %j", async (path, body) => {
    const base = { name: `agent ${++serial}`, upstream: "stub" };
    const sent = path === "name" && Object.keys(body).length === 0 ? { upstream: "stub" } : { ...base, ...body };
    const answer = await world.call("POST", "/agents", { token, body: sent });
    expect(failure(answer)).toEqual({ status: 422, code: "validation_failed" });
    expect(answer.json.error.details[0].path).toBe(path);
  });

  it("counts characters as people do", async () => {
    expect((await create({ name: "🤖".repeat(64) })).status).toBe(201);
    expect((await create({ name: "🤖".repeat(65) })).status).toBe(422);
  });

  it("says which setting is not configured", async () => {
    expect(failure(await create({ upstream: "nowhere:model" }))).toEqual({ status: 422, code: "unknown_upstream" });
    expect(failure(await create({ policy_name: "nothing" }))).toEqual({ status: 422, code: "unknown_policy" });
    expect(failure(await create({ policy_yaml: "name: [" }))).toEqual({ status: 422, code: "policy_yaml_invalid" });
  });

  it("keeps names unique among the account's live agents", async () => {
    const { json } = await create({ name: "twin" });
    expect(failure(await create({ name: "twin" }))).toEqual({ status: 409, code: "name_taken" });
    const other = await world.tenant();
    const body = { name: "twin", upstream: "stub" };
    expect((await world.call("POST", "/agents", { token: other.token, body })).status).toBe(201);
    await world.call("DELETE", `/agents/${json.agent.id}`, { token });
    expect((await create({ name: "twin" })).status).toBe(201);
    const restored = await world.call("POST", `/agents/${json.agent.id}/restore`, { token });
    expect(failure(restored)).toEqual({ status: 409, code: "name_taken" });
  });

  it("takes a policy's text, once as new and again as the same", async () => {
    const yaml = policyNamed("clinic-strict");
    const first = await create({ policy_yaml: yaml });
    expect(first.json.agent).toMatchObject({ policy_name: "clinic-strict", policy_version: 1 });
    expect((await create({ policy_yaml: yaml })).json.agent.policy_name).toBe("clinic-strict");
    // Another text under that name would change the agents that use it already.
    expect(failure(await create({ policy_yaml: `${yaml}\n# changed` }))).toEqual({ status: 409, code: "name_taken" });
    expect(failure(await create({ policy_yaml: policyNamed("strict").concat("\n#") }))).toEqual({
      status: 409,
      code: "name_taken",
    });
  });
});

describe("an agent", () => {
  it("is shown in full with its policy's text and its figures", async () => {
    const { json } = await create();
    const id = json.agent.id;
    const row = { id, account_id: accountId };
    await world.project([
      world.sessionRow(row, { started_at: START - 1000, redaction_count: 3, added_ms: 4 }),
      world.sessionRow(row, { started_at: START - 2000, redaction_count: 2, added_ms: 8 }),
      world.sessionRow(row, { started_at: START - 3 * 86_400_000, redaction_count: 9, added_ms: 99 }),
    ]);
    const shown = (await get(id)).json.agent;
    expect(shown.policy_yaml).toContain("name: healthcare-default");
    expect(shown.stats).toEqual({
      session_count_24h: 2,
      session_count_7d: 3,
      redaction_count_24h: 5,
      p50_latency_ms: 4,
      p95_latency_ms: 8,
    });
    const listed = await world.call(
      "GET",
      `/agents?name_contains=${encodeURIComponent(json.agent.name.toUpperCase())}`,
      { token },
    );
    expect(listed.json.data.find((agent: { id: string }) => agent.id === id)).toMatchObject({ session_count_24h: 2 });
  });

  it("changes in what is sent and nothing else, and the log names the fields", async () => {
    const { json } = await create({ platform: "vapi", allowed_models: ["gpt-4o"] });
    const id = json.agent.id;
    const changed = await patch(id, { name: "renamed", on_block: "say", block_message: "One moment please." });
    expect(changed.json.agent).toEqual({
      ...json.agent,
      name: "renamed",
      on_block: "say",
      block_message: "One moment please.",
      updated_at: expect.any(String),
    });
    expect(world.audit.events.at(-1)).toMatchObject({
      kind: "agent_updated",
      fields: ["name", "on_block", "block_message"],
    });
    const count = world.audit.events.length;
    expect((await patch(id, {})).json.agent.name).toBe("renamed");
    expect(world.audit.events.length).toBe(count);
    expect((await patch(id, { platform: null })).json.agent.platform).toBeNull();
    expect(failure(await patch(id, { block_message: null })).status).toBe(422);
    expect(failure(await patch(id, { upstream: "nowhere:x" })).code).toBe("unknown_upstream");
    expect(failure(await patch(id, { policy_name: "nothing" })).code).toBe("unknown_policy");
    expect((await patch(id, { policy_name: "strict" })).json.agent.policy_name).toBe("strict");
    expect(failure(await patch(id, { id: "agt_1" })).status).toBe(422);
    expect(failure(await patch(id, { agent_id: "agt_1" })).status).toBe(422);
  });

  it("keeps the platform's secrets sealed and shows only that they are set", async () => {
    const secrets = { header: "header-secret-of-the-platform", hmac: "hmac-secret-of-the-platform" };
    const platform_auth = {
      key_required: true,
      header: { name: "X-Platform-Key", secret: secrets.header },
      hmac: { header: "x-signature", timestamp_header: "x-timestamp", secret: secrets.hmac, required: true },
      allowed_addresses: ["167.150.224.0/23", "2001:db8::1"],
    };
    const { json, text } = await create({ platform_auth });
    const id = json.agent.id;
    expect(json.agent.platform_auth).toEqual({
      key_required: true,
      header: { name: "X-Platform-Key", secret: { set: true } },
      hmac: {
        header: "x-signature",
        timestamp_header: "x-timestamp",
        encoding: "hex",
        prefix: "",
        required: true,
        secret: { set: true },
      },
      allowed_addresses: ["167.150.224.0/23", "2001:db8::1"],
    });
    const row = await findAgent(world.db, accountId, id);
    for (const secret of Object.values(secrets)) {
      expect(text).not.toContain(secret);
      expect((await get(id)).text).not.toContain(secret);
      expect(JSON.stringify(row)).not.toContain(secret);
    }
    const session = world.config.keys.session;
    const open = (field: "header" | "hmac", agentId = id, sealed = row?.platform_auth[field]?.secret_sealed ?? "") =>
      openPlatformSecret(session, agentId, field, sealed);
    expect([open("header"), open("hmac")]).toEqual([secrets.header, secrets.hmac]);
    expect(open("header", "agt_other")).toBeNull();
    expect(open("header", id, row?.platform_auth.hmac?.secret_sealed)).toBeNull();

    // Without a secret the stored one stays; null takes the whole proof away.
    const kept = await patch(id, { platform_auth: { header: { name: "X-Other-Name" }, hmac: null } });
    expect(kept.json.agent.platform_auth).toMatchObject({
      header: { name: "X-Other-Name" },
      hmac: null,
      key_required: true,
    });
    const after = await findAgent(world.db, accountId, id);
    expect(open("header", id, after?.platform_auth.header?.secret_sealed)).toBe(secrets.header);
  });

  it("has keys that come and go", async () => {
    const { json } = await create();
    const id = json.agent.id;
    const made = await world.call("POST", `/agents/${id}/keys`, { token });
    expect(made.status).toBe(201);
    expect(made.json).toEqual({
      key: { id: expect.stringMatching(/^key_/), created_at: expect.any(String), last_used_at: null },
      secret: expect.stringMatching(/^mak_[\w-]{43}$/),
    });
    const other = (await create()).json.agent.id;
    const remove = (agent: string) => world.call("DELETE", `/agents/${agent}/keys/${made.json.key.id}`, { token });
    expect((await remove(other)).status).toBe(404);
    expect((await remove(id)).status).toBe(204);
    expect((await remove(id)).status).toBe(404);
    expect((await get(id)).json.agent.keys).toEqual([]);
    expect(world.audit.events.slice(-1)[0]).toMatchObject({ kind: "agent_key_deleted", key_id: made.json.key.id });
  });

  it("can be deleted by an admin only, and restored for 30 days with its history", async () => {
    const { json } = await create();
    const id = json.agent.id;
    await world.project([world.sessionRow({ id, account_id: accountId }, { started_at: START - 1 })]);
    const operator = await world.tenant({ role: "operator", accountId });
    const refused = await world.call("DELETE", `/agents/${id}`, { token: operator.token });
    expect(failure(refused)).toEqual({ status: 403, code: "forbidden" });

    const gone = await world.call("DELETE", `/agents/${id}`, { token });
    expect([gone.status, gone.text]).toEqual([204, ""]);
    expect(world.audit.events.at(-1)).toMatchObject({ kind: "agent_deleted", agent_id: id });
    expect(failure(await get(id))).toEqual({ status: 404, code: "agent_not_found" });
    expect(failure(await patch(id, { name: "x" })).status).toBe(404);
    expect((await world.call("DELETE", `/agents/${id}`, { token })).status).toBe(404);
    const history = await world.call("GET", `/sessions?agent_id=${id}`, { token });
    expect(history.json.data).toHaveLength(1);
    expect(history.json.data[0].agent_name).toBe(json.agent.name);

    const restore = () => world.call("POST", `/agents/${id}/restore`, { token });
    world.now.ms += 30 * 86_400_000;
    expect((await restore()).status).toBe(404);
    world.now.ms -= 1;
    expect((await restore()).json.agent.id).toBe(id);
    world.now.ms = START;
    expect((await restore()).status).toBe(404);
  });

  it("sends a test call through the pipeline that it was given", async () => {
    const { json } = await create();
    const answer = await world.call("POST", `/agents/${json.agent.id}/test-call`, { token });
    expect(answer.json).toMatchObject({ sent: "a", upstream_saw: "b", answered: "c", heard: "d" });
  });
});

describe("the list of agents", () => {
  it("pages newest first and searches names in any case and script", async () => {
    const own = await world.tenant();
    const names = ["Zürich Termine", "zürich recall", "Αθήνα", "100% off", "under_score", "plain"];
    for (const [i, name] of names.entries()) {
      world.now.ms = START + i;
      await world.call("POST", "/agents", { token: own.token, body: { name, upstream: "stub" } });
    }
    world.now.ms = START;
    const list = async (query: string) => {
      const { json } = await world.call("GET", `/agents${query}`, { token: own.token });
      return { names: json.data.map((agent: { name: string }) => agent.name), next: json.next_cursor };
    };
    expect((await list("")).names).toEqual([...names].reverse());
    expect((await list("?name_contains=ZÜRICH")).names).toEqual(["zürich recall", "Zürich Termine"]);
    expect((await list("?name_contains=αθή")).names).toEqual(["Αθήνα"]);
    // Not patterns: a percent sign or an underscore is itself.
    expect((await list("?name_contains=%25")).names).toEqual(["100% off"]);
    expect((await list("?name_contains=_")).names).toEqual(["under_score"]);
    const first = await list("?limit=4");
    expect(first.names).toEqual(["plain", "under_score", "100% off", "Αθήνα"]);
    const second = await list(`?limit=4&cursor=${first.next}`);
    expect(second).toEqual({ names: ["zürich recall", "Zürich Termine"], next: null });
    expect(
      failure(await world.call("GET", `/agents?name_contains=x&cursor=${first.next}`, { token: own.token })).status,
    ).toBe(422);
  });
});
