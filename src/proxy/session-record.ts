/** What one request does, gathered while it runs, and the audit events made from it. */
import type { AuditEventInput, CountsByKind, EventScope, SessionStatus } from "../audit/event.ts";
import type { AgentRow } from "../db/agents.ts";
import type { Pass } from "../detect/detector.ts";
import type { Kind } from "../detect/kind.ts";
import { newId } from "../id.ts";
import type { Policy } from "../policy/policy.ts";
import type { RehydrationReport } from "../rehydrate/report.ts";
import { CALL_STARTED, type CallTurn } from "./call-book.ts";
import type { MaskedSpan } from "./mask.ts";
import { Stopwatch } from "./stopwatch.ts";

export interface SessionSubject {
  readonly agent: AgentRow;
  readonly policy: Policy;
  readonly call: CallTurn;
  readonly sessionId: string;
  readonly upstream: string;
  readonly upstreamModel: string;
  readonly startedAt: Date;
}

export class SessionRecord {
  readonly subject: SessionSubject;
  readonly scope: EventScope;
  readonly stopwatch = new Stopwatch();
  nerSkipped = false;
  #startedCall = false;
  #counts: CountsByKind = {};
  #countsByPass: Partial<Record<Pass, number>> = {};
  #repeated: CountsByKind = {};
  /** Redaction events of this session by the token that they made. */
  readonly #eventsByToken = new Map<string, string[]>();

  constructor(subject: SessionSubject) {
    this.subject = subject;
    this.scope = {
      account_id: subject.agent.account_id,
      agent_id: subject.agent.id,
      session_id: subject.sessionId,
      call_id: subject.call.callId,
    };
  }

  /** Spans masked here for the first time in their call. */
  get redactionCount(): number {
    return Object.values(this.#counts).reduce((sum, n) => sum + n, 0);
  }

  /** Counts the spans of the masking; those whose message or text was logged before in this call are repeats. */
  countMasking(spans: ReadonlyMap<MaskedSpan, string>, fresh: ReadonlySet<string>): void {
    for (const [span, key] of spans) {
      if (span.action === "passthrough") continue;
      if (fresh.has(key)) {
        add(this.#counts, span.kind);
        add(this.#countsByPass, span.pass);
      } else add(this.#repeated, span.kind);
    }
  }

  /** Events of the masking, the call's beginning first, each made when it is asked for. Repeats are only counted. */
  *maskingEvents(spans: ReadonlyMap<MaskedSpan, string>, fresh: ReadonlySet<string>): Generator<AuditEventInput> {
    yield* this.#callStarted();
    for (const [span, key] of spans) {
      if (!fresh.has(key)) continue;
      const eventId = newId("event");
      if (span.token !== null) {
        const known = this.#eventsByToken.get(span.token);
        if (known === undefined) this.#eventsByToken.set(span.token, [eventId]);
        else known.push(eventId);
      }
      const body = redactionBody(span, this.subject.policy);
      yield { kind: "redaction", event_id: eventId, scope: this.scope, body };
    }
    if (Object.keys(this.#repeated).length > 0) {
      yield { kind: "redaction_repeat", scope: this.scope, body: { counts: { ...this.#repeated } } };
    }
  }

  /** The beginning of the call, once; a session that ends before anything was masked may be the first of its call too. */
  #callStarted(): AuditEventInput[] {
    const { call, agent } = this.subject;
    if (call.isLogged(CALL_STARTED)) return [];
    call.markLogged([CALL_STARTED]);
    this.#startedCall = true;
    return [{ kind: "call_started", scope: this.scope, body: { platform: agent.platform, source: "proxy" } }];
  }

  /** The events did not reach the disk: what they would have told must be logged again. */
  forgetLogged(keys: Iterable<string>): void {
    const { call } = this.subject;
    call.unmarkLogged(keys);
    if (this.#startedCall) call.unmarkLogged([CALL_STARTED]);
  }

  /** Events of the end: what was put back, what could not be, and the completion. */
  completionEvents(status: SessionStatus, reason: string | null, report: RehydrationReport | null): AuditEventInput[] {
    const { policy, upstream, upstreamModel, startedAt, call } = this.subject;
    const events = this.#callStarted();
    if (report !== null && report.restored.size > 0) {
      const eventIds = [...report.restored.keys()].flatMap((token) => this.#eventsByToken.get(token) ?? []);
      const body = { counts: { ...report.counts }, event_ids: eventIds };
      events.push({ kind: "rehydration", scope: this.scope, body });
    }
    for (const failure of report?.failures ?? []) {
      const body = { entity_kind: failure.kind, choice: failure.choice, slot: failure.slot };
      events.push({ kind: "rehydration_failed", scope: this.scope, body });
    }
    events.push({
      kind: "session_completed",
      scope: this.scope,
      body: {
        status,
        reason,
        started_at: startedAt.toISOString(),
        ended_at: new Date().toISOString(),
        stage_durations_ms: this.stopwatch.stages(),
        added_ms: this.stopwatch.added(),
        upstream,
        upstream_model: upstreamModel,
        policy_name: policy.name,
        policy_version: policy.revision,
        ner_skipped: this.nerSkipped,
        counts: this.#counts,
        counts_by_pass: this.#countsByPass,
        repeated_counts: this.#repeated,
        retry: call.retry,
      },
    });
    return events;
  }
}

function redactionBody(span: MaskedSpan, policy: Policy) {
  return {
    pass: span.pass,
    entity_kind: span.kind,
    span: span.span,
    slot: span.slot,
    message_index: span.message,
    confidence: span.confidence,
    token_kind: span.tokenKind,
    kid: span.kid,
    action: span.action,
    policy_version: policy.revision,
  };
}

function add<K extends Kind | Pass>(counts: Partial<Record<K, number>>, key: K): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
