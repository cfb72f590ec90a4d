/** Whatever is refused, wherever: its answer names a request, and the log tells of that request. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Appliance, openAppliance } from "../../src/appliance/open-appliance.ts";
import { loadConfig } from "../../src/config/load.ts";
import { newId } from "../../src/id.ts";

const PLANTED = "Quintanilla";
const lines: string[] = [];
const note = (message: string, fields: object = {}) => void lines.push(JSON.stringify({ message, ...fields }));
const LOG = { debug: note, info: note, warn: note, error: note };

let appliance: Appliance;

beforeAll(async () => {
  const config = loadConfig({ MASKER_DATA_DIR: mkdtempSync(join(tmpdir(), "masker-errors-")) }, {});
  appliance = await openAppliance({ config, log: LOG, baseUrl: () => "http://127.0.0.1" });
});
afterAll(() => appliance.close());

it.each([
  ["GET", `/${PLANTED}`, 404],
  ["DELETE", "/health", 405],
  ["POST", "/", 404],
  ["GET", `/api/v1/${PLANTED}`, 404],
  ["PUT", "/api/v1/stats", 405],
  ["GET", "/api/v1/sessions", 401],
  ["POST", "/api/v1/auth/login", 422],
  ["GET", "/trpc/agents.list", 401],
  ["POST", `/proxy/${PLANTED}/v1/chat/completions`, 404],
  ["GET", "/proxy", 404],
  ["GET", "/proxy/agt_1/v1/embeddings", 404],
  ["POST", "/vapi/webhook/agt_1", 404],
])("%s %s is %i", async (method, path, status) => {
  const info = { requestId: newId("request"), address: "127.0.0.1", secure: false };
  const body = method === "GET" ? null : "{";
  const headers = { "content-type": "application/json" };
  const response = await appliance.app.fetch(new Request(`http://127.0.0.1${path}`, { method, body, headers }), info);
  expect([response.status, response.headers.get("x-request-id")]).toEqual([status, info.requestId]);
  expect(await response.text()).toContain(info.requestId);
  expect(lines.filter((line) => line.includes(info.requestId)).length).toBe(1);
  expect(lines.join("\n")).not.toContain(PLANTED);
});
