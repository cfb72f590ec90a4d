import { createHmac } from "node:crypto";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { sealPlatformSecret } from "../../src/auth/platform-secret.ts";
import { findPayloads } from "../../src/db/payloads.ts";
import { MaskerError } from "../../src/errors.ts";
import { newId } from "../../src/id.ts";
import { chunk, completion, DONE, eventStream, startHarness, tokensIn } from "./harness.ts";

const SESSION_KEY = new Uint8Array(32).fill(3);
const turn = { model: "gpt-4o-mini", messages: [{ role: "user", content: "I am Ada Obi, 415-555-2671." }] };
const planted = { "Ada Obi": "NAME", "415-555-2671": "PHONE" } as const;

async function errorOf(response: Response): Promise<Record<string, unknown>> {
  return ((await response.json()) as { error: Record<string, unknown> }).error;
}

describe("paths and methods", () => {
  it.each(["v1/embeddings", "v1/responses", "v1/messages", "v1/files", "", "v1/chat"])(
    "refuses %j unread",
    async (path) => {
      await using h = await startHarness();
      const response = await h.post(`/proxy/${h.agent.id}/${path}`, turn);
      expect(response.status).toBe(404);
      expect(await errorOf(response)).toMatchObject({ code: "not_found", type: "invalid_request_error", param: null });
      expect(response.headers.get("x-request-id")).toMatch(/^req_/);
      expect(h.received).toHaveLength(0);
    },
  );

  it.each(["GET", "PUT", "DELETE", "PATCH"])("tells %s what is allowed", async (method) => {
    await using h = await startHarness();
    const response = await fetch(`${h.baseURL}/chat/completions`, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("POST");
  });

  it("takes every form of the path that clients make", async () => {
    await using h = await startHarness();
    for (const path of [
      "chat/completions",
      "v1/chat/completions/chat/completions",
      "/chat/completions",
      "v1/chat/completions/",
    ]) {
      expect((await h.post(`/proxy/${h.agent.id}/${path}`, turn)).status).toBe(200);
    }
  });

  it("lists the agent's models", async () => {
    await using h = await startHarness({ agent: { allowed_models: ["gpt-4o", "gpt-4o-mini"] } });
    const models = await h.client.models.list();
    expect(models.data.map((model) => model.id)).toEqual(["gpt-4o-mini", "gpt-4o"]);
    expect(models.data[0]).toMatchObject({ object: "model", owned_by: "openai" });
  });
});

describe("the model's name", () => {
  it.each(["sarah.chen@example.com", "call 415 555 0134", "gpt\u001b[31m", "x".repeat(200), ""])(
    "is a name where every model is allowed, not %j, which nobody gets and no log keeps",
    async (model) => {
      await using h = await startHarness();
      const response = await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, { ...turn, model });
      expect(response.status).toBe(400);
      expect(await errorOf(response)).toMatchObject({ code: "model_not_allowed" });
      expect(h.received).toHaveLength(0);
      expect(await h.events()).toContainEqual(
        expect.objectContaining({ kind: "session_completed", status: "error", upstream_model: "gpt-4o-mini" }),
      );
      if (model !== "") expect(await h.stored()).not.toContain(model);
    },
  );

  it.each(["gpt-4o-2024-08-06", "meta-llama/Llama-3.1-8B-Instruct", "ft:gpt-4o-mini:acme::9aBcD", "@cf/meta/llama"])(
    "passes as %j",
    async (model) => {
      await using h = await startHarness();
      const response = await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, { ...turn, model });
      expect(response.status).toBe(200);
      expect(JSON.parse(h.received[0]!.body)).toMatchObject({ model });
    },
  );

  it("is not logged when the agent may not use it", async () => {
    await using h = await startHarness({ agent: { allowed_models: ["gpt-4o"] } });
    const response = await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, { ...turn, model: "ada-obi" });
    expect(await errorOf(response)).toMatchObject({ code: "model_not_allowed" });
    expect(await h.stored()).not.toContain("ada-obi");
  });
});

