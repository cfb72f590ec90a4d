import { z } from "zod";
import { partlyPurged, proveEvent } from "../audit/read.ts";
import { findAgentEverMade } from "../db/agents.ts";
import { MaskerError } from "../errors.ts";
import { listOf, pageInput, readSince, timeSchema } from "./list.ts";
import { requireSession } from "./sessions.ts";
import { procedure, router } from "./trpc.ts";

/** An event as it stands in the log; each kind adds fields of its own. */
const eventSchema = z.looseObject({
  v: z.int(),
  ts: timeSchema,
  event_id: z.string(),
  seq: z.int(),
  node: z.string(),
  kind: z.string(),
  account_id: z.string().nullable(),
  agent_id: z.string().nullable(),
  session_id: z.string().nullable(),
  call_id: z.string().nullable(),
  prev_hash: z.string(),
  this_hash: z.string(),
});

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits");

const checkpointSchema = z.object({
  v: z.int(),
  node: z.string(),
  time: timeSchema,
  seq: z.int(),
  hash: hashSchema,
  segment: z.int(),
  offset: z.int(),
  key_id: z.string(),
  mac: z.string(),
  sig: z.string(),
});

export const auditRouter = router({
  events: procedure
    .meta({
      rest: { method: "GET", path: "/audit/events", access: "audit:read", summary: "Events of the log, newest first" },
    })
    .input(
      z.object({
        ...pageInput,
        session_id: z.string().optional(),
        agent_id: z.string().optional(),
        kind: z.string().max(64).optional(),
        since: z.string().optional(),
      }),
    )
    .output(listOf(eventSchema))
    .query(async ({ ctx: { deps, principal }, input }) => {
      const accountId = principal.account.id;
      const { session_id, agent_id, kind, since: sinceText } = input;
      if (session_id !== undefined) await requireSession(deps, accountId, session_id);
      if (agent_id !== undefined && !(await findAgentEverMade(deps.db, accountId, agent_id))) {
        throw new MaskerError("agent_not_found");
      }
      const scope = { list: "audit events", accountId, filters: { session_id, agent_id, kind, since: sinceText } };
      const now = sinceText === undefined ? null : readSince(sinceText, deps.clock());
      const at = input.cursor === undefined ? null : deps.cursors.decode(scope, input.cursor);
      const since = at ? at.since : now;
      const page = await deps.reader.run("listAuditPlaces", {
        accountId,
        limit: input.limit,
        beforeSeq: at?.key ?? null,
        ...(session_id === undefined ? {} : { sessionId: session_id }),
        ...(agent_id === undefined ? {} : { agentId: agent_id }),
        ...(kind === undefined ? {} : { kind }),
        ...(since === null ? {} : { since }),
      });
      return {
        data: (await deps.events.readEvents(page.rows)).map((event) => ({ ...event })),
        next_cursor: page.next === null ? null : deps.cursors.encode(scope, { key: page.next, id: "", since }),
      };
    }),

  verify: procedure
    .meta({
      rest: {
        method: "POST",
        path: "/audit/verify",
        access: "audit:read",
        summary: "Walk the chain of the installation; with a hash, say whether it is in it",
      },
    })
    .input(z.strictObject({ hash: hashSchema.optional() }))
    .output(
      z.object({
        ok: z.boolean(),
        /** Of the account; the chain holds those of all. */
        event_count: z.int(),
        message: z.string(),
        root_hash: z.string(),
        contains_hash: z.boolean().nullable(),
        /** No event up to this one can have been cut off without a trace; null: no checkpoint shows it. */
        complete_to_seq: z.int().nullable(),
        first_break: z
          .object({ file: z.string(), line: z.int(), seq: z.int().nullable(), reason: z.string() })
          .nullable(),
        notes: z.array(z.string()),
      }),
    )
    .mutation(async ({ ctx: { deps, principal }, input }) => {
      const found = await deps.verifier.verify(principal.account.id, input.hash);
      return {
        ok: found.ok,
        event_count: found.account_events,
        message: found.message,
        root_hash: found.root_hash,
        contains_hash: found.contains_hash,
        complete_to_seq: found.complete_to_seq,
        first_break: found.first_break,
        notes: [...found.notes],
      };
    }),

  checkpoints: procedure
    .meta({
      rest: {
        method: "GET",
        path: "/audit/checkpoints",
        access: "audit:read",
        summary: "Signed checkpoints of the chain, newest first",
      },
    })
    .input(z.object(pageInput))
    .output(listOf(checkpointSchema))
    .query(async ({ ctx: { deps, principal }, input }) => {
      const scope = { list: "checkpoints", accountId: principal.account.id, filters: {} };
      const before = input.cursor === undefined ? Infinity : deps.cursors.decode(scope, input.cursor).key;
      const rest = (await deps.verifier.checkpoints()).filter(({ seq }) => seq < before).toReversed();
      const page = rest.slice(0, input.limit);
      const last = page.at(-1);
      const next = rest.length > page.length && last ? { key: last.seq, id: "", since: null } : null;
      return {
        data: page.map((checkpoint) => ({ ...checkpoint })),
        next_cursor: next && deps.cursors.encode(scope, next),
      };
    }),

  proof: procedure
    .meta({
      rest: {
        method: "GET",
        path: "/sessions/{session_id}/proof/{event_id}",
        access: "audit:read",
        summary: "Merkle proof (RFC 6962) that an event is among those of its session",
      },
    })
    .input(z.object({ session_id: z.string(), event_id: z.string() }))
    .output(
      z.object({
        event_id: z.string(),
        /** The stored line; its leaf hash is SHA-256(0x00 || line). */
        line: z.string(),
        leaf_hash: hashSchema,
        leaf_index: z.int(),
        tree_size: z.int(),
        /** Nearest first. */
        path: z.array(hashSchema),
        root_hash: hashSchema,
      }),
    )
    .query(async ({ ctx: { deps, principal }, input }) => {
      const session = await requireSession(deps, principal.account.id, input.session_id);
      const places = await deps.reader.run("listSessionPlaces", session.id);
      if (places.length < session.event_count) throw partlyPurged();
      const proof = proveEvent(await deps.events.readStored(places), input.event_id);
      if (!proof) throw new MaskerError("not_found");
      return { ...proof, path: [...proof.path] };
    }),
});
