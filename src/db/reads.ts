/** The reads that may take long, by name: what the reader's worker can be asked. */
import { listAccountPlacesForward, listAuditPlaces, listSessionPlaces } from "./audit-index.ts";
import type { Db } from "./open.ts";
import { findSession, listSessions, listSessionsForward } from "./sessions.ts";
import { accountStats, agentStats, sessionCounts24h } from "./stats.ts";

export const READS = {
  listSessions,
  listSessionsForward,
  findSession,
  listAuditPlaces,
  listSessionPlaces,
  listAccountPlacesForward,
  agentStats,
  sessionCounts24h,
  accountStats,
} as const satisfies Record<string, (db: Db, ...args: never[]) => Promise<unknown>>;

export type ReadName = keyof typeof READS;
export type ReadArgs<N extends ReadName> = Parameters<(typeof READS)[N]> extends [Db, ...infer Rest] ? Rest : never;
export type ReadResult<N extends ReadName> = Awaited<ReturnType<(typeof READS)[N]>>;
