import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { sealPlatformSecret } from "../../src/auth/platform-secret.ts";
import type { AgentRow } from "../../src/db/agents.ts";
import { newId } from "../../src/id.ts";
import { createAgentAccess } from "../../src/proxy/agent-access.ts";
import { createVapiWebhook } from "../../src/vapi/create-webhook.ts";
import type { WebhookDeps } from "../../src/vapi/deps.ts";
import { type Harness, startHarness } from "../proxy/harness.ts";
import {
  assistantRequest,
  customLlm,
  endOfCallReport,
  hang,
  PHI,
  reply,
  statusUpdate,
  transcript,
} from "./fixtures.ts";

const SESSION_KEY = new Uint8Array(32).fill(3);
/** Messages that need no answer; the last two are of types that only the documentation or later versions know. */
const OTHERS = [
  statusUpdate,
  transcript,
  hang,
  { message: { ...hang.message, type: "speech-update" } },
  { message: { ...hang.message, type: "something-new", text: "I am Ada Obi" } },
];

interface Hook {
  readonly h: Harness;
  send(agentId: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
}

async function withHook(
  over: { settings?: Partial<WebhookDeps["settings"]>; agent?: Partial<AgentRow> },
  run: (hook: Hook) => Promise<void>,
): Promise<void> {
  await using h = await startHarness(over.agent ? { agent: over.agent } : {});
  const say = (text: string, fields?: object) => h.logLines.push(JSON.stringify({ text, ...fields }));
  const hook = createVapiWebhook({
    agents: createAgentAccess(h.db, SESSION_KEY),
    calls: h.calls,
    audit: h.audit,
    upstreams: {
      resolve: () => ({
        model: "gpt-4o-mini",
        models: [],
        upstream: { name: "openai", send: () => Promise.reject(new Error()) },
      }),
    },
    limiter: null,
    log: { debug: say, info: say, warn: say, error: say },
    baseUrl: () => "https://masker.example",
    settings: {
      maxBodyBytes: 1_000_000,
      vapiWebhookSecret: null,
      keysByDefault: false,
      strictEvents: false,
      ...over.settings,
    },
  });
  const send = (agentId: string, body: unknown, headers: Record<string, string> = {}) =>
    hook.fetch(
      new Request(`http://x/vapi/webhook/${agentId}`, {
        method: "POST",
        headers,
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
      { address: "127.0.0.1", requestId: newId("request") },
    );
  await run({ h, send });
}

describe("assistant-request", () => {
  const assistant = {
    firstMessage: "Hello",
    voice: { provider: "11labs", voiceId: "sarah" },
    model: { provider: "openai", model: "gpt-4o", temperature: 0.2 },
  } as const;

  it.each([
    ["under message", assistantRequest],
    ["top-level", assistantRequest.message],
  ])("answers with the agent's assistant, its model led through the proxy (type %s)", async (_name, body) => {
    await withHook({ agent: { assistant } }, async ({ h, send }) => {
      const response = await send(h.agent.id, body);
      expect(response.status).toBe(200);
      const model = customLlm(`https://masker.example/proxy/${h.agent.id}/v1`, "gpt-4o-mini");
      expect(await response.json()).toEqual(reply({ ...assistant, model: { ...model, temperature: 0.2 } }));
    });
  });

  it("logs the beginning of the call once, without anything of the payload", async () => {
    await withHook({ agent: { assistant } }, async ({ h, send }) => {
      await send(h.agent.id, assistantRequest);
      await send(h.agent.id, assistantRequest);
      const events = await h.events();
      expect(events.map((event) => event.kind)).toEqual(["call_started"]);
      expect(events[0]).toMatchObject({ source: "vapi", agent_id: h.agent.id, session_id: null });
      expect(await h.stored()).not.toMatch(PHI);
      expect(await h.stored()).not.toContain("0197-call");
    });
  });

  it("names the call that its turns then join, and its end", async () => {
    await withHook({}, async ({ h, send }) => {
      await send(h.agent.id, assistantRequest);
      await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, {
        messages: [{ role: "user", content: "hi" }],
        call: { id: "0197-call" },
      });
      await send(h.agent.id, endOfCallReport);
      const events = await h.events();
      expect(events.map((event) => event.kind)).toEqual(["call_started", "session_completed", "call_ended"]);
      expect(new Set(events.map((event) => event.call_id)).size).toBe(1);
      expect(await h.stored()).not.toMatch(PHI);
    });
  });

  it("asks the callback first and falls back to the stored assistant", async () => {
    let reply: unknown = {};
    let asked = "";
    const callback = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      async fetch(request) {
        asked = await request.text();
        return reply instanceof Response ? reply.clone() : Response.json(reply);
      },
    });
    try {
      const agent = { assistant, assistant_callback_url: `http://127.0.0.1:${callback.port}/` };
      await withHook({ agent }, async ({ h, send }) => {
        const url = `https://masker.example/proxy/${h.agent.id}/v1`;
        const led = customLlm(url, "gpt-4o-mini");
        const stored = { assistant: { ...assistant, model: { ...assistant.model, ...led } } };
        const cases: [unknown, unknown][] = [
          [{ assistant: { firstMessage: "Hi Ada" } }, { assistant: { firstMessage: "Hi Ada", model: led } }],
          [
            {
              assistant: { model: { provider: "openai", url: "https://past.example" } },
              assistantOverrides: { model: { provider: "openai" } },
            },
            { assistant: { model: led }, assistantOverrides: { model: led } },
          ],
          [{ assistantId: "a-1" }, { assistantId: "a-1", assistantOverrides: { model: led } }],
          [{ firstMessage: "x", model: { provider: "openai" } }, { assistant: { firstMessage: "x", model: led } }],
          [{ error: "We are closed." }, { error: "We are closed." }],
          [
            { destination: { type: "number", number: "+15550003333" } },
            { destination: { type: "number", number: "+15550003333" } },
          ],
          // Models of squads and workflows cannot be led through the proxy.
          [{ squadId: "s-1" }, stored],
          [{ workflowId: "w-1" }, stored],
          [new Response("no", { status: 500 }), stored],
          [new Response("not json"), stored],
          [Response.redirect("https://elsewhere.example/"), stored],
        ];
        for (const [answer, expected] of cases) {
          reply = answer;
          expect(await (await send(h.agent.id, assistantRequest)).json()).toEqual(expected);
        }
        expect(JSON.parse(asked)).toEqual(assistantRequest);
        expect(await h.stored()).not.toMatch(PHI);
      });
    } finally {
      await callback.stop(true);
    }
  });

  it("does not swallow a callback that never ends", async () => {
    let sent = 0;
    const endless = () =>
      new ReadableStream<Uint8Array>({
        async pull(controller) {
          controller.enqueue(new Uint8Array(65_536).fill(32));
          sent += 65_536;
          await new Promise((resolve) => setImmediate(resolve));
        },
      });
    const callback = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response(endless()) });
    try {
      const agent = { assistant, assistant_callback_url: `http://127.0.0.1:${callback.port}/` };
      await withHook({ agent }, async ({ h, send }) => {
        const answer = await send(h.agent.id, assistantRequest);
        expect(await answer.json()).toMatchObject({ assistant: { model: { provider: "custom-llm" } } });
      });
      expect(sent).toBeLessThan(64 * 1024 * 1024);
    } finally {
      await callback.stop(true);
    }
  });

  it("does not wait for a callback that hangs", async () => {
    const callback = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Promise<Response>(() => undefined) });
    try {
      const agent = { assistant, assistant_callback_url: `http://127.0.0.1:${callback.port}/` };
      await withHook({ agent }, async ({ h, send }) => {
        expect(await (await send(h.agent.id, assistantRequest)).json()).toMatchObject({
          assistant: { firstMessage: "Hello" },
        });
      });
    } finally {
      await callback.stop(true);
    }
  });
});

