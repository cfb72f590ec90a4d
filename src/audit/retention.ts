/** The purge jobs of the installation; each purge that took something is an event of the log. */
import type { Db } from "../db/open.ts";
import { purgePayloads } from "../db/payloads.ts";
import { purgeSessions } from "../db/sessions.ts";
import type { Log } from "../log/log.ts";
import { INSTALLATION_SCOPE } from "./boot.ts";
import type { AuditEventInput, AuditSink } from "./event.ts";

export interface RetentionOptions {
  readonly db: Db;
  readonly audit: AuditSink;
  readonly log: Log;
  /** Days; payloads: 0 keeps none, sessions and vault: 0 keeps all. */
  readonly retention: { readonly payloadDays: number; readonly sessionDays: number; readonly vaultDays: number };
  /** Purges tokens of the vault that were not used for so many days; gives how many. */
  readonly purgeVault: (days: number) => number | Promise<number>;
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
 * @throws MaskerError audit_unavailable when they cannot be logged.
 */
export async function purgeExpired(options: RetentionOptions): Promise<readonly AuditEventInput[]> {
  const { db, audit, retention, purgeVault } = options;
  const now = options.clock();
  const told: AuditEventInput[] = [];
  const payloads = await purgePayloads(db, now - retention.payloadDays * DAY_MS);
  if (payloads > 0) told.push({ kind: "payloads_purged", scope: INSTALLATION_SCOPE, body: { rows: payloads } });
  if (retention.sessionDays > 0) {
    const rows = await purgeOldSessions(db, now - retention.sessionDays * DAY_MS);
    if (rows > 0) told.push({ kind: "sessions_purged", scope: INSTALLATION_SCOPE, body: { rows } });
  }
  if (retention.vaultDays > 0) {
    const rows = await purgeVault(retention.vaultDays);
    if (rows > 0) told.push({ kind: "vault_purged", scope: INSTALLATION_SCOPE, body: { rows, reason: "retention" } });
  }
  await audit.append(told);
  return told;
}

async function purgeOldSessions(db: Db, before: number): Promise<number> {
  let rows = 0;
  for (;;) {
    const purged = await purgeSessions(db, before, BATCH);
    rows += purged;
    if (purged < BATCH) return rows;
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
