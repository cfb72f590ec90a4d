/** Whole intake calls, streamed turn by turn through the executable as a voice platform does: nothing of them crosses. */
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { install, type Running } from "../binary/executable.ts";
import { CALLS } from "./intake-calls.ts";

type Message = { role: "system" | "user" | "assistant"; content: string };

const received: string[] = [];
let upstream: ReturnType<typeof Bun.serve>;
let masker: Running;
let client: OpenAI;

beforeAll(async () => {
  upstream = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const body = await request.text();
      received.push(body);
      const heard: string = JSON.parse(body).messages.at(-1).content;
      const chunk = (delta: object, finish: string | null) =>
        `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
      const words = `You said: ${heard}`.match(/.{1,7}/gs) ?? [];
      const text = [
        chunk({ role: "assistant", content: "" }, null),
        ...words.map((content) => chunk({ content }, null)),
        chunk({}, "stop"),
        "data: [DONE]\n\n",
      ].join("");
      return new Response(text, { headers: { "content-type": "text/event-stream" } });
    },
  });
  masker = await install().serve({
    MASKER_OPENAI_API_KEY: "sk-test",
    MASKER_OPENAI_BASE_URL: `http://127.0.0.1:${upstream.port}/v1`,
  });
  client = new OpenAI({
    baseURL: (masker.ready.proxy_url ?? "").replace("/chat/completions", ""),
    apiKey: "unused",
    maxRetries: 0,
  });
});

afterAll(async () => {
  await masker?.end();
  upstream?.stop(true);
});

async function say(messages: readonly Message[]): Promise<string> {
  const stream = await client.chat.completions.create({ model: "gpt-4o-mini", stream: true, messages: [...messages] });
  let heard = "";
  for await (const chunk of stream) heard += chunk.choices[0]?.delta.content ?? "";
  return heard;
}

describe.each(CALLS)("an intake call, %s", (_register, exchanges) => {
  it("crosses without any of its identifiers, and the caller hears every one", async () => {
    received.length = 0;
    const messages: Message[] = [{ role: "system", content: "You take patient intake calls. Be brief." }];
    for (const [question, answer] of exchanges) {
      messages.push({ role: "assistant", content: question }, { role: "user", content: answer });
      expect(await say(messages)).toBe(`You said: ${answer}`);
    }
    expect(received.length).toBe(exchanges.length);
    const crossed = received.join("\n");
    const leaked = exchanges.flatMap(([, , ...planted]) => planted).filter((value) => crossed.includes(value));
    expect(leaked).toEqual([]);
  });
});
