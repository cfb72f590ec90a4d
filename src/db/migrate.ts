import type { Database } from "bun:sqlite";
import { createHash } from "node:crypto";
import { MaskerError } from "../errors.ts";
import { MIGRATIONS, type Migration } from "./migrations.ts";

/**
 * Brings a database up to date: all missing migrations in one transaction. drizzle's own migrator compares neither order
 * nor content, so it would run an older file late, or not at all, without a word.
 * @returns the names that were applied.
 * @throws MaskerError internal_error when the database was made by a newer executable or its history differs from ours.
 */
export function migrate(client: Database, migrations: readonly Migration[] = MIGRATIONS): readonly string[] {
  const run = client.transaction(() => {
    client.run(`CREATE TABLE IF NOT EXISTS "migrations" (
      "position" integer PRIMARY KEY NOT NULL, "name" text NOT NULL, "sha256" text NOT NULL, "applied_at" integer NOT NULL
    ) STRICT`);
    const applied = client
      .query<{ position: number; name: string; sha256: string }, []>(
        `SELECT "position", "name", "sha256" FROM "migrations" ORDER BY "position"`,
      )
      .all();
    checkHistory(applied, migrations);
    const missing = migrations.slice(applied.length);
    missing.forEach((migration, index) => {
      client.run(migration.sql);
      client.run(`INSERT INTO "migrations" VALUES (?, ?, ?, ?)`, [
        applied.length + index,
        migration.name,
        sha256(migration.sql),
        Date.now(),
      ]);
    });
    return missing.map(({ name }) => name);
  });
  // Immediate: two processes that start together take turns instead of both reading an empty history.
  return run.immediate();
}

function checkHistory(
  applied: readonly { readonly position: number; readonly name: string; readonly sha256: string }[],
  migrations: readonly Migration[],
): void {
  applied.forEach((row, index) => {
    const known = migrations[index];
    if (!known) {
      throw new MaskerError("internal_error", {
        message: `The database was made by a newer Masker (it has ${applied.length} migrations, this one knows ${migrations.length}). Run that version.`,
      });
    }
    if (row.position !== index || row.name !== known.name || row.sha256 !== sha256(known.sql)) {
      throw new MaskerError("internal_error", {
        message: `The database's history differs from this Masker's at migration ${index} (${known.name}).`,
      });
    }
  });
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
