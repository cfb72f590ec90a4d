import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { AuditEventInput } from "../../src/audit/event.ts";
import { openProjection } from "../../src/audit/projection.ts";
import { insertAccount } from "../../src/db/accounts.ts";
import { insertAgent } from "../../src/db/agents.ts";
import { openDatabase } from "../../src/db/open.ts";
import { newId } from "../../src/id.ts";
import { createReportMaker } from "../../src/report/report-maker.ts";
import { KEY, open, redaction, SEED, SILENT, temporaryFolder } from "../audit/fixture.ts";
import { agentRow } from "../db/database.ts";

const SESSIONS = 700;

/** Text of an account report in which every list holds something, and the list of sessions more than is written at once. */
export async function reportOfEverything(): Promise<string> {
  const folder = await temporaryFolder();
  const database = openDatabase(join(folder, "masker.db"));
  const audit = await open(join(folder, "audit.log"));
  const account = newId("account");
  const agent = newId("agent");
  await insertAccount(database.db, {
    id: account,
    name: 'Clinic "sessions": [] \\ Ünï',
    plan: "self-hosted",
    created_at: 1,
  });
  const baa_chain = {
    model: { name: '\n  "sessions": []', baa_date: null },
    tts: { name: "T", baa_date: "2026-01-02" },
  };
  await insertAgent(
    database.db,
    agentRow(account, { id: agent, name: "front desk", policy_name: "healthcare-default", baa_chain }),
  );
  const projection = await openProjection({ db: database.db, audit, key: KEY, log: SILENT });
  const scope = () => ({ account_id: account, agent_id: agent, session_id: newId("session"), call_id: newId("call") });
  for (let index = 0; index < SESSIONS; index++) await audit.append(exchange(scope(), index));
  await projection.close();
  const maker = createReportMaker({
    db: database.db,
    databasePath: join(folder, "masker.db"),
    folder: join(folder, "reports"),
    audit,
    openPayload: () => null,
    source: () => ({
      auditLogPath: join(folder, "audit.log"),
      auditKey: KEY,
      signingSeed: SEED,
      node: "node-1",
      build: { version: "1.0.0", commit: "abc" },
      retention: { payload_days: 1, session_days: 90, vault_days: 0, key_rotation_grace_days: 30, audit_days: 2555 },
    }),
  });
  const window = { since: "2026-05-01T00:00:00.000Z", until: "2026-06-01T00:00:00.000Z" };
  const about = { id: newId("report"), accountId: account, sessionId: null, agentId: null, format: "json" } as const;
  const text = await readFile(await maker.make({ ...about, ...window }), "utf8");
  maker.close();
  await audit.close();
  database.close();
  return text;
}

function exchange(scope: AuditEventInput["scope"], index: number): AuditEventInput[] {
  const started_at = "2026-05-03T21:14:32.481Z";
  const card = redaction(index);
  return [
    { ...card, scope, body: { ...card.body, entity_kind: "CREDIT_CARD" } },
    { kind: "rehydration_failed", scope, body: { entity_kind: "PHONE", choice: 0, slot: "content" } },
    { kind: "rehydration", scope, body: { counts: { CREDIT_CARD: 1 }, event_ids: [] } },
    {
      kind: "session_completed",
      scope,
      body: {
        status: "ok",
        reason: null,
        started_at,
        ended_at: started_at,
        stage_durations_ms: { detection: 1, tokenize: 1, upstream: 1, rehydrate: 1 },
        added_ms: 3,
        upstream: "stub",
        upstream_model: "stub",
        policy_name: "healthcare-default",
        policy_version: 1,
        ner_skipped: false,
        counts: { CREDIT_CARD: 1 },
        counts_by_pass: { regex: 1 },
        repeated_counts: { NAME: 2 },
        retry: false,
      },
    },
  ];
}
