/** An OpenAI-compatible server on loopback that keeps every body it gets and answers with the last user message. */
export function startRecordingUpstream() {
  const bodies: string[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const body = await request.text();
      bodies.push(body);
      const { messages, model } = JSON.parse(body);
      const content = `I have noted: ${messages.at(-1).content}`;
      return Response.json({
        id: "chatcmpl-1",
        object: "chat.completion",
        created: 1_700_000_000,
        model,
        choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
        usage: { prompt_tokens: 9, completion_tokens: 9, total_tokens: 18 },
      });
    },
  });
  return { url: `http://127.0.0.1:${server.port}/v1`, bodies, stop: () => server.stop(true) };
}
