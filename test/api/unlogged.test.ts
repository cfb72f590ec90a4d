/** What cannot be logged does not happen: every change is refused and leaves the database as it was. */
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PERMISSIONS } from "../../src/auth/permission.ts";
import { PRESETS } from "../../src/policy/presets.ts";
import { failure, makeWorld, type World } from "./world.ts";

const TABLES = [
  "accounts",
  "users",
  "one_time_tokens",
  "api_tokens",
  "agents",
  "agent_keys",
  "policies",
  "policy_versions",
];

let world: World;
let token: string;
let ids: { agent: string; deleted: string; key: string; user: string; token: string };

const named = (name: string) => PRESETS.get("strict")?.replace(/^name: .*$/m, `name: ${name}`);

beforeAll(async () => {
  world = await makeWorld();
  const tenant = await world.tenant({ permissions: PERMISSIONS });
  token = tenant.token;
  const make = async (path: string, body: unknown = {}) => (await world.call("POST", path, { token, body })).json;
  const agent = (await make("/agents", { name: "a", upstream: "stub" })).agent.id;
  const deleted = (await make("/agents", { name: "b", upstream: "stub" })).agent.id;
  await world.call("DELETE", `/agents/${deleted}`, { token });
  await make("/policies", { policy_yaml: named("own") });
  ids = {
    agent,
    deleted,
    key: (await make(`/agents/${agent}/keys`)).key.id,
    user: (await make("/users", { email: "x@clinic.example", role: "viewer" })).user.id,
    token: (await make("/tokens", { name: "t", permissions: ["agents:read"] })).token.id,
  };
});
afterAll(() => world.close());

/** Everything that counts, without when a token was last used and what a deleted row is called. */
function snapshot(): string {
  const rows = TABLES.map((table) => world.db.all(sql`SELECT * FROM ${sql.identifier(table)} ORDER BY rowid`));
  const live = rows.map((list) =>
    (list as Record<string, unknown>[])
      .filter((row) => !row.deleted_at || row.id === ids.deleted)
      .map(({ last_used_at: _, ...row }) => row),
  );
  return JSON.stringify(live);
}

describe("a change that cannot be logged", () => {
  it.each<[string, string, unknown]>([
    ["POST", "/agents", { name: "new", upstream: "stub" }],
    ["PATCH", "/agents/{agent}", { name: "renamed", on_block: "say", block_message: "x" }],
    ["DELETE", "/agents/{agent}", undefined],
    ["POST", "/agents/{deleted}/restore", {}],
    ["POST", "/agents/{agent}/keys", {}],
    ["DELETE", "/agents/{agent}/keys/{key}", undefined],
    ["PUT", "/policies/own", { policy_yaml: `${named("own")}# changed\n` }],
    ["DELETE", "/policies/own", undefined],
    ["POST", "/users", { email: "y@clinic.example", role: "admin" }],
    ["PATCH", "/users/{user}", { role: "admin" }],
    ["POST", "/users/{user}/invite", {}],
    ["DELETE", "/users/{user}", undefined],
    ["POST", "/tokens", { name: "u", permissions: ["agents:read"] }],
    ["DELETE", "/tokens/{token}", undefined],
  ])("is refused: %s %s", async (method, path, body) => {
    const before = snapshot();
    const real = path.replaceAll(/\{(\w+)\}/g, (_, name: keyof typeof ids) => ids[name]);
    world.audit.state.failing = true;
    const answer = await world.call(method, real, { token, ...(body === undefined ? {} : { body }) });
    world.audit.state.failing = false;
    expect(failure(answer)).toEqual({ status: 503, code: "audit_unavailable" });
    expect(snapshot()).toBe(before);
  });

  it("puts no policy in force", async () => {
    world.audit.state.failing = true;
    const answer = await world.call("POST", "/policies", { token, body: { policy_yaml: named("quiet") } });
    world.audit.state.failing = false;
    expect(failure(answer)).toEqual({ status: 503, code: "audit_unavailable" });
    expect((await world.call("GET", "/policies/quiet", { token })).status).toBe(404);
    expect((await world.call("GET", "/policies/own", { token })).json.policy.version).toBe(1);
    expect((await world.call("POST", "/policies", { token, body: { policy_yaml: named("quiet") } })).status).toBe(201);
  });
});
