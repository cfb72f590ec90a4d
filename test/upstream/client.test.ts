import { afterAll, describe, expect, it } from "vitest";
import type { UpstreamConfig } from "../../src/config/config.ts";
import { MaskerError } from "../../src/errors.ts";
import { bypassesProxy, type ClientOptions, chatUrl, createClient } from "../../src/upstream/client.ts";
import { retryAfter } from "../../src/upstream/refusal.ts";
import type { Upstream, UpstreamAnswer, UpstreamRefusal } from "../../src/upstream/upstream.ts";

type Handler = (request: Request) => Response | Promise<Response>;

let handler: Handler = () => new Response("{}");
const server = Bun.serve({ port: 0, hostname: "127.0.0.1", idleTimeout: 0, fetch: (request) => handler(request) });
afterAll(() => server.stop(true));

const OPTIONS: ClientOptions = { timeoutMs: 10_000, ca: null, httpsProxy: null, noProxy: [] };

interface Setup {
  readonly provider?: Partial<UpstreamConfig>;
  readonly options?: Partial<ClientOptions>;
}

function client({ provider, options }: Setup = {}): { upstream: Upstream; outcomes: boolean[] } {
  const outcomes: boolean[] = [];
  const baseUrl = `http://127.0.0.1:${server.port}/v1`;
  const config = { name: "local", baseUrl, apiKey: "sk-configured", models: [], ...provider };
  return { upstream: createClient(config, { ...OPTIONS, ...options }, (ok) => outcomes.push(ok)), outcomes };
}

function request(members: { stream?: boolean; authorization?: string | null; signal?: AbortSignal } = {}) {
  return { body: '{"a":1}', stream: false, authorization: null, signal: new AbortController().signal, ...members };
}

async function text(answer: UpstreamAnswer | UpstreamRefusal): Promise<string> {
  if (!answer.ok) throw new Error(`refused with ${answer.status}`);
  const decoder = new TextDecoder();
  let out = "";
  for await (const bytes of answer.body) out += decoder.decode(bytes, { stream: true });
  return out;
}

async function thrown(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("did not throw");
}

async function code(promise: Promise<unknown>): Promise<string> {
  const error = await thrown(promise);
  return error instanceof MaskerError ? error.code : String(error);
}

/** A stream of the given pieces, then whatever `then` does. */
function streamOf(pieces: readonly string[], then: (c: ReadableStreamDefaultController<Uint8Array>) => void) {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      then(controller);
    },
  });
}

describe("chatUrl", () => {
  it.each([
    ["https://api.openai.com", "https://api.openai.com/v1/chat/completions"],
    ["https://api.openai.com/v1", "https://api.openai.com/v1/chat/completions"],
    ["http://localhost:11434/v1/", "http://localhost:11434/v1/chat/completions"],
    // Azure's older form keeps its query.
    [
      "https://x.openai.azure.com/openai/deployments/d?api-version=1",
      "https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=1",
    ],
    ["https://h.example/api/chat/completions", "https://h.example/api/chat/completions"],
  ])("%s", (base, url) => {
    expect(chatUrl(base).href).toBe(url);
  });
});

describe("bypassesProxy", () => {
  it.each([
    ["https://llm.hospital.example/v1", ["*"], true],
    ["https://llm.hospital.example/v1", ["hospital.example"], true],
    ["https://llm.hospital.example/v1", [".hospital.example"], true],
    ["https://llm.hospital.example/v1", ["*.hospital.example"], true],
    ["https://evilhospital.example/v1", ["hospital.example"], false],
    ["https://llm.hospital.example:8443/v1", ["hospital.example:8443"], true],
    ["https://llm.hospital.example/v1", ["hospital.example:8443"], false],
    ["https://llm.hospital.example/v1", ["HOSPITAL.example:443"], true],
    ["https://llm.hospital.example/v1", [], false],
    ["https://llm.hospital.example/v1", [""], false],
  ] as const)("%s %j", (url, rules, expected) => {
    expect(bypassesProxy(new URL(url), [...rules])).toBe(expected);
  });
});

describe("what is sent", () => {
  it("is the body and the provider's key, and nothing of the caller", async () => {
    let seen: Request | undefined;
    let body = "";
    handler = async (incoming) => {
      seen = incoming;
      body = await incoming.text();
      return new Response("{}");
    };
    const { upstream } = client();
    await text(await upstream.send(request({ authorization: "Bearer caller-key" })));
    expect(body).toBe('{"a":1}');
    expect(seen?.url).toMatch(/\/v1\/chat\/completions$/);
    expect(seen?.headers.get("authorization")).toBe("Bearer sk-configured");
    expect([...(seen?.headers.values() ?? [])].join()).not.toContain("caller-key");
  });

  it("is the caller's bearer when the provider has no key", async () => {
    let authorization: string | null = "";
    handler = (incoming) => {
      authorization = incoming.headers.get("authorization");
      return new Response("{}");
    };
    const { upstream } = client({ provider: { apiKey: null } });
    await text(await upstream.send(request({ authorization: "Bearer caller-key" })));
    expect(authorization).toBe("Bearer caller-key");
    await text(await upstream.send(request()));
    expect(authorization).toBeNull();
  });
});

