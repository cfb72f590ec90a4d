import { z } from "zod";
import type { AuditEvent } from "../audit/event.ts";
import type { Principal } from "../auth/principal.ts";
import { findAgentEverMade } from "../db/agents.ts";
import { findPayloads } from "../db/payloads.ts";
import type { NamedSessionRow } from "../db/sessions.ts";
import { MaskerError } from "../errors.ts";
import { requireAgent } from "./agents.ts";
import type { ApiDeps } from "./deps.ts";
import { listOf, pageInput, readSince, sinceInput } from "./list.ts";
import {
  namedSummary,
  type sessionEvent,
  sessionFull,
  sessionSummary,
  showNamed,
  showSummary,
  statusSchema,
} from "./session-schema.ts";
import { procedure, router } from "./trpc.ts";

const DAY_MS = 86_400_000;
/** Live views of an account at once: each holds a connection open for as long as its client likes. */
const MAX_STREAMS = 100;
const STREAM_RETRY_SECONDS = 30;

const listInput = {
  ...pageInput,
  since: sinceInput,
  /** Sessions that started before it; a moment or a duration, as `since`. */
  until: z.string().optional(),
  status: statusSchema.optional(),
  min_redactions: z.int().min(0).default(0),
};

interface ListQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly since: string;
  readonly until?: string | undefined;
  readonly status?: z.infer<typeof statusSchema> | undefined;
  readonly min_redactions: number;
}

/** One page of sessions; the first page fixes what `since` means, so that the window does not slide while a client pages. */
async function pageOf(deps: ApiDeps, accountId: string, agentId: string | undefined, query: ListQuery) {
  const { since: sinceText, until: untilText, status, min_redactions } = query;
  const scope = {
    list: "sessions",
    accountId,
    filters: { agent_id: agentId, since: sinceText, until: untilText, status, min_redactions },
  };
  const now = readSince(sinceText, deps.clock());
  const at = query.cursor === undefined ? null : deps.cursors.decode(scope, query.cursor);
  const since = at?.since ?? now;
  const until = untilText === undefined ? null : readSince(untilText, deps.clock(), "until");
  const page = await deps.reader.run("listSessions", {
    accountId,
    since,
    limit: query.limit,
    minRedactions: min_redactions,
    after: at && { time: at.key, id: at.id },
    ...(agentId === undefined ? {} : { agentId }),
    ...(status === undefined ? {} : { status }),
    ...(until === null ? {} : { until }),
  });
  const next = page.next && deps.cursors.encode(scope, { key: page.next.time, id: page.next.id, since });
  return { rows: page.rows, next_cursor: next };
}

/** @throws MaskerError session_not_found, for another account's sessions too */
export async function requireSession(deps: ApiDeps, accountId: string, id: string): Promise<NamedSessionRow> {
  const session = await deps.reader.run("findSession", accountId, id);
  if (!session) throw new MaskerError("session_not_found");
  return session;
}

/** The log's events of one session, in order. */
async function eventsOfSession(deps: ApiDeps, sessionId: string): Promise<readonly AuditEvent[]> {
  return deps.events.readEvents(await deps.reader.run("listSessionPlaces", sessionId));
}

function showEvents(events: readonly AuditEvent[], session: NamedSessionRow): z.infer<typeof sessionEvent>[] {
  const cameBack = new Set(events.flatMap((event) => (event.kind === "rehydration" ? event.event_ids : [])));
  return events.flatMap((event) => {
    if (event.kind !== "redaction") return [];
    const hadToken = event.token_kind !== null && session.status !== "error";
    return [
      {
        event_id: event.event_id,
        pass: event.pass,
        entity_kind: event.entity_kind,
        span: [event.span[0], event.span[1]],
        slot: event.slot,
        message_index: event.message_index,
        confidence: event.confidence,
        action: event.action,
        token_kind: event.token_kind,
        kid: event.kid,
        rehydrated: cameBack.has(event.event_id) ? true : hadToken ? false : null,
      },
    ];
  });
}

type Payloads = Pick<z.infer<typeof sessionFull>, "payloads" | "payloads_state">;

