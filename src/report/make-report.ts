/**
 * Makes one report from the log:
 * 1. walk and verify the chain (for one session: from the signed checkpoint before it), taking the facts on the way;
 * 2. add what the database knows of names, policies and agreements;
 * 3. sign the JSON and write it; for the PDF write the pages around it.
 */
import { rename, rm } from "node:fs/promises";
import { BACKGROUND_CHUNK, backgroundPace } from "../audit/background-pace.ts";
import { pinsOf } from "../audit/boot.ts";
import { checkpointPath, readCheckpoints } from "../audit/checkpoint.ts";
import { blockingFiles } from "../audit/files.ts";
import { partlyPurged } from "../audit/read.ts";
import { listSegments } from "../audit/segment.ts";
import { signerOf } from "../audit/signing.ts";
import { type ChainState, type LogBreak, walkLog } from "../audit/walk.ts";
import type { WalkResult } from "../audit/walk-result.ts";
import { findAccount } from "../db/accounts.ts";
import { findAgentEverMade } from "../db/agents.ts";
import { findPlace, listSessionPlaces } from "../db/audit-index.ts";
import type { Db } from "../db/open.ts";
import { findFilePolicyYaml, findPolicyVersion } from "../db/policies.ts";
import { findSession } from "../db/sessions.ts";
import { MaskerError } from "../errors.ts";
import { PRESETS } from "../policy/presets.ts";
import { COVERAGE } from "./coverage.ts";
import { Facts } from "./facts.ts";
import { writePdf } from "./pdf/write-pdf.ts";
import { hideLiterals } from "./policy-snapshot.ts";
import { REPORT_SCHEMA, type Report, type ReportBody } from "./report-schema.ts";
import { SessionLines } from "./session-lines.ts";
import type { SampleTranscript } from "./transcripts.ts";
import { writeReport } from "./write-report.ts";

/** What is asked. `sessionId` alone, `agentId` with a window, or a window of the whole account; ISO 8601 times. */
export interface ReportRequest {
  readonly id: string;
  readonly accountId: string;
  readonly sessionId: string | null;
  readonly agentId: string | null;
  readonly since: string;
  readonly until: string;
  readonly format: "json" | "pdf";
}

/** What an installation gives its reports; plain data, so that it can cross to a thread. */
export interface ReportSource {
  readonly auditLogPath: string;
  readonly auditKey: Uint8Array;
  /** Seed of the Ed25519 key, 32 bytes. */
  readonly signingSeed: Uint8Array;
  readonly node: string;
  readonly build: { readonly version: string; readonly commit: string };
  readonly retention: ReportBody["retention"];
}

export interface ReportHooks {
  /** 0 to 1. */
  readonly onProgress: (share: number) => void;
  /** Masked texts of sampled sessions, by tokens only; asked for the PDF. */
  readonly samples: (report: Report) => Promise<readonly SampleTranscript[]>;
}

const WALK_SHARE = 0.9;

/** Where the report is to lie, and up to where the log is durable: one that is being written is walked no further. */
export interface ReportTask {
  readonly file: string;
  readonly until: { readonly segment: number; readonly offset: number };
}

/**
 * Writes the report (0600). What was begun of one that cannot be made is removed.
 * @throws MaskerError session_not_found, or report_generation_failed naming the event that breaks the chain
 */
export async function makeReport(
  db: Db,
  source: ReportSource,
  request: ReportRequest,
  { file, until }: ReportTask,
  hooks: ReportHooks,
): Promise<void> {
  const signer = signerOf(source.signingSeed);
  const range = await rangeOf(db, source, request, until);
  const draft = `${file}.draft`;
  const lines = new SessionLines(`${file}.sessions`);
  try {
    const body = await bodyOf(db, source, request, { range, lines, onProgress: hooks.onProgress });
    await writeReport(draft, { body, lines, signer });
    if (request.format === "pdf") {
      const json = await Bun.file(draft).text();
      const report = JSON.parse(json) as Report;
      await Bun.write(draft, await writePdf(report, json, await hooks.samples(report), signer), { mode: 0o600 });
    }
    await rename(draft, file);
  } finally {
    lines.remove();
    await rm(draft, { force: true });
  }
}

/** Everything that the report says but its list of sessions, which goes to `lines`. */
async function bodyOf(
  db: Db,
  source: ReportSource,
  request: ReportRequest,
  {
    range,
    lines,
    onProgress,
  }: Pick<ReportHooks, "onProgress"> & { readonly range: Range; readonly lines: SessionLines },
): Promise<ReportBody> {
  const facts = new Facts({ ...request, since: range.since, until: range.until }, (line) => lines.add(line));
  const walked = await walkLog({
    key: source.auditKey,
    publicKey: signerOf(source.signingSeed).publicKey,
    path: source.auditLogPath,
    files: blockingFiles,
    segments: await listSegments(blockingFiles, source.auditLogPath),
    ...(range.from === null ? {} : { from: range.from }),
    until: range.end,
    pins: range.pins,
    chunkBytes: BACKGROUND_CHUNK,
    // One session's report is waited for; longer ones leave the processor to the calls in progress.
    ...(request.sessionId === null ? { pause: backgroundPace() } : {}),
    visit: (event, _position, line) => facts.add(event, line),
    visitTombstone: ({ open_sessions }) => facts.leaveOut(open_sessions),
    onProgress: (done, total) => onProgress((WALK_SHARE * done) / Math.max(1, total)),
  });
  const broken = walked.breaks[0];
  if (broken !== undefined) throw chainBroken(broken);
  return await describe(db, source, request, facts, {
    ...range,
    verifiedFrom: verifiedFrom(range, walked, facts.leftOut),
  });
}

