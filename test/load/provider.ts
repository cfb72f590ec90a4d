/** A model provider on loopback that keeps every byte that it got and misbehaves as it is told. */
import type { Socket } from "bun";

export type Behaviour =
  /** Says the tokens of the request in pieces of seven characters, `pauseMs` apart. */
  | { readonly kind: "answers"; readonly pauseMs?: number }
  /** Resets the connection before, or in the middle of, its answer. */
  | { readonly kind: "resets"; readonly after: "request" | "head" | "words" }
  /** Says nothing: not even a head, or nothing after some words. */
  | { readonly kind: "hangs"; readonly after: "request" | "head" | "words" }
  /** Sends these bytes as they are. */
  | { readonly kind: "sends"; readonly bytes: string };

export interface FaultyProvider {
  readonly url: string;
  /** What arrived, head and body. */
  readonly received: string[];
  behave(behaviour: Behaviour): void;
  stop(): void;
}

interface Connection {
  bytes: Buffer;
  /** The socket takes no more: what is left waits for its drain. */
  queue: string[];
  ended: boolean;
}

const HEAD = (type: string) => `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n`;
const TOKEN = /MSKV?1\.[A-Z_]+\.[A-Z0-9_]+\.[A-Z2-7]+/g;
const ABOUT = { id: "chatcmpl-load", created: 1_790_000_000, model: "gpt-4o-mini" };

function httpChunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

function sse(content: string, finish_reason: string | null = null): string {
  const choices = [{ index: 0, delta: { content }, finish_reason }];
  return `data: ${JSON.stringify({ ...ABOUT, object: "chat.completion.chunk", choices })}\n\n`;
}

export function startFaultyProvider(): FaultyProvider {
  const received: string[] = [];
  let behaviour: Behaviour = { kind: "answers" };
  const server = Bun.listen<Connection>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(socket) {
        socket.data = { bytes: Buffer.alloc(0), queue: [], ended: false };
      },
      data(socket, bytes) {
        socket.data.bytes = Buffer.concat([socket.data.bytes, bytes]);
        const text = socket.data.bytes.toString();
        const head = text.indexOf("\r\n\r\n");
        const length = Number(/^content-length: (\d+)/im.exec(text)?.[1] ?? 0);
        if (head < 0 || socket.data.bytes.length < head + 4 + length) return;
        socket.data.bytes = Buffer.alloc(0);
        received.push(text);
        void answer(socket, text, behaviour);
      },
      drain(socket) {
        flush(socket);
      },
      close(socket) {
        socket.data.ended = true;
      },
      error() {},
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    received,
    behave(next) {
      behaviour = next;
    },
    stop: () => server.stop(true),
  };
}

function write(socket: Socket<Connection>, text: string): void {
  socket.data.queue.push(text);
  flush(socket);
}

function flush(socket: Socket<Connection>): void {
  const { data } = socket;
  while (data.queue.length > 0 && !data.ended) {
    const next = Buffer.from(data.queue[0] ?? "");
    const written = socket.write(next);
    if (written < 0) return;
    if (written < next.length) {
      data.queue[0] = next.subarray(written).toString();
      return;
    }
    data.queue.shift();
  }
}

async function answer(socket: Socket<Connection>, request: string, how: Behaviour): Promise<void> {
  const after = "after" in how ? how.after : null;
  if (how.kind === "sends") {
    write(socket, how.bytes);
    socket.end();
    return;
  }
  if (after !== "request") {
    const streams = /"stream":\s*true/.test(request);
    const said = `I have noted ${(request.match(TOKEN) ?? []).join(", ")} for you.`;
    const body = streams ? streamParts(said) : [wholeAnswer(said)];
    write(socket, HEAD(streams ? "text/event-stream" : "application/json"));
    const parts = after === "head" ? [] : after === "words" ? body.slice(0, Math.ceil(body.length / 2)) : body;
    for (const part of parts) {
      // Half of a whole answer is half of its bytes.
      write(socket, httpChunk(after === "words" && !streams ? part.slice(0, part.length / 2) : part));
      if (how.kind === "answers" && how.pauseMs) await Bun.sleep(how.pauseMs);
    }
    if (how.kind === "answers") write(socket, "0\r\n\r\n");
  }
  if (how.kind === "resets") {
    await Bun.sleep(5);
    socket.terminate();
  }
}

function streamParts(said: string): string[] {
  const pieces = said.match(/[\s\S]{1,7}/g) ?? [];
  return [...pieces.map((piece) => sse(piece)), sse("", "stop"), "data: [DONE]\n\n"];
}

function wholeAnswer(content: string): string {
  const message = { role: "assistant", content, refusal: null };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: "stop" }];
  return JSON.stringify({ ...ABOUT, object: "chat.completion", choices });
}
