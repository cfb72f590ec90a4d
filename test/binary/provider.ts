/** A model provider on loopback that keeps what it got and says back what it was told, so that nothing but Masker changes a text. */

export interface Provider {
  readonly url: string;
  /** Bodies in the order in which they came. */
  readonly received: string[];
  /** What the next streams wait for before their last chunk. */
  hold(until: Promise<void>): void;
  stop(): void;
}

interface Asked {
  readonly stream?: boolean;
  readonly model: string;
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
  readonly messages: readonly { readonly role: string; readonly content: string | null }[];
}

const ABOUT = { id: "chatcmpl-loopback", created: 1_790_000_000 };
const USAGE = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };

export function startProvider(): Provider {
  const received: string[] = [];
  let held: Promise<void> = Promise.resolve();
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    async fetch(request) {
      const body = await request.text();
      received.push(`${JSON.stringify(Object.fromEntries(request.headers))}\n${body}`);
      const asked = JSON.parse(body) as Asked;
      const last = asked.messages.at(-1);
      if (last?.content?.includes("please fail")) {
        const error = {
          message: `I cannot read: ${last.content}`,
          type: "invalid_request_error",
          param: null,
          code: "bad",
        };
        return Response.json({ error }, { status: 400 });
      }
      const message = answerTo(asked);
      if (asked.stream)
        return new Response(streamOf(asked.model, message, held), { headers: { "content-type": "text/event-stream" } });
      const finish_reason = message.tool_calls ? "tool_calls" : "stop";
      const choices = [{ index: 0, message, logprobs: null, finish_reason }];
      return Response.json({ ...ABOUT, object: "chat.completion", model: asked.model, choices, usage: USAGE });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    received,
    hold(until) {
      held = until;
    },
    stop: () => void server.stop(true),
  };
}

interface Answer {
  readonly role: "assistant";
  readonly content: string | null;
  readonly refusal: null;
  readonly tool_calls?: readonly {
    readonly id: string;
    readonly type: "function";
    readonly function: { readonly name: string; readonly arguments: string };
  }[];
}

/** The last text, word for word; with tools, one call of each with that text nested in its arguments. */
function answerTo({ messages, tools }: Asked): Answer {
  const last = messages.at(-1);
  const content = last?.content ?? "";
  if (!tools || last?.role === "tool") return { role: "assistant", content, refusal: null };
  const tool_calls = tools.map((tool, index) => ({
    id: `call_${index}`,
    type: "function" as const,
    function: {
      name: tool.function.name,
      arguments: JSON.stringify({ note: content, nested: JSON.stringify({ note: content }) }),
    },
  }));
  return { role: "assistant", content: null, refusal: null, tool_calls };
}

/** Chunks of seven characters, so that tokens are torn. */
function streamOf(model: string, answer: Answer, held: Promise<void>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const chunk = (delta: object, finish_reason: string | null = null) =>
    encoder.encode(
      `data: ${JSON.stringify({ ...ABOUT, object: "chat.completion.chunk", model, choices: [{ index: 0, delta, finish_reason }] })}\n\n`,
    );
  const pieces = (text: string) => text.match(/[\s\S]{1,7}/g) ?? [];
  return new ReadableStream({
    async start(controller) {
      controller.enqueue(chunk({ role: "assistant", content: "" }));
      for (const content of pieces(answer.content ?? "")) controller.enqueue(chunk({ content }));
      for (const [index, { id, type, function: call }] of (answer.tool_calls ?? []).entries()) {
        controller.enqueue(chunk({ tool_calls: [{ index, id, type, function: { name: call.name, arguments: "" } }] }));
        for (const text of pieces(call.arguments))
          controller.enqueue(chunk({ tool_calls: [{ index, function: { arguments: text } }] }));
      }
      await held;
      controller.enqueue(chunk({}, answer.tool_calls ? "tool_calls" : "stop"));
      controller.enqueue(encoder.encode("data: [DONE]\n\n"));
      controller.close();
    },
  });
}
