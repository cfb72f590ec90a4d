import { Database } from "bun:sqlite";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { type BunSQLiteDatabase, drizzle } from "drizzle-orm/bun-sqlite";
import { MaskerError } from "../errors.ts";
import { migrate } from "./migrate.ts";
import * as schema from "./schema.ts";

/** What every store function takes. */
export type Db = BunSQLiteDatabase<typeof schema> & { readonly $client: Database };

export interface OpenDb {
  readonly db: Db;
  /** False when the file no longer answers a query. */
  healthy(): boolean;
  /** Folds the write-ahead log into the file and closes it. */
  close(): void;
}

/**
 * Opens the main database for writing, and makes and migrates it. One process serves; commands beside it may write too.
 * @throws MaskerError internal_error when a newer executable made it, or when it cannot be written or read.
 */
export function openDatabase(path: string): OpenDb {
  try {
    return openForWriting(path);
  } catch (cause) {
    if (cause instanceof MaskerError) throw cause;
    const { code } = cause as { readonly code?: unknown };
    const reason = typeof code === "string" ? ` (${code})` : "";
    const message = `The database ${path} cannot be opened${reason}: the file and its folder must be writable by the user that runs this.`;
    throw new MaskerError("internal_error", { message, cause });
  }
}

function openForWriting(path: string): OpenDb {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // Made here with this mode, which SQLite then gives to the files beside it as well.
  closeSync(openSync(path, "a", 0o600));
  const client = new Database(path, { create: true, readwrite: true, strict: true });
  try {
    configure(client);
    // Readers never wait for the writer, nor the writer for them; kept in the file itself.
    client.run("PRAGMA journal_mode = WAL");
    // Safe under WAL against a killed process. A power cut may lose the last commits but never tears the file, and
    // what must survive one is in the audit log, which is synced by itself.
    client.run("PRAGMA synchronous = NORMAL");
    migrate(client);
  } catch (thrown) {
    client.close();
    throw thrown;
  }
  return handle(client, true);
}

/** Opens the database for reading only: lists, reports and statistics, off the serving thread. */
export function openReadOnly(path: string): OpenDb {
  const client = new Database(path, { readonly: true, strict: true });
  configure(client);
  return handle(client, false);
}

function configure(client: Database): void {
  // First of all: the statements below may already meet a lock of another process.
  client.run("PRAGMA busy_timeout = 5000");
  // SQLite leaves references unchecked unless each connection asks.
  client.run("PRAGMA foreign_keys = ON");
  // Sorting a report's rows must not leave temporary files beside the data.
  client.run("PRAGMA temp_store = MEMORY");
  // 16 MiB of pages: the indexes of a million sessions stay warm.
  client.run("PRAGMA cache_size = -16384");
}

function handle(client: Database, writes: boolean): OpenDb {
  return {
    db: drizzle({ client, schema }),
    healthy() {
      try {
        client.query("SELECT 1").get();
        return true;
      } catch {
        return false;
      }
    },
    close() {
      if (writes) client.run("PRAGMA wal_checkpoint(TRUNCATE)");
      client.close();
    },
  };
}
