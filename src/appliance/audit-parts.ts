import { join } from "node:path";
import type { AuditVerifier } from "../api/deps.ts";
import { checkpointPath, readCheckpoints } from "../audit/checkpoint.ts";
import { nodeFiles } from "../audit/files.ts";
import { createEventReader, type EventReader } from "../audit/read.ts";
import { VerifyThreads } from "../audit/verify-thread.ts";
import { BUILD } from "../build-info.ts";
import type { Config } from "../config/config.ts";
import type { PayloadRow } from "../db/payloads.ts";
import { createReportMaker, type ReportMaker } from "../report/report-maker.ts";
import type { Keep } from "./keep.ts";
import type { Storage } from "./storage.ts";

export interface AuditParts {
  readonly events: EventReader;
  readonly verifier: AuditVerifier;
  readonly reports: ReportMaker;
}

export interface AuditPartOptions {
  readonly openPayload: (row: PayloadRow) => string | null;
  /** Days that events are kept; reports state it. */
  readonly auditDays: () => number;
  readonly keep: Keep;
}

/** Where the files of report jobs lie. */
export function reportsFolder({ dataDir }: Config): string {
  return join(dataDir, "reports");
}

/** What reads the log: single events, its verification, the reports. */
export function auditParts(config: Config, { db, audit, node }: Storage, options: AuditPartOptions): AuditParts {
  const { path, signer } = audit;
  const { auditHmac: key, signing: signingSeed } = config.keys;
  const { publicKey } = signer;
  const { payloadDays, sessionDays, vaultDays, keyRotationGraceDays } = config.retention;
  const reports = createReportMaker({
    db,
    databasePath: config.databasePath,
    folder: reportsFolder(config),
    // Asked for each report: policies change while the server runs.
    source: () => ({
      auditLogPath: path,
      auditKey: key,
      signingSeed,
      node,
      build: { version: BUILD.version, commit: BUILD.commit },
      retention: {
        payload_days: payloadDays,
        session_days: sessionDays,
        vault_days: vaultDays,
        key_rotation_grace_days: keyRotationGraceDays,
        audit_days: options.auditDays(),
      },
    }),
    audit,
    openPayload: options.openPayload,
  });
  const threads = options.keep(new VerifyThreads());
  return {
    events: createEventReader({ path, key }),
    verifier: {
      async verify(accountId, findHash) {
        const task = { path, key, publicKey, whole: true, until: audit.head(), accountId };
        const verification = await threads.verify(findHash === undefined ? task : { ...task, findHash });
        audit.noteVerification(verification.first_break);
        return verification;
      },
      checkpoints: async () => (await readCheckpoints(nodeFiles, checkpointPath(path), { key, publicKey })).checkpoints,
    },
    reports: options.keep(reports),
  };
}