describe("answers", () => {
  it("come whole, or as events", async () => {
    handler = () => new Response('{"id":1}', { headers: { "content-type": "application/json" } });
    const { upstream, outcomes } = client();
    const whole = await upstream.send(request());
    expect(whole).toMatchObject({ ok: true, status: 200, eventStream: false });
    expect(await text(whole)).toBe('{"id":1}');
    handler = () =>
      new Response(
        streamOf(["data: 1\n\n", "data: 2\n\n"], (c) => c.close()),
        { headers: { "content-type": "text/event-stream; charset=utf-8" } },
      );
    const streamed = await upstream.send(request({ stream: true }));
    expect(streamed).toMatchObject({ ok: true, eventStream: true });
    expect(await text(streamed)).toBe("data: 1\n\ndata: 2\n\n");
    expect(outcomes).toEqual([true, true]);
  });

  it.each([
    [400, '{"error":{"message":"bad"}}', "bad", false],
    [401, '{"error":"text"}', "text", false],
    [404, '{"detail":"none"}', "none", false],
    [422, "<html>x</html>", "", false],
    [429, '[{"error":{"message":"slow"}}]', "slow", true],
    [500, "", "", true],
    [503, '{"message":"busy"}', "busy", true],
  ])("status %i is a refusal", async (status, body, message, retryable) => {
    handler = () => new Response(body, { status, headers: { "retry-after": "2" } });
    const answer = await client().upstream.send(request());
    expect(answer).toEqual({ ok: false, status, message, retryAfterSeconds: 2, retryable });
  });

  it("never quote the provider's own key to the caller", async () => {
    const message = `Incorrect API key provided: sk-configured ${"x".repeat(951)} sk-configured`;
    handler = () => Response.json({ error: { message } }, { status: 401 });
    const answer = await client().upstream.send(request());
    expect(answer).toMatchObject({ ok: false, status: 401 });
    expect(JSON.stringify(answer)).toContain("Incorrect API key provided: [key]");
    expect(JSON.stringify(answer)).not.toContain("sk-conf");
  });

  it("do not follow a redirect", async () => {
    let calls = 0;
    handler = () => {
      calls++;
      return Response.redirect(`http://127.0.0.1:${server.port}/elsewhere`, 307);
    };
    expect(await client().upstream.send(request())).toMatchObject({ ok: false, status: 307, retryable: false });
    expect(calls).toBe(1);
  });
});

describe("failures", () => {
  it("a refused connection is upstream_error", async () => {
    const { upstream, outcomes } = client({ provider: { baseUrl: "http://127.0.0.1:1/v1" } });
    expect(await code(upstream.send(request()))).toBe("upstream_error");
    expect(outcomes).toEqual([false]);
  });

  it("a provider that never answers is upstream_timeout", async () => {
    handler = () => new Promise(() => {});
    const { upstream, outcomes } = client({ options: { timeoutMs: 50 } });
    const error = await thrown(upstream.send(request()));
    expect(error).toMatchObject({ code: "upstream_timeout", headers: { "x-should-retry": "false" } });
    expect(outcomes).toEqual([false]);
  });

  it("a stream that falls silent is upstream_timeout", async () => {
    handler = () =>
      new Response(
        streamOf(["data: 1\n\n"], () => {}),
        { headers: { "content-type": "text/event-stream" } },
      );
    const answer = await client({ options: { timeoutMs: 50 } }).upstream.send(request({ stream: true }));
    expect(await code(text(answer))).toBe("upstream_timeout");
  });

  it("a whole answer that trickles is upstream_timeout", async () => {
    handler = () =>
      new Response(
        new ReadableStream<Uint8Array>({
          async start(controller) {
            for (let i = 0; i < 50; i++) {
              controller.enqueue(new Uint8Array([32]));
              await Bun.sleep(20);
            }
            controller.close();
          },
        }),
      );
    const { upstream } = client({ options: { timeoutMs: 200 } });
    const answering = upstream.send(request()).then(text);
    expect(await code(answering)).toBe("upstream_timeout");
  });

  it("a client that goes away cancels the call, and says nothing about the provider", async () => {
    const aborted = Promise.withResolvers<void>();
    handler = (incoming) => {
      incoming.signal.addEventListener("abort", () => aborted.resolve());
      return new Response(
        streamOf(["data: 1\n\n"], () => {}),
        { headers: { "content-type": "text/event-stream" } },
      );
    };
    const { upstream, outcomes } = client();
    const controller = new AbortController();
    const answer = await upstream.send(request({ stream: true, signal: controller.signal }));
    const reading = thrown(text(answer));
    controller.abort(new DOMException("gone", "AbortError"));
    expect(await reading).toMatchObject({ name: "AbortError" });
    await aborted.promise;
    expect(outcomes).toEqual([]);
  });

  it("a reader that stops cancels the call", async () => {
    const aborted = Promise.withResolvers<void>();
    handler = (incoming) => {
      incoming.signal.addEventListener("abort", () => aborted.resolve());
      return new Response(
        streamOf(["data: 1\n\n"], () => {}),
        { headers: { "content-type": "text/event-stream" } },
      );
    };
    const answer = await client().upstream.send(request({ stream: true }));
    if (!answer.ok) throw new Error("refused");
    for await (const _ of answer.body) break;
    await aborted.promise;
  });
});

describe("retryAfter", () => {
  const now = Date.parse("2026-05-03T21:14:32Z");
  it.each([
    [{ "retry-after": "3" }, 3],
    [{ "retry-after": "0" }, 1],
    [{ "retry-after": "120" }, 60],
    [{ "retry-after-ms": "1500", "retry-after": "9" }, 2],
    [{ "retry-after": "Sun, 03 May 2026 21:14:42 GMT" }, 10],
    [{ "retry-after": "Sun, 03 May 2020 21:14:42 GMT" }, 1],
    [{ "retry-after": "soon" }, null],
    [{}, null],
  ])("%j", (headers, expected) => {
    expect(retryAfter(new Headers(headers as Record<string, string>), now)).toBe(expected);
  });
});
