import { and, eq, inArray, lt } from "drizzle-orm";
import type { Db } from "./open.ts";
import { reportJobs } from "./schema.ts";

export type ReportJobRow = typeof reportJobs.$inferSelect;
export type ReportJobPatch = Partial<Pick<ReportJobRow, "status" | "progress" | "file" | "error_code">>;

export async function insertReportJob(db: Db, row: ReportJobRow): Promise<void> {
  db.insert(reportJobs).values(row).run();
}

export async function findReportJob(db: Db, accountId: string, jobId: string): Promise<ReportJobRow | null> {
  const own = and(eq(reportJobs.id, jobId), eq(reportJobs.account_id, accountId));
  return db.select().from(reportJobs).where(own).get() ?? null;
}

export async function updateReportJob(db: Db, jobId: string, patch: ReportJobPatch): Promise<void> {
  db.update(reportJobs).set(patch).where(eq(reportJobs.id, jobId)).run();
}

/** Forgets the jobs that were asked for before a moment, in epoch ms. */
export async function purgeReportJobs(db: Db, before: number): Promise<void> {
  db.delete(reportJobs).where(lt(reportJobs.created_at, before)).run();
}

/** Jobs that a stop cut off: on the next start they are marked failed rather than left running for ever. */
export async function failUnfinishedReportJobs(db: Db): Promise<void> {
  db.update(reportJobs)
    .set({ status: "failed", error_code: "report_generation_failed" })
    .where(inArray(reportJobs.status, ["queued", "running"]))
    .run();
}
