import { existsSync, mkdirSync, mkdtempSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openAppliance } from "../../src/appliance/open-appliance.ts";
import { loadConfig } from "../../src/config/load.ts";
import { openDatabase } from "../../src/db/open.ts";
import { findReportJob, insertReportJob } from "../../src/db/report-jobs.ts";

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
const DAY_MS = 86_400_000;

it("forgets the files of old reports, and keeps those of the last week", async () => {
  const folder = mkdtempSync(join(tmpdir(), "masker-house-"));
  const config = loadConfig({ MASKER_DATA_DIR: folder }, {});
  const reports = join(folder, "reports");
  mkdirSync(reports);
  const { db, close } = openDatabase(config.databasePath);
  for (const [id, days] of [
    ["old", 8],
    ["new", 6],
  ] as const) {
    const file = join(reports, `${id}.json`);
    const at = Date.now() - days * DAY_MS;
    writeFileSync(file, "{}");
    utimesSync(file, at / 1000, at / 1000);
    const job = { id, account_id: "acc_1", status: "done", progress: 1, request: {}, error_code: null } as const;
    await insertReportJob(db, { ...job, file, created_at: at });
  }
  const appliance = await openAppliance({ config, log: SILENT, baseUrl: () => "" });
  await appliance.close();
  expect(["old", "new"].map((id) => existsSync(join(reports, `${id}.json`)))).toEqual([false, true]);
  const jobs = await Promise.all(["old", "new"].map((id) => findReportJob(db, "acc_1", id)));
  expect(jobs.map((job) => job?.id)).toEqual([undefined, "new"]);
  close();
});
