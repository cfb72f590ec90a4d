/** The running executable against connections that misbehave: each gets an answer or an end, and the next caller is served. */
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Installation, install, type Running } from "../binary/executable.ts";
import { type Provider, startProvider } from "../binary/provider.ts";

const PHONE = "415-263-0134";
const BODY = JSON.stringify({ messages: [{ role: "user", content: `Call me at ${PHONE}.` }] });

let installation: Installation;
let provider: Provider;
let running: Running;
let path: string;
let port: number;

beforeAll(async () => {
  installation = install();
  provider = startProvider();
  running = await installation.serve({ MASKER_OPENAI_BASE_URL: provider.url, MASKER_OPENAI_API_KEY: "sk-provider" });
  const url = new URL(running.ready.proxy_url ?? "");
  path = url.pathname;
  port = Number(url.port);
});

afterAll(async () => {
  await running?.end();
  provider?.stop();
});

/** Writes pieces, each after a pause, and gives back all that came until the end or the silence of `patienceMs`. */
function converse(pieces: readonly (string | Uint8Array)[], pauseMs = 0, patienceMs = 3_000): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let heard = "";
    let silence = setTimeout(() => socket.destroy(), patienceMs + pauseMs * pieces.length);
    socket.on("data", (bytes) => {
      heard += bytes.toString("latin1");
      clearTimeout(silence);
      silence = setTimeout(() => socket.destroy(), 300);
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearTimeout(silence);
      resolve(heard);
    });
    socket.on("connect", async () => {
      for (const piece of pieces) {
        if (socket.destroyed) return;
        socket.write(piece);
        if (pauseMs > 0) await new Promise((go) => setTimeout(go, pauseMs));
      }
    });
  });
}

const head = (target: string, headers: readonly string[], method = "POST") =>
  `${method} ${target} HTTP/1.1\r\nhost: 127.0.0.1\r\n${headers.map((header) => `${header}\r\n`).join("")}\r\n`;
const json = (length: number) => ["content-type: application/json", `content-length: ${length}`];
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);

/** Statuses of all answers on a connection. */
const statusesOf = (answer: string) => [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));

async function servesAsBefore(): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", body: BODY });
  const { choices } = (await response.json()) as { choices: [{ message: { content: string } }] };
  expect([response.status, choices[0].message.content]).toEqual([200, `Call me at ${PHONE}.`]);
}

const bytes = (...values: number[]) => String.fromCharCode(...values);
const latin1 = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

describe("a connection", () => {
  it("that sends its body slowly is answered when it is there", async () => {
    const pieces = [head(path, json(Buffer.byteLength(BODY))), ...(BODY.match(/[\s\S]{1,8}/g) ?? [])];
    const slow = converse(pieces, 60);
    await servesAsBefore();
    expect(statusOf(await slow)).toBe(200);
  });

  it("that never ends its body holds nobody up", async () => {
    const before = provider.received.length;
    const stuck = Array.from({ length: 50 }, () => converse([head(path, json(5_000)), BODY.slice(0, 20)], 0, 1_000));
    await servesAsBefore();
    await Promise.all(stuck);
    await servesAsBefore();
    // Half a body is no request.
    expect(provider.received.length - before).toBe(2);
  });

  it.each([
    [
      "ten thousand headers",
      head(
        path,
        Array.from({ length: 10_000 }, (_, i) => `x-${i}: ${PHONE}`),
      ),
    ],
    ["a header of a megabyte", head(path, [`x-big: ${"a".repeat(1024 * 1024)}`])],
    ["a target of a megabyte", head(`${path}?${"a".repeat(1024 * 1024)}`, json(2))],
    ["two lengths", head(path, ["content-length: 5", "content-length: 6"]) + BODY],
    ["a length and chunks", head(path, ["content-length: 5", "transfer-encoding: chunked"]) + BODY],
    ["a negative length", head(path, ["content-length: -1"]) + BODY],
    ["a length that is no number", head(path, ["content-length: 1e9"]) + BODY],
    ["a broken chunk", `${head(path, ["transfer-encoding: chunked"])}zz\r\n${BODY}\r\n0\r\n\r\n`],
    ["no HTTP", `\u0016\u0003\u0001${bytes(2, 0, 1, 0)}${"a".repeat(600)}\r\n\r\n`],
    ["a line without end", "POST /".padEnd(100_000, "a")],
    ["a folded header", head(path, ["x-a: 1\r\n 2", ...json(2)])],
    ["a null in a header", head(path, ["x-a: 1\u00002", ...json(2)])],
  ])("with %s gets an end", async (_name, request) => {
    const before = provider.received.length;
    const answer = await converse([latin1(request)], 0, 1_500);
    for (const status of statusesOf(answer)) expect([400, 404, 411, 413, 414, 431]).toContain(status);
    expect(answer).not.toContain(PHONE);
    expect(provider.received.length).toBe(before);
    await servesAsBefore();
  });

  it.each([
    [
      "a header",
      (odd: string) => head(path, [`x-call-id: ${odd}`, `masker-session-id: ${odd}`, ...json(BODY.length)]) + BODY,
    ],
    ["the path", (odd: string) => head(path.replace("/v1", `/${odd}/v1`), json(BODY.length)) + BODY],
    ["the query", (odd: string) => head(`${path}?phone=${odd}&p=${PHONE}`, json(BODY.length)) + BODY],
    ["the agent's id", (odd: string) => head(`/proxy/${odd}/v1/chat/completions`, json(BODY.length)) + BODY],
    ["the authorization", (odd: string) => head(path, [`authorization: Bearer ${odd}`, ...json(BODY.length)]) + BODY],
    ["the path of the API", (odd: string) => head(`/api/v1/sessions/${odd}`, [`authorization: Bearer ${odd}`], "GET")],
    ["the path of the portal", (odd: string) => head(`/portal/${odd}`, [`cookie: masker_session=${odd}`], "GET")],
  ])("with bytes that are no UTF-8 in %s is answered without a 500", async (_name, request) => {
    for (const odd of [
      bytes(0xff, 0xfe),
      bytes(0xc0, 0xaf),
      bytes(0xed, 0xa0, 0x80),
      "%ff",
      "%00",
      "%c0%af..",
      "%ED%A0%80",
    ]) {
      const answer = await converse([latin1(request(odd))], 0, 1_500);
      for (const status of statusesOf(answer)) expect(status).toBeLessThan(500);
    }
    await servesAsBefore();
  });

  it("that names its call with an identifier leaves no trace of it", async () => {
    const named = { ...JSON.parse(BODY), call: { id: `call of Oona ${PHONE}` }, user: PHONE } as object;
    const response = await fetch(`http://127.0.0.1:${port}${path}?p=${PHONE}`, {
      method: "POST",
      body: JSON.stringify(named),
      headers: {
        "masker-session-id": PHONE,
        "x-call-id": PHONE,
        "user-agent": PHONE,
        referer: `https://x.example/${PHONE}`,
      },
    });
    await response.text();
    expect(response.status).toBe(200);
    expect(JSON.stringify([...response.headers])).not.toContain(PHONE);
  });

  it("of any kind leaves nothing in clear, here or at the provider", () => {
    expect(provider.received.join("\n")).not.toContain(PHONE);
    expect(installation.traces()).not.toContain(PHONE);
    expect(installation.traces()).not.toContain("internal_error");
  });
});
