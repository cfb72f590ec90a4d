import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PRESETS } from "../../src/policy/presets.ts";
import { failure, makeWorld, type World } from "./world.ts";

let world: World;
let token: string;

beforeAll(async () => {
  world = await makeWorld();
  ({ token } = await world.tenant());
});
afterAll(() => world.close());

const named = (name: string, more = "") => `${PRESETS.get("strict")?.replace(/^name: .*$/m, `name: ${name}`)}${more}`;
const call = (method: string, path: string, body?: unknown) =>
  world.call(method, path, { token, ...(body === undefined ? {} : { body }) });

describe("policies", () => {
  it("ship with the executable, are in force and cannot be changed here", async () => {
    const { json } = await call("GET", "/policies");
    const names = json.data.map((policy: { name: string }) => policy.name);
    expect(names).toEqual([...names].sort());
    expect(names).toEqual(
      expect.arrayContaining(["expert-determination", "healthcare-default", "medicare-broker", "strict"]),
    );
    expect(json.data[0]).toMatchObject({ source: "built-in", version: 1, agent_count: 0 });
    const strict = await call("GET", "/policies/strict");
    expect(strict.json.policy.policy_yaml).toContain("name: strict");
    for (const [method, body] of [
      ["PUT", { policy_yaml: named("strict") }],
      ["DELETE", undefined],
    ] as const) {
      expect(failure(await call(method, "/policies/strict", body))).toEqual({ status: 403, code: "forbidden" });
    }
    expect(failure(await call("POST", "/policies", { policy_yaml: named("strict") }))).toEqual({
      status: 409,
      code: "name_taken",
    });
  });

  it("are saved, changed by versions, compared, and deleted when no agent uses them", async () => {
    const created = await call("POST", "/policies", { policy_yaml: named("clinic") });
    expect(created.status).toBe(201);
    expect(created.json.policy).toMatchObject({ name: "clinic", version: 1, source: "database" });
    expect(failure(await call("POST", "/policies", { policy_yaml: named("clinic") }))).toEqual({
      status: 409,
      code: "name_taken",
    });

    const second = named("clinic", "deny:\n  - Blue Heron\n");
    const updated = await call("PUT", "/policies/clinic", { policy_yaml: second });
    expect(updated.json.policy).toMatchObject({ version: 2, policy_yaml: second });
    expect((await call("GET", "/policies/clinic")).json.policy).toMatchObject({ version: 2, policy_yaml: second });
    expect((await call("GET", "/policies/clinic?version=1")).json.policy).toMatchObject({
      version: 1,
      policy_yaml: named("clinic"),
    });
    expect(failure(await call("GET", "/policies/clinic?version=3"))).toEqual({ status: 404, code: "policy_not_found" });
    const versions = await call("GET", "/policies/clinic/versions?limit=1");
    expect(versions.json.data).toEqual([
      { version: 2, created_at: "2026-05-03T12:00:00.000Z", created_by: expect.stringMatching(/^key_/) },
    ]);
    const older = await call("GET", `/policies/clinic/versions?limit=1&cursor=${versions.json.next_cursor}`);
    expect(older.json).toMatchObject({ data: [{ version: 1 }], next_cursor: null });

    const diff = await call("POST", "/policies/diff", {
      from: { policy_name: "clinic", version: 1 },
      to: { policy_name: "clinic" },
    });
    expect(diff.json).toEqual({
      kinds_added: [],
      kinds_removed: [],
      changes: [{ path: "deny", from: null, to: "Blue Heron" }],
    });

    const agent = await call("POST", "/agents", { name: "uses it", upstream: "stub", policy_name: "clinic" });
    expect(agent.json.agent.policy_version).toBe(2);
    expect(failure(await call("DELETE", "/policies/clinic"))).toEqual({ status: 409, code: "policy_in_use" });
    await call("PATCH", `/agents/${agent.json.agent.id}`, { policy_name: "strict" });
    expect((await call("DELETE", "/policies/clinic")).status).toBe(204);
    expect(failure(await call("GET", "/policies/clinic"))).toEqual({ status: 404, code: "policy_not_found" });
    expect(failure(await call("DELETE", "/policies/clinic"))).toEqual({ status: 404, code: "policy_not_found" });
    // A new one of the name begins again, and has nothing of the old one.
    expect((await call("POST", "/policies", { policy_yaml: named("clinic") })).json.policy.version).toBe(1);
    const changes = world.audit.events.flatMap((event) => (event.kind === "policy_changed" ? [event.change] : []));
    expect(changes).toEqual(["created", "updated", "deleted", "created"]);
  });

  it("must be named in the text as in the path", async () => {
    await call("POST", "/policies", { policy_yaml: named("path") });
    const answer = await call("PUT", "/policies/path", { policy_yaml: named("other") });
    expect(failure(answer)).toEqual({ status: 422, code: "validation_failed" });
    expect(failure(await call("POST", "/policies", { policy_yaml: named("validate") }))).toEqual({
      status: 409,
      code: "name_taken",
    });
  });

  it("are checked with field and line, saved or not", async () => {
    const bad =
      "name: x\nversion: 1\nkid: K_NONE\ntokenization: vault-deterministic\npasses: [regex, magic]\nentities:\n  NAME: {}\n";
    const problems = [
      { path: "kid", line: 3, code: "unknown_kid", message: expect.any(String) },
      { path: "passes[1]", line: 5, code: "invalid_pass", message: expect.any(String) },
    ];
    expect((await call("POST", "/policies/validate", { policy_yaml: bad })).json).toEqual({
      valid: false,
      problems,
      name: null,
    });
    const refused = await call("POST", "/policies", { policy_yaml: bad });
    expect(failure(refused)).toEqual({ status: 422, code: "policy_yaml_invalid" });
    expect(refused.json.error.details).toEqual(problems);
    expect((await call("POST", "/policies/validate", { policy_yaml: named("fine") })).json).toEqual({
      valid: true,
      problems: [],
      name: "fine",
    });
  });

  it("from files are read again only by who looks after the machine", async () => {
    expect(failure(await call("POST", "/admin/policy/reload"))).toEqual({ status: 403, code: "forbidden" });
    const first = await makeWorld();
    const admin = await first.tenant({ permissions: ["installation"] });
    const answer = await first.call("POST", "/admin/policy/reload", { token: admin.token });
    expect([answer.status, answer.json]).toEqual([200, { reloaded: [] }]);
    await first.close();
  });
});

