import { rm, stat } from "node:fs/promises";
import { z } from "zod";
import { signerOf } from "../audit/signing.ts";
import { findAgentEverMade } from "../db/agents.ts";
import { findReportJob, insertReportJob, type ReportJobRow, updateReportJob } from "../db/report-jobs.ts";
import { MaskerError, toMaskerError } from "../errors.ts";
import { newId } from "../id.ts";
import { errorFields } from "../log/error-fields.ts";
import type { ReportRequest } from "../report/make-report.ts";
import { reportJsonSchema } from "../report/report-schema.ts";
import { verifyReport } from "../report/verify-report.ts";
import type { ApiDeps } from "./deps.ts";
import { type FileAnswer, fileOutput, streamFile } from "./file-answer.ts";
import { readSince } from "./list.ts";
import { requireSession } from "./sessions.ts";
import { timestamp } from "./since.ts";
import { procedure, publicProcedure, router } from "./trpc.ts";

const PDF = "application/pdf";

const formatInput = z.enum(["json", "pdf"]).default("json");
const windowInput = { since: z.string().default("30d"), until: z.string().optional() };

const jobOutput = z.object({
  job: z.object({
    id: z.string(),
    status: z.enum(["queued", "running", "done", "failed"]),
    /** 0 to 1. */
    progress: z.number(),
    report_url: z.string().nullable(),
    error_code: z.string().nullable(),
  }),
});

interface Asked {
  readonly accountId: string;
  readonly actor: string;
  readonly format: "json" | "pdf";
  readonly sessionId?: string | undefined;
  readonly agentId?: string | undefined;
  readonly since: string;
  readonly until?: string | undefined;
}

/** Checks what is asked for and gives it an id. @throws MaskerError session_not_found, agent_not_found, validation_failed */
async function requestOf(deps: ApiDeps, asked: Asked): Promise<ReportRequest> {
  const now = deps.clock();
  if (asked.sessionId !== undefined) await requireSession(deps, asked.accountId, asked.sessionId);
  if (asked.agentId !== undefined && !(await findAgentEverMade(deps.db, asked.accountId, asked.agentId))) {
    throw new MaskerError("agent_not_found");
  }
  const since = readSince(asked.since, now);
  const until = asked.until === undefined ? now : readSince(asked.until, now, "until");
  if (until < since) {
    throw new MaskerError("validation_failed", { details: [{ path: "until", message: "must not lie before since" }] });
  }
  return {
    id: newId("report"),
    accountId: asked.accountId,
    sessionId: asked.sessionId ?? null,
    agentId: asked.agentId ?? null,
    since: timestamp(since),
    until: timestamp(until),
    format: asked.format,
  };
}

/** Notes in the log that a report was made, in the account's scope: a session's own tree is closed. */
async function noteReport(deps: ApiDeps, actor: string, request: ReportRequest): Promise<void> {
  const scope = { account_id: request.accountId, agent_id: request.agentId, session_id: null, call_id: null };
  const about = request.sessionId !== null ? "session" : request.agentId !== null ? "agent" : "account";
  const body = { actor, report_id: request.id, scope: about, format: request.format } as const;
  await deps.audit.append([{ kind: "report_generated", scope, body }]);
}

async function makeNow(deps: ApiDeps, asked: Asked): Promise<FileAnswer> {
  const request = await requestOf(deps, asked);
  const file = await deps.reports.make(request);
  try {
    await noteReport(deps, asked.actor, request);
  } catch (thrown) {
    await rm(file, { force: true });
    throw thrown;
  }
  return answerFile(request, streamFile(file, { removeAfter: true }));
}

function answerFile({ id, format }: Pick<ReportRequest, "id" | "format">, body: FileAnswer["body"]): FileAnswer {
  return { content_type: format === "pdf" ? PDF : "application/json", file_name: `${id}.${format}`, body };
}

/** Makes the report of a job in the background and writes down how it went. */
async function runJob(deps: ApiDeps, jobId: string, actor: string, request: ReportRequest): Promise<void> {
  try {
    await updateReportJob(deps.db, jobId, { status: "running" });
    const file = await deps.reports.make(request, (progress) => {
      void updateReportJob(deps.db, jobId, { progress }).catch(() => undefined);
    });
    await noteReport(deps, actor, request);
    await updateReportJob(deps.db, jobId, { status: "done", progress: 1, file });
  } catch (thrown) {
    deps.log.error("a report could not be made", errorFields(thrown));
    const { code } = toMaskerError(thrown);
    await updateReportJob(deps.db, jobId, { status: "failed", error_code: code }).catch(() => undefined);
  }
}

function showJob(job: ReportJobRow): z.infer<typeof jobOutput> {
  const { id, status, progress, error_code } = job;
  const report_url = status === "done" ? `/api/v1/reports/jobs/${id}/report` : null;
  return { job: { id, status, progress, report_url, error_code } };
}

async function requireJob(deps: ApiDeps, accountId: string, jobId: string): Promise<ReportJobRow> {
  const job = await findReportJob(deps.db, accountId, jobId);
  if (!job) throw new MaskerError("not_found");
  return job;
}