/** From where on the chain was verified, and why not from its beginning. */
function verifiedFrom({ from }: Range, { purged_segments, first_seq }: WalkResult, leftOut: number): string {
  if (from !== null) return `the signed checkpoint at event ${from.seq}`;
  if (purged_segments.length === 0) return "its first event";
  const notShown = leftOut === 0 ? "" : `; sessions that began in them and are not shown: ${leftOut}`;
  return `event ${first_seq ?? 0}, the first that retention left (segments purged with tombstones: ${purged_segments.length}${notShown})`;
}

/** Says which event broke the chain: no report is made from a log that does not verify. */
export function chainBroken(broken: LogBreak): MaskerError {
  const place = broken.seq === null ? `line ${broken.line}` : `line ${broken.line}, event ${broken.seq},`;
  return new MaskerError("report_generation_failed", {
    message: `No report is made: the audit chain is broken. ${broken.file}: ${place} ${broken.reason}.`,
  });
}

interface Range {
  readonly since: string;
  readonly until: string;
  /** Begin after this state; null: at the first event. */
  readonly from: ChainState | null;
  readonly end: { readonly segment: number; readonly offset: number };
  readonly pins: ReturnType<typeof pinsOf>;
}

async function rangeOf(
  db: Db,
  source: ReportSource,
  request: ReportRequest,
  until: { readonly segment: number; readonly offset: number },
): Promise<Range> {
  const path = checkpointPath(source.auditLogPath);
  const { checkpoints } = await readCheckpoints(blockingFiles, path, { key: source.auditKey });
  if (request.sessionId === null) {
    const { since, until: end } = request;
    return { since, until: end, from: null, end: until, pins: pinsOf(checkpoints, null) };
  }
  const session = await findSession(db, request.accountId, request.sessionId);
  const places = await listSessionPlaces(db, request.sessionId);
  const [first, last] = [places[0], places.at(-1)];
  if (!session || !first || !last) throw new MaskerError("session_not_found");
  if (places.length < session.event_count) throw partlyPurged();
  const before = checkpoints.filter((checkpoint) => checkpoint.seq < first.seq).at(-1);
  const end = { segment: last.segment, offset: last.offset + last.length + 1 };
  const pins = pinsOf(
    checkpoints.filter((checkpoint) => checkpoint.seq <= last.seq),
    null,
  );
  const since = new Date(session.started_at).toISOString();
  const closed = new Date(session.started_at + 1).toISOString();
  if (before === undefined) return { since, until: closed, from: null, end, pins };
  // The place that a checkpoint names is signed, but only a line that ends there makes it a place in this file.
  const place = await findPlace(db, before.seq);
  const fits = place !== null && place.segment === before.segment && place.offset + place.length + 1 === before.offset;
  const { segment, offset, seq, hash } = before;
  return { since, until: closed, from: fits ? { segment, offset, seq, hash } : null, end, pins };
}

async function describe(
  db: Db,
  source: ReportSource,
  request: ReportRequest,
  facts: Facts,
  range: { readonly since: string; readonly until: string; readonly verifiedFrom: string },
): Promise<ReportBody> {
  const { agent_ids, policies, chain, ...totals } = facts.totals();
  const account = await findAccount(db, request.accountId);
  const agents: ReportBody["agents"] = [];
  for (const id of request.agentId === null ? agent_ids : [request.agentId]) {
    const agent = await findAgentEverMade(db, request.accountId, id);
    if (agent) agents.push({ id, name: agent.name, baa_chain: agent.baa_chain });
  }
  const snapshot: ReportBody["policy_snapshot"] = [];
  for (const { name, version } of policies) {
    const yaml = await policyText(db, request.accountId, name, version);
    snapshot.push({ name, version, yaml: yaml === null ? null : hideLiterals(yaml) });
  }
  return {
    id: request.id,
    schema: REPORT_SCHEMA,
    scope: request.sessionId !== null ? "session" : request.agentId !== null ? "agent" : "account",
    session_id: request.sessionId,
    agent_id: request.agentId ?? (request.sessionId === null ? null : (agent_ids[0] ?? null)),
    account_id: request.accountId,
    account_name: account?.name ?? "",
    window: { since: range.since, until: range.until },
    generated_at: new Date().toISOString(),
    generator: { ...source.build, node: source.node },
    ...totals,
    sessions: [],
    audit: { ...chain, verified: true, verified_from: range.verifiedFrom },
    agents,
    policy_snapshot: snapshot,
    safe_harbor_coverage: COVERAGE.categories,
    coverage_basis: { commit: COVERAGE.commit, definition: COVERAGE.definition },
    retention: source.retention,
    statements: STATEMENTS,
  };
}

/** What a report says of itself, in both forms. */
const STATEMENTS = [
  "Every number in this report was counted from the audit log, whose chain of HMAC-SHA256 hashes was verified before the report was made.",
  "The model provider received tokens or placeholders where identifiers were found; real values were put back on the operator's own machine.",
  "The report states what was masked and how well finding it was measured. It does not claim that the texts were de-identified under 45 CFR 164.514(b)(2).",
];

/** The text of a policy as it stood in that version; null when it is not known any more. */
export async function policyText(db: Db, accountId: string, name: string, version: number): Promise<string | null> {
  const stored = await findPolicyVersion(db, accountId, name, version);
  return stored?.yaml ?? (await findFilePolicyYaml(db, name, version)) ?? PRESETS.get(name) ?? null;
}
