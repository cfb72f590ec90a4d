/**
 * A model provider on loopback that follows a script. It keeps every byte that it gets, and says nothing but what it was
 * told, so that what a client hears differs only by what stands between them.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Asked {
  readonly model: string;
  readonly stream: boolean;
  /** The last message. */
  readonly text: string;
  readonly usage: boolean;
  readonly n: number;
  readonly tools: readonly string[];
  readonly schema: boolean;
  /** 0 for the first request of this script. */
  readonly attempt: number;
}

/** A piece to write, a silence in milliseconds, or the end of the connection without the end of the answer. */
export type Step = string | number | "break";

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Null: the connection breaks before the head. */
  readonly steps: readonly Step[] | null;
}

export type Script = (asked: Asked) => Answer;

export interface ScriptedUpstream {
  readonly url: string;
  /** Heads and bodies as they came, in order. */
  readonly received: string[];
  /** Number of requests that a script got. */
  requests(model: string): number;
  /** Epoch ms at which the peer of a script's last request closed before the answer's end; null: it did not. */
  closedAt(model: string): number | null;
  follow(model: string, script: Script): void;
  stop(): Promise<void>;
}

export async function startUpstream(): Promise<ScriptedUpstream> {
  const received: string[] = [];
  const scripts = new Map<string, Script>();
  const requests = new Map<string, number>();
  const closed = new Map<string, number>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString("utf8");
    received.push(`${request.method} ${request.url}\n${request.rawHeaders.join("\n")}\n${body}`);
    const asked = readAsked(body, requests);
    const script = scripts.get(asked.model);
    if (script === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.on("close", () => {
      if (!response.writableEnded) closed.set(asked.model, Date.now());
    });
    const { status = 200, headers = {}, steps } = script(asked);
    if (steps === null) {
      response.socket?.destroy();
      return;
    }
    response.writeHead(status, {
      "content-type": asked.stream && status === 200 ? "text/event-stream" : "application/json",
      ...headers,
    });
    response.flushHeaders();
    for (const step of steps) {
      if (response.destroyed) return;
      if (typeof step === "number") await new Promise((resolve) => setTimeout(resolve, step));
      else if (step === "break") {
        // What was written must be on its way before the connection goes.
        await new Promise((resolve) => setTimeout(resolve, 20));
        response.socket?.destroy();
        return;
      } else await new Promise<void>((resolve) => response.write(step, () => resolve()));
    }
    response.end();
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    received,
    requests: (model) => requests.get(model) ?? 0,
    closedAt: (model) => closed.get(model) ?? null,
    follow(model, script) {
      scripts.set(model, script);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function readAsked(body: string, requests: Map<string, number>): Asked {
  const asked = JSON.parse(body) as {
    readonly model: string;
    readonly stream?: boolean;
    readonly n?: number;
    readonly stream_options?: { readonly include_usage?: boolean };
    readonly messages: readonly { readonly content: string | readonly { readonly text?: string }[] | null }[];
    readonly tools?: readonly { readonly function: { readonly name: string } }[];
    readonly response_format?: { readonly type: string };
  };
  const content = asked.messages.at(-1)?.content ?? "";
  const attempt = requests.get(asked.model) ?? 0;
  requests.set(asked.model, attempt + 1);
  return {
    model: asked.model,
    stream: asked.stream === true,
    text: typeof content === "string" ? content : content.map((part) => part.text ?? "").join(""),
    usage: asked.stream_options?.include_usage === true,
    n: asked.n ?? 1,
    tools: (asked.tools ?? []).map((tool) => tool.function.name),
    schema: asked.response_format?.type === "json_schema",
    attempt,
  };
}

const ABOUT = { id: "chatcmpl-loopback", created: 1_790_000_000 };
const USAGE = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };

/** The arguments of a call that says a text at two depths of JSON. */
export function argumentsOf(text: string): string {
  return JSON.stringify({ note: text, nested: JSON.stringify({ note: text }) });
}

interface Said {
  readonly content: string | null;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly args: string }[];
  readonly reason: string;
}

/** The last text word for word: as the text, as the arguments of every tool, or as the value of a structured answer. */
function saidTo({ text, tools, schema }: Asked): Said {
  if (schema) return { content: JSON.stringify({ summary: text, count: 7 }), calls: [], reason: "stop" };
  if (tools.length === 0) return { content: text, calls: [], reason: "stop" };
  const calls = tools.map((name, i) => ({ id: `call_abcdefghijklmnop${i}`, name, args: argumentsOf(text) }));
  return { content: null, calls, reason: "tool_calls" };
}

/** The whole answer. */
export function whole(asked: Asked): string {
  const { content, calls, reason } = saidTo(asked);
  const tool_calls = calls.map(({ id, name, args }) => ({ id, type: "function", function: { name, arguments: args } }));
  const message = { role: "assistant", content, refusal: null, ...(calls.length > 0 && { tool_calls }) };
  const choices = Array.from({ length: asked.n }, (_, index) => ({
    index,
    message,
    logprobs: null,
    finish_reason: reason,
  }));
  return JSON.stringify({ ...ABOUT, object: "chat.completion", model: asked.model, choices, usage: USAGE });
}

/** The events of a streamed answer, `[DONE]` included; a text in pieces of `size` characters, so that tokens are torn. */
export function events(asked: Asked, size = 7): string[] {
  const { content, calls, reason } = saidTo(asked);
  const indexes = Array.from({ length: asked.n }, (_, index) => index);
  const event = (choices: readonly unknown[], usage: unknown = null) =>
    `data: ${JSON.stringify({
      ...ABOUT,
      object: "chat.completion.chunk",
      model: asked.model,
      choices,
      ...(asked.usage && { usage }),
    })}\n\n`;
  const all = (delta: object, finish_reason: string | null = null) =>
    indexes.map((index) => event([{ index, delta, logprobs: null, finish_reason }]));
  const out = all({ role: "assistant", content: content === null ? null : "" });
  for (const piece of pieces(content ?? "", size)) out.push(...all({ content: piece }));
  for (const [index, { id, name, args }] of calls.entries()) {
    out.push(...all({ tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] }));
    for (const piece of pieces(args, size))
      out.push(...all({ tool_calls: [{ index, function: { arguments: piece } }] }));
  }
  out.push(...all({}, reason));
  if (asked.usage) out.push(event([], USAGE));
  return [...out, "data: [DONE]\n\n"];
}

function pieces(text: string, size: number): string[] {
  const out: string[] = [];
  for (let at = 0; at < text.length; at += size) out.push(text.slice(at, at + size));
  return out;
}

/** The good answer. */
export const answering: Script = (asked) => ({ steps: asked.stream ? events(asked) : [whole(asked)] });
