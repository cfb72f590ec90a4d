/**
 * Keeps the session, call and index tables in step with the log. The log is the truth: after a crash the tables are brought
 * up to its last event, and sessions that never completed are closed as `error` by an event of their own.
 */
import { findAgentEverMade } from "../db/agents.ts";
import { type AuditPlaceRow, findPlace, listSessionPlaces } from "../db/audit-index.ts";
import type { Db } from "../db/open.ts";
import { applyProjection, type CallRow, projectionState } from "../db/projection.ts";
import type { SessionRow } from "../db/sessions.ts";
import type { Log } from "../log/log.ts";
import type { AuditEvent } from "./event.ts";
import { type LogFiles, nodeFiles } from "./files.ts";
import type { AuditLog, CommittedEvent } from "./log.ts";
import { createEventReader } from "./read.ts";
import { listSegments } from "./segment.ts";
import { OpenSessions } from "./session-projection.ts";
import { type ChainState, type LinePosition, walkLog } from "./walk.ts";

export interface ProjectionOptions {
  readonly db: Db;
  readonly audit: AuditLog;
  /** Key of the chain. */
  readonly key: Uint8Array;
  readonly log: Log;
  readonly files?: LogFiles;
  /** How long events gather before they are written to the database. */
  readonly flushMs?: number;
}

export interface Projection {
  /** Calls `listener` with each batch of sessions after their rows are in the database. Gives the function that ends it. */
  onSessions(listener: (rows: readonly SessionRow[]) => void): () => void;
  /** Resolves when all that is durable now is in the tables. */
  flush(): Promise<void>;
  /** Writes what waits; called before the log is closed. */
  close(): Promise<void>;
}

const FLUSH_MS = 100;
const RETRY_MS = 1000;
/** `bun:sqlite` is synchronous: a transaction of this size holds the thread for a few milliseconds at most. */
const BATCH = 200;

/** The mark that the log is opened with (`openAuditLog({ mark })`); null before the first event. */
export async function readMark(db: Db): Promise<{ readonly seq: number; readonly hash: string } | null> {
  const { lastSeq, lastHash } = await projectionState(db);
  return lastSeq > 0 && lastHash !== null ? { seq: lastSeq, hash: lastHash } : null;
}

/**
 * Brings the tables up to the log, closes sessions that a crash left open, and follows the log from there on. To be called
 * after the log is opened and before the first request is taken.
 */
export async function openProjection(options: ProjectionOptions): Promise<Projection> {
  const projection = new LogProjection(options);
  await projection.catchUp();
  await projection.closeInterrupted();
  return projection;
}

class LogProjection implements Projection {
  readonly #open = new OpenSessions();
  readonly #listeners = new Set<(rows: readonly SessionRow[]) => void>();
  /** In order; each is written in one transaction. */
  #batches: Batch[] = [];
  #filling: Batch | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #flushing: Promise<void> = Promise.resolve();
  #stop: () => void = () => {};

  constructor(private readonly options: ProjectionOptions) {}