/** The stored texts of a session for whoever may see them; each look is an event of the log before it is answered. */
async function readPayloads(deps: ApiDeps, principal: Principal, session: NamedSessionRow): Promise<Payloads> {
  const payloads: Payloads["payloads"] = { request: null, masked: null, response: null, final: null };
  const policy = deps.policies.get(session.account_id, session.policy_name);
  if (!policy?.audit.logPayloads || deps.config.retention.payloadDays === 0) {
    return { payloads, payloads_state: "not_kept" };
  }
  if (!principal.permissions.has("payloads:read")) return { payloads, payloads_state: "not_permitted" };
  const oldest = deps.clock() - deps.config.retention.payloadDays * DAY_MS;
  const rows = (await findPayloads(deps.db, session.id)).filter((row) => row.created_at > oldest);
  for (const row of rows) payloads[row.stage] = deps.openPayload(row);
  if (Object.values(payloads).every((text) => text === null)) {
    return { payloads, payloads_state: session.started_at > oldest ? "not_kept" : "expired" };
  }
  // In the account's scope: an event of the session's own would change its Merkle root after the fact.
  const scope = { account_id: session.account_id, agent_id: session.agent_id, session_id: null, call_id: null };
  const body = { actor: principal.actor, viewed_session_id: session.id };
  await deps.audit.append([{ kind: "payload_viewed", scope, body }]);
  return { payloads, payloads_state: "available" };
}

interface Following {
  readonly accountId: string;
  readonly agentId: string | undefined;
  readonly stillValid: () => Promise<boolean>;
  readonly signal: AbortSignal | undefined;
}

async function* follow(deps: ApiDeps, { accountId, agentId, stillValid, signal }: Following) {
  for await (const session of deps.feed.follow(accountId, signal ?? new AbortController().signal)) {
    // Revoked sessions and tokens see nothing more, however long ago they connected.
    if (!(await stillValid())) return;
    if (agentId === undefined || session.agent_id === agentId) yield showNamed(session);
  }
}

export const sessionsRouter = router({
  listByAgent: procedure
    .meta({
      rest: {
        method: "GET",
        path: "/agents/{agent_id}/sessions",
        access: "sessions:read",
        summary: "Sessions of one agent, newest first",
      },
    })
    .input(z.object({ agent_id: z.string(), ...listInput }))
    .output(listOf(sessionSummary))
    .query(async ({ ctx: { deps, principal }, input }) => {
      const agent = await requireAgent(deps, principal.account.id, input.agent_id);
      const page = await pageOf(deps, agent.account_id, agent.id, input);
      return { data: page.rows.map(showSummary), next_cursor: page.next_cursor };
    }),

  list: procedure
    .meta({
      rest: {
        method: "GET",
        path: "/sessions",
        access: "sessions:read",
        summary: "Sessions over all agents, deleted ones included, newest first",
      },
    })
    .input(z.object({ ...listInput, agent_id: z.string().optional() }))
    .output(listOf(namedSummary))
    .query(async ({ ctx: { deps, principal }, input }) => {
      const accountId = principal.account.id;
      if (input.agent_id !== undefined && !(await findAgentEverMade(deps.db, accountId, input.agent_id))) {
        throw new MaskerError("agent_not_found");
      }
      const page = await pageOf(deps, accountId, input.agent_id, input);
      return { data: page.rows.map(showNamed), next_cursor: page.next_cursor };
    }),

  get: procedure
    .meta({
      rest: {
        method: "GET",
        path: "/sessions/{session_id}",
        access: "sessions:read",
        summary: "One session in full; its payloads for those who hold payloads:read",
      },
    })
    .input(z.object({ session_id: z.string() }))
    .output(z.object({ session: sessionFull }))
    .query(async ({ ctx: { deps, principal }, input }) => {
      const session = await requireSession(deps, principal.account.id, input.session_id);
      const events = await eventsOfSession(deps, session.id);
      return {
        session: {
          ...showNamed(session),
          reason: session.reason,
          policy_name: session.policy_name,
          policy_version: session.policy_version,
          call_id: session.call_id,
          repeated_redaction_count: session.repeated_redaction_count,
          redactions_by_pass: session.redactions_by_pass,
          rehydration_failed_count: session.rehydration_failed_count,
          upstream: session.upstream,
          merkle_root_hex: session.merkle_root_hex,
          stage_durations_ms: session.stage_durations_ms,
          added_ms: session.added_ms,
          events: showEvents(events, session),
          ...(await readPayloads(deps, principal, session)),
        },
      };
    }),

  stream: procedure
    .meta({
      rest: {
        method: "GET",
        path: "/sessions/stream",
        access: "sessions:read",
        summary: "Server-sent events, one for each completed session",
      },
    })
    .input(z.object({ agent_id: z.string().optional() }))
    .subscription(async ({ ctx: { deps, principal, stillValid }, input, signal }) => {
      const accountId = principal.account.id;
      // Refused here and not in the generator, whose errors come after a 200.
      if (deps.feed.listenersOf(accountId) >= MAX_STREAMS) {
        throw new MaskerError("rate_limited", {
          message: "Too many live views are open.",
          retryAfterSeconds: STREAM_RETRY_SECONDS,
        });
      }
      if (input.agent_id !== undefined) await requireAgent(deps, accountId, input.agent_id);
      return follow(deps, { accountId, agentId: input.agent_id, stillValid, signal });
    }),
});
