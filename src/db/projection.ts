import { getTableColumns, type Placeholder, type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { AuditPlaceRow } from "./audit-index.ts";
import type { Db } from "./open.ts";
import { prepared } from "./prepared.ts";
import { auditIndex, calls, installation, sessions } from "./schema.ts";
import type { SessionRow } from "./sessions.ts";

const LAST_SEQ = "projection_last_seq";
const LAST_HASH = "projection_last_hash";
const OPEN_SESSIONS = "projection_open_sessions";

export type CallRow = typeof calls.$inferSelect;

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

/**
 * Brings rows made from the audit log into the database, all or none, together with how far the log was read. Running it
 * again with the same rows changes nothing, so a crash between the log and the database is made good by reading on.
 */
export async function applyProjection(db: Db, rows: ProjectedRows): Promise<void> {
  db.transaction(() => {
    for (const row of rows.sessions ?? []) upsertSession(db).run({ ...row });
    for (const row of rows.calls ?? []) upsertCall(db).run({ ...row });
    for (const row of rows.places ?? []) insertPlace(db).run({ ...row });
    const values: Readonly<Record<string, string | undefined>> = {
      [LAST_SEQ]: String(rows.lastSeq),
      [LAST_HASH]: rows.lastHash,
      [OPEN_SESSIONS]: rows.openSessions && JSON.stringify(rows.openSessions),
    };
    for (const [key, value] of Object.entries(values)) if (value !== undefined) setValue(db).run({ key, value });
  });
}

// Run for every turn, so prepared; the row's fields fill the placeholders of the same names.

const upsertSession = prepared((db) => {
  const { id: _, ...rest } = excluded(sessions);
  return db
    .insert(sessions)
    .values(placeholders(sessions))
    .onConflictDoUpdate({ target: sessions.id, set: rest })
    .prepare();
});

const upsertCall = prepared((db) => {
  const ended_at = sql`coalesce(excluded.ended_at, ${calls.ended_at})`;
  return db
    .insert(calls)
    .values(placeholders(calls))
    .onConflictDoUpdate({ target: calls.id, set: { ended_at } })
    .prepare();
});

const insertPlace = prepared((db) =>
  db.insert(auditIndex).values(placeholders(auditIndex)).onConflictDoNothing().prepare(),
);

const setValue = prepared((db) => {
  const { value } = excluded(installation);
  return db
    .insert(installation)
    .values(placeholders(installation))
    .onConflictDoUpdate({ target: installation.key, set: { value } })
    .prepare();
});

function placeholders<T extends SQLiteTable>(table: T): Record<keyof T["_"]["columns"], Placeholder> {
  return ofColumns(table, (name) => sql.placeholder(name));
}

/** What an insert that met an existing row would have written. */
function excluded<T extends SQLiteTable>(table: T): Record<keyof T["_"]["columns"], SQL> {
  return ofColumns(table, (name) => sql.raw(`excluded."${name}"`));
}

/** Columns of this schema are named as their fields. */
function ofColumns<T extends SQLiteTable, V>(table: T, make: (name: string) => V): Record<keyof T["_"]["columns"], V> {
  const names = Object.values(getTableColumns(table)).map(({ name }) => [name, make(name)]);
  return Object.fromEntries(names) as Record<keyof T["_"]["columns"], V>;
}
