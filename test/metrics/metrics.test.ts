import { describe, expect, it } from "vitest";
import type { AuditEvent, EventBodies, EventKind } from "../../src/audit/event.ts";
import { createMetrics } from "../../src/metrics/metrics.ts";
import { serveMetrics } from "../../src/metrics/serve-metrics.ts";

function event<K extends EventKind>(kind: K, body: EventBodies[K], agentId = "agt_1"): AuditEvent {
  const envelope = {
    v: 1,
    ts: "2026-05-03T12:00:00.000Z",
    event_id: "evt_1",
    seq: 1,
    node: "n",
    account_id: "acc_1",
    agent_id: agentId,
    session_id: "sess_1",
    call_id: "call_1",
    prev_hash: "",
    this_hash: "",
  };
  return { ...envelope, ...body, kind } as unknown as AuditEvent;
}

const redaction = (change: Partial<EventBodies["redaction"]> = {}) =>
  event("redaction", {
    pass: "regex",
    entity_kind: "PHONE",
    span: [0, 12],
    slot: "messages[0].content",
    message_index: 0,
    confidence: 0.9,
    token_kind: "MSKV1",
    kid: "K",
    action: "tokenize",
    policy_version: 1,
    ...change,
  });

const completed = (status: "ok" | "error" | "partial", agentId?: string) =>
  event(
    "session_completed",
    {
      status,
      reason: null,
      started_at: "2026-05-03T12:00:00.000Z",
      ended_at: "2026-05-03T12:00:01.000Z",
      stage_durations_ms: { detection: 3, tokenize: 1, upstream: 800, rehydrate: 0.2 },
      added_ms: 4.2,
      upstream: "stub",
      upstream_model: "stub",
      policy_name: "healthcare-default",
      policy_version: 1,
      ner_skipped: false,
      counts: {},
      counts_by_pass: {},
      repeated_counts: {},
      retry: false,
    },
    agentId,
  );

const options = { vaultBytes: () => 4096, auditLogBytes: () => 512, health: () => ({ db: true, vault: false }) };

describe("the metrics", () => {
  it("count what the events say", async () => {
    const metrics = createMetrics(options);
    for (const e of [
      redaction(),
      redaction(),
      redaction({ entity_kind: "NAME", pass: "ner" }),
      redaction({ action: "passthrough" }),
      event("rehydration_failed", { entity_kind: "NAME", choice: 0, slot: "content" }),
      event("user_login_failed", { method: "password", reason: "wrong_password" }),
      completed("ok"),
      completed("ok"),
      completed("error"),
    ]) {
      metrics.observe(e);
    }
    const text = await metrics.render();
    for (const line of [
      'masker_requests_total{agent="agt_1",status="ok"} 2',
      'masker_requests_total{agent="agt_1",status="error"} 1',
      'masker_redactions_total{kind="PHONE",pass="regex"} 2',
      'masker_redactions_total{kind="NAME",pass="ner"} 1',
      'masker_rehydration_failures_total{kind="NAME"} 1',
      'masker_sign_in_failures_total{method="password"} 1',
      'masker_request_duration_seconds_count{stage="upstream"} 3',
      'masker_request_duration_seconds_bucket{le="0.005",stage="detection"} 3',
      'masker_request_duration_seconds_bucket{le="0.5",stage="upstream"} 0',
      "masker_vault_size_bytes 4096",
      'masker_component_ok{component="db"} 1',
      'masker_component_ok{component="vault"} 0',
    ]) {
      expect(text.split("\n")).toContain(line);
    }
  });

  it("have a bounded number of series, however many agents there are", async () => {
    const metrics = createMetrics(options);
    for (let i = 0; i < 5000; i++) metrics.observe(completed("ok", `agt_${i}`));
    const series = (await metrics.render()).split("\n").filter((line) => line.startsWith("masker_requests_total{"));
    expect(series).toHaveLength(101);
    expect(series).toContain('masker_requests_total{agent="other",status="ok"} 4900');
  });

  it("are served at /metrics and nowhere else", async () => {
    const server = serveMetrics(createMetrics(options), { host: "127.0.0.1", port: 0 });
    const get = (path: string, init?: RequestInit) => fetch(new URL(path, server.url), init);
    const answer = await get("/metrics");
    expect(answer.headers.get("content-type")).toContain("text/plain; version=0.0.4");
    expect(await answer.text()).toContain("# TYPE masker_requests_total counter");
    expect((await get("/")).status).toBe(404);
    expect((await get("/metrics", { method: "POST" })).status).toBe(405);
    await server.close();
  });
});