export const reportsRouter = router({
  session: procedure
    .meta({
      rest: {
        method: "GET",
        path: "/sessions/{session_id}/report",
        access: "reports:read",
        summary: "Compliance report of one session",
        binary: PDF,
      },
    })
    .input(z.object({ session_id: z.string(), format: formatInput }))
    .output(fileOutput)
    .query(({ ctx: { deps, principal }, input: { session_id, format } }) =>
      makeNow(deps, {
        accountId: principal.account.id,
        actor: principal.actor,
        format,
        sessionId: session_id,
        since: "1d",
      }),
    ),

  agent: procedure
    .meta({
      rest: {
        method: "GET",
        path: "/agents/{agent_id}/report",
        access: "reports:read",
        summary: "Compliance report of one agent in a window",
        binary: PDF,
      },
    })
    .input(z.object({ agent_id: z.string(), format: formatInput, ...windowInput }))
    .output(fileOutput)
    .query(({ ctx: { deps, principal }, input: { agent_id, ...rest } }) =>
      makeNow(deps, { accountId: principal.account.id, actor: principal.actor, agentId: agent_id, ...rest }),
    ),

  account: procedure
    .meta({
      rest: {
        method: "GET",
        path: "/reports",
        access: "reports:read",
        summary: "Compliance report of the whole account in a window",
        binary: PDF,
      },
    })
    .input(z.object({ format: formatInput, ...windowInput }))
    .output(fileOutput)
    .query(({ ctx: { deps, principal }, input }) =>
      makeNow(deps, { accountId: principal.account.id, actor: principal.actor, ...input }),
    ),

  createJob: procedure
    .meta({
      rest: {
        method: "POST",
        path: "/reports/jobs",
        access: "reports:read",
        status: 202,
        summary: "Make a report in the background",
      },
    })
    .input(
      z
        .strictObject({
          session_id: z.string().optional(),
          agent_id: z.string().optional(),
          format: formatInput,
          ...windowInput,
        })
        .refine((input) => input.session_id === undefined || input.agent_id === undefined, {
          path: ["session_id"],
          message: "a report is about a session or an agent, not both",
        }),
    )
    .output(jobOutput)
    .mutation(async ({ ctx: { deps, principal }, input: { session_id, agent_id, ...rest } }) => {
      const asked = {
        accountId: principal.account.id,
        actor: principal.actor,
        sessionId: session_id,
        agentId: agent_id,
      };
      const request = await requestOf(deps, { ...asked, ...rest });
      deps.reports.checkRoom(request);
      const job: ReportJobRow = {
        id: newId("job"),
        account_id: principal.account.id,
        status: "queued",
        progress: 0,
        request: { ...request },
        file: null,
        error_code: null,
        created_at: deps.clock(),
      };
      await insertReportJob(deps.db, job);
      void runJob(deps, job.id, principal.actor, request);
      return showJob(job);
    }),

  getJob: procedure
    .meta({
      rest: {
        method: "GET",
        path: "/reports/jobs/{job_id}",
        access: "reports:read",
        summary: "How far a report job is",
      },
    })
    .input(z.object({ job_id: z.string() }))
    .output(jobOutput)
    .query(async ({ ctx: { deps, principal }, input }) =>
      showJob(await requireJob(deps, principal.account.id, input.job_id)),
    ),

  jobReport: procedure
    .meta({
      rest: {
        method: "GET",
        path: "/reports/jobs/{job_id}/report",
        access: "reports:read",
        summary: "The report of a finished job",
        binary: PDF,
      },
    })
    .input(z.object({ job_id: z.string() }))
    .output(fileOutput)
    .query(async ({ ctx: { deps, principal }, input }) => {
      const job = await requireJob(deps, principal.account.id, input.job_id);
      const { file } = job;
      if (file === null || !(await stat(file).catch(() => null))) throw new MaskerError("not_found");
      return answerFile(job.request as unknown as ReportRequest, streamFile(file, { removeAfter: false }));
    }),

  publicKey: publicProcedure
    .meta({
      rest: {
        method: "GET",
        path: "/reports/public-key",
        access: "public",
        summary: "The key with which reports are checked",
      },
    })
    .output(z.object({ alg: z.literal("Ed25519"), key_id: z.string(), public_key: z.string() }))
    .query(({ ctx: { deps } }) => {
      const signer = signerOf(deps.config.keys.signing);
      return {
        alg: "Ed25519" as const,
        key_id: signer.keyId,
        public_key: Buffer.from(signer.publicKey).toString("base64"),
      };
    }),

  schema: publicProcedure
    .meta({
      rest: { method: "GET", path: "/reports/schema", access: "public", summary: "JSON Schema of the JSON form" },
    })
    .output(z.looseObject({}))
    .query(() => reportJsonSchema()),

  verify: procedure
    .meta({
      rest: {
        method: "POST",
        path: "/reports/verify",
        access: "signed_in",
        summary: "Check a report: its bytes in base64 (JSON or PDF), or its JSON as it is",
      },
    })
    .input(
      z
        .strictObject({ report_base64: z.base64().optional(), report: z.looseObject({}).optional() })
        .refine((input) => (input.report_base64 === undefined) !== (input.report === undefined), {
          path: ["report_base64"],
          message: "give report_base64 or report",
        }),
    )
    .output(
      z.object({
        ok: z.boolean(),
        message: z.string(),
        report_id: z.string().nullable(),
        key_id: z.string().nullable(),
      }),
    )
    .mutation(({ ctx: { deps }, input }) => {
      const bytes =
        input.report_base64 === undefined
          ? new TextEncoder().encode(JSON.stringify(input.report))
          : new Uint8Array(Buffer.from(input.report_base64, "base64"));
      return verifyReport(bytes, signerOf(deps.config.keys.signing).publicKey);
    }),
});
