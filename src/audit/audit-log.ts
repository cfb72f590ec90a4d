/** The log as the rest of Masker sees it. */
import type { Log } from "../log/log.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { AuditEvent, AuditEventInput, AuditSink } from "./event.ts";
import type { LogFiles } from "./files.ts";
import type { CommittedEvent } from "./group.ts";
import type { Signer } from "./signing.ts";
import type { ChainState, LogBreak } from "./walk-result.ts";

export interface AuditLogOptions {
  readonly path: string;
  /** Of the chain; 32 bytes. */
  readonly key: Uint8Array;
  /** Seed of the Ed25519 key; 32 bytes. */
  readonly signingSeed: Uint8Array;
  /** Name of this node in every event. */
  readonly node: string;
  readonly log: Log;
  /** File or syslog address; null: none. */
  readonly anchor?: string | null;
  /** What the session table remembers of the log (`readMark`): a third witness against a cut tail. */
  readonly mark?: { readonly seq: number; readonly hash: string } | null;
  /** Epoch milliseconds. */
  readonly clock?: () => number;
  readonly files?: LogFiles;
  /** A segment is ended when it has grown beyond this. */
  readonly segmentBytes?: number;
  readonly checkpointEveryMs?: number;
  /** How long after a failure the log tries again by itself. */
  readonly retryMs?: number;
  /** Verify what lies before the last checkpoint after the start; on by default. */
  readonly verifyInBackground?: boolean;
}

export interface AuditLogHealth {
  /** Open, writable, and no break found in the chain so far. */
  readonly ok: boolean;
  readonly writable: boolean;
  readonly broken: LogBreak | null;
  /** Whether the part before the last checkpoint has been verified since the start. */
  readonly verified: boolean;
}

export interface AuditLog extends AuditSink {
  append(events: readonly AuditEventInput[]): Promise<readonly AuditEvent[]>;
  readonly path: string;
  readonly signer: Signer;
  /** The durable end of the chain. */
  head(): ChainState;
  health(): AuditLogHealth;
  /** Calls `listener` after each round with what it made durable, in order. Gives the function that ends it. */
  onCommit(listener: (events: readonly CommittedEvent[]) => void): () => void;
  /** Writes a signed checkpoint of the durable end; null when there is nothing new. */
  checkpoint(): Promise<Checkpoint | null>;
  /** Resolves when the verification after the start has ended. */
  readonly backgroundVerification: Promise<void>;
  /** A verification elsewhere found this, or (null) found the whole chain intact. */
  noteVerification(found: LogBreak | null): void;
  /** Finishes what waits, writes a checkpoint, and gives the lock back. */
  close(): Promise<void>;
}
