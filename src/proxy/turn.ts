import type { AuditEventInput, SessionStatus } from "../audit/event.ts";
import { MaskerError } from "../errors.ts";
import type { RehydrationReport } from "../rehydrate/report.ts";
import type { Ledger } from "../tokens/ledger.ts";
import type { AnswerReader, MaskedBody } from "../upstream/wire-format.ts";
import type { ProxyDeps } from "./deps.ts";
import type { PayloadLog } from "./payload-log.ts";
import type { SessionRecord } from "./session-record.ts";

/** A masked request on its way to the provider and back. */
export interface Turn {
  readonly deps: ProxyDeps;
  readonly record: SessionRecord;
  readonly closing: Closing;
  readonly payloads: PayloadLog;
  readonly requestId: string;
  readonly stream: boolean;
  readonly body: MaskedBody;
  readonly ledger: Ledger;
  /** Headers of the answer known before the provider is asked. */
  readonly headers: Headers;
  readonly presence: Presence;
  /** Reads the answer for the next turn (`Detection.readAhead`). */
  readonly readAhead: (answer: string) => Promise<void>;
  /** Resolves when the events of the masking and the tokens are on disk: before it nothing is released. */
  readonly durable: Promise<void>;
  /** When a silent stream gets its head sent, on the clock of performance.now(). */
  readonly commitAt: number;
}

/** Whether the client still waits. Its going away cancels the provider's work at once. */
export class Presence {
  readonly #abort = new AbortController();
  readonly #leaving: (() => void)[] = [];
  #gone = false;

  constructor(request: AbortSignal) {
    if (request.aborted) this.leave();
    else request.addEventListener("abort", () => this.leave(), { once: true });
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** Aborts when the client leaves or the turn is given up. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  leave(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#abort.abort();
    for (const listener of this.#leaving) listener();
  }

  onLeave(listener: () => void): void {
    if (this.#gone) listener();
    else this.#leaving.push(listener);
  }

  /** Ends the provider's work while the client is still there. */
  giveUp(): void {
    this.#abort.abort();
  }
}

/** Sessions that were begun and not yet closed: a clean stop waits for them. */
export class OpenSessions {
  readonly #open = new Set<Closing>();
  #waiting: (() => void)[] = [];

  add(session: Closing): void {
    this.#open.add(session);
  }

  remove(session: Closing): void {
    this.#open.delete(session);
    if (this.#open.size > 0) return;
    for (const resolve of this.#waiting) resolve();
    this.#waiting = [];
  }

  get size(): number {
    return this.#open.size;
  }

  /** Resolves when no session is open. */
  async idle(): Promise<void> {
    if (this.#open.size > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

/** The end of a session: written once, whoever comes first. */
export class Closing {
  #written: Promise<void> | null = null;

  constructor(
    private readonly deps: Pick<ProxyDeps, "audit">,
    private readonly record: SessionRecord,
    private readonly payloads: PayloadLog,
    private readonly sessions: OpenSessions,
  ) {
    sessions.add(this);
  }

  get begun(): boolean {
    return this.#written !== null;
  }

  /**
   * Resolves when the completion is on disk; a second call waits for the first.
   * @throws MaskerError audit_unavailable
   */
  close(status: SessionStatus, reason: string | null, report: RehydrationReport | null = null): Promise<void> {
    this.#written ??= this.#write(() => this.record.completionEvents(status, reason, report));
    return this.#written;
  }

  /** An answer that came to its end: partial when a token could not be put back. */
  closeAnswered(report: RehydrationReport): Promise<void> {
    const failed = report.failures.length > 0;
    return this.close(failed ? "partial" : "ok", failed ? "rehydration_failed" : null, report);
  }

  async #write(events: () => readonly AuditEventInput[]): Promise<void> {
    try {
      await this.deps.audit.append(events());
      await this.payloads.save();
    } catch (thrown) {
      this.record.forgetLogged([]);
      throw thrown;
    } finally {
      this.sessions.remove(this);
    }
  }
}

/**
 * Ends a session whose answer came to its end. Resolves when that is on disk and the end may be released.
 * @throws MaskerError audit_unavailable
 */
export async function closeAnswered(turn: Turn, reader: AnswerReader): Promise<void> {
  await turn.closing.closeAnswered(reader.report);
  setImmediate(() => void turn.readAhead(reader.spoken));
}

export function openReader(turn: Turn): AnswerReader {
  return turn.body.answer(turn.ledger);
}

/** The headers of an answer, with the times known by now. */
export function answerHeaders(turn: Turn, contentType: string): Headers {
  const headers = new Headers(turn.headers);
  headers.set("content-type", contentType);
  headers.set("server-timing", turn.record.stopwatch.header());
  return headers;
}

/** A stream that ended before its answer did; the turn has run, so that a repeat would run it twice. */
export function brokenOff(): MaskerError {
  return new MaskerError("upstream_error", {
    message: "The model provider's answer broke off.",
    headers: { "x-should-retry": "false" },
  });
}
