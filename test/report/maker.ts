import { join } from "node:path";
import type { AuditLog } from "../../src/audit/log.ts";
import type { Db } from "../../src/db/open.ts";
import { createReportMaker, type ReportMaker } from "../../src/report/report-maker.ts";
import { KEY, SEED } from "../audit/fixture.ts";

interface Over {
  readonly db: Db;
  /** Holds `masker.db` and `audit.log`. */
  readonly folder: string;
  readonly audit: AuditLog;
  readonly openPayload?: () => string | null;
}

/** The report maker of an installation in a folder. */
export function makerOver({ db, folder, audit, openPayload = () => null }: Over): ReportMaker {
  return createReportMaker({
    db,
    databasePath: join(folder, "masker.db"),
    folder: join(folder, "reports"),
    audit,
    openPayload,
    source: () => ({
      auditLogPath: join(folder, "audit.log"),
      auditKey: KEY,
      signingSeed: SEED,
      node: "node-1",
      build: { version: "1.0.0", commit: "abc" },
      retention: { payload_days: 1, session_days: 90, vault_days: 0, key_rotation_grace_days: 30, audit_days: 2555 },
    }),
  });
}
