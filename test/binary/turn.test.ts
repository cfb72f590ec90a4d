/** The whole job by the built executable alone, with the real client in front and a recording provider behind. */
import { join } from "node:path";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Installation, install, type Running } from "./executable.ts";
import { type Provider, startProvider } from "./provider.ts";

/** Invented, and looked for in every byte that leaves or stays. */
const PLANTED = [
  "Marisol Quintanilla",
  "Quintanilla",
  "415-555-0134",
  "529-48-1173",
  "marisol.q@example.com",
  "84-71-9920",
];
const SAID =
  "Hi, my name is Marisol Quintanilla. My phone number is 415-555-0134, my social security number is 529-48-1173 and my " +
  'e-mail is marisol.q@example.com. My medical record number is 84-71-9920. "Quoted", back\\slash, tab\t and ü.';
const MODEL = "gpt-4o-mini";
const TOOLS = ["book", "notify"].map((name) => ({
  type: "function" as const,
  function: { name, description: "A tool.", parameters: { type: "object", properties: { note: { type: "string" } } } },
}));

let installation: Installation;
let provider: Provider;
let running: Running;
let client: OpenAI;
const errorBodies: string[] = [];

const user = (content: string) => ({ role: "user" as const, content });

async function start(): Promise<void> {
  running = await installation.serve({ MASKER_OPENAI_BASE_URL: provider.url, MASKER_OPENAI_API_KEY: "sk-provider" });
  const baseURL = running.ready.proxy_url?.replace(/\/chat\/completions$/, "") ?? "";
  client = new OpenAI({ baseURL, apiKey: "sk-caller", maxRetries: 0 });
}

beforeAll(async () => {
  installation = install();
  provider = startProvider();
  await start();
});

afterAll(async () => {
  await running?.end();
  provider?.stop();
});

describe("a caller hears what they would hear without Masker", () => {
  it("whole", async () => {
    const { data, response } = await client.chat.completions
      .create({ model: MODEL, messages: [user(SAID)] })
      .withResponse();
    expect(data.choices[0]?.message.content).toBe(SAID);
    expect(data.choices[0]?.finish_reason).toBe("stop");
    expect(data.usage?.total_tokens).toBe(18);
    expect(response.headers.get("masker-session-id")).toMatch(/^sess_/);
    expect(response.headers.get("x-request-id")).toMatch(/^req_/);
    expect(Number(response.headers.get("masker-redactions"))).toBeGreaterThanOrEqual(5);
  });

  it("streamed, token by torn token", async () => {
    const stream = await client.chat.completions.create({ model: MODEL, stream: true, messages: [user(SAID)] });
    let text = "";
    let finish: string | null | undefined = null;
    for await (const { choices } of stream) {
      text += choices[0]?.delta.content ?? "";
      finish = choices[0]?.finish_reason ?? finish;
    }
    expect(text).toBe(SAID);
    expect(finish).toBe("stop");
  });

  it.each([false, true])("in parallel tool calls with JSON in JSON (stream: %s)", async (stream) => {
    const body = { model: MODEL, tools: TOOLS, messages: [user(SAID)] };
    const calls: { name: string; arguments: string }[] = [];
    if (stream) {
      for await (const { choices } of await client.chat.completions.create({ ...body, stream: true })) {
        for (const { index, function: part } of choices[0]?.delta.tool_calls ?? []) {
          const call = calls[index] ?? { name: "", arguments: "" };
          calls[index] = call;
          call.name += part?.name ?? "";
          call.arguments += part?.arguments ?? "";
        }
      }
    } else {
      const { choices } = await client.chat.completions.create(body);
      for (const call of choices[0]?.message.tool_calls ?? [])
        if (call.type === "function") calls.push({ ...call.function });
      expect(choices[0]?.finish_reason).toBe("tool_calls");
    }
    expect(calls.map(({ name }) => name)).toEqual(["book", "notify"]);
    for (const call of calls) {
      const { note, nested } = JSON.parse(call.arguments) as { note: string; nested: string };
      expect(note).toBe(SAID);
      expect(JSON.parse(nested)).toEqual({ note: SAID });
    }
  });

  it("from the result of a tool", async () => {
    const record = JSON.stringify({
      patient: { name: "Marisol Quintanilla", phone: "415-555-0134", ssn: "529-48-1173" },
    });
    const { choices } = await client.chat.completions.create({
      model: MODEL,
      tools: TOOLS,
      messages: [
        user("Look me up."),
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "c1", type: "function", function: { name: "book", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "c1", content: record },
      ],
    });
    expect(JSON.parse(choices[0]?.message.content ?? "")).toEqual(JSON.parse(record));
  });

  it("the provider's refusal, without what was quoted in it", async () => {
    const failed = await client.chat.completions
      .create({ model: MODEL, messages: [user(`${SAID} please fail`)] })
      .then(() => null)
      .catch((thrown: unknown) => thrown as InstanceType<typeof OpenAI.APIError>);
    expect(failed).toBeInstanceOf(OpenAI.APIError);
    expect(failed?.status).toBe(502);
    expect(failed?.code).toBe("upstream_error");
    errorBodies.push(JSON.stringify(failed?.error));
  });
});