describe("bodies", () => {
  it.each<[string, string | Uint8Array, Record<string, string>]>([
    ["no JSON", "hello Ada Obi", {}],
    ["cut JSON", '{"messages": [{"role": "user", "content": "Ada', {}],
    ["invalid UTF-8", new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]), {}],
    ["an array", "[]", {}],
    ["no messages", "{}", {}],
    ["messages of a wrong type", '{"messages": "Ada Obi"}', {}],
    ["an unknown part", '{"messages": [{"role": "user", "content": [{"type": "hologram", "text": "Ada Obi"}]}]}', {}],
    ["content of a wrong type", '{"messages": [{"role": "user", "content": 7}]}', {}],
    ["too deep", `{"messages": ${"[".repeat(5000)}${"]".repeat(5000)}}`, {}],
    ["broken compression", "not gzip", { "content-encoding": "gzip" }],
    ["an unknown encoding", "{}", { "content-encoding": "zip" }],
    ["an empty body", "", {}],
  ])("refuses %s with 400, echoing nothing and forwarding nothing", async (_name, body, headers) => {
    await using h = await startHarness({ planted });
    const response = await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, body, headers);
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ error: { code: "validation_failed", type: "invalid_request_error" } });
    expect(text).not.toContain("Ada");
    expect(h.received).toHaveLength(0);
    expect(h.logLines.join()).toContain(response.headers.get("x-request-id"));
    expect(h.logLines.join()).not.toContain("Ada");
  });

  it("refuses what is larger than the limit, declared, streamed or compressed", async () => {
    await using h = await startHarness({ settings: { maxBodyBytes: 10_000 } });
    const path = `/proxy/${h.agent.id}/v1/chat/completions`;
    const large = JSON.stringify({ messages: [{ role: "user", content: "x".repeat(20_000) }] });
    expect((await h.post(path, large)).status).toBe(413);
    const encoder = new TextEncoder();
    const streamed = new ReadableStream({
      start(controller) {
        for (let at = 0; at < large.length; at += 1000) controller.enqueue(encoder.encode(large.slice(at, at + 1000)));
        controller.close();
      },
    });
    expect((await fetch(h.url + path, { method: "POST", body: streamed })).status).toBe(413);
    const bomb = await h.post(path, gzipSync(large), { "content-encoding": "gzip" });
    expect(bomb.status).toBe(413);
    expect(await errorOf(bomb)).toMatchObject({ code: "payload_too_large" });
    expect(h.received).toHaveLength(0);
  });

  it("reads a compressed body", async () => {
    await using h = await startHarness({ planted });
    const response = await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, gzipSync(JSON.stringify(turn)), {
      "content-encoding": "gzip",
    });
    expect(response.status).toBe(200);
    expect(h.received[0]!.body).not.toContain("Ada Obi");
  });

  it("drops fields that it does not know", async () => {
    await using h = await startHarness();
    await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, {
      ...turn,
      call: { id: "c1", customer: { number: "+14155550100" } },
      phoneNumber: { twilioAuthToken: "secret-token" },
    });
    expect(h.received[0]!.body).not.toMatch(/14155550100|secret-token|twilio/);
  });
});

