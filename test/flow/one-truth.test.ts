/**
 * Every surface tells the same numbers, because all of them come from the events of the log: real turns through the whole
 * appliance, and then the sessions, the statistics, the metrics and both forms of the report beside each other.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Appliance, openAppliance } from "../../src/appliance/open-appliance.ts";
import type { AuditEvent, CountsByKind } from "../../src/audit/event.ts";
import { runCli } from "../../src/cli/run-cli.ts";
import { loadConfig } from "../../src/config/load.ts";
import { newId } from "../../src/id.ts";
import { readAttachment } from "../../src/report/pdf/read-attachment.ts";
import { type Report, reportSchema } from "../../src/report/report-schema.ts";

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
const BASE = "http://127.0.0.1:8080";
const POLICY = (action: string) => `
version: 1
name: mixed
kid: K_HEALTHCARE
tokenization: vault-deterministic
passes: [regex]
entities:
  PHONE: { action: tokenize }
  EMAIL: { action: ${action} }
  IP_ADDRESS: { action: passthrough }
  SSN: { action: block }
`;
const CARD = "4111 1111 1111 1111";
const SAID = "Hi, my name is Marisol Quintanilla, my number is 415-555-0134 and my e-mail is marisol.q@example.com.";

interface Summary {
  readonly id: string;
  readonly status: "ok" | "error" | "partial";
  readonly redaction_count: number;
  readonly redactions_by_kind: CountsByKind;
}

interface Full extends Summary {
  readonly agent_id: string;
  readonly policy_name: string;
  readonly policy_version: number;
  readonly repeated_redaction_count: number;
  readonly redactions_by_pass: Readonly<Record<string, number>>;
  readonly rehydration_failed_count: number;
  readonly merkle_root_hex: string;
  readonly events: readonly { readonly entity_kind: string; readonly action: string; readonly event_id: string }[];
}

let appliance: Appliance;
let provider: Bun.Server<undefined>;
let token: string;
let metricsUrl: string;
let sessions: readonly Full[];
let agents: readonly string[];

async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}`, ...init.headers };
  const info = { requestId: newId("request"), address: "127.0.0.1", secure: false };
  return appliance.app.fetch(new Request(`${BASE}${path}`, { ...init, headers }), info);
}

async function get<T>(path: string): Promise<T> {
  const response = await send(`/api/v1${path}`);
  expect([path, response.status]).toEqual([path, 200]);
  return (await response.json()) as T;
}

async function post<T>(path: string, body: unknown, method = "POST"): Promise<T> {
  const response = await send(`/api/v1${path}`, { method, body: JSON.stringify(body) });
  expect([path, response.ok]).toEqual([path, true]);
  return (await response.json()) as T;
}

/** One turn; the statistics need its end, so the whole answer is heard. */
async function turn(agent: string, said: readonly string[], options: { call?: string; stream?: boolean } = {}) {
  const messages = said.map((content, at) => ({ role: at % 2 === 0 ? "user" : "assistant", content }));
  const response = await send(`/proxy/${agent}/v1/chat/completions`, {
    method: "POST",
    headers: options.call === undefined ? {} : { "x-call": options.call },
    body: JSON.stringify({ model: "gpt-4o-mini", messages, ...(options.stream ? { stream: true } : {}) }),
  });
  return { status: response.status, text: await response.text() };
}

