/** Makes the log of many sessions with the writer itself, and the tables beside it, in an installation that is not running. */
import { join } from "node:path";
import type { AuditEventInput, EventScope } from "../../src/audit/event.ts";
import { openAuditLog } from "../../src/audit/log.ts";
import { openProjection, readMark } from "../../src/audit/projection.ts";
import { loadConfig } from "../../src/config/load.ts";
import { findFirstAccount } from "../../src/db/accounts.ts";
import { openDatabase } from "../../src/db/open.ts";
import type { Kind } from "../../src/detect/kind.ts";
import { newId } from "../../src/id.ts";
import type { Log } from "../../src/log/log.ts";
import type { Installation } from "./processes.ts";

const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };
const SESSIONS_AT_ONCE = 500;
const KINDS: readonly Kind[] = ["NAME", "PHONE", "DOB", "EMAIL", "MRN"];

export interface History {
  readonly events: number;
  readonly bytes: number;
  readonly logPath: string;
  readonly lastSession: string;
}

/** Writes `count` sessions of seven events each over the last three weeks. */
export async function writeHistory(installation: Installation, agentId: string, count: number): Promise<History> {
  const config = loadConfig(installation.env);
  const { db, close } = openDatabase(config.databasePath);
  const { auditHmac: key, signing: signingSeed } = config.keys;
  const options = { path: config.auditLogPath, key, signingSeed, node: "bench", log: SILENT };
  const audit = await openAuditLog({ ...options, mark: await readMark(db) });
  const projection = await openProjection({ db, audit, key, log: SILENT });
  const account = await findFirstAccount(db);
  let lastSession = "";
  const span = 21 * 86_400_000;
  const from = Date.now() - span;
  for (let at = 0; at < count; at += SESSIONS_AT_ONCE) {
    const events: AuditEventInput[] = [];
    for (let session = at; session < Math.min(count, at + SESSIONS_AT_ONCE); session++) {
      lastSession = newId("session");
      const scope = {
        account_id: account?.id ?? "",
        agent_id: agentId,
        session_id: lastSession,
        call_id: newId("call"),
      };
      events.push(...sessionEvents(scope, from + (session / count) * span));
    }
    await audit.append(events);
    await projection.flush();
  }
  const { seq } = audit.head();
  await projection.close();
  await audit.close();
  close();
  const bytes = [...new Bun.Glob("audit*.log").scanSync(config.dataDir)].reduce(
    (sum, name) => sum + Bun.file(join(config.dataDir, name)).size,
    0,
  );
  return { events: seq, bytes, logPath: config.auditLogPath, lastSession };
}

function sessionEvents(scope: EventScope, startedMs: number): AuditEventInput[] {
  const started_at = new Date(startedMs).toISOString();
  const redactions = KINDS.map(
    (entity_kind, at): AuditEventInput<"redaction"> => ({
      kind: "redaction",
      scope,
      body: {
        pass: "regex",
        entity_kind,
        span: [at * 20, at * 20 + 12],
        slot: "messages[1].content",
        message_index: 1,
        confidence: 0.95,
        token_kind: "MSKV1",
        kid: "K_HEALTHCARE",
        action: "tokenize",
        policy_version: 1,
      },
    }),
  );
  const counts = Object.fromEntries(KINDS.map((kind) => [kind, 1]));
  return [
    ...redactions,
    { kind: "rehydration", scope, body: { counts: { NAME: 1 }, event_ids: [] } },
    {
      kind: "session_completed",
      scope,
      body: {
        status: "ok",
        reason: null,
        started_at,
        ended_at: new Date(startedMs + 800).toISOString(),
        stage_durations_ms: { detection: 1, tokenize: 1, upstream: 700, rehydrate: 1 },
        added_ms: 3,
        upstream: "openai",
        upstream_model: "gpt-4o-mini",
        policy_name: "bench",
        policy_version: 1,
        ner_skipped: false,
        counts,
        counts_by_pass: { regex: KINDS.length },
        repeated_counts: {},
        retry: false,
      },
    },
  ];
}
