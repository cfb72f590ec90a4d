import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PDFDocument } from "pdf-lib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditEventInput } from "../../src/audit/event.ts";
import { leafHash, treeHash } from "../../src/audit/merkle.ts";
import { openProjection } from "../../src/audit/projection.ts";
import { signerOf } from "../../src/audit/signing.ts";
import { insertAccount } from "../../src/db/accounts.ts";
import { insertAgent } from "../../src/db/agents.ts";
import { type OpenDb, openDatabase } from "../../src/db/open.ts";
import { insertPayloads } from "../../src/db/payloads.ts";
import { insertPolicy } from "../../src/db/policies.ts";
import { findSession, listSessions } from "../../src/db/sessions.ts";
import { newId } from "../../src/id.ts";
import { FontSet } from "../../src/report/pdf/font-set.ts";
import { PageWriter } from "../../src/report/pdf/page-writer.ts";
import type { ReportMaker } from "../../src/report/report-maker.ts";
import { type Report, reportSchema } from "../../src/report/report-schema.ts";
import { formatReport } from "../../src/report/sign-report.ts";
import { verifyReport } from "../../src/report/verify-report.ts";
import { completed, KEY, open, redaction, SEED, SILENT, temporaryFolder } from "../audit/fixture.ts";
import { agentRow } from "../db/database.ts";
import { makerOver } from "./maker.ts";
import { reportOfEverything } from "./report-of-everything.ts";

const SCRIPT = join(import.meta.dirname, "../../src/report/verify_report.py");
const PLANTED = ["Oona Pellweather", "219-09-9999"];
const SINCE = "2026-05-01T00:00:00.000Z";
const UNTIL = "2026-06-01T00:00:00.000Z";
const ACCOUNT = "acc_01HYZ000000000000000000000";
const AGENT = "agt_01HYZ000000000000000000000";
const OTHER = "agt_01HYZ000000000000000000001";

let folder: string;
let database: OpenDb;
let audit: Awaited<ReturnType<typeof open>>;
let maker: ReportMaker;
const publicKey = signerOf(SEED).publicKey;

function scope(session: string, agent = AGENT) {
  return { account_id: ACCOUNT, agent_id: agent, session_id: session, call_id: "call_1" };
}

function eventsOf(session: string, agent: string, found: number, startedAt: string): AuditEventInput[] {
  const redactions = Array.from({ length: found }, (_, at) => ({ ...redaction(at), scope: scope(session, agent) }));
  return [
    ...redactions,
    {
      kind: "rehydration",
      scope: scope(session, agent),
      body: { counts: { PHONE: Math.max(0, found - 1) }, event_ids: [] },
    },
    completed(scope(session, agent), {
      status: found === 3 ? "partial" : "ok",
      started_at: startedAt,
      ended_at: startedAt,
      policy_name: "clinic",
      counts: { PHONE: found },
      counts_by_pass: { regex: found },
      repeated_counts: { NAME: 2 },
    }),
  ];
}