describe("other messages", () => {
  it.each(OTHERS.map((body) => [body.message.type, body] as const))("acknowledges %s", async (_type, body) => {
    await withHook({}, async ({ h, send }) => {
      const response = await send(h.agent.id, body);
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({});
      expect(await h.stored()).not.toMatch(PHI);
    });
  });

  it("refuses them with the strict switch", async () => {
    await withHook({ settings: { strictEvents: true } }, async ({ h, send }) => {
      const response = await send(h.agent.id, transcript);
      expect(response.status).toBe(422);
      expect(await response.json()).toMatchObject({ error: { code: "unsupported_event" } });
      expect((await send(h.agent.id, assistantRequest)).status).toBe(200);
    });
  });

  it.each(["", "no", "[]", "null", "{}", '{"message": 7}', '{"message": {"type": 7}}', '{"message": {"type": ""}}'])(
    "refuses the body %j with 422, echoing nothing",
    async (body) => {
      await withHook({}, async ({ h, send }) => {
        const response = await send(h.agent.id, body);
        expect(response.status).toBe(422);
        expect(await response.json()).toMatchObject({ error: { code: "validation_failed" } });
      });
    },
  );
});

describe("authentication", () => {
  const secret = "server-secret";
  const body = JSON.stringify(assistantRequest);
  const ts = String(Date.now());
  const mac = (text: string, key = secret) => createHmac("sha256", key).update(text).digest("hex");

  it("demands the installation's secret when it is set, and tells a stranger nothing of agents", async () => {
    await withHook({ settings: { vapiWebhookSecret: secret } }, async ({ h, send }) => {
      const good: Record<string, string>[] = [
        { "x-vapi-secret": secret },
        { "x-vapi-signature": secret },
        { authorization: `Bearer ${secret}` },
        { "x-vapi-signature": mac(body) },
        { "x-signature": mac(`${ts}.${body}`), "x-timestamp": ts },
      ];
      for (const headers of good) expect((await send(h.agent.id, body, headers)).status).toBe(200);
      const bad: Record<string, string>[] = [
        {},
        { "x-vapi-secret": "no" },
        { "x-vapi-signature": mac(`${body} `) },
        { authorization: "Bearer no" },
      ];
      const strip = async (response: Response) => {
        const { error } = (await response.json()) as { error: Record<string, unknown> };
        return [response.status, { ...error, request_id: null }];
      };
      for (const headers of bad) {
        const known = await strip(await send(h.agent.id, body, headers));
        expect(known[0]).toBe(401);
        expect(await strip(await send(newId("agent"), body, headers))).toEqual(known);
      }
      expect((await send(newId("agent"), body, { "x-vapi-secret": secret })).status).toBe(404);
      expect(await h.stored()).not.toMatch(PHI);
    });
  });

  it("takes any one proof of the agent's own, and demands one when there are some", async () => {
    await withHook({}, async ({ h, send }) => {
      const id = newId("agent");
      await h.addAgent({
        id,
        platform_auth: {
          key_required: true,
          header: { name: "x-platform", secret_sealed: sealPlatformSecret(SESSION_KEY, id, "header", "open") },
          hmac: {
            secret_sealed: sealPlatformSecret(SESSION_KEY, id, "hmac", "mac"),
            header: "x-sig",
            timestamp_header: null,
            encoding: "hex",
            prefix: "",
            required: false,
          },
        },
      });
      const key = await h.addKey(id);
      const good: Record<string, string>[] = [
        { "x-platform": "open" },
        { "x-sig": mac(body, "mac") },
        { authorization: `Bearer ${key}` },
        { "x-vapi-secret": key },
        { "masker-agent-key": key },
      ];
      for (const headers of good) expect((await send(id, body, headers)).status).toBe(200);
      const bad: Record<string, string>[] = [
        {},
        { "x-platform": "shut" },
        { "x-platform": "open", "x-sig": "00" },
        { authorization: "Bearer mak_no" },
      ];
      for (const headers of bad) expect((await send(id, body, headers)).status).toBe(401);
    });
  });

  it("knows only its own path and method", async () => {
    await withHook({}, async ({ h, send }) => {
      expect((await send(`${h.agent.id}/more`, body)).status).toBe(404);
      expect((await send("agt_nope", body)).status).toBe(404);
      expect((await send(newId("agent"), body)).status).toBe(404);
      expect((await send(`${h.agent.id}/`, body)).status).toBe(200);
    });
  });
});
