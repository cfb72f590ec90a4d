import { z } from "zod";
import { listOf, readSince, sinceInput, timeSchema } from "./list.ts";
import { countsSchema, statusSchema } from "./session-schema.ts";
import { timestamp } from "./since.ts";
import { procedure, router } from "./trpc.ts";

/** At most so many points in a series: more than a chart has pixels helps nobody. */
const MAX_BUCKETS = 400;
const BUCKETS_MS = [60_000, 300_000, 900_000, 3_600_000, 10_800_000, 86_400_000, 604_800_000];

/** The finest step that keeps a window within `MAX_BUCKETS` points. */
function bucketFor(windowMs: number): number {
  return BUCKETS_MS.find((step) => windowMs / step <= MAX_BUCKETS) ?? Math.ceil(windowMs / MAX_BUCKETS);
}

export const statsRouter = router({
  get: procedure
    .meta({ rest: { method: "GET", path: "/stats", access: "sessions:read", summary: "Figures for the dashboard" } })
    .input(z.object({ since: sinceInput }))
    .output(
      z.object({
        since: timeSchema,
        agent_count: z.int(),
        session_count: z.int(),
        redaction_count: z.int(),
        /** Tokens that could not be put back: each is one place where a caller heard a token. */
        leak_count: z.int(),
        sessions_by_status: z.partialRecord(statusSchema, z.int()),
        redactions_by_kind: countsSchema,
        p50_latency_ms: z.number().nullable(),
        p95_latency_ms: z.number().nullable(),
        bucket_ms: z.int(),
        /** Oldest first; steps without sessions are left out. */
        series: z.array(
          z.object({
            start: timeSchema,
            session_count: z.int(),
            redaction_count: z.int(),
            sessions_by_status: z.partialRecord(statusSchema, z.int()),
            redactions_by_kind: countsSchema,
          }),
        ),
        busiest_agents: listOf(z.object({ id: z.string(), name: z.string(), session_count: z.int() })).shape.data,
      }),
    )
    .query(async ({ ctx: { deps, principal }, input }) => {
      const now = deps.clock();
      const accountId = principal.account.id;
      const sinceMs = readSince(input.since, now);
      const bucketMs = bucketFor(now - sinceMs);
      const stats = await deps.reader.run("accountStats", { accountId, sinceMs, bucketMs });
      return {
        since: timestamp(sinceMs),
        agent_count: stats.agent_count,
        session_count: stats.session_count,
        redaction_count: stats.redaction_count,
        leak_count: stats.rehydration_failed_count,
        sessions_by_status: stats.sessions_by_status,
        redactions_by_kind: stats.redactions_by_kind,
        p50_latency_ms: stats.p50_latency_ms,
        p95_latency_ms: stats.p95_latency_ms,
        bucket_ms: bucketMs,
        series: stats.buckets.map(({ start, sessions, redactions, ...parts }) => ({
          start: timestamp(start),
          session_count: sessions,
          redaction_count: redactions,
          ...parts,
        })),
        busiest_agents: stats.agents.map((agent) => ({
          id: agent.id,
          name: agent.name ?? agent.id,
          session_count: agent.sessions,
        })),
      };
    }),
});
