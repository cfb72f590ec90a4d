/** The network around a hospital: a private certificate authority, an outbound proxy, servers that break off. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { MaskerError } from "../../src/errors.ts";
import { type ClientOptions, createClient } from "../../src/upstream/client.ts";

const tlsFile = (name: string) => readFileSync(join(import.meta.dirname, "tls", name), "utf8");
const CERT = tlsFile("loopback-cert.pem");

const closing: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

const secure = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  tls: { cert: CERT, key: tlsFile("loopback-key.pem") },
  fetch: () => new Response('{"ok":true}'),
});
closing.push(() => secure.stop(true));

function upstream(url: string, options: Partial<ClientOptions> = {}) {
  return createClient(
    { name: "local", baseUrl: url, apiKey: "sk-key", models: [] },
    { timeoutMs: 5000, ca: null, httpsProxy: null, noProxy: [], ...options },
    () => {},
  );
}

async function answer(url: string, options: Partial<ClientOptions> = {}, stream = false): Promise<string> {
  try {
    const sent = await upstream(url, options).send({
      body: "{}",
      stream,
      authorization: null,
      signal: new AbortController().signal,
    });
    if (!sent.ok) return `status ${sent.status}`;
    let text = "";
    for await (const bytes of sent.body) text += new TextDecoder().decode(bytes);
    return text;
  } catch (error) {
    return error instanceof MaskerError ? error.code : String(error);
  }
}

describe("a private certificate authority", () => {
  it("is trusted when it is configured, and only then", async () => {
    const url = `https://127.0.0.1:${secure.port}/v1`;
    expect(await answer(url, { ca: CERT })).toBe('{"ok":true}');
    expect(await answer(url)).toBe("upstream_error");
  });
});

interface ProxySocket {
  readonly data: { upstream: Promise<Bun.Socket<undefined>> | null };
}

/** A CONNECT proxy that notes what it is asked for. */
function connectProxy(asked: string[]) {
  const proxy = Bun.listen<ProxySocket["data"]>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(socket) {
        socket.data = { upstream: null };
      },
      async data(socket, bytes) {
        if (socket.data.upstream) {
          const copy = Buffer.from(bytes);
          (await socket.data.upstream).write(copy);
          return;
        }
        const head = bytes.toString("latin1");
        asked.push(head.split("\r\n")[0] ?? "");
        socket.data.upstream = Bun.connect({
          hostname: "127.0.0.1",
          port: secure.port as number,
          socket: { data: (_, reply) => void socket.write(Buffer.from(reply)), close: () => void socket.end() },
        });
        await socket.data.upstream;
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
      },
    },
  });
  closing.push(() => proxy.stop(true));
  return `http://127.0.0.1:${proxy.port}`;
}

describe("an outbound proxy", () => {
  it("carries calls over TLS, except to the hosts of NO_PROXY", async () => {
    const asked: string[] = [];
    const httpsProxy = connectProxy(asked);
    const url = `https://localhost:${secure.port}/v1`;
    expect(await answer(url, { ca: CERT, httpsProxy })).toBe('{"ok":true}');
    expect(asked).toEqual([`CONNECT localhost:${secure.port} HTTP/1.1`]);
    expect(await answer(url, { ca: CERT, httpsProxy, noProxy: ["localhost"] })).toBe('{"ok":true}');
    expect(asked).toHaveLength(1);
  });

  it("is not asked for plain HTTP on the own network", async () => {
    const plain = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("{}") });
    closing.push(() => plain.stop(true));
    expect(await answer(`http://127.0.0.1:${plain.port}/v1`, { httpsProxy: "http://127.0.0.1:1" })).toBe("{}");
  });

  it("that is not there fails the call: it is never gone around", async () => {
    const url = `https://localhost:${secure.port}/v1`;
    expect(await answer(url, { ca: CERT, httpsProxy: "http://127.0.0.1:1" })).toBe("upstream_error");
  });
});

/** A server that says exactly these bytes and hangs up. */
function speaker(text: string): string {
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      data(socket) {
        socket.write(text);
        socket.end();
      },
    },
  });
  closing.push(() => server.stop(true));
  return `http://127.0.0.1:${server.port}/v1`;
}

const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n";

describe("servers that break off", () => {
  it.each([
    ["before the head is over", "HTTP/1.1 200 OK\r\ncontent-ty"],
    ["without a word", ""],
    ["in garbage", "SSH-2.0-OpenSSH_9.6\r\n\r\n"],
    ["in the middle of a chunk", `${HEAD}transfer-encoding: chunked\r\n\r\n20\r\ndata: {}\n\n`],
    ["between chunks", `${HEAD}transfer-encoding: chunked\r\n\r\na\r\ndata: {}\n\n\r\n`],
    ["short of the announced length", `${HEAD}content-length: 100\r\n\r\ndata: {}\n\n`],
    ["in a gzip stream", `${HEAD}content-encoding: gzip\r\ncontent-length: 4\r\n\r\nnope`],
  ])("%s are upstream_error", async (_, text) => {
    expect(await answer(speaker(text), {}, true)).toBe("upstream_error");
  });

  it("an answer without a length ends with its connection", async () => {
    expect(await answer(speaker(`${HEAD}connection: close\r\n\r\ndata: {}\n\n`), {}, true)).toBe("data: {}\n\n");
  });

  it("a small answer that unpacks to a huge one is upstream_error", async () => {
    const bomb = Bun.gzipSync(new Uint8Array(80 * 1024 * 1024));
    const server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () => new Response(bomb, { headers: { "content-encoding": "gzip" } }),
    });
    closing.push(() => server.stop(true));
    expect(await answer(`http://127.0.0.1:${server.port}/v1`)).toBe("upstream_error");
  });
});

/** Counts requests; resets the connection of those that `resets` names, counted from 1. */
function resetting(resets: (request: number, onConnection: number) => boolean) {
  const seen = { requests: 0 };
  const server = Bun.listen<{ requests: number }>({
    port: 0,
    hostname: "127.0.0.1",
    socket: {
      open(socket) {
        socket.data = { requests: 0 };
      },
      data(socket) {
        if (resets(++seen.requests, ++socket.data.requests)) socket.terminate();
        else socket.write("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}");
      },
    },
  });
  closing.push(() => server.stop(true));
  return { seen, url: `http://127.0.0.1:${server.port}/v1` };
}

describe("an idle connection that the provider closes", () => {
  it("costs no turn", async () => {
    const { seen, url } = resetting((_request, onConnection) => onConnection === 2);
    expect(await answer(url)).toBe("{}");
    expect(await answer(url)).toBe("{}");
    expect(seen.requests).toBe(3);
  });

  it("is tried once more, and not again", async () => {
    const { seen, url } = resetting(() => true);
    expect(await answer(url)).toBe("upstream_error");
    expect(seen.requests).toBe(2);
  });
});
