/** The seed's endpoint, GET /agents/{agent_id}/sessions, row by row of its document. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../src/id.ts";
import { makeAgent } from "../db/database.ts";
import { failure, makeWorld, START, type World } from "./world.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe("GET /agents/{agent_id}/sessions", () => {
  let world: World;
  let token: string;
  let agentId: string;
  let list: (query?: string) => ReturnType<World["call"]>;

  beforeAll(async () => {
    world = await makeWorld();
    const tenant = await world.tenant();
    token = tenant.token;
    const agent = await makeAgent(world.db, tenant.accountId);
    agentId = agent.id;
    const at = (ago: number, extra = {}) => world.sessionRow(agent, { started_at: START - ago, ...extra });
    await world.project([
      at(10 * 60_000, {
        ended_at: START - 10 * 60_000 + 794,
        redaction_count: 4,
        redactions_by_kind: { PHONE: 1, NAME: 2, DOB: 1 },
      }),
      at(2 * HOUR, { status: "error" }),
      at(3 * HOUR, { status: "partial", redaction_count: 2, redactions_by_kind: { NAME: 2 } }),
      at(3 * DAY),
      at(20 * DAY, { redaction_count: 9, redactions_by_kind: { SSN: 9 } }),
    ]);
    list = (query = "") => world.call("GET", `/agents/${agentId}/sessions${query}`, { token });
  });
  afterAll(() => world.close());

  it("answers exactly the documented fields, newest first, in the last 24 hours", async () => {
    const { status, json, headers } = await list();
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("application/json");
    expect(headers.get("x-request-id")).toMatch(/^req_[0-9A-Z]{26}$/);
    expect(Object.keys(json)).toEqual(["data", "next_cursor"]);
    expect(json.next_cursor).toBeNull();
    expect(json.data.map((row: { started_at: string }) => row.started_at)).toEqual([
      "2026-05-03T11:50:00.000Z",
      "2026-05-03T10:00:00.000Z",
      "2026-05-03T09:00:00.000Z",
    ]);
    expect(json.data[0]).toEqual({
      id: expect.stringMatching(/^sess_[0-9A-Z]{26}$/),
      agent_id: agentId,
      started_at: "2026-05-03T11:50:00.000Z",
      ended_at: "2026-05-03T11:50:00.794Z",
      duration_ms: 794,
      status: "ok",
      redaction_count: 4,
      redactions_by_kind: { PHONE: 1, NAME: 2, DOB: 1 },
    });
  });

  it.each([
    ["?since=1h", 1],
    ["?since=60m", 1],
    ["?since=9000s", 2],
    ["?since=24h", 3],
    ["?since=7d", 4],
    ["?since=1w", 4],
    ["?since=30d", 5],
    ["?since=999999999999w", 5],
    ["?since=2026-05-03T10:00:00Z", 2],
    ["?since=2026-05-03T10:00:00.000Z", 2],
    // One nanosecond later than the second session.
    ["?since=2026-05-03T10:00:00.000000001Z", 1],
    ["?since=2026-05-03T10:00:00%2B00:00", 2],
    ["?since=2099-01-01T00:00:00Z", 0],
    ["?status=ok", 1],
    ["?status=error", 1],
    ["?status=partial", 1],
    ["?status=ok&since=30d", 3],
    ["?min_redactions=0", 3],
    ["?min_redactions=1", 2],
    ["?min_redactions=3", 1],
    ["?min_redactions=5&since=30d", 1],
    ["?min_redactions=100", 0],
    ["?limit=2", 2],
    ["?limit=100&since=30d", 5],
    ["?unknown=1", 3],
  ])("%s finds %i", async (query, count) => {
    const { status, json } = await list(query);
    expect(status).toBe(200);
    expect(json.data).toHaveLength(count);
  });

  it.each([
    ["limit", "0"],
    ["limit", "101"],
    ["limit", "-1"],
    ["limit", "2.5"],
    ["limit", "ten"],
    ["limit", ""],
    ["limit", "1e1"],
    ["limit", "99999999999999999999"],
    ["since", ""],
    ["since", "0h"],
    ["since", "-1h"],
    ["since", "1.5h"],
    ["since", "24"],
    ["since", "24H"],
    ["since", "1y"],
    ["since", "yesterday"],
    ["since", "2026-05-03"],
    ["since", "2026-02-30T00:00:00Z"],
    ["since", "2026-05-03T24:00:00Z"],
    ["since", "2026-05-03T10:00:00"],
    ["since", "2026-05-03T10:00:00+02:00"],
    ["since", "2026-05-03t10:00:00z"],
    ["status", "OK"],
    ["status", "done"],
    ["status", ""],
    ["min_redactions", "-1"],
    ["min_redactions", "1.5"],
    ["min_redactions", "many"],
    ["cursor", ""],
    ["cursor", "eyJ"],
    ["cursor", "eyJrZXkiOjB9.AAAA"],
    ["cursor", "%00"],
  ])("%s=%s is 422 and named in the details", async (name, value) => {
    const answer = await list(`?${name}=${encodeURIComponent(value)}`);
    expect(failure(answer)).toEqual({ status: 422, code: "validation_failed" });
    expect(answer.json.error.details[0].path).toBe(name);
    expect(answer.json.error.request_id).toBe(answer.headers.get("x-request-id"));
  });

  it("refuses a parameter that is sent twice", async () => {
    expect(failure(await list("?limit=1&limit=2"))).toEqual({ status: 422, code: "validation_failed" });
  });

  it("is 401 without a session or token", async () => {
    const path = `/agents/${agentId}/sessions`;
    const expected = { status: 401, code: "unauthenticated" };
    expect(failure(await world.call("GET", path))).toEqual(expected);
    expect(failure(await world.call("GET", path, { token: "msk_nobody" }))).toEqual(expected);
    expect(failure(await world.call("GET", path, { headers: { cookie: "masker_session=eyJhbGciOi" } }))).toEqual(
      expected,
    );
  });

  it("is 404 agent_not_found for every id that is not a live agent of the account", async () => {
    const stranger = await makeAgent(world.db, (await world.tenant()).accountId);
    const doomed = await makeAgent(world.db, (await world.tenant()).accountId);
    const deleted = await makeAgent(world.db, doomed.account_id, { name: "gone", deleted_at: START });
    for (const id of [
      newId("agent"),
      stranger.id,
      deleted.id,
      "agt_",
      "x",
      "%F0%9F%92%A9",
      "..%2F",
      "%00",
      "a".repeat(5000),
    ]) {
      const answer = await world.call("GET", `/agents/${id}/sessions`, { token });
      expect(failure(answer)).toEqual({ status: 404, code: "agent_not_found" });
    }
  });

  it("tells other methods which one it takes", async () => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      const response = await world.send(`/agents/${agentId}/sessions`, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get("allow")).toBe("GET, HEAD");
    }
    const head = await world.send(`/agents/${agentId}/sessions`, {
      method: "HEAD",
      headers: { authorization: `Bearer ${token}` },
    });
    expect(head.status).toBe(200);
    expect(await head.text()).toBe("");
  });
});

describe("paging", () => {
  it("hands out every session once while others come in, and keeps the window of the first page", async () => {
    const world = await makeWorld();
    const { accountId, token } = await world.tenant();
    const agent = await makeAgent(world.db, accountId);
    // Thirty sessions, three to each moment, so that pages end between equal times.
    const rows = Array.from({ length: 30 }, (_, i) =>
      world.sessionRow(agent, { started_at: START - HOUR - Math.floor(i / 3) * 60_000 }),
    );
    await world.project(rows);
    const seen: string[] = [];
    let cursor: string | null = null;
    let pages = 0;
    do {
      const query = `?limit=7&since=2h${cursor === null ? "" : `&cursor=${cursor}`}`;
      const { json, status } = await world.call("GET", `/agents/${agent.id}/sessions${query}`, { token });
      expect(status).toBe(200);
      seen.push(...json.data.map((row: { id: string }) => row.id));
      cursor = json.next_cursor;
      pages += 1;
      // Meanwhile time passes, a newer call completes, and the oldest falls out of a window that would slide.
      world.now.ms += 20 * 60_000;
      await world.project([world.sessionRow(agent, { started_at: START })]);
    } while (cursor !== null);
    expect(pages).toBe(5);
    expect([...seen].sort()).toEqual(rows.map((row) => row.id).sort());
    await world.close();
  });

  it("refuses a cursor of other filters, of another agent, account or list, and one that was changed", async () => {
    const world = await makeWorld();
    const own = await world.tenant();
    const [a, b] = [
      await makeAgent(world.db, own.accountId, { name: "a" }),
      await makeAgent(world.db, own.accountId, { name: "b" }),
    ];
    await world.project([1, 2, 3].map((n) => world.sessionRow(a, { started_at: START - n })));
    const first = await world.call("GET", `/agents/${a.id}/sessions?limit=1&since=7d`, { token: own.token });
    const cursor: string = first.json.next_cursor;
    expect(cursor).toMatch(/^eyJ/);
    const get = (path: string, token = own.token) => world.call("GET", path, { token });
    expect((await get(`/agents/${a.id}/sessions?limit=2&since=7d&cursor=${cursor}`)).json.data).toHaveLength(2);

    const other = await world.tenant();
    const theirs = await makeAgent(world.db, other.accountId);
    const refused = { status: 422, code: "validation_failed" };
    expect(failure(await get(`/agents/${a.id}/sessions?cursor=${cursor}`))).toEqual(refused);
    expect(failure(await get(`/agents/${a.id}/sessions?since=7d&status=ok&cursor=${cursor}`))).toEqual(refused);
    expect(failure(await get(`/agents/${a.id}/sessions?since=7d&min_redactions=1&cursor=${cursor}`))).toEqual(refused);
    expect(failure(await get(`/agents/${b.id}/sessions?since=7d&cursor=${cursor}`))).toEqual(refused);
    expect(failure(await get(`/sessions?since=7d&cursor=${cursor}`))).toEqual(refused);
    expect(failure(await get(`/agents?cursor=${cursor}`))).toEqual(refused);
    expect(failure(await get(`/agents/${theirs.id}/sessions?since=7d&cursor=${cursor}`, other.token))).toEqual(refused);

    // The same list under the same filters, and still another account's.
    const agents = await get("/agents?limit=1");
    expect((await get(`/agents?limit=1&cursor=${agents.json.next_cursor}`)).status).toBe(200);
    expect(failure(await get(`/agents?limit=1&cursor=${agents.json.next_cursor}`, other.token))).toEqual(refused);

    const [payload = "", mac = ""] = cursor.split(".");
    const forged = Buffer.from(payload, "base64url")
      .toString()
      .replace(/"key":\d+/, `"key":${START + DAY}`);
    const forgeries = [
      `${Buffer.from(forged).toString("base64url")}.${mac}`,
      payload,
      `${payload}.`,
      `.${mac}`,
      `${cursor}.x`,
      cursor.slice(0, -2),
    ];
    for (const forgery of forgeries) {
      expect(failure(await get(`/agents/${a.id}/sessions?since=7d&cursor=${forgery}`))).toEqual(refused);
    }
    await world.close();
  });
});
