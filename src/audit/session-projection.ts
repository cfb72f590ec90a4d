/** A session row made from its events alone: the same row whether it is made as the events come or after a crash. */
import type { SessionRow } from "../db/sessions.ts";
import type { AuditEvent, AuditEventInput, CountsByKind, EventKind } from "./event.ts";
import { leafHash, treeHash } from "./merkle.ts";

/** Kinds that belong to the exchange itself; what is said of a session later does not open it again. */
export const EXCHANGE: ReadonlySet<EventKind> = new Set<EventKind>([
  "call_started",
  "redaction",
  "redaction_repeat",
  "rehydration",
  "rehydration_failed",
  "session_completed",
]);

/** The part of an agent that a session which never completed is described by. */
export interface AgentSettings {
  readonly upstream: string;
  readonly policy_name: string;
}

/** Sessions that have begun and not completed, built up event by event. */
export class OpenSessions {
  readonly #open = new Map<string, OpenSession>();

  ids(): string[] {
    return [...this.#open.keys()];
  }

  /** Takes the next event of the log; gives the session's row when it completes it. */
  take(event: AuditEvent, line: string | Uint8Array): SessionRow | null {
    const id = event.session_id;
    if (id === null) return null;
    let session = this.#open.get(id);
    if (session === undefined) {
      if (!EXCHANGE.has(event.kind)) return null;
      session = new OpenSession(event);
      this.#open.set(id, session);
    }
    session.add(event, line);
    if (event.kind !== "session_completed") return null;
    this.#open.delete(id);
    return session.row(event);
  }

  /** What ends a session that the process did not live to complete. */
  async completions(
    settingsOf: (accountId: string, agentId: string) => Promise<AgentSettings | null>,
  ): Promise<AuditEventInput<"session_completed">[]> {
    const completions: AuditEventInput<"session_completed">[] = [];
    for (const session of this.#open.values()) {
      const { account_id, agent_id } = session.first;
      const settings = account_id && agent_id ? await settingsOf(account_id, agent_id) : null;
      completions.push(session.interrupted(settings));
    }
    return completions;
  }
}

class OpenSession {
  readonly #leaves: string[] = [];
  readonly #counts: CountsByKind = {};
  readonly #countsByPass: Record<string, number> = {};
  #repeated: CountsByKind = {};
  #failed = 0;
  #policyVersion = 0;
  #lastTs: string;

  constructor(readonly first: AuditEvent) {
    this.#lastTs = first.ts;
  }

  add(event: AuditEvent, line: string | Uint8Array): void {
    this.#leaves.push(leafHash(line));
    this.#lastTs = event.ts;
    if (event.kind === "redaction") {
      this.#counts[event.entity_kind] = (this.#counts[event.entity_kind] ?? 0) + 1;
      this.#countsByPass[event.pass] = (this.#countsByPass[event.pass] ?? 0) + 1;
      this.#policyVersion = event.policy_version;
    } else if (event.kind === "redaction_repeat") {
      this.#repeated = event.counts;
    } else if (event.kind === "rehydration_failed") {
      this.#failed++;
    }
  }

  row(end: AuditEvent<"session_completed">): SessionRow {
    return {
      id: end.session_id ?? "",
      account_id: end.account_id ?? "",
      agent_id: end.agent_id ?? "",
      call_id: end.call_id ?? "",
      started_at: Date.parse(end.started_at),
      ended_at: Date.parse(end.ended_at),
      status: end.status,
      reason: end.reason,
      redaction_count: total(end.counts),
      repeated_redaction_count: total(end.repeated_counts),
      redactions_by_kind: end.counts,
      redactions_by_pass: end.counts_by_pass,
      rehydration_failed_count: this.#failed,
      upstream: end.upstream,
      upstream_model: end.upstream_model,
      policy_name: end.policy_name,
      policy_version: end.policy_version,
      stage_durations_ms: end.stage_durations_ms,
      added_ms: end.added_ms,
      merkle_root_hex: treeHash(this.#leaves),
      event_count: this.#leaves.length,
    };
  }

  interrupted(settings: AgentSettings | null): AuditEventInput<"session_completed"> {
    const { account_id, agent_id, session_id, call_id, ts } = this.first;
    const upstream = settings?.upstream ?? "";
    return {
      kind: "session_completed",
      scope: { account_id, agent_id, session_id, call_id },
      body: {
        status: "error",
        reason: "internal_error",
        started_at: ts,
        ended_at: this.#lastTs,
        stage_durations_ms: { detection: 0, tokenize: 0, upstream: 0, rehydrate: 0 },
        added_ms: 0,
        upstream: upstream.split(":", 1)[0] ?? "",
        upstream_model: upstream.slice(upstream.indexOf(":") + 1),
        policy_name: settings?.policy_name ?? "",
        policy_version: this.#policyVersion,
        ner_skipped: false,
        counts: this.#counts,
        counts_by_pass: this.#countsByPass,
        repeated_counts: this.#repeated,
        retry: false,
      },
    };
  }
}

function total(counts: CountsByKind): number {
  return Object.values(counts).reduce((sum, n) => sum + n, 0);
}