beforeAll(async () => {
  folder = await temporaryFolder();
  database = openDatabase(join(folder, "masker.db"));
  const { db } = database;
  audit = await open(join(folder, "audit.log"));
  await insertAccount(db, {
    id: ACCOUNT,
    name: "Ünïcode Clinic Ελλάδα",
    plan: "self-hosted",
    created_at: 1,
  });
  for (const [id, name] of [
    [AGENT, "front desk"],
    [OTHER, "refill line"],
  ] as const) {
    const baa_chain = { model: { name: "Example Model Co", baa_date: "2026-01-02" } };
    const policy = { policy_name: "clinic", platform: "vapi" } as const;
    await insertAgent(db, agentRow(ACCOUNT, { id, name, ...policy, baa_chain, created_at: 1, updated_at: 1 }));
  }
  const yaml = `name: clinic\nversion: 1\nkid: K_HEALTHCARE\ndeny:\n  - ${PLANTED[0]} # ${PLANTED[1]}\n`;
  await insertPolicy(db, { id: newId("policy"), accountId: ACCOUNT, name: "clinic", yaml, createdBy: null, nowMs: 1 });
  const projection = await openProjection({ db, audit, key: KEY, log: SILENT });
  await audit.append(eventsOf("sess_1", AGENT, 2, "2026-05-03T21:14:32.481Z"));
  await audit.checkpoint();
  await audit.append(eventsOf("sess_2", AGENT, 3, "2026-05-04T09:00:00.000Z"));
  await audit.append([
    {
      kind: "rehydration_failed",
      scope: scope("sess_3", OTHER),
      body: { entity_kind: "PHONE", choice: 0, slot: "content" },
    },
    ...eventsOf("sess_3", OTHER, 4, "2026-05-05T09:00:00.000Z"),
  ]);
  await audit.append(eventsOf("sess_4", AGENT, 5, "2026-07-05T09:00:00.000Z"));
  const foreign = eventsOf("sess_5", "agt_x", 7, "2026-05-05T10:00:00.000Z");
  await audit.append(foreign.map((event) => ({ ...event, scope: { ...event.scope, account_id: "acc_other" } })));
  await insertPayloads(db, [{ session_id: "sess_2", stage: "masked", sealed: "sealed", created_at: 1 }]);
  await projection.flush();
  await projection.close();
  maker = makerOver({
    db,
    folder,
    audit,
    openPayload: () => JSON.stringify({ messages: [{ role: "user", content: "this is MSKV1.NAME.K.ABC" }] }),
  });
});

afterAll(async () => {
  maker.close();
  await audit.close();
  database.close();
});

async function ask(part: Partial<Parameters<ReportMaker["make"]>[0]>): Promise<Uint8Array> {
  const file = await maker.make({
    id: newId("report"),
    accountId: ACCOUNT,
    sessionId: null,
    agentId: null,
    since: SINCE,
    until: UNTIL,
    format: "json",
    ...part,
  });
  return await readFile(file);
}

function parse(bytes: Uint8Array): Report {
  return reportSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
}

function python(bytes: Uint8Array, ...rest: string[]): { code: number; output: string } {
  const file = join(folder, "to-check");
  writeFileSync(file, bytes);
  try {
    return { code: 0, output: execFileSync("python3", [SCRIPT, file, ...rest], { encoding: "utf8" }) };
  } catch (failed) {
    const { status, stdout } = failed as { status: number; stdout: string };
    return { code: status, output: stdout };
  }
}

const hasPython = existsSync("/usr/bin/python3") || Bun.which("python3") !== null;

describe("facts of a report", () => {
  it("counts the sessions of the account that began in the window, and no others", async () => {
    const report = parse(await ask({}));
    expect(report.scope).toBe("account");
    expect(report.session_count).toBe(3);
    expect(report.redactions_by_kind).toEqual({ PHONE: 9 });
    expect(report.repeated_redaction_count).toBe(6);
    expect(report.sessions_by_status).toEqual({ ok: 2, error: 0, partial: 1 });
    expect(report.phi_summary).toEqual({ PHONE: { detected: 9, rehydrated: 6 } });
    expect(report.leaks.count).toBe(1);
    expect(report.leaks.items[0]).toMatchObject({ session_id: "sess_3", kind: "PHONE" });
    expect(report.agents.map((agent) => agent.name).sort()).toEqual(["front desk", "refill line"]);
    expect(report.audit.event_count).toBe(2 + 2 + 3 + 2 + 1 + 4 + 2);
  });

  it("agrees with the session rows", async () => {
    const report = parse(await ask({}));
    const rows = (
      await listSessions(database.db, {
        accountId: ACCOUNT,
        since: Date.parse(SINCE),
        until: Date.parse(UNTIL),
        limit: 100,
      })
    ).rows;
    expect(report.sessions.map((one) => [one.id, one.merkle_root_hex, one.redaction_count]).sort()).toEqual(
      rows.map((row) => [row.id, row.merkle_root_hex, row.redaction_count]).sort(),
    );
  });

  it("of one agent holds that agent alone, of one session that session with its own root", async () => {
    const agent = parse(await ask({ agentId: OTHER }));
    expect(agent.scope).toBe("agent");
    expect(agent.sessions.map((session) => session.id)).toEqual(["sess_3"]);
    const session = parse(await ask({ sessionId: "sess_2" }));
    expect(session.scope).toBe("session");
    expect(session.redaction_count).toBe(3);
    expect(session.merkle_root_hex).toBe(
      (await findSession(database.db, ACCOUNT, "sess_2"))?.merkle_root_hex ?? "none",
    );
    expect(session.audit.verified_from).toMatch(/checkpoint at event 4/);
  });

  it("is refused for a session of another account, and for one that never was", async () => {
    await expect(ask({ sessionId: "sess_5" })).rejects.toMatchObject({ code: "session_not_found" });
    await expect(ask({ sessionId: "sess_99" })).rejects.toMatchObject({ code: "session_not_found" });
  });

  it("hides the literal lists of a policy, and holds no planted value in either form", async () => {
    const json = await ask({});
    const pdf = await ask({ format: "pdf" });
    expect(parse(json).policy_snapshot[0]?.yaml).toContain("(hidden)");
    const attached = await attachedJson(pdf);
    for (const value of PLANTED) {
      expect(new TextDecoder().decode(json)).not.toContain(value);
      expect(attached).not.toContain(value);
    }
  });
});

