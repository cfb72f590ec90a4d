/** What an installation does by itself from time to time, beside what retention purges every hour. */
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { AuditLog } from "../audit/log.ts";
import { purgeSegments } from "../audit/purge.ts";
import { purgeAuthSessions } from "../db/auth-sessions.ts";
import { purgeOneTimeTokens } from "../db/one-time-tokens.ts";
import type { Db } from "../db/open.ts";
import { purgeReportJobs } from "../db/report-jobs.ts";
import { errorFields } from "../log/error-fields.ts";
import type { Log } from "../log/log.ts";

export interface HousekeepingOptions {
  readonly db: Db;
  readonly audit: AuditLog;
  readonly auditKey: Uint8Array;
  readonly node: string;
  readonly log: Log;
  readonly clock: () => number;
  /** Longest `audit.retention_days` of the policies in force; 0 keeps all. */
  readonly auditDays: () => number;
  /** Of the files that report jobs made. */
  readonly reportsFolder: string;
}

const DAY_MS = 86_400_000;
/** A report can be made again at any time, so its file need not stay. */
const REPORT_FILE_DAYS = 7;

/** Works now and every day from then on, until it is closed. */
export function startHousekeeping(options: HousekeepingOptions): { close(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  const run = () => {
    running = running
      .then(() => keepHouse(options))
      .catch((thrown) => options.log.error("housekeeping failed", { component: "retention", ...errorFields(thrown) }));
  };
  run();
  const timer = setInterval(run, DAY_MS);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}

async function keepHouse(options: HousekeepingOptions): Promise<void> {
  const { db, audit, auditKey, node, clock, auditDays, reportsFolder } = options;
  const now = clock();
  await purgeAuthSessions(db, now);
  await purgeOneTimeTokens(db, now);
  await purgeReports(db, reportsFolder, now - REPORT_FILE_DAYS * DAY_MS);
  const days = auditDays();
  if (days === 0) return;
  const { path, signer } = audit;
  await purgeSegments({ db, audit, path, key: auditKey, signer, node, before: now - days * DAY_MS, now });
}

/** Jobs with their files, and files that a crash left without a job. */
async function purgeReports(db: Db, folder: string, before: number): Promise<void> {
  await purgeReportJobs(db, before);
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path);
    if (mtimeMs < before) await rm(path, { force: true });
  }
}
