import { Database } from "bun:sqlite";
import { drizzle } from "drizzle-orm/bun-sqlite";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { migrate } from "../../src/db/migrate.ts";
import type { Position } from "../../src/db/page.ts";
import { applyProjection, projectionState } from "../../src/db/projection.ts";
import { createReader } from "../../src/db/reader.ts";
import * as schema from "../../src/db/schema.ts";
import {
  findSession,
  listSessions,
  listSessionsForward,
  purgeSessions,
  type SessionFilter,
  type SessionRow,
} from "../../src/db/sessions.ts";
import { accountStats, agentStats, sessionCounts24h } from "../../src/db/stats.ts";
import { newId } from "../../src/id.ts";
import { emptyDatabase, makeAccount, makeAgent, NOW, sessionRow } from "./database.ts";

async function withAgents() {
  const { db, path, close } = emptyDatabase();
  const accountId = await makeAccount(db);
  const first = await makeAgent(db, accountId, { name: "first" });
  const second = await makeAgent(db, accountId, { name: "second" });
  return { db, path, close, accountId, first, second };
}

async function collect(
  list: (filter: SessionFilter) => Promise<{ rows: readonly SessionRow[]; next: Position | null }>,
  filter: SessionFilter,
  between: () => Promise<void> = async () => {},
): Promise<readonly string[]> {
  const ids: string[] = [];
  let after: Position | null = null;
  do {
    const page = await list({ ...filter, after });
    expect(page.rows.length).toBeLessThanOrEqual(filter.limit);
    ids.push(...page.rows.map(({ id }) => id));
    after = page.next;
    await between();
  } while (after !== null);
  return ids;
}

