import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AuditEventInput } from "../../src/audit/event.ts";
import { insertPayloads } from "../../src/db/payloads.ts";
import { PRESETS } from "../../src/policy/presets.ts";
import { makeAgent } from "../db/database.ts";
import { failure, makeWorld, START, type World } from "./world.ts";

const DAY = 86_400_000;

let world: World;
let owner: Awaited<ReturnType<World["tenant"]>>;
let agent: Awaited<ReturnType<typeof makeAgent>>;

beforeEach(async () => {
  world = await makeWorld();
  owner = await world.tenant();
  agent = await makeAgent(world.db, owner.accountId, { name: "front desk", upstream: "openai:gpt-4o-mini" });
});
afterEach(() => world.close());

function redaction(sessionId: string, eventId: string, change: Record<string, unknown> = {}): AuditEventInput {
  return {
    kind: "redaction",
    event_id: eventId,
    scope: { account_id: owner.accountId, agent_id: agent.id, session_id: sessionId, call_id: "call_1" },
    body: {
      pass: "regex",
      entity_kind: "PHONE",
      span: [11, 23],
      slot: "messages[3].content",
      message_index: 3,
      confidence: 0.95,
      token_kind: "MSKV1",
      kid: "K_HEALTHCARE",
      action: "tokenize",
      policy_version: 1,
      ...change,
    },
  } as AuditEventInput;
}

/** Logs events of a session and puts their places and the session's row into the database. */
async function record(row: ReturnType<World["sessionRow"]>, events: AuditEventInput[]) {
  const written = await world.audit.append(events);
  const places = written.map((event) => ({
    seq: event.seq,
    event_id: event.event_id,
    ts: START,
    kind: event.kind,
    account_id: event.account_id,
    agent_id: event.agent_id,
    session_id: event.session_id,
    segment: 1,
    offset: event.seq,
    length: 1,
  }));
  await world.project([row], places);
}

const get = (id: string, token = owner.token) => world.call("GET", `/sessions/${id}`, { token });

describe("GET /sessions/{session_id}", () => {
  it("answers every documented field", async () => {
    const row = world.sessionRow(agent, {
      started_at: START - 1000,
      ended_at: START - 206,
      redaction_count: 3,
      repeated_redaction_count: 5,
      redactions_by_kind: { PHONE: 1, NAME: 2 },
      redactions_by_pass: { regex: 1, ner: 2 },
      upstream_model: "gpt-4o-mini",
      upstream: "openai",
      merkle_root_hex: "ab".repeat(32),
      stage_durations_ms: { detection: 3.25, tokenize: 0.5, upstream: 780, rehydrate: 0.75 },
    });
    await record(row, [
      redaction(row.id, "evt_A"),
      redaction(row.id, "evt_B", { entity_kind: "NAME", pass: "ner", message_index: null }),
      redaction(row.id, "evt_C", { entity_kind: "SSN", action: "redact", token_kind: null, kid: null }),
      {
        kind: "rehydration",
        scope: { account_id: owner.accountId, agent_id: agent.id, session_id: row.id, call_id: "call_1" },
        body: { counts: { PHONE: 1 }, event_ids: ["evt_A"] },
      },
    ]);
    const { status, json } = await get(row.id);
    expect(status).toBe(200);
    expect(json.session).toMatchObject({
      id: row.id,
      agent_id: agent.id,
      agent_name: "front desk",
      started_at: "2026-05-03T11:59:59.000Z",
      ended_at: "2026-05-03T11:59:59.794Z",
      duration_ms: 794,
      status: "ok",
      redaction_count: 3,
      repeated_redaction_count: 5,
      redactions_by_kind: { PHONE: 1, NAME: 2 },
      upstream_model: "gpt-4o-mini",
      policy_name: "healthcare-default",
      policy_version: 1,
      call_id: "call_1",
      merkle_root_hex: "ab".repeat(32),
      stage_durations_ms: { detection: 3.25, tokenize: 0.5, upstream: 780, rehydrate: 0.75 },
      payloads: { request: null, masked: null, response: null, final: null },
    });
    expect(json.session.events).toEqual([
      {
        event_id: "evt_A",
        pass: "regex",
        entity_kind: "PHONE",
        span: [11, 23],
        slot: "messages[3].content",
        message_index: 3,
        confidence: 0.95,
        action: "tokenize",
        token_kind: "MSKV1",
        kid: "K_HEALTHCARE",
        rehydrated: true,
      },
      expect.objectContaining({ event_id: "evt_B", message_index: null, rehydrated: false }),
      expect.objectContaining({ event_id: "evt_C", token_kind: null, kid: null, rehydrated: null }),
    ]);
  });

  it("says null for what an answer that never came would have put back", async () => {
    const row = world.sessionRow(agent, { status: "error" });
    await record(row, [redaction(row.id, "evt_A")]);
    expect((await get(row.id)).json.session.events[0].rehydrated).toBeNull();
  });

  it("proves that an event is in the session, and knows no other", async () => {
    const [row, other] = [world.sessionRow(agent), world.sessionRow(agent)];
    await record(row, [redaction(row.id, "evt_A"), redaction(row.id, "evt_B")]);
    await record(other, [redaction(other.id, "evt_C")]);
    const proof = (eventId: string) =>
      world.call("GET", `/sessions/${row.id}/proof/${eventId}`, { token: owner.token });
    expect((await proof("evt_B")).json).toMatchObject({
      event_id: "evt_B",
      leaf_index: 1,
      tree_size: 2,
      line: expect.any(String),
    });
    expect(failure(await proof("evt_C"))).toEqual({ status: 404, code: "not_found" });
  });
});

