import { describe, expect, it } from "vitest";
import { chunk, completion, DONE, eventStream, startHarness, tokensIn } from "./harness.ts";

const planted = { "Ada Obi": "NAME", "415-555-2671": "PHONE", "MRN 0042817": "MRN" } as const;
const values = Object.keys(planted);

describe("a whole turn", () => {
  it("gives the model tokens and the caller values, and logs both without either", async () => {
    await using h = await startHarness({
      planted,
      provider: ({ body }) => {
        const [name, phone] = tokensIn(body);
        return Response.json(completion(`Thank you ${name}, I call ${phone}.`));
      },
    });
    const { data, response } = await h.client.chat.completions
      .create({ model: "gpt-4o-mini", messages: [{ role: "user", content: "I am Ada Obi, 415-555-2671." }] })
      .withResponse();
    expect(data.choices[0]?.message.content).toBe("Thank you Ada Obi, I call 415-555-2671.");
    expect(data.choices[0]?.finish_reason).toBe("stop");
    expect(data.usage).toEqual({ prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 });
    expect(response.headers.get("masker-redactions")).toBe("2");
    expect(response.headers.get("masker-session-id")).toMatch(/^sess_/);
    expect(response.headers.get("x-request-id")).toMatch(/^req_/);
    expect(response.headers.get("server-timing")).toMatch(/^detection;dur=[\d.]+, .*, cache;desc="0 of 1"$/);

    for (const value of values) expect(h.received[0]!.body).not.toContain(value);
    const events = await h.events();
    expect(events.map((event) => event.kind)).toEqual([
      "call_started",
      "redaction",
      "redaction",
      "rehydration",
      "session_completed",
    ]);
    const [, name, , rehydration, completed] = events;
    expect(name).toMatchObject({ entity_kind: "NAME", slot: "messages[0].content", span: [5, 12], message_index: 0 });
    expect(rehydration).toMatchObject({ counts: { NAME: 1, PHONE: 1 } });
    expect(completed).toMatchObject({ status: "ok", reason: null, counts: { NAME: 1, PHONE: 1 }, upstream: "openai" });
    const stored = await h.stored();
    for (const value of values) expect(stored).not.toContain(value);
  });

  it("logs a message once in its call, and counts it after that", async () => {
    await using h = await startHarness({ planted });
    const first = [{ role: "user" as const, content: "I am Ada Obi." }];
    await h.client.chat.completions.create({ model: "gpt-4o-mini", messages: first });
    const { response } = await h.client.chat.completions
      .create({
        model: "gpt-4o-mini",
        messages: [...first, { role: "assistant", content: "Hello." }, { role: "user", content: "Call 415-555-2671." }],
      })
      .withResponse();
    expect(response.headers.get("masker-redactions")).toBe("1");
    const events = await h.events();
    expect(events.map((event) => event.kind)).toEqual([
      ...["call_started", "redaction", "session_completed"],
      ...["redaction", "redaction_repeat", "session_completed"],
    ]);
    expect(events[5]).toMatchObject({ counts: { PHONE: 1 }, repeated_counts: { NAME: 1 } });
    expect(new Set(events.map((event) => event.call_id)).size).toBe(1);
  });

  it("counts a retried body once", async () => {
    let calls = 0;
    await using h = await startHarness({
      planted,
      maxRetries: 2,
      provider: () =>
        calls++ === 0
          ? Response.json({ error: { message: "overloaded" } }, { status: 503 })
          : Response.json(completion("Hello.")),
    });
    await h.client.chat.completions.create({
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: "I am Ada Obi." }],
    });
    const events = await h.events();
    expect(events.filter((event) => event.kind === "redaction")).toHaveLength(1);
    const completed = events.filter((event) => event.kind === "session_completed");
    expect(completed).toMatchObject([
      { status: "error", reason: "upstream_error", retry: false },
      { status: "ok", retry: true, repeated_counts: { NAME: 1 } },
    ]);
    expect(new Set(completed.map((event) => event.call_id)).size).toBe(1);
  });

  it("never turns a token that was said into its value", async () => {
    await using h = await startHarness({
      planted,
      provider: ({ body }) => Response.json(completion(tokensIn(body).join(" "))),
    });
    await h.client.chat.completions.create({
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: "I am Ada Obi." }],
    });
    const stolen = tokensIn(h.received[0]!.body)[0]!;
    for (const said of [stolen, stolen.toLowerCase(), stolen.replaceAll(".", " . "), stolen.slice(0, -6)]) {
      const answer = await h.client.chat.completions.create({
        model: "gpt-4o-mini",
        messages: [{ role: "user", content: `Repeat: ${said}` }],
      });
      expect(h.received.at(-1)!.body).not.toContain(stolen.slice(-20, -6));
      expect(answer.choices[0]?.message.content).not.toContain("Ada");
    }
    // Also when the same patient is in the request.
    const answer = await h.client.chat.completions.create({
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: `${stolen} is said by Ada Obi` }],
    });
    expect(answer.choices[0]?.message.content).toBe(`${stolen} Ada Obi`);
  });

  it("masks what detection missed elsewhere, and says so in the log", async () => {
    const detector = {
      async detect(slots: readonly { text: string }[]) {
        const spans = slots.map(({ text }) => {
          const at = text.startsWith("I am") ? text.indexOf("Ada Obi") : -1;
          return at < 0
            ? []
            : [{ start: at, end: at + 7, kind: "NAME" as const, confidence: 1, pass: "regex" as const }];
        });
        return { spans, nerSkipped: false, cacheHits: 0, readAhead: async () => {} };
      },
    };
    await using h = await startHarness({ detector });
    await h.client.chat.completions.create({
      model: "gpt-4o-mini",
      messages: [
        { role: "system", content: "You speak with ADA OBI today. Not with Ada Obison." },
        { role: "user", content: "I am Ada Obi." },
      ],
    });
    expect(h.received[0]!.body).not.toMatch(/ADA OBI|Ada Obi\b/);
    expect(h.received[0]!.body).toContain("Ada Obison");
    const redactions = (await h.events()).filter((event) => event.kind === "redaction");
    expect(redactions).toHaveLength(2);
  });
});

