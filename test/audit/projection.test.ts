import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { AuditEventInput } from "../../src/audit/event.ts";
import { openProjection, readMark } from "../../src/audit/projection.ts";
import { createEventReader, proveEvent } from "../../src/audit/read.ts";
import { listSessionPlaces } from "../../src/db/audit-index.ts";
import { openDatabase } from "../../src/db/open.ts";
import { projectionState } from "../../src/db/projection.ts";
import { calls } from "../../src/db/schema.ts";
import { findSession } from "../../src/db/sessions.ts";
import { completed, KEY, open, redaction, SCOPE, SILENT, temporaryFolder } from "./fixture.ts";
import { provesInclusion, sessionRoot } from "./inclusion.ts";

function started(session: string): AuditEventInput {
  return { kind: "call_started", scope: { ...SCOPE, session_id: session }, body: { platform: null, source: "proxy" } };
}

/** Of two kinds of masking, one of them repeated. */
function ended(session: string): AuditEventInput {
  return completed(
    { ...SCOPE, session_id: session },
    {
      stage_durations_ms: { detection: 1.5, tokenize: 0.2, upstream: 600, rehydrate: 0.1 },
      added_ms: 4.25,
      upstream: "openai",
      upstream_model: "gpt-4o-mini",
      counts: { PHONE: 2 },
      counts_by_pass: { regex: 2 },
      repeated_counts: { NAME: 5 },
    },
  );
}

async function installation() {
  const folder = await temporaryFolder();
  const path = join(folder, "audit.log");
  const database = openDatabase(join(folder, "masker.db"));
  const audit = await open(path, { mark: await readMark(database.db) });
  return { folder, path, database, db: database.db, audit };
}

describe("the projection", () => {
  it("makes a session's row from its events, whose root proves each of them", async () => {
    const { path, db, audit } = await installation();
    const projection = await openProjection({ db, audit, key: KEY, log: SILENT });
    const rows: unknown[] = [];
    projection.onSessions((sessions) => rows.push(...sessions));
    await audit.append([started("sess_1"), redaction(1), redaction(2)]);
    await audit.append([ended("sess_1")]);
    await audit.append([
      { kind: "payload_viewed", scope: { ...SCOPE }, body: { actor: "usr_1", viewed_session_id: "sess_1" } },
    ]);
    await projection.flush();
    const row = await findSession(db, "acc_1", "sess_1");
    expect(row).toMatchObject({
      status: "ok",
      redaction_count: 2,
      repeated_redaction_count: 5,
      redactions_by_kind: { PHONE: 2 },
      started_at: Date.parse("2026-05-03T21:14:32.481Z"),
      added_ms: 4.25,
      event_count: 4,
    });
    expect(rows).toHaveLength(1);
    expect(db.select().from(calls).all()).toMatchObject([{ agent_id: "agt_1", ended_at: null }]);
    expect((await projectionState(db)).openSessions).toEqual([]);
    const places = await listSessionPlaces(db, "sess_1");
    expect(places).toHaveLength(5);
    const stored = await createEventReader({ path, key: KEY }).readStored(places);
    expect(sessionRoot(stored)).toBe(row?.merkle_root_hex);
    for (const { event } of stored.slice(0, 4)) {
      const proof = proveEvent(stored, event.event_id);
      expect(proof && provesInclusion(proof) && proof.root_hash === row?.merkle_root_hex).toBe(true);
    }
    expect(proveEvent(stored, stored[4]!.event.event_id)).toBeNull();
  });

  it("catches up after a crash, at whatever event it fell behind, to the same rows", async () => {
    const { db, path, audit } = await installation();
    const projection = await openProjection({ db, audit, key: KEY, log: SILENT, flushMs: 3_600_000 });
    await audit.append([started("sess_1"), redaction(1)]);
    await projection.flush();
    await audit.append([redaction(2), redaction(3, "sess_2"), ended("sess_1")]);
    await audit.append([redaction(4, "sess_2"), ended("sess_2"), redaction(5, "sess_3")]);
    // The process dies here: the log is durable, the tables are at seq 2.
    expect((await projectionState(db)).lastSeq).toBe(2);
    await audit.close();
    const mark = await readMark(db);
    expect(mark?.seq).toBe(2);
    const again = await open(path, { mark });
    expect(again.health().ok).toBe(true);
    await openProjection({ db, audit: again, key: KEY, log: SILENT });
    const reader = createEventReader({ path, key: KEY });
    for (const id of ["sess_1", "sess_2", "sess_3"]) {
      const row = await findSession(db, "acc_1", id);
      const stored = await reader.readStored(await listSessionPlaces(db, id));
      expect(row?.merkle_root_hex).toBe(sessionRoot(stored));
      expect(row?.event_count).toBe(stored.length);
    }
    expect(await findSession(db, "acc_1", "sess_3")).toMatchObject({
      status: "error",
      reason: "internal_error",
      redaction_count: 1,
    });
    expect((await projectionState(db)).openSessions).toEqual([]);
    await again.close();
  });

  it("finds through the tables that the log was put back to an older state", async () => {
    const { db, path, audit } = await installation();
    const projection = await openProjection({ db, audit, key: KEY, log: SILENT });
    await audit.append([redaction(1), ended("sess_1")]);
    await audit.append([redaction(2), redaction(3)]);
    await projection.close();
    await audit.close();
    const text = await Bun.file(path).text();
    await Bun.write(path, `${text.split("\n").slice(0, 3).join("\n")}\n`);
    await Bun.file(join(path, "..", "audit.checkpoints")).delete();
    const again = await open(path, { mark: await readMark(db) });
    expect(again.health()).toMatchObject({ ok: false, broken: { segment: 1, line: 4, seq: 3 } });
    await again.append([redaction(9)]);
    expect(again.head().seq).toBeGreaterThan(4);
    await again.close();
  });
});
