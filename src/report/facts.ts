import type { AuditEvent, CountsByKind } from "../audit/event.ts";
import { GrowingTree, leafHash, treeHash } from "../audit/merkle.ts";
import type { Kind } from "../detect/kind.ts";
import type { ReportBody, SessionLine } from "./report-schema.ts";

const MAX_LEAKS = 1000;

type Totals = Pick<
  ReportBody,
  | "merkle_root_hex"
  | "redaction_count"
  | "repeated_redaction_count"
  | "redactions_by_kind"
  | "redactions_by_pass"
  | "actions"
  | "phi_summary"
  | "session_count"
  | "sessions_by_status"
  | "sessions_without_model"
  | "upstreams"
  | "leaks"
  | "pci"
> & {
  readonly agent_ids: readonly string[];
  readonly policies: readonly { readonly name: string; readonly version: number }[];
  readonly chain: Pick<ReportBody["audit"], "start_hash" | "end_hash" | "first_seq" | "last_seq" | "event_count">;
};

/** Which sessions a report is about. Times are ISO 8601; a session counts by its start. */
export interface FactsScope {
  readonly accountId: string;
  readonly agentId: string | null;
  readonly sessionId: string | null;
  readonly since: string;
  readonly until: string;
}

/** What a session has left in the log before its completion. */
interface OpenSession {
  readonly leaves: string[];
  readonly first: AuditEvent;
  cards: number;
  readonly actions: Record<string, number>;
  readonly rehydrated: CountsByKind;
  readonly leaks: ReportBody["leaks"]["items"];
}

/**
 * Makes every number of a report from the events of the log, one pass, in order. A session is kept only while it is open, and
 * its line handed on when it ends, so that the memory of a long walk stays flat.
 */
export class Facts {
  readonly #open = new Map<string, OpenSession>();
  readonly #byKind: CountsByKind = {};
  readonly #byPass = { regex: 0, ner: 0 };
  readonly #actions: Record<string, number> = {};
  readonly #rehydrated: CountsByKind = {};
  readonly #byStatus = { ok: 0, error: 0, partial: 0 };
  readonly #roots = new GrowingTree();
  #lastRoot: string | null = null;
  #sessions = 0;
  readonly #upstreams = new Map<string, { upstream: string; model: string; sessions: number }>();
  readonly #policies = new Map<string, { name: string; version: number }>();
  readonly #agents = new Set<string>();
  readonly #leaks: ReportBody["leaks"]["items"] = [];
  #leakCount = 0;
  #cards = 0;
  #cardsPassed = 0;
  readonly #leftOut = new Set<string>();
  #endedLeftOut = 0;
  #repeated = 0;
  #withoutModel = 0;
  #events = 0;
  #first: AuditEvent | null = null;
  #last: AuditEvent | null = null;

  constructor(
    private readonly scope: FactsScope,
    private readonly onSession: (line: SessionLine) => void,
  ) {}

  /** Sessions whose beginning retention purged: nothing is told of them, because not all could be. */
  leaveOut(sessionIds: readonly string[]): void {
    for (const id of sessionIds) this.#leftOut.add(id);
  }

  /** How many of them ended in what is left of the log. */
  get leftOut(): number {
    return this.#endedLeftOut;
  }

  /** One event of the log with its stored line; those of others are passed over. */
  add(event: AuditEvent, line: Uint8Array): void {
    const { scope } = this;
    if (event.account_id !== scope.accountId || event.session_id === null) return;
    if (scope.agentId !== null && event.agent_id !== scope.agentId) return;
    if (scope.sessionId !== null && event.session_id !== scope.sessionId) return;
    if (this.#leftOut.has(event.session_id)) {
      if (event.kind === "session_completed") this.#endedLeftOut++;
      return;
    }
    const session = this.#openSession(event.session_id, event);
    session.leaves.push(leafHash(line));
    switch (event.kind) {
      case "redaction":
        add(session.actions, event.action, 1);
        if (event.entity_kind === "CREDIT_CARD") {
          session.cards++;
          if (event.action === "passthrough") this.#cardsPassed++;
        }
        break;
      case "rehydration":
        addAll(session.rehydrated, event.counts);
        break;
      case "rehydration_failed":
        session.leaks.push({
          session_id: event.session_id,
          event_id: event.event_id,
          kind: event.entity_kind,
          place: event.slot,
        });
        break;
      case "session_completed":
        this.#open.delete(event.session_id);
        if (event.started_at >= scope.since && event.started_at < scope.until) this.#complete(event, session);
        break;
    }
  }