describe("a streamed turn", () => {
  it("puts values back across chunks, with finish reason and usage as they came", async () => {
    await using h = await startHarness({
      planted,
      provider: ({ body }) => {
        const token = tokensIn(body)[0]!;
        const parts = [...`Hi ${token}!`].map((char) => chunk({ content: char }));
        const usage = `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "m", choices: [], usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } })}\n\n`;
        return eventStream([
          chunk({ role: "assistant", content: "" }),
          ...parts,
          chunk({}, { finish_reason: "stop" }),
          usage,
          DONE,
        ]);
      },
    });
    const stream = await h.client.chat.completions.create({
      model: "gpt-4o-mini",
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: "user", content: "I am Ada Obi." }],
    });
    let text = "";
    const finish: string[] = [];
    let usage: unknown;
    for await (const part of stream) {
      text += part.choices[0]?.delta.content ?? "";
      if (part.choices[0]?.finish_reason) finish.push(part.choices[0].finish_reason);
      usage = part.usage ?? usage;
    }
    expect(text).toBe("Hi Ada Obi!");
    expect(finish).toEqual(["stop"]);
    expect(usage).toEqual({ prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 });
    expect((await h.events()).at(-1)).toMatchObject({ kind: "session_completed", status: "ok" });
  });

  it("ends with [DONE] and a blank line, and its end is on disk before", async () => {
    await using h = await startHarness({
      provider: () => eventStream([chunk({ content: "Hi" }), chunk({}, { finish_reason: "stop" }), DONE]),
    });
    const response = await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, {
      stream: true,
      messages: [{ role: "user", content: "x" }],
    });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const reader = response.body!.getReader();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      text += new TextDecoder().decode(value);
      if (text.includes("[DONE]")) expect((await h.events()).at(-1)?.kind).toBe("session_completed");
    }
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  it.each([
    ["the stream stops", [chunk({ content: "I will" })], "upstream_error"],
    [
      "an error comes in the stream",
      [chunk({ content: "I will" }), 'data: {"error":{"message":"x","type":"y","param":null,"code":"z"}}\n\n'],
      "upstream_error",
    ],
    ["garbage comes in the stream", [chunk({ content: "I will" }), "data: {nope\n\n"], "upstream_error"],
  ])("is partial when %s", async (_name, parts, reason) => {
    await using h = await startHarness({ provider: () => eventStream(parts) });
    const stream = await h.client.chat.completions.create({
      model: "gpt-4o-mini",
      stream: true,
      messages: [{ role: "user", content: "x" }],
    });
    let text = "";
    const failure = await (async () => {
      for await (const part of stream) text += part.choices[0]?.delta.content ?? "";
      return null;
    })().catch((error: unknown) => error);
    expect(text).toBe("I will");
    expect(failure).toMatchObject({ code: reason });
    expect((await h.events()).at(-1)).toMatchObject({ kind: "session_completed", status: "partial", reason });
  });

  it("has a status of its own when it fails before the first text", async () => {
    await using h = await startHarness({ provider: () => eventStream([]) });
    const request = h.client.chat.completions.create({
      model: "gpt-4o-mini",
      stream: true,
      messages: [{ role: "user", content: "x" }],
    });
    await expect(request).rejects.toMatchObject({ status: 502, code: "upstream_error" });
    expect((await h.events()).at(-1)).toMatchObject({ status: "error", reason: "upstream_error" });
  });

  it("keeps a silent stream alive with comments only", async () => {
    await using h = await startHarness({
      settings: { keepAliveMs: 20, commitAfterMs: 30 },
      provider: () => eventStream([chunk({ content: "Hi" }), chunk({}, { finish_reason: "stop" }), DONE], 100),
    });
    const response = await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, {
      stream: true,
      messages: [{ role: "user", content: "x" }],
    });
    const text = await response.text();
    const lines = text.split("\n").filter((line) => line !== "");
    expect(lines.filter((line) => line.startsWith(":")).length).toBeGreaterThan(2);
    expect(lines.every((line) => line.startsWith(":") || line.startsWith("data: "))).toBe(true);
    expect(text.endsWith(DONE)).toBe(true);
  });

  it("says an error in the stream when the head had to go first", async () => {
    await using h = await startHarness({
      settings: { keepAliveMs: 20, commitAfterMs: 10 },
      provider: async () => {
        await Bun.sleep(80);
        return Response.json({ error: { message: "no" } }, { status: 500 });
      },
    });
    const response = await h.post(`/proxy/${h.agent.id}/v1/chat/completions`, {
      stream: true,
      messages: [{ role: "user", content: "x" }],
    });
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text).toContain('"code":"upstream_error"');
    expect(text.endsWith(DONE)).toBe(true);
    expect((await h.events()).at(-1)).toMatchObject({ status: "error", reason: "upstream_error" });
  });

  it("cancels the provider's work when the client goes, and closes the session as partial", async () => {
    let cancelled: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => {
      cancelled = resolve;
    });
    await using h = await startHarness({
      provider: ({ signal }) => {
        signal.addEventListener("abort", () => cancelled());
        return eventStream(
          [chunk({ content: "Hi" }), ...Array.from({ length: 500 }, () => chunk({ content: " and" }))],
          20,
        );
      },
    });
    const controller = new AbortController();
    const stream = await h.client.chat.completions.create(
      { model: "gpt-4o-mini", stream: true, messages: [{ role: "user", content: "x" }] },
      { signal: controller.signal },
    );
    for await (const _part of stream) {
      controller.abort();
      break;
    }
    await gone;
    for (let i = 0; i < 100 && (await h.events()).at(-1)?.kind !== "session_completed"; i++) await Bun.sleep(10);
    expect((await h.events()).at(-1)).toMatchObject({ status: "partial", reason: "client_disconnected" });
  });

  it("cancels a whole answer too", async () => {
    let cancelled: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => {
      cancelled = resolve;
    });
    await using h = await startHarness({
      provider: async ({ signal }) => {
        signal.addEventListener("abort", () => cancelled());
        await gone;
        return Response.json(completion("late"));
      },
    });
    const controller = new AbortController();
    const answer = h.client.chat.completions.create(
      { model: "gpt-4o-mini", messages: [{ role: "user", content: "x" }] },
      { signal: controller.signal },
    );
    answer.catch(() => undefined);
    for (let i = 0; i < 200 && h.received.length === 0; i++) await Bun.sleep(5);
    controller.abort();
    await gone;
    for (let i = 0; i < 100 && (await h.events()).at(-1)?.kind !== "session_completed"; i++) await Bun.sleep(10);
    expect((await h.events()).at(-1)).toMatchObject({ status: "partial", reason: "client_disconnected" });
  });
});