describe("nothing is let through", () => {
  it("to the provider", () => {
    expect(provider.received.length).toBeGreaterThan(5);
    for (const planted of PLANTED) expect(provider.received.filter((body) => body.includes(planted))).toEqual([]);
    expect(provider.received.filter((body) => body.includes("sk-caller"))).toEqual([]);
    expect(provider.received.every((body) => body.includes("MSKV1."))).toBe(true);
  });

  it("to who repeats a token of another request", async () => {
    const token = /MSKV1\.PHONE\.\w+\.\w+/.exec(provider.received.join("\n"))?.[0] ?? "";
    const { choices } = await client.chat.completions.create({
      model: MODEL,
      messages: [user(`Read me ${token} please`)],
    });
    expect(choices[0]?.message.content).not.toContain("415");
    expect(choices[0]?.message.content).toContain("MSKV1.PHONE");
  });

  it.each<[string, string, string | Uint8Array, number]>([
    ["JSON that is none", "/chat/completions", `{"messages": "${PLANTED[1]}`, 400],
    ["invalid UTF-8", "/chat/completions", new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]), 400],
    ["a wrong type", "/chat/completions", `{"messages": {"role": "user", "content": "${PLANTED[1]}"}}`, 400],
    ["an unknown part", "/chat/completions", '{"messages": [{"role": "user", "content": [{"type": "mystery"}]}]}', 400],
    ["an unknown path", "/embeddings", `{"input": "${PLANTED[1]}"}`, 404],
  ])("%s", async (_, path, body, status) => {
    const before = provider.received.length;
    const response = await fetch(`${client.baseURL}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: body as BodyInit,
    });
    const text = await response.text();
    errorBodies.push(text);
    expect(response.status).toBe(status);
    expect((JSON.parse(text) as { error: { request_id: string } }).error.request_id).toMatch(/^req_/);
    expect(provider.received.length).toBe(before);
  });
});

describe("the other surfaces", () => {
  it("tell that all is well", async () => {
    const response = await fetch(`${running.ready.url}/health`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      status: "ok",
      components: { db: "ok", vault: "ok", audit_log: "ok" },
    });
  });

  it("show the portal with its script, and the API's description", async () => {
    const page = await (await fetch(running.ready.portal_url)).text();
    const script = /src="([^"]+\.js)"/.exec(page)?.[1] ?? "";
    const answer = await fetch(new URL(script, running.ready.url));
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toContain("javascript");
    expect((await (await fetch(`${running.ready.url}/api/v1/openapi.json`)).json()) as object).toMatchObject({
      openapi: "3.1.0",
    });
    expect((await fetch(`${running.ready.url}/api/v1/sessions`)).status).toBe(401);
  });
});

describe("the end", () => {
  it("waits for a stream in progress, and is clean", async () => {
    let release = () => {};
    provider.hold(new Promise((resolve) => (release = resolve)));
    const stream = await client.chat.completions.create({ model: MODEL, stream: true, messages: [user(SAID)] });
    let text = "";
    let ended: Promise<number> | null = null;
    for await (const { choices } of stream) {
      text += choices[0]?.delta.content ?? "";
      if (ended === null) {
        ended = running.end("SIGTERM");
        release();
      }
    }
    expect(text).toBe(SAID);
    expect(await ended).toBe(0);
    await expect(fetch(running.ready.url)).rejects.toThrow();
  });

  it("by kill -9 under load loses no event of an answer that was released", async () => {
    provider.hold(Promise.resolve());
    await start();
    const sessions: string[] = [];
    const ask = async () => {
      for (;;) {
        const turn = client.chat.completions.create({ model: MODEL, messages: [user(SAID)] });
        sessions.push((await turn.withResponse()).response.headers.get("masker-session-id") ?? "");
      }
    };
    // Each ends with the connection, when the process is killed.
    const load = Array.from({ length: 8 }, () => ask().catch(() => undefined));
    while (sessions.length < 20) await Bun.sleep(5);
    await running.end("SIGKILL");
    await Promise.all(load);
    await start();
    expect((await (await fetch(`${running.ready.url}/health`)).json()) as object).toMatchObject({ status: "ok" });
    expect(await running.end()).toBe(0);

    const events = (await Bun.file(join(installation.folder, "masker-data", "audit.log")).text())
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as { kind?: string; session_id?: string });
    const completed = new Set(
      events.filter(({ kind }) => kind === "session_completed").map((event) => event.session_id),
    );
    expect(sessions.filter((id) => !completed.has(id))).toEqual([]);
    const key = join(installation.folder, "masker-data", "keys", "MASKER_AUDIT_HMAC_KEY");
    const verified = await installation.run(["audit", "verify", "--log", "masker-data/audit.log", "--key", key]);
    expect({ code: verified.code, err: verified.err }).toEqual({ code: 0, err: "" });
  });

  it("leaves no planted value behind: data folder, write-ahead logs, log lines, error bodies", () => {
    const traces = installation.traces() + errorBodies.join("\n");
    expect(traces).toContain("session_completed");
    for (const planted of PLANTED) expect(traces.includes(planted)).toBe(false);
    for (const secret of ["sk-provider", "sk-caller"]) expect(traces.includes(secret)).toBe(false);
  });
});

describe("the command line", () => {
  it("finds identifiers in a corpus, line by line", async () => {
    const lines = [
      { id: "a", text: "My phone number is 415-555-0134." },
      {
        id: 2,
        messages: [
          { role: "assistant", content: "What is your name?" },
          { role: "user", content: "my name is Marisol Quintanilla" },
        ],
      },
    ];
    const input = lines.map((line) => JSON.stringify(line)).join("\n");
    const { code, out } = await installation.run(["detect", "--ndjson", "--passes", "regex"], input);
    expect(code).toBe(0);
    const [first, second] = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(first).toMatchObject({ id: "a", spans: [{ start: 19, end: 31, kind: "PHONE", pass: "regex" }] });
    expect(second).toMatchObject({ id: 2, spans: [{ message: 1, start: 11, end: 30, kind: "NAME" }] });
    expect(out).not.toContain("Marisol");
  });

  it("runs the statistical pass with its embedded library and model", async () => {
    const { code, out, err } = await installation.run(
      ["detect", "--passes", "ner"],
      "this is Delphine Achterberg calling",
    );
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(JSON.parse(out)).toMatchObject({ spans: [{ kind: "NAME", pass: "ner" }], ner_skipped: false });
  });

  it.each([
    [["mask"], "my phone number is 415-555-0134", 0],
    [["mask", "--require-match"], "nothing here", 2],
    [["nope"], "", 64],
    [["detect", "--passes", "magic"], "x", 64],
    [["detect", "--policy", "missing.yaml"], "x", 64],
  ])("masker %s ends with its exit code", async (args, input, code) => {
    expect((await installation.run(args, input)).code).toBe(code);
  });
});
