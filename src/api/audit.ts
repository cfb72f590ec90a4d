import { z } from "zod";
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
        data: (await deps.readEvents(page.rows)).map((event) => ({ ...event })),
        next_cursor: page.next === null ? null : deps.cursors.encode(scope, { key: page.next, id: "", since }),
      };
    }),
});
