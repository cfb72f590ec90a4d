import { hostname } from "node:os";
import { INSTALLATION_SCOPE } from "../audit/boot.ts";
import { type AuditLog, openAuditLog } from "../audit/log.ts";
import { openProjection, type Projection, readMark } from "../audit/projection.ts";
import { BUILD } from "../build-info.ts";
import type { Config } from "../config/config.ts";
import { findInstallationValue, setInstallationValue } from "../db/installation.ts";
import { type Db, type OpenDb, openDatabase } from "../db/open.ts";
import { createReader, type Reader } from "../db/reader.ts";
import { failUnfinishedReportJobs } from "../db/report-jobs.ts";
import type { Log } from "../log/log.ts";
import type { Keep } from "./keep.ts";

export interface Storage {
  readonly database: OpenDb;
  readonly db: Db;
  readonly reader: Reader;
  readonly audit: AuditLog;
  readonly projection: Projection;
  /** The name that every event carries. */
  readonly node: string;
  /** Logs that the server runs; from then on its end will be logged too. */
  noteStart(): Promise<void>;
}

/** Database and audit log, with the tables brought up to the log. */
export async function openStorage(config: Config, log: Log, keep: Keep): Promise<Storage> {
  const database = keep(openDatabase(config.databasePath));
  const { db } = database;
  const node = await nodeName(db);
  const { auditHmac: key, signing: signingSeed } = config.keys;
  const { auditLogPath: path, auditAnchor: anchor } = config;
  const audit = keep(await openAuditLog({ path, key, signingSeed, node, log, anchor, mark: await readMark(db) }));
  const projection = keep(await openProjection({ db, audit, key, log }));
  let started = false;
  // Kept here, so that it is the last event: the ends of sessions come before it.
  const stopped = { kind: "server_stopped", scope: INSTALLATION_SCOPE, body: { clean: true } } as const;
  keep({ close: async () => started && audit.append([stopped]) });
  await failUnfinishedReportJobs(db);
  const reader = keep(createReader(config.databasePath));
  return {
    database,
    db,
    reader,
    audit,
    projection,
    node,
    async noteStart() {
      await audit.append([{ kind: "server_started", scope: INSTALLATION_SCOPE, body: { version: BUILD.version } }]);
      started = true;
    },
  };
}

/** Kept from the first start, because the machine's own name may change. */
async function nodeName(db: Db): Promise<string> {
  const known = await findInstallationValue(db, "node_name");
  if (known !== null) return known;
  const name = hostname() || "node";
  await setInstallationValue(db, "node_name", name);
  return name;
}