async function attachedJson(pdf: Uint8Array): Promise<string> {
  const { readAttachment } = await import("../../src/report/pdf/read-attachment.ts");
  return (await readAttachment(pdf, "report.json")) ?? "";
}

describe("signatures", () => {
  it("hold for both forms, and the two forms say the same", async () => {
    const json = await ask({ id: "rep_01HYZ000000000000000000000" });
    const pdf = await ask({ id: "rep_01HYZ000000000000000000000", format: "pdf" });
    expect(await verifyReport(json, publicKey)).toMatchObject({ ok: true });
    expect(await verifyReport(pdf, publicKey)).toMatchObject({ ok: true });
    expect((await verifyReport(json, null)).message).toMatch(/the report itself brought/);
    expect((await verifyReport(json, new Uint8Array(32))).ok).toBe(false);
    const attached = reportSchema.parse(JSON.parse(await attachedJson(pdf)));
    const whole = parse(json);
    expect({ ...attached, generated_at: "", signature: null }).toEqual({ ...whole, generated_at: "", signature: null });
  });

  it("hold for a list of sessions that is written in pieces, which are put together as the whole would be", async () => {
    const text = await reportOfEverything();
    expect(text).toBe(formatReport(JSON.parse(text)));
    expect(await verifyReport(new TextEncoder().encode(text), publicKey)).toMatchObject({ ok: true });
    const { sessions, session_count, merkle_root_hex } = reportSchema.parse(JSON.parse(text));
    expect(sessions).toHaveLength(session_count);
    expect(merkle_root_hex).toBe(treeHash(sessions.map((one) => leafHash(one.merkle_root_hex))));
  });

  it("fail after any change of a byte of the JSON", async () => {
    const json = await ask({});
    for (let at = 0; at < json.length; at += 41) {
      const changed = json.slice();
      changed[at] = (changed[at] ?? 0) ^ 2;
      expect((await verifyReport(changed, publicKey)).ok).toBe(false);
    }
    const text = new TextDecoder().decode(json);
    const twice = text.replace('"session_count": 3', '"session_count": 1,\n  "session_count": 3');
    expect((await verifyReport(new TextEncoder().encode(twice), publicKey)).ok).toBe(false);
    const surrogate = text.replace("front desk", "front \\ud800");
    expect((await verifyReport(new TextEncoder().encode(surrogate), publicKey)).ok).toBe(false);
  });

  it("fail after any change of a byte of the PDF", async () => {
    const pdf = await ask({ format: "pdf" });
    const step = Math.max(1, Math.floor(pdf.length / 60));
    for (let at = 0; at < pdf.length; at += step) {
      const changed = pdf.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect((await verifyReport(changed, publicKey)).ok).toBe(false);
    }
    expect((await verifyReport(pdf.slice(0, -1), publicKey)).ok).toBe(false);
    expect((await verifyReport(Buffer.concat([pdf, Buffer.from("x")]), publicKey)).ok).toBe(false);
  });

  it.runIf(hasPython)("are checked by the script in another language, for both forms", async () => {
    const key = Buffer.from(publicKey).toString("base64");
    const json = await ask({});
    const pdf = await ask({ format: "pdf" });
    expect(python(json, key)).toMatchObject({ code: 0 });
    expect(python(pdf, key)).toMatchObject({ code: 0 });
    const other = Buffer.from(signerOf(new Uint8Array(32).fill(1)).publicKey).toString("base64");
    expect(python(json, other).code).toBe(1);
    const changed = Buffer.from(new TextDecoder().decode(json).replace('"session_count": 3', '"session_count": 4'));
    expect(python(changed).output).toMatch(/was changed/);
    const repainted = pdf.slice();
    repainted[pdf.length >> 2] = (repainted[pdf.length >> 2] ?? 0) ^ 1;
    expect(python(repainted).code).toBe(1);
    expect(python(Buffer.from("%PDF-1.7 nothing")).code).toBe(1);
  });

  it.each([["", "{}", "[]", "null", '"text"', "%PDF-", "%PDF-1.7\n%%EOF", "\u0000"]])(
    "refuse %j without an error",
    async (text) => {
      expect((await verifyReport(new TextEncoder().encode(text), null)).ok).toBe(false);
    },
  );
});