describe("who may call", () => {
  it("asks for the agent's key where it is demanded, as bearer or in its own header, and never passes it on", async () => {
    await using h = await startHarness({ agent: { platform_auth: { key_required: true } } });
    const path = `/proxy/${h.agent.id}/v1/chat/completions`;
    const key = await h.addKey(h.agent.id);
    const other = await h.addKey((await h.addAgent()).id);
    expect((await h.post(path, turn)).status).toBe(401);
    for (const wrong of ["mak_nope", "sk-something", other]) {
      const response = await h.post(path, turn, { authorization: `Bearer ${wrong}` });
      expect(response.status).toBe(401);
      expect(await errorOf(response)).toMatchObject({ code: "bad_signature", type: "authentication_error" });
    }
    expect(h.received).toHaveLength(0);
    expect((await h.post(path, turn, { authorization: `Bearer ${key}` })).status).toBe(200);
    expect((await h.post(path, turn, { "masker-agent-key": key, authorization: "Bearer sk-own" })).status).toBe(200);
    expect(h.received.map((got) => got.headers.get("authorization"))).toEqual([null, "Bearer sk-own"]);
    expect(await h.stored()).not.toContain(key);
  });

  it("answers unknown agents like missing keys where keys are the rule", async () => {
    await using h = await startHarness({
      settings: { keysByDefault: true },
      agent: { platform_auth: { key_required: true } },
    });
    const unknown = await h.post(`/proxy/${newId("agent")}/v1/chat/completions`, turn);
    const known = await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, turn);
    expect(unknown.status).toBe(known.status);
    const strip = async (response: Response) => ({ ...(await errorOf(response)), request_id: null });
    expect(await strip(unknown)).toEqual(await strip(known));
  });

  it("says 404 for unknown agents where no key is asked for", async () => {
    await using h = await startHarness();
    const response = await h.post(`/proxy/${newId("agent")}/v1/chat/completions`, turn);
    expect(response.status).toBe(404);
    expect(await errorOf(response)).toMatchObject({ code: "agent_not_found" });
  });

  it("checks a secret header, the address and a signature as the agent demands", async () => {
    await using h = await startHarness();
    const id = newId("agent");
    const agent = await h.addAgent({
      id,
      platform_auth: {
        key_required: false,
        header: { name: "x-platform", secret_sealed: sealPlatformSecret(SESSION_KEY, id, "header", "open sesame") },
        hmac: {
          secret_sealed: sealPlatformSecret(SESSION_KEY, id, "hmac", "mac secret"),
          header: "X-Sig",
          timestamp_header: "X-Ts",
          encoding: "hex",
          prefix: "sha256=",
          required: true,
        },
        allowed_addresses: ["127.0.0.0/8"],
      },
    });
    const path = `/proxy/${agent.id}/v1/chat/completions`;
    const body = JSON.stringify(turn);
    const ts = String(Date.now());
    const sign = (stamp: string) =>
      `sha256=${createHmac("sha256", "mac secret").update(`${stamp}.${body}`).digest("hex")}`;
    const good = { "x-platform": "open sesame", "x-sig": sign(ts), "x-ts": ts };
    expect((await h.post(path, body, good)).status).toBe(200);
    const old = String(Date.now() - 400_000);
    const bad: Record<string, string>[] = [
      {},
      { ...good, "x-platform": "no" },
      { "x-platform": "open sesame" },
      { ...good, "x-sig": `${good["x-sig"].slice(0, -1)}0${good["x-sig"].endsWith("0") ? "1" : ""}` },
      { ...good, "x-ts": old, "x-sig": sign(old) },
    ];
    for (const headers of bad) expect((await h.post(path, body, headers)).status).toBe(401);
    expect(h.received).toHaveLength(1);

    const far = await h.addAgent({ platform_auth: { key_required: false, allowed_addresses: ["10.0.0.0/8"] } });
    expect((await h.post(`/proxy/${far.id}/v1/chat/completions`, turn)).status).toBe(401);
  });

  it("checks the platform's signature when one is sent, and never passes its secret on", async () => {
    await using h = await startHarness({ settings: { vapiWebhookSecret: "hook-secret" } });
    const path = `/proxy/${h.agent.id}/v1/chat/completions`;
    expect((await h.post(path, turn)).status).toBe(200);
    expect((await h.post(path, turn, { "x-vapi-secret": "wrong" })).status).toBe(401);
    expect(
      (await h.post(path, turn, { "x-vapi-secret": "hook-secret", authorization: "Bearer hook-secret" })).status,
    ).toBe(200);
    expect(h.received.map((got) => got.headers.get("authorization"))).toEqual([null, null]);
  });
});