/** Says what it is asked to, as a model would: repeats, fails, or makes up a token. */
function startProvider() {
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { messages, stream } = (await request.json()) as { messages: { content: string }[]; stream?: boolean };
      const last = messages.at(-1)?.content ?? "";
      if (last.includes("please fail")) return Response.json({ error: { message: "no" } }, { status: 500 });
      const made = "MSKV1.PHONE.K_HEALTHCARE.AAAAAAAAAAAAAAAAAAAAAAAAAA";
      const content = last.includes("make one up") ? `Call ${made}, and ${made}.` : last;
      const head = { id: "c1", created: 1, model: "gpt-4o-mini" };
      if (stream !== true) {
        const choice = { index: 0, message: { role: "assistant", content }, finish_reason: "stop" };
        return Response.json({ ...head, object: "chat.completion", choices: [choice] });
      }
      const chunk = (delta: object, finish_reason: string | null) =>
        `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
      const pieces = content.match(/.{1,7}/gs) ?? [];
      const body = pieces.map((piece) => chunk({ content: piece }, null)).join("");
      return new Response(`${body}${chunk({}, "stop")}data: [DONE]\n\n`, {
        headers: { "content-type": "text/event-stream" },
      });
    },
  });
}

async function freePort(): Promise<number> {
  const probe = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  const { port } = probe;
  await probe.stop(true);
  return port ?? 0;
}

async function makeToken(env: Record<string, string>): Promise<string> {
  let out = "";
  const permissions = "agents:read,agents:write,policies:write,sessions:read,audit:read,reports:read,installation";
  await runCli(["tokens", "create", "--name", "truth", "--permissions", permissions], {
    env,
    input: async function* () {},
    out: async (text) => {
      out += text;
    },
    err: async () => {},
    outIsTerminal: false,
    errIsTerminal: false,
    stopRequested: () => new Promise(() => {}),
  });
  return out.trim();
}

beforeAll(async () => {
  provider = startProvider();
  const env = {
    MASKER_DATA_DIR: mkdtempSync(join(tmpdir(), "masker-truth-")),
    MASKER_OPENAI_BASE_URL: `http://127.0.0.1:${provider.port}`,
    MASKER_OPENAI_API_KEY: "sk-test",
    MASKER_CALL_ID_HEADER: "x-call",
    MASKER_DETECTION_TIMEOUT_MS: "60000",
    MASKER_METRICS_ADDR: `127.0.0.1:${await freePort()}`,
  };
  metricsUrl = `http://${env.MASKER_METRICS_ADDR}/metrics`;
  appliance = await openAppliance({ config: loadConfig(env, {}), log: SILENT, baseUrl: () => BASE });
  token = await makeToken(env);

  const upstream = "openai:gpt-4o-mini";
  const make = async (body: object) =>
    (await post<{ agent: { id: string } }>("/agents", { upstream, ...body })).agent.id;
  const plain = await make({ name: "plain" });
  const mixed = await make({ name: "mixed", policy_yaml: POLICY("redact") });
  agents = [plain, mixed];

  expect((await turn(plain, [SAID], { call: "one" })).text).toContain("Marisol Quintanilla");
  await turn(plain, [SAID, "How can I help?", `Bill my card ${CARD}, please.`], { call: "one", stream: true });
  await turn(plain, ["My number is 415-555-0134, please fail."]);
  expect((await turn(plain, ["My number is 415-555-0134, make one up."])).text).toContain("[REDACTED:PHONE]");
  await turn(mixed, ["Mail me at marisol.q@example.com from 203.0.113.7, call 415-555-0134."]);
  await turn(mixed, ["My social security number is 529-48-1173, my phone is 415-555-0134."]);
  await post("/policies/mixed", { policy_yaml: POLICY("tokenize") }, "PUT");
  await turn(mixed, ["Mail me at marisol.q@example.com, or call 415-555-0134."], { stream: true });

  const TURNS = 7;
  let rows: readonly Summary[] = [];
  for (let tries = 0; tries < 100 && rows.length < TURNS; tries++) {
    ({ data: rows } = await get<{ data: readonly Summary[] }>("/sessions?limit=100"));
    if (rows.length < TURNS) await Bun.sleep(50);
  }
  expect(rows.length).toBe(TURNS);
  sessions = await Promise.all(rows.map(async ({ id }) => (await get<{ session: Full }>(`/sessions/${id}`)).session));
});

afterAll(async () => {
  await appliance?.close();
  await provider?.stop(true);
});

const sumOf = (all: readonly Full[], of: (session: Full) => number) => all.reduce((sum, one) => sum + of(one), 0);

function mergedCounts(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const one of all) for (const [name, n] of Object.entries(one)) counts[name] = (counts[name] ?? 0) + n;
  return counts;
}

const statuses = (all: readonly Full[]) => mergedCounts(all.map(({ status }) => ({ [status]: 1 })));
const withoutZeros = (counts: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(counts).filter(([, n]) => n !== 0));

