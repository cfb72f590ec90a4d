/** The table of endpoints in the documentation against the procedures: nothing lacks, nothing is guarded otherwise. */
import { describe, expect, it } from "vitest";
import { appRouter } from "../../src/api/root.ts";
import { endpointsOf } from "../../src/rest/endpoint.ts";

/** Rows of the table whose part of the product does not exist yet. */
const NOT_YET: ReadonlySet<string> = new Set(["POST /synthesize"]);

/** The documented table: method, path, status of success, and who may call. */
const TABLE: readonly (readonly [string, number, string])[] = [
  ["GET /agents", 200, "agents:read"],
  ["POST /agents", 201, "agents:write"],
  ["GET /agents/{agent_id}", 200, "agents:read"],
  ["PATCH /agents/{agent_id}", 200, "agents:write"],
  ["DELETE /agents/{agent_id}", 204, "agents:write admin"],
  ["POST /agents/{agent_id}/restore", 200, "agents:write admin"],
  ["GET /agents/{agent_id}/sessions", 200, "sessions:read"],
  ["GET /sessions", 200, "sessions:read"],
  ["GET /sessions/{session_id}", 200, "sessions:read"],
  ["GET /sessions/stream", 200, "sessions:read"],
  ["GET /sessions/{session_id}/report", 200, "reports:read"],
  ["GET /agents/{agent_id}/report", 200, "reports:read"],
  ["GET /reports", 200, "reports:read"],
  ["POST /audit/verify", 200, "audit:read"],
  ["GET /audit/checkpoints", 200, "audit:read"],
  ["GET /sessions/{session_id}/proof/{event_id}", 200, "audit:read"],
  ["GET /audit/events", 200, "audit:read"],
  ["GET /policies", 200, "agents:read"],
  ["POST /policies", 201, "policies:write"],
  ["GET /policies/{name}", 200, "agents:read"],
  ["PUT /policies/{name}", 200, "policies:write"],
  ["DELETE /policies/{name}", 204, "policies:write"],
  ["GET /policies/{name}/versions", 200, "agents:read"],
  ["POST /policies/validate", 200, "agents:read"],
  ["POST /policies/diff", 200, "agents:read"],
  ["POST /admin/policy/reload", 200, "installation"],
  ["POST /agents/{agent_id}/test-call", 200, "agents:write"],
  ["POST /agents/{agent_id}/keys", 201, "agents:write"],
  ["DELETE /agents/{agent_id}/keys/{key_id}", 204, "agents:write"],
  ["POST /detect", 200, "agents:read"],
  ["POST /mask", 200, "agents:read"],
  ["POST /synthesize", 200, "agents:read"],
  ["GET /me", 200, "signed_in"],
  ["POST /auth/login", 200, "public"],
  ["POST /auth/logout", 204, "public"],
  ["GET /auth/github", 302, "public"],
  ["GET /auth/github/callback", 302, "public"],
  ["GET /auth/oidc", 302, "public"],
  ["GET /auth/oidc/callback", 302, "public"],
  ["POST /auth/setup", 200, "public"],
  ["POST /auth/invite", 200, "public"],
  ["GET /tokens", 200, "tokens:write"],
  ["POST /tokens", 201, "tokens:write"],
  ["DELETE /tokens/{token_id}", 204, "tokens:write"],
  ["GET /users", 200, "users:admin"],
  ["POST /users", 201, "users:admin"],
  ["PATCH /users/{user_id}", 200, "users:admin"],
  ["DELETE /users/{user_id}", 204, "users:admin"],
  ["GET /stats", 200, "sessions:read"],
  ["GET /system", 200, "installation"],
  ["POST /me/totp", 200, "user"],
  ["DELETE /me/totp", 204, "user"],
  ["POST /me/password", 204, "user"],
  ["POST /me/revoke-sessions", 204, "user"],
  ["GET /reports/public-key", 200, "public"],
  ["GET /reports/schema", 200, "public"],
  ["POST /reports/verify", 200, "signed_in"],
  ["POST /reports/jobs", 202, "reports:read"],
  ["GET /reports/jobs/{job_id}", 200, "reports:read"],
];

/** Beside the table: what the portal and the wizard need. */
const MORE: readonly (readonly [string, number, string])[] = [
  ["GET /auth/methods", 200, "public"],
  ["GET /upstreams", 200, "agents:read"],
  ["POST /users/{user_id}/invite", 201, "users:admin"],
  ["GET /reports/jobs/{job_id}/report", 200, "reports:read"],
];

const endpoints = endpointsOf(appRouter);
const found = new Map<string, readonly [number, string]>(
  endpoints.map(({ rest }) => {
    const access = rest.adminOnly ? `${rest.access} admin` : rest.access;
    return [`${rest.method} ${rest.path}`, [rest.status ?? 200, access]];
  }),
);

describe("the endpoints", () => {
  it.each(TABLE.filter(([row]) => !NOT_YET.has(row)))("have %s", (row, status, access) => {
    expect(found.get(row)).toEqual([status, access]);
  });

  it("have nothing that is not documented, and no row twice", () => {
    const documented = new Set([...TABLE, ...MORE].map(([row]) => row));
    expect([...found.keys()].filter((row) => !documented.has(row))).toEqual([]);
    expect(found.size).toBe(endpoints.length);
  });

  it("leave out exactly the rows that are said to come later", () => {
    const missing = TABLE.map(([row]) => row).filter((row) => !found.has(row));
    expect(new Set(missing)).toEqual(NOT_YET);
  });

  it("all have a schema for what they answer, and take their path's parameters", () => {
    for (const endpoint of endpoints) {
      const answers = endpoint.rest.status !== 204 && endpoint.type !== "subscription";
      expect([endpoint.name, endpoint.output !== null]).toEqual([endpoint.name, answers]);
      const fields = Object.keys((endpoint.input?.properties ?? {}) as object);
      for (const name of endpoint.pathParameters) expect(fields).toContain(name);
    }
  });

  it("change nothing by GET", () => {
    for (const { name, type, rest } of endpoints) {
      const reading = rest.method === "GET";
      expect([name, type === "mutation"]).toEqual([name, !reading]);
    }
  });
});

it("refuses a procedure without REST metadata at start", async () => {
  const { initTRPC } = await import("@trpc/server");
  const t = initTRPC.create();
  const bare = t.router({ noun: t.router({ verb: t.procedure.query(() => 1) }) });
  expect(() => endpointsOf(bare)).toThrow("noun.verb");
});