  onSessions(listener: (rows: readonly SessionRow[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async catchUp(): Promise<void> {
    const { db, audit, key, files = nodeFiles } = this.options;
    const state = await projectionState(db);
    const reader = createEventReader({ path: audit.path, key, files });
    for (const sessionId of state.openSessions) {
      const places = (await listSessionPlaces(db, sessionId)).filter(({ seq }) => seq <= state.lastSeq);
      for (const { event, line } of await reader.readStored(places)) this.#open.take(event, line);
    }
    // What is committed from here on comes through the listener, and waits until what was before is read.
    const until = audit.head();
    const since: CommittedEvent[] = [];
    this.#stop = audit.onCommit((events) => since.push(...events));
    if (until.seq > state.lastSeq) {
      const from = await this.#stateAt(state.lastSeq, state.lastHash);
      await walkLog({
        key,
        publicKey: audit.signer.publicKey,
        files,
        path: audit.path,
        segments: await listSegments(files, audit.path),
        until,
        ...(from === null ? {} : { from }),
        visit: (event, position, line) => {
          if (event.seq > state.lastSeq) this.#add(event, position, line);
        },
        pause: () => this.flush(),
      });
    }
    this.#stop();
    this.#stop = audit.onCommit((events) => this.#take(events));
    this.#take(since);
    await this.flush();
  }

  /** Ends what the last process left unfinished, in the log and so in the tables. */
  async closeInterrupted(): Promise<void> {
    const { db, audit, log } = this.options;
    const completions = await this.#open.completions((accountId, agentId) => findAgentEverMade(db, accountId, agentId));
    if (completions.length === 0) return;
    log.warn("sessions that never completed are closed", { component: "audit_log", count: completions.length });
    // When the log cannot be written now they stay open, and are closed at the next start.
    await audit.append(completions).catch(() => {});
    await this.flush();
  }

  flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#flushing = this.#flushing.then(() => this.#write());
    return this.#flushing;
  }

  async close(): Promise<void> {
    await this.flush();
    this.#stop();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #take(events: readonly CommittedEvent[]): void {
    for (const { event, position, line } of events) this.#add(event, position, line);
    this.#timer ??= setTimeout(() => void this.flush(), this.options.flushMs ?? FLUSH_MS);
  }

  #add(event: AuditEvent, position: LinePosition, line: string | Uint8Array): void {
    this.#filling ??= { sessions: [], calls: [], places: [], lastSeq: 0, lastHash: "", openSessions: [] };
    const batch = this.#filling;
    batch.places.push(placeOf(event, position));
    const call = callOf(event);
    if (call !== null) batch.calls.push(call);
    const session = this.#open.take(event, line);
    if (session !== null) batch.sessions.push(session);
    batch.lastSeq = event.seq;
    batch.lastHash = event.this_hash;
    if (batch.places.length >= BATCH) this.#seal();
  }

  /** Ends the batch that is being filled; the sessions that are open at its last event are noted now, not later. */
  #seal(): void {
    if (this.#filling === null) return;
    this.#filling.openSessions = this.#open.ids();
    this.#batches.push(this.#filling);
    this.#filling = null;
  }

  async #write(): Promise<void> {
    this.#seal();
    for (let batch = this.#batches[0]; batch !== undefined; batch = this.#batches[0]) {
      try {
        await applyProjection(this.options.db, batch);
      } catch (thrown) {
        // The batches wait in their order; should the process end first, the next start reads them from the log.
        const error_class = thrown instanceof Error ? thrown.constructor.name : "";
        this.options.log.error("the session tables could not be written", { component: "db", error_class });
        this.#timer ??= setTimeout(() => void this.flush(), RETRY_MS);
        return;
      }
      this.#batches.shift();
      for (const listener of this.#listeners) if (batch.sessions.length > 0) listener(batch.sessions);
      // Leaves the thread to the calls in progress between two transactions.
      if (this.#batches.length > 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** The state of the chain after event `seq`; null when it is not known where that lies (it was purged, or is the first). */
  async #stateAt(seq: number, hash: string | null): Promise<ChainState | null> {
    if (seq === 0 || hash === null) return null;
    const place = await findPlace(this.options.db, seq);
    return place === null ? null : { segment: place.segment, offset: place.offset + place.length + 1, seq, hash };
  }
}

interface Batch {
  readonly sessions: SessionRow[];
  readonly calls: CallRow[];
  readonly places: AuditPlaceRow[];
  lastSeq: number;
  lastHash: string;
  openSessions: readonly string[];
}

function placeOf(event: AuditEvent, { segment, offset, length }: LinePosition): AuditPlaceRow {
  const { seq, event_id, ts, kind, account_id, agent_id, session_id } = event;
  return { seq, event_id, ts: Date.parse(ts), kind, account_id, agent_id, session_id, segment, offset, length };
}

/** The row that the beginning or the end of a call makes or changes. */
function callOf(event: AuditEvent): CallRow | null {
  const { kind, call_id, account_id, agent_id } = event;
  if ((kind !== "call_started" && kind !== "call_ended") || !call_id || !account_id || !agent_id) return null;
  const time = Date.parse(event.ts);
  return { id: call_id, account_id, agent_id, started_at: time, ended_at: kind === "call_ended" ? time : null };
}
