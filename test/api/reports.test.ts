import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failure, makeWorld, type World } from "./world.ts";

let world: World;
let token: string;
let agentId: string;

beforeAll(async () => {
  world = await makeWorld();
  ({ token } = await world.tenant());
  const { json } = await world.call("POST", "/agents", { token, body: { name: "front desk", upstream: "stub" } });
  agentId = json.agent.id;
});
afterAll(() => world.close());

const get = (path: string) => world.call("GET", path, { token });

describe("making a report", () => {
  it("asks for the window as the client wrote it, and notes it in the log", async () => {
    const answer = await get(`/agents/${agentId}/report?since=7d&until=2026-05-03T11:00:00Z`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(answer.json).toMatchObject({
      agentId,
      sessionId: null,
      since: "2026-04-26T12:00:00.000Z",
      until: "2026-05-03T11:00:00.000Z",
      format: "json",
    });
    expect(world.audit.events.at(-1)).toMatchObject({
      kind: "report_generated",
      report_id: answer.json.id,
      scope: "agent",
      session_id: null,
    });
  });

  it("answers a PDF as its bytes, under a name without anything of the account", async () => {
    const answer = await get("/reports?format=pdf");
    expect(answer.headers.get("content-type")).toBe("application/pdf");
    expect(answer.headers.get("content-disposition")).toMatch(/^attachment; filename="rep_[0-9A-Z]{26}\.pdf"$/);
  });

  it.each([
    ["/reports?format=xml", 422, "validation_failed"],
    ["/reports?since=yesterday", 422, "validation_failed"],
    ["/reports?since=1d&until=30d", 422, "validation_failed"],
    ["/agents/agt_01HYZ000000000000000000000/report", 404, "agent_not_found"],
    ["/sessions/sess_01HYZ000000000000000000000/report", 404, "session_not_found"],
    ["/reports/jobs/job_01HYZ000000000000000000000", 404, "not_found"],
    ["/reports/jobs/job_01HYZ000000000000000000000/report", 404, "not_found"],
  ])("refuses %s", async (path, status, code) => {
    expect(failure(await get(path))).toEqual({ status, code });
  });

  it("needs the permission", async () => {
    const viewer = await world.tenant({ role: "viewer" });
    expect(failure(await world.call("GET", "/reports", { token: viewer.token }))).toEqual({
      status: 403,
      code: "forbidden",
    });
  });
});

describe("a report job", () => {
  it("runs in the background and ends with a file", async () => {
    const made = await world.call("POST", "/reports/jobs", { token, body: { agent_id: agentId, format: "pdf" } });
    expect(made.status).toBe(202);
    let job = made.json.job;
    for (let tries = 0; job.status !== "done" && tries < 100; tries++) {
      await Bun.sleep(10);
      ({ job } = (await get(`/reports/jobs/${made.json.job.id}`)).json);
    }
    expect(job).toMatchObject({ status: "done", progress: 1 });
    const file = await get(job.report_url.replace("/api/v1", ""));
    expect(file.json).toMatchObject({ agentId, format: "pdf" });
    const stranger = await world.tenant();
    const taken = await world.call("GET", job.report_url.replace("/api/v1", ""), { token: stranger.token });
    expect(failure(taken)).toEqual({ status: 404, code: "not_found" });
  });

  it("is about one thing only", async () => {
    const answer = await world.call("POST", "/reports/jobs", {
      token,
      body: { agent_id: agentId, session_id: "sess_1" },
    });
    expect(failure(answer)).toEqual({ status: 422, code: "validation_failed" });
  });
});

describe("the public parts", () => {
  it("give the key and the schema to anybody", async () => {
    const key = await world.call("GET", "/reports/public-key");
    expect(key.json).toMatchObject({ alg: "Ed25519" });
    expect(Buffer.from(key.json.public_key, "base64").length).toBe(32);
    const schema = await world.call("GET", "/reports/schema");
    expect(schema.json.title).toBe("Masker Audit Schema v1");
    expect(schema.json.required).toContain("merkle_root_hex");
  });

  it.each([
    [{ report: { a: 1 } }, 200],
    [{ report_base64: Buffer.from("%PDF-1.7").toString("base64") }, 200],
    [{ report_base64: "not base64!" }, 422],
    [{}, 422],
    [{ report: {}, report_base64: "" }, 422],
  ])("check %j and find it is no report", async (body, status) => {
    const answer = await world.call("POST", "/reports/verify", { token, body });
    expect(answer.status).toBe(status);
    if (status === 200) expect(answer.json.ok).toBe(false);
  });
});