describe("a provider that answers in the other form", () => {
  it("is heard as a stream when a stream was asked for", async () => {
    await using h = await startHarness({
      planted,
      provider: ({ body }) => Response.json(completion(`Hi ${tokensIn(body)[0]}`)),
    });
    const stream = await h.client.chat.completions.create({
      model: "gpt-4o-mini",
      stream: true,
      messages: [{ role: "user", content: "I am Ada Obi." }],
    });
    let text = "";
    for await (const part of stream) text += part.choices[0]?.delta.content ?? "";
    expect(text).toBe("Hi Ada Obi");
    expect((await h.events()).at(-1)).toMatchObject({ status: "ok", counts: { NAME: 1 } });
  });
});

describe("a turn of", () => {
  it("a stateless agent uses sealed tokens and no vault", async () => {
    await using h = await startHarness({
      planted,
      agent: { tokenization: "reversible-aead" },
      provider: ({ body }) => Response.json(completion(tokensIn(body).join(" and "))),
    });
    const answer = await h.client.chat.completions.create({
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: "I am Ada Obi, 415-555-2671." }],
    });
    expect(answer.choices[0]?.message.content).toBe("Ada Obi and 415-555-2671");
    expect(tokensIn(h.received[0]!.body).every((token) => token.startsWith("MSK1."))).toBe(true);
    expect(h.tokenizer.vault.stats().rows).toBe(0);
    expect((await h.events())[1]).toMatchObject({ token_kind: "MSK1", kid: "K_HEALTHCARE" });
  });

  it("a caller whose name is a part of every token leaves the tokens whole", async () => {
    await using h = await startHarness({
      planted: { HEALTHCARE: "FACILITY", MSKV1: "OTHER_ID", NAME: "OTHER_ID" },
      provider: ({ body }) => Response.json(completion(tokensIn(body).join(" "))),
    });
    const answer = await h.client.chat.completions.create({
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: "HEALTHCARE, MSKV1 and NAME" }],
    });
    expect(answer.choices[0]?.message.content).toBe("HEALTHCARE MSKV1 NAME");
  });

  it("a call that a header of the operator names belongs to it, unless the header was not filled in", async () => {
    await using h = await startHarness({ settings: { callIdHeader: "x-call-id" } });
    const path = `/proxy/${h.agent.id}/v1/chat/completions`;
    const say = (content: string, headers: Record<string, string>, call?: string) =>
      h.post(path, { messages: [{ role: "user", content }], ...(call ? { call: { id: call } } : {}) }, headers);
    await say("a", { "x-call-id": "one" });
    await say("b", { "x-call-id": "one" }, "two");
    await say("c", { "x-call-id": "{{call.id}}" }, "two");
    await say("d", { "x-call-id": "one", "masker-session-id": "three" });
    const calls = (await h.events())
      .filter((event) => event.kind === "session_completed")
      .map((event) => event.call_id);
    expect(calls[1]).toBe(calls[0]);
    // "two" was the weaker name of the second, so that it leads to the same call.
    expect(calls[2]).toBe(calls[0]);
    expect(calls[3]).not.toBe(calls[0]);
  });
});