/** The numbers that every surface must tell, from the sessions of the API. */
function told(all: readonly Full[]) {
  return {
    session_count: all.length,
    sessions_by_status: statuses(all),
    redaction_count: sumOf(all, (one) => one.redaction_count),
    redactions_by_kind: mergedCounts(all.map((one) => one.redactions_by_kind as Record<string, number>)),
    redactions_by_pass: mergedCounts(all.map((one) => one.redactions_by_pass)),
    repeated_redaction_count: sumOf(all, (one) => one.repeated_redaction_count),
    leak_count: sumOf(all, (one) => one.rehydration_failed_count),
  };
}

function reported(report: Report) {
  return {
    session_count: report.session_count,
    sessions_by_status: withoutZeros(report.sessions_by_status),
    redaction_count: report.redaction_count,
    redactions_by_kind: report.redactions_by_kind,
    redactions_by_pass: withoutZeros(report.redactions_by_pass),
    repeated_redaction_count: report.repeated_redaction_count,
    leak_count: report.leaks.count,
  };
}

/** Samples of one metric: label values, in the order of their names, to the number. */
async function samples(name: string): Promise<Record<string, number>> {
  const text = await (await fetch(metricsUrl)).text();
  const lines = text.split("\n").filter((line) => line.startsWith(`${name}{`));
  return mergedCounts(
    lines.map((line) => {
      const labels = [...line.matchAll(/(\w+)="([^"]*)"/g)].sort((a, b) => (a[1]! < b[1]! ? -1 : 1));
      return { [labels.map((label) => label[2]).join(" ")]: Number(line.slice(line.lastIndexOf(" "))) };
    }),
  );
}

const scopes = () =>
  [
    ["account", "/reports?since=1h", sessions],
    ...agents.map((id) => [`agent ${id}`, `/agents/${id}/report?since=1h`, sessions.filter((s) => s.agent_id === id)]),
    ...sessions.map((one) => [`session ${one.id}`, `/sessions/${one.id}/report`, [one]]),
  ] as readonly (readonly [string, string, readonly Full[]])[];