describe("payloads", () => {
  const keeping = (PRESETS.get("strict") ?? "")
    .replace(/^name: .*$/m, "name: keeping")
    .replace("log_payloads: false", "log_payloads: true");
  let row: ReturnType<World["sessionRow"]>;

  async function keep(policy: string, createdAt = START) {
    row = world.sessionRow(agent, { started_at: createdAt, policy_name: policy });
    await record(row, []);
    const stages = ["request", "masked", "response", "final"] as const;
    await insertPayloads(
      world.db,
      stages.map((stage) => ({ session_id: row.id, stage, sealed: `sealed ${stage}`, created_at: createdAt })),
    );
    for (const stage of stages) world.payloadTexts.set(`sealed ${stage}`, `text of ${stage}`);
  }
  const views = () => world.audit.events.filter((event) => event.kind === "payload_viewed");

  beforeEach(async () => {
    const { status } = await world.call("POST", "/policies", { token: owner.token, body: { policy_yaml: keeping } });
    expect(status).toBe(201);
  });

  it("are shown to who may read them, and each look is logged first", async () => {
    await keep("keeping");
    const { json } = await get(row.id);
    expect(json.session.payloads).toEqual({
      request: "text of request",
      masked: "text of masked",
      response: "text of response",
      final: "text of final",
    });
    expect(json.session.payloads_state).toBe("available");
    expect(views()).toEqual([
      expect.objectContaining({
        actor: expect.stringMatching(/^key_/),
        viewed_session_id: row.id,
        account_id: owner.accountId,
      }),
    ]);
    await get(row.id);
    expect(views()).toHaveLength(2);
    world.audit.state.failing = true;
    const refused = await get(row.id);
    expect(failure(refused)).toEqual({ status: 503, code: "audit_unavailable" });
    expect(refused.text).not.toContain("text of");
  });

  it("are null for everybody else, for policies that do not keep them, and when their time is over", async () => {
    const nothing = { request: null, masked: null, response: null, final: null };
    await keep("keeping");
    for (const role of ["operator", "auditor", "viewer"] as const) {
      const other = await world.tenant({ role, accountId: owner.accountId });
      const { json, text } = await get(row.id, other.token);
      expect(json.session).toMatchObject({ payloads: nothing, payloads_state: "not_permitted" });
      expect(text).not.toContain("text of");
    }
    await keep("strict");
    expect((await get(row.id)).json.session).toMatchObject({ payloads: nothing, payloads_state: "not_kept" });
    await keep("keeping", START - 30 * DAY);
    expect((await get(row.id)).json.session).toMatchObject({ payloads: nothing, payloads_state: "expired" });
    expect(views()).toEqual([]);
  });
});

describe("GET /sessions", () => {
  it("spans agents, deleted ones included, with their name and model", async () => {
    const gone = await makeAgent(world.db, owner.accountId, { name: "gone", deleted_at: START - 1 });
    const foreign = await makeAgent(world.db, (await world.tenant()).accountId);
    await world.project([
      world.sessionRow(agent, { started_at: START - 3, upstream_model: "gpt-4o-mini" }),
      world.sessionRow(gone, { started_at: START - 2 }),
      world.sessionRow(foreign, { started_at: START - 1 }),
    ]);
    const { json } = await world.call("GET", "/sessions", { token: owner.token });
    expect(json.data.map((row: { agent_name: string }) => row.agent_name)).toEqual(["gone", "front desk"]);
    expect(Object.keys(json.data[1]).sort()).toEqual(
      [
        ...[
          "id",
          "agent_id",
          "started_at",
          "ended_at",
          "duration_ms",
          "status",
          "redaction_count",
          "redactions_by_kind",
        ],
        ...["agent_name", "upstream_model"],
      ].sort(),
    );
    const filtered = await world.call("GET", `/sessions?agent_id=${agent.id}`, { token: owner.token });
    expect(filtered.json.data).toHaveLength(1);
    expect(failure(await world.call("GET", "/sessions?agent_id=agt_x", { token: owner.token }))).toEqual({
      status: 404,
      code: "agent_not_found",
    });
  });
});

