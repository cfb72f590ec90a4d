/**
 * One writer. The lock is SQLite's own lock on an empty database beside the log: the system gives it back when its holder
 * dies, however it dies, so that there is no stale lock to break and no race in breaking it, on every platform.
 */
import { Database } from "bun:sqlite";
import { closeSync, openSync } from "node:fs";
import { MaskerError } from "../errors.ts";

export interface LogLock {
  release(): void;
}

/**
 * Takes the lock of the log at `logPath`. Nothing else may open the lock file: closing any descriptor of a file drops the
 * POSIX locks that the process holds on it.
 * @throws MaskerError audit_unavailable when another writer holds it.
 */
export function lockLog(logPath: string): LogLock {
  const path = `${logPath}.lock`;
  // SQLite would make the file readable by all.
  closeSync(openSync(path, "a", 0o600));
  const database = new Database(path);
  try {
    database.run("PRAGMA journal_mode = MEMORY");
    database.run("BEGIN EXCLUSIVE");
  } catch (thrown) {
    database.close();
    throw new MaskerError("audit_unavailable", {
      message: "Another process is writing this audit log. Stop it, or let it do the work.",
      cause: thrown,
    });
  }
  return {
    release() {
      database.close();
    },
  };
}