describe("the PDF", () => {
  it("has metadata, numbered pages and an attachment that a parser reads", async () => {
    const pdf = await ask({ format: "pdf" });
    const document = await PDFDocument.load(pdf, { updateMetadata: false });
    expect(document.getTitle()).toMatch(/^Masker compliance report rep_/);
    expect(document.getPageCount()).toBeGreaterThan(3);
  });
});

describe("a text in any script", () => {
  it("prints, and a character without a glyph becomes a box", async () => {
    const document = await PDFDocument.create();
    const fonts = new FontSet(document);
    const page = new PageWriter(document, fonts);
    await page.text("Ünï Ελλάδα Москва 北京 東京 서울 ไทย हिन्दी עברית العربية \u{1F9FF}\ud800\u0007");
    const runs = await fonts.runs("\u{10FFFD}", "regular");
    expect(runs.map((run) => run.text).join("")).toBe("\u25a1");
    expect((await document.save()).length).toBeGreaterThan(10_000);
  });
});

describe("too many reports at once", () => {
  it("are refused with a time to come back, and taken again when there is room", async () => {
    const asked = await Promise.allSettled(Array.from({ length: 20 }, () => ask({})));
    const refused = asked.filter((one) => one.status === "rejected").map((one) => one.reason);
    expect(refused).toHaveLength(3);
    for (const reason of refused) expect(reason).toMatchObject({ code: "rate_limited", retryAfterSeconds: 30 });
    expect(parse(await ask({})).session_count).toBe(3);
  });

  it("do not keep a session from its report", async () => {
    const long = Array.from({ length: 17 }, () => ask({}));
    await Bun.sleep(0);
    expect(() => maker.checkRoom({ sessionId: null })).toThrow("Too many reports");
    expect(parse(await ask({ sessionId: "sess_2" })).session_count).toBe(1);
    await Promise.all(long);
    expect(() => maker.checkRoom({ sessionId: null })).not.toThrow();
  });

  it("leave no drafts behind, nor does one that could not be made", async () => {
    await expect(ask({ sessionId: "sess_99" })).rejects.toThrow();
    expect((await readdir(join(folder, "reports"))).filter((name) => !/^rep_\w+\.(json|pdf)$/.test(name))).toEqual([]);
  });
});

describe("a broken chain", () => {
  it("makes no report, and the error says which event broke it", async () => {
    const path = join(folder, "audit.log");
    const before = await readFile(path, "utf8");
    await writeFile(path, before.replace('"entity_kind":"PHONE"', '"entity_kind":"EMAIL"'));
    try {
      await expect(ask({})).rejects.toMatchObject({
        code: "report_generation_failed",
        message: expect.stringMatching(/event 1,/),
      });
    } finally {
      await writeFile(path, before);
    }
    expect(parse(await ask({})).session_count).toBe(3);
  });
});
