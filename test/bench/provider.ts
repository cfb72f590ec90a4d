/**
 * A model provider in a process of its own: `bun test/bench/provider.ts`, prints its port. The model's name says how it
 * answers: `bench-FIRST-GAP-COUNT` waits FIRST ms, then says COUNT words, in a stream GAP ms apart. `system_fingerprint` of
 * an answer and of each chunk is the time in microseconds since the request came, so that the client knows what of its
 * waiting was the provider's; tokens of the request come back among the words.
 */
const TOKEN = /MSKV?1\.[A-Z_]+\.[A-Z0-9_]+\.[A-Z2-7]+/g;
const WORDS =
  "thank you let me look that up for you now and I can offer a time on Tuesday or later in the week which would you like".split(
    " ",
  );
const encoder = new TextEncoder();

interface Asked {
  readonly model: string;
  readonly stream?: boolean;
  readonly messages: readonly { readonly content: string }[];
}

function sse(data: object): Uint8Array {
  return encoder.encode(`data: ${JSON.stringify(data)}\n\n`);
}

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  idleTimeout: 0,
  async fetch(request) {
    const from = performance.now();
    const elapsed = () => `${Math.round((performance.now() - from) * 1000)}us`;
    const { model, stream, messages } = (await request.json()) as Asked;
    const [first = 0, gap = 0, count = 1] = model.split("-").slice(1).map(Number);
    const about = { id: "chatcmpl-bench", created: 1_790_000_000, model };
    const echo = messages.at(-1)?.content.match(TOKEN)?.join(" ") ?? "";
    if (first > 0) await Bun.sleep(first);
    if (!stream) {
      const words = Array.from({ length: count }, (_, at) => WORDS[at % WORDS.length]).join(" ");
      const message = { role: "assistant", content: `${echo} ${words}`.trim(), refusal: null };
      const choices = [{ index: 0, message, logprobs: null, finish_reason: "stop" }];
      return Response.json({ ...about, object: "chat.completion", choices, system_fingerprint: elapsed() });
    }
    const chunk = (content: string, finish_reason: string | null = null) =>
      sse({
        ...about,
        object: "chat.completion.chunk",
        choices: [{ index: 0, delta: { content }, finish_reason }],
        system_fingerprint: elapsed(),
      });
    const body = new ReadableStream({
      async start(controller) {
        for (let at = 0; at < count; at++) {
          if (at > 0) await Bun.sleep(gap);
          const spoken = at === 1 && echo !== "" ? ` ${echo}` : "";
          controller.enqueue(chunk(`${spoken}${at === 0 ? "" : " "}${WORDS[at % WORDS.length]}`));
        }
        controller.enqueue(chunk("", "stop"));
        controller.enqueue(encoder.encode("data: [DONE]\n\n"));
        controller.close();
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  },
});
console.log(server.port);

// A module, so that its names are its own.
export {};
