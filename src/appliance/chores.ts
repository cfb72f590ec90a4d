/** What runs beside the surfaces. */

import type { HealthReport } from "../app.ts";
import type { AuditLog } from "../audit/log.ts";
import { startRetention } from "../audit/retention.ts";
import { auditSocketPath, serveAppends } from "../audit/socket.ts";
import type { Config } from "../config/config.ts";
import { errorFields } from "../log/error-fields.ts";
import type { Log } from "../log/log.ts";
import { bytesBeside } from "../metrics/file-sizes.ts";
import { createMetrics } from "../metrics/metrics.ts";
import { serveMetrics } from "../metrics/serve-metrics.ts";
import { reportsFolder } from "./audit-parts.ts";
import { startHousekeeping } from "./housekeeping.ts";
import type { Keep } from "./keep.ts";
import type { Storage } from "./storage.ts";
import type { TurnParts } from "./turn-parts.ts";

export interface ChoreOptions {
  readonly config: Config;
  readonly log: Log;
  readonly storage: Storage;
  readonly parts: TurnParts;
  readonly health: () => HealthReport;
  /** Days that events are kept. */
  readonly auditDays: () => number;
  readonly clock: () => number;
}

/** Metrics, the socket for commands, retention and housekeeping. */
export async function startChores(options: ChoreOptions, keep: Keep): Promise<void> {
  const { config, log, storage, parts, health, auditDays, clock } = options;
  const { db, audit, node } = storage;
  if (config.metrics) keep(startMetrics(config, config.metrics, { audit, health }));
  await openSocket(config, audit, log, keep);
  keep(startRetention({ db, audit, log, retention: config.retention, vault: parts.tokenizer, clock }));
  keep(
    startHousekeeping({
      db,
      audit,
      auditKey: config.keys.auditHmac,
      node,
      log,
      clock,
      auditDays,
      reportsFolder: reportsFolder(config),
    }),
  );
}

/** Prometheus metrics at an address of their own, from the events of the log. */
function startMetrics(
  { vaultPath, auditLogPath }: Config,
  address: NonNullable<Config["metrics"]>,
  { audit, health }: { readonly audit: AuditLog; readonly health: () => HealthReport },
): { close(): Promise<void> } {
  const metrics = createMetrics({
    vaultBytes: () => bytesBeside(vaultPath),
    auditLogBytes: () => bytesBeside(auditLogPath),
    health: () =>
      Object.fromEntries(Object.entries(health().components).map(([name, state]) => [name, state !== "failed"])),
  });
  const stop = audit.onCommit((events) => {
    for (const { event } of events) metrics.observe(event);
  });
  const server = serveMetrics(metrics, address);
  return {
    async close() {
      stop();
      await server.close();
    },
  };
}

/** Without the socket commands take the log's lock themselves, and are refused while the server runs. */
async function openSocket(config: Config, audit: AuditLog, log: Log, keep: Keep): Promise<void> {
  try {
    keep(await serveAppends({ path: auditSocketPath(config.dataDir), audit, log }));
  } catch (thrown) {
    log.warn("the audit socket cannot be opened", { component: "audit_log", ...errorFields(thrown) });
  }
}