  totals(): Totals {
    const kinds = new Set([...Object.keys(this.#byKind), ...Object.keys(this.#rehydrated)]) as Set<Kind>;
    const nothing = "0".repeat(64);
    return {
      // A session's own root for one session; for many, the RFC 6962 tree whose leaves are the sessions' roots in order.
      merkle_root_hex: this.scope.sessionId === null ? this.#roots.root() : (this.#lastRoot ?? treeHash([])),
      redaction_count: sum(this.#byKind),
      repeated_redaction_count: this.#repeated,
      redactions_by_kind: this.#byKind,
      redactions_by_pass: this.#byPass,
      actions: this.#actions,
      phi_summary: Object.fromEntries(
        [...kinds].map((kind) => [
          kind,
          { detected: this.#byKind[kind] ?? 0, rehydrated: this.#rehydrated[kind] ?? 0 },
        ]),
      ),
      session_count: this.#sessions,
      sessions_by_status: this.#byStatus,
      sessions_without_model: this.#withoutModel,
      upstreams: [...this.#upstreams.values()],
      leaks: { count: this.#leakCount, items: this.#leaks },
      pci: {
        card_data_seen: this.#cards > 0,
        cards_detected: this.#cards,
        luhn_checked: true,
        masked_before_egress: this.#cardsPassed === 0,
      },
      agent_ids: [...this.#agents],
      policies: [...this.#policies.values()],
      chain: {
        start_hash: this.#first?.prev_hash ?? nothing,
        end_hash: this.#last?.this_hash ?? nothing,
        first_seq: this.#first?.seq ?? 0,
        last_seq: this.#last?.seq ?? 0,
        event_count: this.#events,
      },
    };
  }

  #openSession(id: string, first: AuditEvent): OpenSession {
    const known = this.#open.get(id);
    if (known) return known;
    const opened: OpenSession = { leaves: [], first, cards: 0, actions: {}, rehydrated: {}, leaks: [] };
    this.#open.set(id, opened);
    return opened;
  }

  #complete(event: AuditEvent<"session_completed">, session: OpenSession): void {
    addAll(this.#byKind, event.counts);
    this.#byPass.regex += event.counts_by_pass.regex ?? 0;
    this.#byPass.ner += event.counts_by_pass.ner ?? 0;
    for (const [action, count] of Object.entries(session.actions)) add(this.#actions, action, count);
    addAll(this.#rehydrated, session.rehydrated);
    this.#byStatus[event.status]++;
    this.#repeated += sum(event.repeated_counts);
    if (event.ner_skipped) this.#withoutModel++;
    this.#cards += session.cards;
    this.#leakCount += session.leaks.length;
    this.#leaks.push(...session.leaks.slice(0, MAX_LEAKS - this.#leaks.length));
    this.#events += session.leaves.length;
    if (this.#first === null || session.first.seq < this.#first.seq) this.#first = session.first;
    this.#last = event;
    const upstream = `${event.upstream}\n${event.upstream_model}`;
    const used = this.#upstreams.get(upstream);
    if (used) used.sessions++;
    else this.#upstreams.set(upstream, { upstream: event.upstream, model: event.upstream_model, sessions: 1 });
    const { policy_name: name, policy_version: version } = event;
    this.#policies.set(`${name}@${version}`, { name, version });
    if (event.agent_id !== null) this.#agents.add(event.agent_id);
    const root = treeHash(session.leaves);
    this.#roots.add(leafHash(root));
    this.#lastRoot = root;
    this.#sessions++;
    this.onSession({
      id: event.session_id ?? "",
      agent_id: event.agent_id ?? "",
      started_at: event.started_at,
      status: event.status,
      redaction_count: sum(event.counts),
      repeated_redaction_count: sum(event.repeated_counts),
      merkle_root_hex: root,
    });
  }
}

function add(into: Record<string, number>, name: string, count: number): void {
  into[name] = (into[name] ?? 0) + count;
}

function addAll(into: CountsByKind, from: CountsByKind): void {
  for (const [kind, count] of Object.entries(from)) add(into, kind, count);
}

function sum(counts: CountsByKind): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
