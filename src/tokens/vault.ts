import { Database, type Statement } from "bun:sqlite";
import { chmodSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { MaskerError } from "../errors.ts";

/** One row: a token of an agent, with its value sealed under the kid's key. Times are epoch ms. */
export interface VaultRow {
  readonly agent_id: string;
  readonly token: string;
  readonly kid: string;
  readonly kind: string;
  /** Keyed index of the normalised value, 32 bytes. */
  readonly lookup: Uint8Array;
  /** Which secret of the kid sealed the row. */
  readonly key_id: string;
  readonly sealed: Uint8Array;
  readonly created_at: number;
  readonly last_used_at: number;
}

const SCHEMA_VERSION = 1;
const SCHEMA = `
  CREATE TABLE vault (
    agent_id TEXT NOT NULL, token TEXT NOT NULL, kid TEXT NOT NULL, kind TEXT NOT NULL, lookup BLOB NOT NULL,
    key_id TEXT NOT NULL, sealed BLOB NOT NULL, created_at INTEGER NOT NULL, last_used_at INTEGER NOT NULL,
    PRIMARY KEY (agent_id, token)
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX vault_lookup ON vault (agent_id, kid, lookup);
  CREATE INDEX vault_last_used ON vault (last_used_at);
  CREATE INDEX vault_key ON vault (kid, key_id);
  CREATE TABLE vault_keys (kid TEXT NOT NULL, key_id TEXT NOT NULL, first_seen_at INTEGER NOT NULL, PRIMARY KEY (kid, key_id));
`;
const COLUMNS = "agent_id, token, kid, kind, lookup, key_id, sealed, created_at, last_used_at";

/** The vault's file: from token to sealed value. It knows no key and no plain value. */
export class Vault {
  readonly #path: string;
  readonly #db: Database;
  readonly #byLookup: Statement<VaultRow, [string, string, Uint8Array]>;
  readonly #byToken: Statement<VaultRow, [string, string]>;
  #wal: FileHandle | null = null;
  #dirty = false;
  #flushing: Promise<void> | null = null;
  #queued: Promise<void> | null = null;

  /** @throws MaskerError internal_error for a vault that a newer executable made. */
  constructor(path: string) {
    this.#path = path;
    this.#db = new Database(path, { create: true, strict: true });
    // First, so that the pragmas after it wait for another process instead of failing.
    this.#db.run("PRAGMA busy_timeout = 5000");
    this.#db.run("PRAGMA journal_mode = WAL");
    // A commit is only written here; flush() syncs the log off the serving thread before anything is released.
    this.#db.run("PRAGMA synchronous = NORMAL");
    // Purged values must not stay behind in free pages.
    this.#db.run("PRAGMA secure_delete = ON");
    if (path !== ":memory:") chmodSync(path, 0o600);
    this.#migrate();
    this.#byLookup = this.#db.query(`SELECT ${COLUMNS} FROM vault WHERE agent_id = ? AND kid = ? AND lookup = ?`);
    this.#byToken = this.#db.query(`SELECT ${COLUMNS} FROM vault WHERE agent_id = ? AND token = ?`);
  }

  findByLookup(agentId: string, kid: string, lookup: Uint8Array): VaultRow | null {
    return this.#byLookup.get(agentId, kid, lookup);
  }

  findByToken(agentId: string, token: string): VaultRow | null {
    return this.#byToken.get(agentId, token);
  }

  /** Inserts, or leaves the row that another writer made for the same value a moment before; then false. */
  insert(row: VaultRow): boolean {
    const { changes } = this.#write(() =>
      this.#db
        .query(`INSERT OR IGNORE INTO vault (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
        .run(
          row.agent_id,
          row.token,
          row.kid,
          row.kind,
          row.lookup,
          row.key_id,
          row.sealed,
          row.created_at,
          row.last_used_at,
        ),
    );
    return changes > 0;
  }

  /** Puts the row under another key; the token stays. */
  reseal(row: VaultRow, lookup: Uint8Array, keyId: string, sealed: Uint8Array): void {
    this.#write(() =>
      this.#db
        .query("UPDATE OR IGNORE vault SET lookup = ?, key_id = ?, sealed = ? WHERE agent_id = ? AND token = ?")
        .run(lookup, keyId, sealed, row.agent_id, row.token),
    );
  }

  /** Notes that rows were used; `tokens` as [agent id, token]. */
  touch(tokens: Iterable<readonly [string, string]>, at: number): void {
    const update = this.#db.query("UPDATE vault SET last_used_at = ? WHERE agent_id = ? AND token = ?");
    this.transaction(() => {
      for (const [agentId, token] of tokens) update.run(at, agentId, token);
    });
  }

  /** Up to `limit` rows of a kid that another secret than `keyId` sealed, after the given place. */
  rowsUnderOtherKeys(kid: string, keyId: string, after: { agentId: string; token: string }, limit: number): VaultRow[] {
    return this.#db
      .query<VaultRow, [string, string, string, string, number]>(
        `SELECT ${COLUMNS} FROM vault WHERE kid = ? AND key_id <> ? AND (agent_id, token) > (?, ?) ORDER BY agent_id, token LIMIT ?`,
      )
      .all(kid, keyId, after.agentId, after.token, limit);
  }

  /** Every row after the given place, in order of agent and token. */
  rowsAfter(after: { agentId: string; token: string }, limit: number): VaultRow[] {
    return this.#db
      .query<VaultRow, [string, string, number]>(
        `SELECT ${COLUMNS} FROM vault WHERE (agent_id, token) > (?, ?) ORDER BY agent_id, token LIMIT ?`,
      )
      .all(after.agentId, after.token, limit);
  }

  /** How many rows `purge` would delete. */
  count(filter: { before?: number; agentId?: string }): number {
    const found = this.#db
      .query<{ rows: number }, [number | null, string | null]>(
        "SELECT count(*) AS rows FROM vault WHERE (?1 IS NULL OR last_used_at < ?1) AND (?2 IS NULL OR agent_id = ?2)",
      )
      .get(filter.before ?? null, filter.agentId ?? null);
    return found?.rows ?? 0;
  }

  /** Deletes what was not used since `before` (epoch ms), or everything of an agent; answers how many rows went. */
  purge(filter: { before?: number; agentId?: string }): number {
    return this.#write(() => {
      const done = this.#db
        .query("DELETE FROM vault WHERE (?1 IS NULL OR last_used_at < ?1) AND (?2 IS NULL OR agent_id = ?2)")
        .run(filter.before ?? null, filter.agentId ?? null);
      return done.changes;
    });
  }

  /** Rows by kid and kind, and the file's size in bytes. */
  stats(): { rows: number; bytes: number; byKid: { kid: string; key_id: string; rows: number }[] } {
    const byKid = this.#db
      .query<{ kid: string; key_id: string; rows: number }, []>(
        "SELECT kid, key_id, count(*) AS rows FROM vault GROUP BY kid, key_id",
      )
      .all();
    const size = this.#db
      .query<{ bytes: number }, []>(
        "SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()",
      )
      .get();
    return { rows: byKid.reduce((sum, row) => sum + row.rows, 0), bytes: size?.bytes ?? 0, byKid };
  }

  /** When a secret of a kid was first seen here, epoch ms; notes `now` when it is new. */
  firstSeen(kid: string, keyId: string, now: number): number {
    this.#write(() =>
      this.#db
        .query("INSERT OR IGNORE INTO vault_keys (kid, key_id, first_seen_at) VALUES (?, ?, ?)")
        .run(kid, keyId, now),
    );
    const row = this.#db
      .query<{ first_seen_at: number }, [string, string]>(
        "SELECT first_seen_at FROM vault_keys WHERE kid = ? AND key_id = ?",
      )
      .get(kid, keyId);
    return row?.first_seen_at ?? now;
  }

  /** Changes when another process has written to the file. */
  dataVersion(): number {
    return this.#db.query<{ data_version: number }, []>("PRAGMA data_version").get()?.data_version ?? 0;
  }

  transaction<T>(work: () => T): T {
    return this.#write(() => this.#db.transaction(work).immediate());
  }

  /** Resolves when all commits so far are on disk; those that come while a sync runs share the next one. */
  flush(): Promise<void> {
    if (!this.#dirty) return this.#flushing ?? Promise.resolve();
    if (this.#flushing === null) {
      this.#flushing = this.#sync().finally(() => {
        this.#flushing = null;
      });
      return this.#flushing;
    }
    this.#queued ??= this.#flushing
      .catch(() => undefined)
      .then(() => {
        this.#queued = null;
        return this.flush();
      });
    return this.#queued;
  }

  /** @throws MaskerError audit_unavailable when the file cannot be written. */
  probe(): void {
    this.#write(() => this.#db.run("BEGIN IMMEDIATE; ROLLBACK"));
  }

  async close(): Promise<void> {
    await this.flush();
    await this.#wal?.close();
    this.#db.run("PRAGMA wal_checkpoint(TRUNCATE)");
    this.#db.close();
  }

  async #sync(): Promise<void> {
    this.#dirty = false;
    if (this.#path === ":memory:") return;
    try {
      this.#wal ??= await open(`${this.#path}-wal`, "r+");
      await this.#wal.datasync();
    } catch (cause) {
      this.#dirty = true;
      throw vaultUnavailable(cause);
    }
  }

  #write<T>(work: () => T): T {
    try {
      const result = work();
      this.#dirty = true;
      return result;
    } catch (cause) {
      if (cause instanceof MaskerError) throw cause;
      throw vaultUnavailable(cause);
    }
  }

  #migrate(): void {
    const version = this.#db.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
    if (version > SCHEMA_VERSION) {
      throw new MaskerError("internal_error", { message: "The vault was made by a newer version of Masker." });
    }
    if (version === SCHEMA_VERSION) return;
    this.#db.transaction(() => {
      this.#db.run(SCHEMA);
      this.#db.run(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    })();
  }
}

function vaultUnavailable(cause: unknown): MaskerError {
  return new MaskerError("audit_unavailable", {
    message: "The vault cannot be written, so nothing is answered.",
    cause,
  });
}