describe("policy and failures", () => {
  const block = `name: strict-ssn\nversion: 1\nkid: K_HEALTHCARE\ntokenization: vault-deterministic\npasses: [regex]\nentities:\n  PHONE: { action: block }\n`;

  it("refuses a blocked kind with 400 and forwards nothing", async () => {
    await using h = await startHarness({ planted, policy: block });
    const response = await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, turn);
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({ code: "blocked_by_policy" });
    expect(h.received).toHaveLength(0);
    const events = await h.events();
    expect(events.find((event) => event.kind === "redaction")).toMatchObject({ entity_kind: "PHONE", action: "block" });
    expect(events.at(-1)).toMatchObject({ status: "error", reason: "blocked_by_policy", counts: { PHONE: 1 } });
  });

  it.each([false, true])("says a sentence instead when the agent asks for it (stream: %s)", async (stream) => {
    await using h = await startHarness({
      planted,
      policy: block,
      agent: { on_block: "say", block_message: "A moment." },
    });
    const answer = await h.client.chat.completions.create({
      ...turn,
      messages: [{ role: "user", content: turn.messages[0]!.content }],
      stream,
    });
    let text = "";
    if (Symbol.asyncIterator in answer) for await (const part of answer) text += part.choices[0]?.delta.content ?? "";
    else text = answer.choices[0]?.message.content ?? "";
    expect(text).toBe("A moment.");
    expect(h.received).toHaveLength(0);
  });

  it("redacts for good, generalises, and lets pass what the policy says", async () => {
    const policy = `name: mixed\nversion: 1\nkid: K_HEALTHCARE\ntokenization: vault-deterministic\npasses: [regex]\nentities:\n  PHONE: { action: redact }\n  DOB: { action: generalize }\n  FACILITY: { action: passthrough }\n`;
    await using h = await startHarness({
      policy,
      planted: { "415-555-2671": "PHONE", "March 14, 1982": "DOB", "Elm Clinic": "FACILITY" },
      provider: ({ body }) => Response.json(completion(JSON.parse(body).messages[0].content)),
    });
    const answer = await h.client.chat.completions.create({
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: "415-555-2671, March 14, 1982, Elm Clinic" }],
    });
    expect(answer.choices[0]?.message.content).toBe("[REDACTED:PHONE], 1982, Elm Clinic");
    const events = await h.events();
    expect(
      events.filter((event) => event.kind === "redaction").map((event) => "action" in event && event.action),
    ).toEqual(["redact", "generalize", "passthrough"]);
    expect(events.at(-1)).toMatchObject({ counts: { PHONE: 1, DOB: 1 } });
  });

  it("removes media, or refuses them", async () => {
    const messages = [
      {
        role: "user",
        content: [
          { type: "text", text: "see" },
          { type: "image_url", image_url: { url: "data:image/png;base64,QUJD" } },
        ],
      },
    ];
    await using h = await startHarness();
    expect((await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, { messages })).status).toBe(200);
    expect(h.received[0]!.body).not.toContain("QUJD");
    expect((await h.events()).find((event) => event.kind === "redaction")).toMatchObject({
      entity_kind: "PHOTO",
      action: "redact",
    });
    await using strict = await startHarness({ policy: `${block}media: block\n` });
    expect((await strict.post(`/proxy/${strict.agent.id}/v1/chat/completions`, { messages })).status).toBe(400);
    expect(strict.received).toHaveLength(0);
  });

  it("honours a model that is allowed, and no other", async () => {
    await using h = await startHarness({ agent: { allowed_models: ["gpt-4o"] } });
    const path = `/proxy/${h.agent.id}/v1/chat/completions`;
    expect((await h.post(path, { ...turn, model: "gpt-4o" })).status).toBe(200);
    expect((await h.post(path, { messages: turn.messages })).status).toBe(200);
    expect(h.received.map((got) => JSON.parse(got.body).model)).toEqual(["gpt-4o", "gpt-4o-mini"]);
    const refused = await h.post(path, { ...turn, model: "o9" });
    expect(refused.status).toBe(400);
    expect(await errorOf(refused)).toMatchObject({ code: "model_not_allowed" });
  });

  it("forwards nothing when detection cannot finish", async () => {
    const detector = {
      detect: async () => {
        throw new MaskerError("detection_unavailable");
      },
    };
    await using h = await startHarness({ detector });
    const response = await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, turn);
    expect(response.status).toBe(503);
    expect(await errorOf(response)).toMatchObject({ code: "detection_unavailable" });
    expect(h.received).toHaveLength(0);
    expect((await h.events()).at(-1)).toMatchObject({ status: "error", reason: "detection_unavailable" });
  });

  it("turns an unexpected failure into 500 without its text", async () => {
    const detector = {
      detect: async () => {
        throw new TypeError("cannot read 'Ada Obi'");
      },
    };
    await using h = await startHarness({ detector });
    const response = await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, turn);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("Ada");
    expect(h.logLines.join()).toContain("TypeError");
    expect(h.logLines.join()).not.toContain("Ada");
  });

  it.each([false, true])("releases nothing when the masking is not on disk (stream: %s)", async (stream) => {
    let appended = 0;
    await using h = await startHarness({
      planted,
      deps: (deps) => ({
        ...deps,
        audit: {
          append: async () => {
            appended++;
            await Bun.sleep(30);
            throw new MaskerError("audit_unavailable");
          },
        },
      }),
      provider: () =>
        stream ? eventStream([chunk({ content: "secret answer" }), DONE]) : Response.json(completion("secret answer")),
    });
    const response = await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, { ...turn, stream });
    expect(response.status).toBe(503);
    const text = await response.text();
    expect(text).toContain("audit_unavailable");
    expect(text).not.toContain("secret answer");
    expect(appended).toBeGreaterThan(0);
  });

  it("does not say the end of a stream whose completion is not on disk", async () => {
    await using h = await startHarness({
      deps: (deps) => ({
        ...deps,
        audit: {
          append: async (events) => {
            if (events.some((event) => event.kind === "session_completed")) throw new MaskerError("audit_unavailable");
            return deps.audit.append(events);
          },
        },
      }),
      provider: () => eventStream([chunk({ content: "Hi" }), chunk({}, { finish_reason: "stop" }), DONE]),
    });
    const response = await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, { ...turn, stream: true });
    const text = await response.text();
    expect(text).toContain("audit_unavailable");
    expect(text).not.toContain("[DONE]");
  });

  it("waits for the disk before the first byte, however fast the provider is", async () => {
    const order: string[] = [];
    await using h = await startHarness({
      planted,
      deps: (deps) => ({
        ...deps,
        audit: {
          append: async (events) => {
            await Bun.sleep(50);
            const written = await deps.audit.append(events);
            order.push(events.some((event) => event.kind === "redaction") ? "masking" : "completion");
            return written;
          },
        },
      }),
    });
    await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, turn);
    order.push("answer");
    expect(order).toEqual(["masking", "completion", "answer"]);
  });

  it("gives the provider's status and a masked message as 502", async () => {
    await using h = await startHarness({
      planted,
      provider: () => Response.json({ error: { message: "no such thing as Ada Obi" } }, { status: 422 }),
    });
    const response = await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, turn);
    expect(response.status).toBe(502);
    expect(response.headers.get("x-should-retry")).toBe("false");
    const error = await errorOf(response);
    expect(error.code).toBe("upstream_error");
    expect(error.message).toBe("The model provider answered with status 422: no such thing as [REDACTED:NAME]");
  });

  it("is over its budget with 429 and Retry-After", async () => {
    await using h = await startHarness({ deps: (deps) => ({ ...deps, limiter: { take: () => 2 } }) });
    const response = await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, turn);
    expect(response.status).toBe(429);
    expect(response.headers.get("retry-after")).toBe("2");
    expect(h.received).toHaveLength(0);
  });

  it("tells who comes above what it bears to come again, and serves the others", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await using h = await startHarness({
      settings: { maxOpenTurns: 1 },
      provider: async () => {
        await held;
        return Response.json(completion("Noted."));
      },
    });
    const first = h.post(`/proxy/${h.agent.id}/v1/chat/completions`, turn);
    while (h.received.length === 0) await Bun.sleep(2);
    const second = await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, turn);
    expect(second.status).toBe(429);
    expect(second.headers.get("retry-after")).toBe("1");
    release();
    expect((await first).status).toBe(200);
    expect(h.received).toHaveLength(1);
  });

  it("works no turn through whose caller hung up while it was read", async () => {
    const leaving = new AbortController();
    await using h = await startHarness({
      deps: (deps) => ({
        ...deps,
        detector: {
          async detect(slots, options) {
            leaving.abort();
            await Bun.sleep(50);
            return deps.detector.detect(slots, options);
          },
        },
      }),
    });
    const url = `/proxy/${h.agent.id}/v1/chat/completions`;
    const body = JSON.stringify(turn);
    const headers = { "content-type": "application/json" };
    await fetch(`${h.url}${url}`, { method: "POST", headers, body, signal: leaving.signal }).catch(() => undefined);
    await Bun.sleep(200);
    expect(h.received).toHaveLength(0);
    expect((await h.events()).at(-1)).toMatchObject({ status: "partial", reason: "client_disconnected" });
  });

  it("marks a token that cannot be put back and makes the session partial", async () => {
    const lost = "MSKV1.PHONE.K_HEALTHCARE.AAAAAAAAAAAAAAAAAAAAAAAAAA";
    await using h = await startHarness({ planted, provider: () => Response.json(completion(`Call ${lost} now`)) });
    const answer = await h.client.chat.completions.create({
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: "I am Ada Obi" }],
    });
    expect(answer.choices[0]?.message.content).toBe("Call [REDACTED:PHONE] now");
    const events = await h.events();
    expect(events.find((event) => event.kind === "rehydration_failed")).toMatchObject({
      entity_kind: "PHONE",
      choice: 0,
    });
    expect(events.at(-1)).toMatchObject({ status: "partial", reason: "rehydration_failed" });
  });
});