describe("GET /stats", () => {
  it("adds up to what the sessions say", async () => {
    const at = (ago: number, change = {}) => world.sessionRow(agent, { started_at: START - ago, ...change });
    await world.project([
      at(1000, { redaction_count: 3, redactions_by_kind: { NAME: 2, SSN: 1 }, added_ms: 2 }),
      at(2000, {
        redaction_count: 1,
        redactions_by_kind: { NAME: 1 },
        added_ms: 9,
        status: "partial",
        rehydration_failed_count: 1,
      }),
      at(7_300_000, { status: "error", added_ms: 4 }),
      at(2 * DAY, { redaction_count: 50, redactions_by_kind: { NAME: 50 } }),
    ]);
    const { json } = await world.call("GET", "/stats", { token: owner.token });
    expect(json).toMatchObject({
      since: "2026-05-02T12:00:00.000Z",
      agent_count: 1,
      session_count: 3,
      redaction_count: 4,
      leak_count: 1,
      sessions_by_status: { ok: 1, partial: 1, error: 1 },
      redactions_by_kind: { NAME: 3, SSN: 1 },
      p50_latency_ms: 4,
      p95_latency_ms: 9,
      busiest_agents: [{ id: agent.id, name: "front desk", session_count: 3 }],
    });
    expect(json.series.map((point: { start: string }) => point.start)).toEqual([
      "2026-05-03T09:55:00.000Z",
      "2026-05-03T11:55:00.000Z",
    ]);
    expect(json.series[1]).toMatchObject({
      session_count: 2,
      redaction_count: 4,
      sessions_by_status: { ok: 1, partial: 1 },
      redactions_by_kind: { NAME: 3, SSN: 1 },
    });
    expect((await world.call("GET", "/stats?since=7d", { token: owner.token })).json.redaction_count).toBe(54);
    expect(failure(await world.call("GET", "/stats?since=soon", { token: owner.token })).status).toBe(422);
  });
});

describe("GET /audit/events", () => {
  it("lists the account's events, newest first, by filter and page", async () => {
    const row = world.sessionRow(agent);
    await record(row, [redaction(row.id, "evt_A"), redaction(row.id, "evt_B"), redaction(row.id, "evt_C")]);
    const list = async (query: string, token = owner.token) =>
      (await world.call("GET", `/audit/events${query}`, { token })).json;
    const ids = (answer: { data: { event_id: string }[] }) => answer.data.map((event) => event.event_id);
    expect(ids(await list(`?session_id=${row.id}`))).toEqual(["evt_C", "evt_B", "evt_A"]);
    const first = await list(`?limit=2&kind=redaction&agent_id=${agent.id}`);
    expect(ids(first)).toEqual(["evt_C", "evt_B"]);
    expect(ids(await list(`?limit=2&kind=redaction&agent_id=${agent.id}&cursor=${first.next_cursor}`))).toEqual([
      "evt_A",
    ]);
    expect(ids(await list("?kind=agent_created"))).toEqual([]);
    expect(ids(await list("?since=2026-05-04T00:00:00Z"))).toEqual([]);
    expect(first.data[0]).toMatchObject({ kind: "redaction", slot: "messages[3].content", seq: expect.any(Number) });
    expect(ids(await list("", (await world.tenant()).token))).toEqual([]);
  });
});

it("bounds the live views of an account, and those of no other", async () => {
  const stops = Array.from({ length: 100 }, () => world.feed.listen(owner.accountId, () => {}));
  const answer = await world.call("GET", "/sessions/stream", { token: owner.token });
  expect(failure(answer)).toEqual({ status: 429, code: "rate_limited" });
  expect(answer.headers.get("retry-after")).toBe("30");
  const other = await world.tenant();
  const headers = { authorization: `Bearer ${other.token}` };
  const open = await world.send("/sessions/stream", { headers });
  expect(open.status).toBe(200);
  await open.body?.cancel();
  stops[0]?.();
  const again = await world.send("/sessions/stream", { headers: { authorization: `Bearer ${owner.token}` } });
  expect(again.status).toBe(200);
  await again.body?.cancel();
});