describe("session lists", () => {
  it("page to the same list as sorting and filtering in memory, both ways", async () => {
    const { db, accountId, first, second } = await withAgents();
    const other = await makeAgent(db, await makeAccount(db));
    let seq = 0;
    const drawn = fc.record({
      agent: fc.constantFrom(first, second, other),
      // Few instants, so that many rows share one and the id decides.
      started_at: fc.integer({ min: 0, max: 4 }).map((step) => NOW + step),
      status: fc.constantFrom("ok" as const, "error" as const, "partial" as const),
      redaction_count: fc.integer({ min: 0, max: 3 }),
    });
    const filters = fc.record(
      {
        agentId: fc.constantFrom(first.id, second.id),
        since: fc.integer({ min: 0, max: 5 }).map((step) => NOW + step),
        until: fc.integer({ min: 0, max: 5 }).map((step) => NOW + step),
        status: fc.constantFrom("ok" as const, "error" as const, "partial" as const),
        minRedactions: fc.integer({ min: 0, max: 3 }),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(drawn, { maxLength: 40 }),
        filters,
        fc.integer({ min: 1, max: 9 }),
        async (set, f, limit) => {
          await purgeSessions(db, Number.MAX_SAFE_INTEGER, 1000);
          const rows = set.map(({ agent, ...rest }) => sessionRow(agent, rest));
          await applyProjection(db, { sessions: rows, lastSeq: ++seq });
          const filter = { accountId, limit, ...f };
          const expected = rows
            .filter((row) => row.account_id === accountId)
            .filter((row) => f.agentId === undefined || row.agent_id === f.agentId)
            .filter((row) => f.since === undefined || row.started_at >= f.since)
            .filter((row) => f.until === undefined || row.started_at < f.until)
            .filter((row) => f.status === undefined || row.status === f.status)
            .filter((row) => row.redaction_count >= (f.minRedactions ?? 0))
            .sort((a, b) => b.started_at - a.started_at || (a.id < b.id ? 1 : -1))
            .map(({ id }) => id);
          expect(await collect((each) => listSessions(db, each), filter)).toEqual(expected);
          expect(await collect((each) => listSessionsForward(db, each), filter)).toEqual(expected.toReversed());
        },
      ),
      { numRuns: 60 },
    );
  });

  it("are the same whether the wanted number of redactions is rare or common", async () => {
    const { db, accountId, first, second } = await withAgents();
    const rows = Array.from({ length: 6000 }, (_, at) =>
      sessionRow(at % 2 === 0 ? first : second, {
        started_at: NOW + ((at * 7919) % 600),
        redaction_count: at % 1000 === 0 ? 9 : at % 3,
      }),
    );
    await applyProjection(db, { sessions: rows, lastSeq: 1 });
    for (const minRedactions of [1, 3]) {
      for (const agentId of [undefined, first.id]) {
        const filter = { accountId, limit: 500, minRedactions, ...(agentId === undefined ? {} : { agentId }) };
        const expected = rows
          .filter((row) => row.redaction_count >= minRedactions && (agentId === undefined || row.agent_id === agentId))
          .sort((a, b) => b.started_at - a.started_at || (a.id < b.id ? 1 : -1))
          .map(({ id }) => id);
        expect(await collect((each) => listSessions(db, each), filter)).toEqual(expected);
      }
    }
  });

  it("show each row once while newer ones come in", async () => {
    const { db, accountId, first } = await withAgents();
    const rows = Array.from({ length: 25 }, (_, step) => sessionRow(first, { started_at: NOW + step }));
    await applyProjection(db, { sessions: rows, lastSeq: 1 });
    let later = NOW + 100;
    const seen = await collect(
      (filter) => listSessions(db, filter),
      { accountId, agentId: first.id, limit: 4 },
      () => applyProjection(db, { sessions: [sessionRow(first, { started_at: ++later })], lastSeq: later }),
    );
    expect(seen).toEqual(rows.map(({ id }) => id).toReversed());
  });

  it("never show another account's row", async () => {
    const { db, first } = await withAgents();
    const stranger = await makeAccount(db);
    const row = sessionRow(first);
    await applyProjection(db, { sessions: [row], lastSeq: 1 });
    expect((await listSessions(db, { accountId: stranger, limit: 10 })).rows).toEqual([]);
    expect((await listSessions(db, { accountId: stranger, agentId: first.id, limit: 10 })).rows).toEqual([]);
    expect(await findSession(db, stranger, row.id)).toBeNull();
    expect(await findSession(db, first.account_id, row.id)).toEqual({ ...row, agent_name: "first" });
  });

  it.each([
    [{ agentId: "agt_x" }, "sessions_agent_time"],
    [{}, "sessions_account_time"],
    [{ agentId: "agt_x", status: "error" as const }, "sessions_agent_status_time"],
    [{ status: "partial" as const }, "sessions_account_status_time"],
  ])("read one index range and sort nothing: %o", async (filter, index) => {
    const client = new Database(":memory:");
    migrate(client);
    let sql = "";
    const after = { time: NOW, id: newId("session") };
    const spy = new Proxy(client, {
      get(target, name) {
        const member = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        return (...args: unknown[]) => {
          if (name === "prepare" || name === "query") sql = String(args[0]);
          return member.apply(target, args);
        };
      },
    });
    const db = drizzle({ client: spy, schema });
    await listSessions(db, {
      accountId: "acc_x",
      since: 1,
      limit: 25,
      after,
      ...filter,
    });
    const plan = client
      .query<{ detail: string }, []>(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => detail)
      .join("; ");
    expect(plan).toContain(`SEARCH sessions USING INDEX ${index}`);
    expect(plan).toContain("started_at>");
    expect(plan).not.toContain("TEMP B-TREE");
  });
});

describe("the projection", () => {
  it("says the same when it runs twice", async () => {
    const { db, accountId, first } = await withAgents();
    const row = sessionRow(first);
    const call = { id: "call_1", account_id: accountId, agent_id: first.id, started_at: NOW, ended_at: null };
    const place = {
      seq: 1,
      event_id: "evt_1",
      ts: NOW,
      kind: "redaction",
      account_id: accountId,
      agent_id: first.id,
      session_id: row.id,
      segment: 1,
      offset: 0,
      length: 10,
    };
    expect((await projectionState(db)).lastSeq).toBe(0);
    for (let run = 0; run < 2; run++) {
      await applyProjection(db, { sessions: [row], calls: [call], places: [place], lastSeq: 1 });
    }
    await applyProjection(db, { sessions: [{ ...row, status: "partial" }], lastSeq: 2 });
    expect((await projectionState(db)).lastSeq).toBe(2);
    expect((await listSessions(db, { accountId, limit: 10 })).rows).toEqual([
      { ...row, status: "partial", agent_name: "first" },
    ]);
  });

  it("keeps nothing when one row fails", async () => {
    const { db, accountId, first } = await withAgents();
    const broken = { ...sessionRow(first), upstream: null as unknown as string };
    await expect(applyProjection(db, { sessions: [sessionRow(first), broken], lastSeq: 9 })).rejects.toThrow();
    expect((await projectionState(db)).lastSeq).toBe(0);
    expect((await listSessions(db, { accountId, limit: 10 })).rows).toEqual([]);
  });
});