describe("payload logging", () => {
  const policy = `name: logged\nversion: 1\nkid: K_HEALTHCARE\ntokenization: vault-deterministic\npasses: [regex]\nentities:\n  PHONE:\naudit:\n  log_payloads: true\n`;

  it.each([false, true])("keeps the four texts sealed when the policy opts in (stream: %s)", async (stream) => {
    await using h = await startHarness({
      planted,
      policy,
      provider: ({ body }) => {
        const [name] = tokensIn(body);
        return stream
          ? eventStream([chunk({ content: `Hi ${name}` }), chunk({}, { finish_reason: "stop" }), DONE])
          : Response.json(completion(`Hi ${name}`));
      },
    });
    const response = await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, { ...turn, stream });
    const answer = await response.text();
    expect(answer).toContain("Ada Obi");
    const rows = await findPayloads(h.db, response.headers.get("masker-session-id")!);
    expect(rows.map((row) => row.stage).sort()).toEqual(["final", "masked", "request", "response"]);
    const stored = await h.stored();
    for (const value of Object.keys(planted)) expect(stored).not.toContain(value);
    const open = new Map(rows.map((row) => [row.stage, h.sealer.open(row)]));
    expect(open.get("request")).toContain("Ada Obi");
    expect(open.get("masked")).toBe(h.received[0]!.body);
    expect(open.get("response")).not.toContain("Ada Obi");
    expect(open.get("final")).toContain("Ada Obi");
  });

  it("keeps nothing of what a platform adds beside the request", async () => {
    await using h = await startHarness({ planted, policy });
    const added = { phoneNumber: { twilioAuthToken: "tw-secret" }, assistant: { serverUrlSecret: "vapi-secret" } };
    const response = await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, { ...turn, ...added });
    const rows = await findPayloads(h.db, response.headers.get("masker-session-id")!);
    const request = h.sealer.open(rows.find((row) => row.stage === "request")!);
    expect(JSON.parse(request ?? "")).toEqual(turn);
  });

  it("keeps nothing where payloads are kept for no time", async () => {
    await using h = await startHarness({ planted, policy, settings: { keepPayloads: false } });
    const response = await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, turn);
    expect(response.status).toBe(200);
    expect(await findPayloads(h.db, response.headers.get("masker-session-id")!)).toEqual([]);
  });

  it("keeps nothing otherwise", async () => {
    await using h = await startHarness({ planted });
    const response = await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, turn);
    expect(await findPayloads(h.db, response.headers.get("masker-session-id")!)).toEqual([]);
  });
});

