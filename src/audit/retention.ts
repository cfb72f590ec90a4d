/**
 * The purge jobs of the installation. Each is an event of the log before it is done: a crash between the two leaves rows of
 * which the log says that they are gone, and the next run, at the next start, logs and deletes what is left. The other way
 * round values would be gone without a trace.
 */
import type { Db } from "../db/open.ts";
import { countPayloadsBefore, purgePayloads } from "../db/payloads.ts";
import { countSessionsBefore, purgeSessions } from "../db/sessions.ts";
import type { Log } from "../log/log.ts";
import { INSTALLATION_SCOPE } from "./boot.ts";
import type { AuditEventInput, AuditSink } from "./event.ts";

export interface RetentionOptions {
  readonly db: Db;
  readonly audit: AuditSink;
  readonly log: Log;
  /** Days; payloads: 0 keeps none, sessions and vault: 0 keeps all. */
  readonly retention: { readonly payloadDays: number; readonly sessionDays: number; readonly vaultDays: number };
  /** The tokens that were not used for so many days. */
  readonly vault: { countUnused(days: number): number; purgeUnused(days: number): number };
  /** Epoch ms. */
  readonly clock: () => number;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Rows of one transaction: it holds the thread for a few milliseconds at most. */
const BATCH = 200;

/**
 * Purges once what has outlived its time.
 * @returns the events that tell of it, as they were appended.
 * @throws MaskerError audit_unavailable when they cannot be logged; then nothing is purged.
 */
export async function purgeExpired(options: RetentionOptions): Promise<readonly AuditEventInput[]> {
  const { db, audit, retention, vault } = options;
  const { payloadDays, sessionDays, vaultDays } = retention;
  const now = options.clock();
  const payloadsBefore = now - payloadDays * DAY_MS;
  const sessionsBefore = now - sessionDays * DAY_MS;
  const due = {
    payloads: await countPayloadsBefore(db, payloadsBefore),
    sessions: sessionDays > 0 ? await countSessionsBefore(db, sessionsBefore) : 0,
    tokens: vaultDays > 0 ? vault.countUnused(vaultDays) : 0,
  };
  const told: AuditEventInput[] = [];
  const scope = INSTALLATION_SCOPE;
  if (due.payloads > 0) told.push({ kind: "payloads_purged", scope, body: { rows: due.payloads } });
  if (due.sessions > 0) told.push({ kind: "sessions_purged", scope, body: { rows: due.sessions } });
  if (due.tokens > 0) told.push({ kind: "vault_purged", scope, body: { rows: due.tokens, reason: "retention" } });
  await audit.append(told);
  if (due.payloads > 0) await purgePayloads(db, payloadsBefore);
  if (due.sessions > 0) await purgeOldSessions(db, sessionsBefore);
  if (due.tokens > 0) vault.purgeUnused(vaultDays);
  return told;
}

async function purgeOldSessions(db: Db, before: number): Promise<void> {
  while ((await purgeSessions(db, before, BATCH)) === BATCH) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Purges now and every hour from then on, until it is closed. */
export function startRetention(options: RetentionOptions): { close(): Promise<void> } {
  let running: Promise<unknown> = Promise.resolve();
  const run = () => {
    running = running
      .then(() => purgeExpired(options))
      .catch((thrown) => {
        const error_class = thrown instanceof Error ? thrown.constructor.name : "";
        options.log.error("a purge failed", { component: "retention", error_class });
      });
  };
  run();
  const timer = setInterval(run, HOUR_MS);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}
