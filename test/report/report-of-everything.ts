import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { AuditEventInput } from "../../src/audit/event.ts";
import { openProjection } from "../../src/audit/projection.ts";
import { insertAccount } from "../../src/db/accounts.ts";
import { insertAgent } from "../../src/db/agents.ts";
import { openDatabase } from "../../src/db/open.ts";
import { newId } from "../../src/id.ts";
import { completed, KEY, open, redaction, SILENT, temporaryFolder } from "../audit/fixture.ts";
import { agentRow } from "../db/database.ts";
import { makerOver } from "./maker.ts";

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
  const maker = makerOver({ db: database.db, folder, audit });
  const window = { since: "2026-05-01T00:00:00.000Z", until: "2026-06-01T00:00:00.000Z" };
  const about = { id: newId("report"), accountId: account, sessionId: null, agentId: null, format: "json" } as const;
  const text = await readFile(await maker.make({ ...about, ...window }), "utf8");
  maker.close();
  await audit.close();
  database.close();
  return text;
}

function exchange(scope: AuditEventInput["scope"], index: number): AuditEventInput[] {
  const card = redaction(index);
  return [
    { ...card, scope, body: { ...card.body, entity_kind: "CREDIT_CARD" } },
    { kind: "rehydration_failed", scope, body: { entity_kind: "PHONE", choice: 0, slot: "content" } },
    { kind: "rehydration", scope, body: { counts: { CREDIT_CARD: 1 }, event_ids: [] } },
    completed(scope, { counts: { CREDIT_CARD: 1 }, repeated_counts: { NAME: 2 } }),
  ];
}