describe("the beginning of a call", () => {
  it("is logged once, also when its first request failed before anything was masked", async () => {
    let fails = true;
    const detector = {
      detect: async (slots: readonly unknown[]) => {
        if (fails) throw new MaskerError("detection_unavailable");
        return { spans: slots.map(() => []), nerSkipped: false, cacheHits: 0, readAhead: async () => {} };
      },
    };
    await using h = await startHarness({ detector });
    const path = `/proxy/${h.agent.id}/v1/chat/completions`;
    for (fails of [true, false, false]) await h.post(path, turn, { "masker-session-id": "one-call" });
    const events = await h.events();
    expect(events.map((event) => event.kind)).toEqual([
      "call_started",
      "session_completed",
      "session_completed",
      "session_completed",
    ]);
    expect(new Set(events.map((event) => event.call_id)).size).toBe(1);
  });

  it("is logged again when it did not reach the disk", async () => {
    let broken = true;
    await using h = await startHarness({
      planted,
      deps: (deps) => ({
        ...deps,
        audit: {
          append: async (events) => {
            if (broken) throw new MaskerError("audit_unavailable");
            return deps.audit.append(events);
          },
        },
      }),
    });
    const path = `/proxy/${h.agent.id}/v1/chat/completions`;
    expect((await h.post(path, turn, { "masker-session-id": "one-call" })).status).toBe(503);
    broken = false;
    expect((await h.post(path, turn, { "masker-session-id": "one-call" })).status).toBe(200);
    expect((await h.events()).map((event) => event.kind)).toEqual([
      "call_started",
      "redaction",
      "redaction",
      "session_completed",
    ]);
  });
});