describe("trying a text out", () => {
  const text = "Call me at 555-0123, or 555-0199, or 555-0123.";

  it("finds spans without their text", async () => {
    const { json, text: body } = await call("POST", "/detect", { text });
    expect(json).toEqual({
      spans: [
        { start: 11, end: 19, kind: "PHONE", confidence: 0.9, pass: "regex" },
        { start: 24, end: 32, kind: "PHONE", confidence: 0.9, pass: "regex" },
        { start: 37, end: 45, kind: "PHONE", confidence: 0.9, pass: "regex" },
      ],
      policy_name: "healthcare-default",
      policy_version: 1,
      ner_skipped: false,
    });
    expect(body).not.toContain("555");
  });

  it("masks as the model would see it, one token for one value", async () => {
    const { json, text: body } = await call("POST", "/mask", { text });
    const tokens = json.masked.match(/MSKV1\.PHONE\.K_HEALTHCARE\.[A-Z2-7]{26}/g);
    expect(tokens).toHaveLength(3);
    expect(tokens[0]).toBe(tokens[2]);
    expect(tokens[0]).not.toBe(tokens[1]);
    expect(json.masked.replaceAll(tokens[0], "A").replaceAll(tokens[1], "B")).toBe("Call me at A, or B, or A.");
    expect(json).toMatchObject({ blocked: false, spans: [{ action: "tokenize" }, {}, {}] });
    expect(body).not.toContain("555");
  });

  it("takes conversations, and policies by name or text", async () => {
    const messages = [
      { role: "user", content: "I am at 555-0123" },
      { role: "assistant", content: "Thank you" },
      { role: "user", content: "555-0123" },
    ];
    const masked = await call("POST", "/mask", { messages, policy_name: "strict" });
    expect(masked.json.messages).toEqual([
      { role: "user", content: "I am at [REDACTED:PHONE]" },
      messages[1],
      { role: "user", content: "[REDACTED:PHONE]" },
    ]);
    expect(masked.json.spans.map((span: { message: number }) => span.message)).toEqual([0, 2]);
    const passing = named("trial").replace(/PHONE:.*$/m, "PHONE: {action: block}");
    const blocked = await call("POST", "/mask", { text, policy_yaml: passing });
    expect(blocked.json.policy_name).toBe("trial");
    expect(blocked.json.masked).not.toContain("555");
  });

  it("stores nothing", async () => {
    const secret = "731-4492";
    await call("POST", "/mask", { text: `planted ${secret}` });
    await call("POST", "/detect", { messages: [{ role: "user", content: `planted ${secret}` }] });
    const files = new Bun.Glob("**/*").scan({ cwd: world.config.dataDir, onlyFiles: true });
    for await (const file of files) {
      expect(await Bun.file(`${world.config.dataDir}/${file}`).text()).not.toContain(secret);
    }
    expect(JSON.stringify(world.audit.events) + JSON.stringify(world.lines)).not.toContain(secret);
  });

  it.each([
    [{}],
    [{ text: "a", messages: [] }],
    [{ text: "a", policy_name: "strict", policy_yaml: "x" }],
    [{ messages: [{ role: "user" }] }],
    [{ messages: [{ role: "stranger", content: "x" }] }],
    [{ text: "a", threshold: 0.1 }],
  ])("refuses %j", async (body) => {
    expect(failure(await call("POST", "/detect", body))).toEqual({ status: 422, code: "validation_failed" });
  });
});

describe("GET /system", () => {
  it("tells the operator about the machine, never a key, and nobody else", async () => {
    expect(failure(await call("GET", "/system"))).toEqual({ status: 403, code: "forbidden" });
    const first = await makeWorld();
    const admin = await first.tenant({ permissions: ["installation"] });
    const { json, text } = await first.call("GET", "/system", { token: admin.token });
    expect(json).toMatchObject({ version: expect.any(String), upstreams: ["stub", "openai:gpt-4o-mini"] });
    expect(json.data.database_bytes).toBeGreaterThan(0);
    expect(json.keys.map((key: { name: string }) => key.name)).toContain("K_HEALTHCARE");
    expect(json.kinds).toHaveLength(23);
    expect(json.kinds.find((row: { kind: string }) => row.kind === "SSN")).toMatchObject({
      category: "G",
      label: "Social security number",
      action: expect.any(String),
    });
    const { keys } = first.config;
    for (const key of [
      keys.session,
      keys.auditHmac,
      keys.signing,
      ...[...keys.tokens.values()].map(({ secret }) => secret),
    ]) {
      for (const form of ["base64", "base64url", "hex"] as const)
        expect(text).not.toContain(Buffer.from(key).toString(form));
    }
    await first.close();
  });
});
