import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import {
  AIMessage,
  type AIMessageChunk,
  type BaseMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
  type UsageMetadata,
} from "@langchain/core/messages";
import { ChatOpenAI } from "@langchain/openai";
import { type Ask, type Client, type Heard, Listening, type Message } from "../ask.ts";

const require = createRequire(import.meta.url);
const manifest = require.resolve("@langchain/openai/package.json");

export const langChain: Client = {
  name: "@langchain/openai",
  version: (JSON.parse(readFileSync(manifest, "utf8")) as { readonly version: string }).version,
  lacks: {
    several: "gives only the first of `n` choices",
    "several, streamed": "mixes the texts of `n` choices",
  },
  ask: askLangChain,
  close: async () => undefined,
};

async function askLangChain(baseURL: string, ask: Ask): Promise<Heard> {
  const listening = new Listening();
  const leaving = new AbortController();
  const model = new ChatOpenAI({
    model: ask.model,
    apiKey: "sk-caller",
    configuration: { baseURL },
    maxRetries: ask.retries,
    streamUsage: ask.usage === true,
  });
  const options = {
    signal: leaving.signal,
    ...(ask.tools && { tools: [...ask.tools] }),
    ...(ask.schema && {
      response_format: {
        type: "json_schema" as const,
        json_schema: { name: "answer", strict: true, schema: { ...ask.schema } },
      },
    }),
  };
  const messages = ask.messages.map(baseMessage);
  try {
    if (!ask.stream) {
      listen(listening, await model.invoke(messages, options));
      return listening.heard;
    }
    let all: AIMessageChunk | null = null;
    for await (const chunk of await model.stream(messages, options)) {
      all = all === null ? chunk : all.concat(chunk);
      listening.text(chunk.text);
      if (ask.leave && chunk.text !== "") {
        listening.left();
        leaving.abort();
      }
    }
    if (all !== null) listen(listening, all, false);
  } catch (error) {
    listening.failed(error);
  }
  return listening.heard;
}

function listen(listening: Listening, message: AIMessage | AIMessageChunk, withText = true): void {
  if (withText) listening.text(message.text);
  for (const [i, call] of (message.tool_calls ?? []).entries())
    listening.call(i, { name: call.name, args: JSON.stringify(call.args) });
  const reason: unknown = message.response_metadata.finish_reason;
  listening.reason(typeof reason === "string" ? reason : null);
  const usage = message.usage_metadata as UsageMetadata | undefined;
  listening.usage(usage?.input_tokens, usage?.output_tokens);
}

function baseMessage(message: Message): BaseMessage {
  switch (message.role) {
    case "system":
      return new SystemMessage(message.content);
    case "user":
      return new HumanMessage(message.content);
    case "assistant":
      return new AIMessage({
        content: "",
        tool_calls: message.tool_calls.map(({ id, function: call }) => ({
          id,
          type: "tool_call" as const,
          name: call.name,
          args: JSON.parse(call.arguments) as Record<string, unknown>,
        })),
      });
    case "tool":
      return new ToolMessage({ content: message.content, tool_call_id: message.tool_call_id });
  }
}