describe("the numbers of the turns", () => {
  it("hold every outcome, so that there is something to agree about", () => {
    const { sessions_by_status, redactions_by_pass, repeated_redaction_count, leak_count, redactions_by_kind } =
      told(sessions);
    expect(sessions_by_status).toEqual({ ok: 4, error: 2, partial: 1 });
    expect(redactions_by_pass).toMatchObject({ regex: expect.any(Number) });
    expect(repeated_redaction_count).toBeGreaterThanOrEqual(3);
    expect(leak_count).toBeGreaterThanOrEqual(1);
    expect(Object.keys(redactions_by_kind).sort()).toEqual(["CREDIT_CARD", "EMAIL", "NAME", "PHONE", "SSN"]);
    const actions = new Set(sessions.flatMap((one) => one.events.map((event) => event.action)));
    expect([...actions].sort()).toEqual(["block", "passthrough", "redact", "tokenize"]);
  });

  it("agree within each session: its counts are its events but for what was let through", () => {
    for (const { events, redactions_by_kind, redaction_count } of sessions) {
      const masked = events.filter(({ action }) => action !== "passthrough");
      expect(mergedCounts(masked.map((event) => ({ [event.entity_kind]: 1 })))).toEqual(redactions_by_kind);
      expect(masked.length).toBe(redaction_count);
    }
  });

  it("agree in the statistics of the account and of its agents", async () => {
    const stats = await get<Record<string, unknown>>("/stats?since=1h");
    const { redactions_by_pass: _, repeated_redaction_count: __, ...expected } = told(sessions);
    expect(stats).toMatchObject(expected);
    for (const id of agents) {
      const own = sessions.filter((one) => one.agent_id === id);
      const { agent } = await get<{ agent: { stats: unknown } }>(`/agents/${id}`);
      const redaction_count_24h = sumOf(own, (one) => one.redaction_count);
      const n = own.length;
      expect(agent.stats).toMatchObject({ session_count_24h: n, session_count_7d: n, redaction_count_24h });
    }
  });

  it("agree in the metrics", async () => {
    const redactions = await samples("masker_redactions_total");
    const { redactions_by_kind, redactions_by_pass, leak_count } = told(sessions);
    const by = (at: number) =>
      mergedCounts(Object.entries(redactions).map(([labels, n]) => ({ [labels.split(" ")[at] ?? ""]: n })));
    expect([by(0), by(1)]).toEqual([redactions_by_kind, redactions_by_pass]);
    const requests = mergedCounts(sessions.map((one) => ({ [`${one.agent_id} ${one.status}`]: 1 })));
    expect(await samples("masker_requests_total")).toEqual(requests);
    const failures = await samples("masker_rehydration_failures_total");
    expect(Object.values(failures).reduce((sum, n) => sum + n, 0)).toBe(leak_count);
  });

  it("agree in the reports of the account, of each agent and of each session, in both forms", async () => {
    for (const [name, path, own] of scopes()) {
      const json = reportSchema.parse(await get(path));
      const separator = path.includes("?") ? "&" : "?";
      const response = await send(`/api/v1${path}${separator}format=pdf`);
      expect([name, response.status]).toEqual([name, 200]);
      const attached = await readAttachment(new Uint8Array(await response.arrayBuffer()), "report.json");
      const pdf = reportSchema.parse(JSON.parse(attached ?? "null"));
      for (const report of [json, pdf]) {
        expect([name, reported(report)]).toEqual([name, told(own)]);
        const lines = report.sessions.map((line) => [line.id, line.status, line.redaction_count, line.merkle_root_hex]);
        const rows = own.map((one) => [one.id, one.status, one.redaction_count, one.merkle_root_hex]);
        expect([name, lines.sort()]).toEqual([name, rows.sort()]);
        const cards = own.some((one) => (one.redactions_by_kind.CREDIT_CARD ?? 0) > 0);
        expect([name, report.pci.card_data_seen]).toEqual([name, cards]);
      }
      expect([name, pdf.merkle_root_hex]).toEqual([name, json.merkle_root_hex]);
    }
  });

  it("agree on the policy that each session ran under, whose text of that time the report holds", async () => {
    const versions = (all: readonly Full[]) =>
      [...new Set(all.map((one) => `${one.policy_name} ${one.policy_version}`))].sort();
    expect(versions(sessions)).toEqual(["healthcare-default 1", "mixed 1", "mixed 2"]);
    const { policy_snapshot } = reportSchema.parse(await get("/reports?since=1h"));
    expect(policy_snapshot.map(({ name, version }) => `${name} ${version}`).sort()).toEqual(versions(sessions));
    const yaml = (version: number) =>
      policy_snapshot.find((one) => one.name === "mixed" && one.version === version)?.yaml ?? "";
    expect([yaml(1).includes("EMAIL: { action: redact }"), yaml(2).includes("EMAIL: { action: tokenize }")]).toEqual([
      true,
      true,
    ]);
  });

  it("agree on how long the log is kept, as the policies of the moment say; 0 is for ever", async () => {
    const kept = async () => reportSchema.parse(await get(`/sessions/${sessions[0]?.id}/report`)).retention.audit_days;
    expect(await kept()).toBe(3653);
    await post("/policies/mixed", { policy_yaml: `${POLICY("redact")}audit: { retention_days: 9000 }\n` }, "PUT");
    expect(await kept()).toBe(9000);
    await post("/policies/mixed", { policy_yaml: `${POLICY("redact")}audit: { retention_days: 0 }\n` }, "PUT");
    expect(await kept()).toBe(0);
  });

  it("agree with the log itself: the root of each session is the tree over its lines", async () => {
    for (const one of sessions) {
      const first = one.events[0]?.event_id;
      if (first === undefined) continue;
      const proof = await get<{ line: string }>(`/sessions/${one.id}/proof/${first}`);
      expect((JSON.parse(proof.line) as AuditEvent).session_id).toBe(one.id);
      const { data } = await get<{ data: readonly AuditEvent[] }>(`/audit/events?session_id=${one.id}&limit=100`);
      const completed = data.find((event) => event.kind === "session_completed");
      expect(completed).toMatchObject({ counts: one.redactions_by_kind, status: one.status });
    }
  });
});
