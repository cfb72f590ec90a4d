import { getTableColumns, sql } from "drizzle-orm";
import type { AuditPlaceRow } from "./audit-index.ts";
import type { CallRow } from "./calls.ts";
import type { Db } from "./open.ts";
import { auditIndex, calls, installation, sessions } from "./schema.ts";
import type { SessionRow } from "./sessions.ts";

const LAST_SEQ = "projection_last_seq";
const LAST_HASH = "projection_last_hash";
const OPEN_SESSIONS = "projection_open_sessions";

export interface ProjectedRows {
  readonly sessions?: readonly SessionRow[];
  readonly calls?: readonly CallRow[];
  readonly places?: readonly AuditPlaceRow[];
  /** The last event of the log that these rows come from. */
  readonly lastSeq: number;
  /** this_hash of that event: against it a log that was put back to an older state is found. */
  readonly lastHash?: string;
  /** Sessions that had begun and not completed by then. */
  readonly openSessions?: readonly string[];
}

export interface ProjectionState {
  readonly lastSeq: number;
  readonly lastHash: string | null;
  readonly openSessions: readonly string[];
}

/** How far the database has read the log, and what was unfinished there. */
export async function projectionState(db: Db): Promise<ProjectionState> {
  const value = (key: string) => db.select().from(installation).where(sql`${installation.key} = ${key}`).get()?.value;
  return {
    lastSeq: Number(value(LAST_SEQ) ?? 0),
    lastHash: value(LAST_HASH) ?? null,
    openSessions: JSON.parse(value(OPEN_SESSIONS) ?? "[]"),
  };
}

/** The last event of the log that the database knows of; 0 before the first. */
export async function projectedSeq(db: Db): Promise<number> {
  const row = db.select().from(installation).where(sql`${installation.key} = ${LAST_SEQ}`).get();
  return row ? Number(row.value) : 0;
}

/**
 * Brings rows made from the audit log into the database, all or none, together with how far the log was read. Running it
 * again with the same rows changes nothing, so a crash between the log and the database is made good by reading on.
 */
export async function applyProjection(db: Db, rows: ProjectedRows): Promise<void> {
  db.transaction((tx) => {
    for (const row of rows.sessions ?? []) {
      const { id: _, ...rest } = row;
      tx.insert(sessions).values(row).onConflictDoUpdate({ target: sessions.id, set: rest }).run();
    }
    for (const row of rows.calls ?? []) {
      const ended = row.ended_at ?? sql`${calls.ended_at}`;
      tx.insert(calls)
        .values(row)
        .onConflictDoUpdate({ target: calls.id, set: { ended_at: ended } })
        .run();
    }
    for (const batch of batches(rows.places ?? [])) {
      tx.insert(auditIndex).values(batch).onConflictDoNothing().run();
    }
    const values: Readonly<Record<string, string | undefined>> = {
      [LAST_SEQ]: String(rows.lastSeq),
      [LAST_HASH]: rows.lastHash,
      [OPEN_SESSIONS]: rows.openSessions && JSON.stringify(rows.openSessions),
    };
    for (const [key, value] of Object.entries(values)) {
      if (value === undefined) continue;
      tx.insert(installation)
        .values({ key, value })
        .onConflictDoUpdate({ target: installation.key, set: { value } })
        .run();
    }
  });
}

/** SQLite takes 32,766 parameters a statement; far fewer keep the statement cheap to prepare. */
function* batches<Row>(rows: readonly Row[]): Generator<Row[]> {
  const size = Math.floor(1000 / Object.keys(getTableColumns(auditIndex)).length);
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size);
}
