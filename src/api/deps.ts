import type { Checkpoint } from "../audit/checkpoint.ts";
import type { AuditSink } from "../audit/event.ts";
import type { EventReader } from "../audit/read.ts";
import type { Verification } from "../audit/verify.ts";
import type { AuthDeps } from "../auth/deps.ts";
import type { Oidc } from "../auth/oidc.ts";
import type { Config } from "../config/config.ts";
import type { AgentRow } from "../db/agents.ts";
import type { Db } from "../db/open.ts";
import type { PayloadRow } from "../db/payloads.ts";
import type { Reader } from "../db/reader.ts";
import type { Detector } from "../detect/detector.ts";
import type { Log } from "../log/log.ts";
import type { PolicyBook } from "../policy/book.ts";
import type { ReportMaker } from "../report/report-maker.ts";
import type { Upstreams } from "../upstream/upstream.ts";
import type { Cursors } from "./cursor.ts";
import type { SessionFeed } from "./session-feed.ts";

/** What the appliance hands to the API. */
export interface ApiParts {
  readonly db: Db;
  /** Lists and figures run on its thread, not on the one that serves calls. */
  readonly reader: Reader;
  readonly audit: AuditSink;
  /** Events of the log by where they lie. */
  readonly events: EventReader;
  readonly verifier: AuditVerifier;
  readonly reports: ReportMaker;
  /** The text of a stored payload, null when its key is gone. */
  readonly openPayload: (row: PayloadRow) => string | null;
  readonly policies: PolicyBook;
  readonly detector: Detector;
  readonly upstreams: Upstreams;
  /** Runs one invented turn through the real pipeline. */
  readonly testCall: TestCall;
  readonly feed: SessionFeed;
  readonly config: Config;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** `https://host`, without a trailing slash. */
  readonly baseUrl: () => string;
  readonly log: Log;
}

export interface AuditVerifier {
  /** Walks the whole log, off the serving thread. @param findHash a `this_hash` to look for */
  verify(accountId: string, findHash: string | undefined): Promise<Verification>;
  /** In the order in which they were written. */
  checkpoints(): Promise<readonly Checkpoint[]>;
}

/** The four texts of the panels: what was sent, what the model saw and answered, and what the caller would hear. */
export interface TestCallResult {
  readonly session_id: string;
  readonly sent: string;
  readonly upstream_saw: string;
  readonly answered: string;
  readonly heard: string;
}

/** @throws MaskerError as a turn through the proxy does */
export type TestCall = (agent: AgentRow) => Promise<TestCallResult>;

/** What procedures work with. */
export interface ApiDeps extends ApiParts {
  readonly auth: AuthDeps;
  /** Null when no provider is configured. */
  readonly oidc: Oidc | null;
  readonly cursors: Cursors;
}