describe("figures", () => {
  it("count windows, kinds and percentiles", async () => {
    const { db, accountId, first, second } = await withAgents();
    const hour = 3_600_000;
    const rows = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((ms) =>
      sessionRow(first, {
        started_at: NOW - hour,
        added_ms: ms,
        redaction_count: 2,
        redactions_by_kind: { NAME: 1, PHONE: 1 },
      }),
    );
    const old = sessionRow(first, { started_at: NOW - 48 * hour, added_ms: 500, redaction_count: 7 });
    const failed = sessionRow(second, {
      started_at: NOW - 2 * hour,
      status: "error",
      redactions_by_kind: { NAME: 3 },
      redaction_count: 3,
    });
    await applyProjection(db, { sessions: [...rows, old, failed], lastSeq: 1 });
    expect(await agentStats(db, first.id, NOW)).toEqual({
      session_count_24h: 10,
      session_count_7d: 11,
      redaction_count_24h: 20,
      p50_latency_ms: 5,
      p95_latency_ms: 10,
    });
    expect(await sessionCounts24h(db, [first.id, second.id], NOW)).toEqual({ [first.id]: 10, [second.id]: 1 });
    const stats = await accountStats(db, { accountId, sinceMs: NOW - 24 * hour, bucketMs: hour });
    expect(stats).toMatchObject({
      session_count: 11,
      redaction_count: 23,
      sessions_by_status: { ok: 10, error: 1 },
      redactions_by_kind: { NAME: 13, PHONE: 10 },
      buckets: [
        { start: NOW - 2 * hour, sessions: 1, redactions: 3 },
        { start: NOW - hour, sessions: 10, redactions: 20 },
      ],
      agents: [
        { id: first.id, name: "first", sessions: 10 },
        { id: second.id, name: "second", sessions: 1 },
      ],
    });
  });

  it("are empty without sessions", async () => {
    const { db, accountId, first } = await withAgents();
    expect((await agentStats(db, first.id, NOW)).p50_latency_ms).toBeNull();
    expect(await sessionCounts24h(db, [], NOW)).toEqual({});
    const stats = await accountStats(db, { accountId, sinceMs: 0, bucketMs: 1000 });
    expect(stats).toMatchObject({ session_count: 0, redaction_count: 0, buckets: [], p95_latency_ms: null });
  });
});

describe("the reader's thread", () => {
  it("answers as the same function does here, reports failures, and ends", async () => {
    const { db, path, accountId, first } = await withAgents();
    await applyProjection(db, { sessions: [sessionRow(first), sessionRow(first)], lastSeq: 1 });
    const reader = createReader(path);
    const filter = { accountId, limit: 10 };
    expect(await reader.run("listSessions", filter)).toEqual(await listSessions(db, filter));
    const several = await Promise.all([1, 2, 3].map((limit) => reader.run("listSessions", { accountId, limit })));
    expect(several.map(({ rows }) => rows.length)).toEqual([1, 2, 2]);
    await expect(reader.run("listSessions", null as never)).rejects.toThrow("Something went wrong");
    await reader.close();
    await expect(reader.run("listSessions", filter)).rejects.toThrow("Something went wrong");
  });

  it("fails the read when there is no database", async () => {
    const reader = createReader("/nowhere/masker.db");
    await expect(reader.run("agentStats", "agt_x", NOW)).rejects.toThrow("Something went wrong");
    await reader.close();
  });
});
