import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, jsonSchema, type ModelMessage, Output, streamText, type ToolSet } from "ai";
import { type Ask, type Client, type Heard, Listening, type Message, type Tool } from "../ask.ts";

const require = createRequire(import.meta.url);
const versionOf = (name: string) =>
  (JSON.parse(readFileSync(require.resolve(`${name}/package.json`), "utf8")) as { readonly version: string }).version;

export const aiSdk: Client = {
  name: "@ai-sdk/openai-compatible + ai",
  version: `${versionOf("@ai-sdk/openai-compatible")} + ${versionOf("ai")}`,
  lacks: {
    several: "has no `n`",
    "several, streamed": "has no `n`",
  },
  ask: askAiSdk,
  close: async () => undefined,
};

async function askAiSdk(baseURL: string, ask: Ask): Promise<Heard> {
  const listening = new Listening();
  const leaving = new AbortController();
  const provider = createOpenAICompatible({
    name: "masker",
    baseURL,
    apiKey: "sk-caller",
    includeUsage: ask.usage === true,
    supportsStructuredOutputs: true,
  });
  const settings = {
    model: provider(ask.model),
    messages: ask.messages.map((message) => modelMessage(message, ask.messages)),
    maxRetries: ask.retries,
    abortSignal: leaving.signal,
    allowSystemInMessages: true,
    ...(ask.tools && { tools: toolSet(ask.tools) }),
    ...(ask.schema && { output: Output.object({ schema: jsonSchema(ask.schema), name: "answer" }) }),
  };
  try {
    if (!ask.stream) {
      const answer = await generateText(settings);
      listening.text(answer.text);
      for (const [i, call] of answer.toolCalls.entries())
        listening.call(i, { name: call.toolName, args: JSON.stringify(call.input) });
      listening.reason(answer.finishReason);
      listening.usage(answer.usage.inputTokens, answer.usage.outputTokens);
      return listening.heard;
    }
    let calls = 0;
    // The default prints errors; here they are part of what is heard.
    const answer = streamText({ ...settings, onError: () => undefined });
    for await (const part of answer.fullStream) {
      if (part.type === "text-delta") {
        listening.text(part.text);
        if (ask.leave && part.text !== "") {
          listening.left();
          leaving.abort();
        }
      } else if (part.type === "tool-call") {
        listening.call(calls++, { name: part.toolName, args: JSON.stringify(part.input) });
      } else if (part.type === "finish") {
        listening.reason(part.finishReason);
        if (ask.usage) listening.usage(part.totalUsage.inputTokens, part.totalUsage.outputTokens);
      } else if (part.type === "error") listening.failed(part.error);
    }
  } catch (error) {
    listening.failed(error);
  }
  return listening.heard;
}

function toolSet(tools: readonly Tool[]): ToolSet {
  return Object.fromEntries(
    tools.map(({ function: { name, description, parameters } }) => [
      name,
      { description, inputSchema: jsonSchema(parameters) },
    ]),
  );
}

function modelMessage(message: Message, all: readonly Message[]): ModelMessage {
  switch (message.role) {
    case "system":
    case "user":
      return { role: message.role, content: message.content };
    case "assistant":
      return {
        role: "assistant",
        content: message.tool_calls.map(({ id, function: call }) => ({
          type: "tool-call" as const,
          toolCallId: id,
          toolName: call.name,
          input: JSON.parse(call.arguments) as unknown,
        })),
      };
    case "tool": {
      const asked = all.flatMap((other) => (other.role === "assistant" ? other.tool_calls : []));
      const toolName = asked.find((call) => call.id === message.tool_call_id)?.function.name ?? "";
      const output = { type: "text" as const, value: message.content };
      return { role: "tool", content: [{ type: "tool-result", toolCallId: message.tool_call_id, toolName, output }] };
    }
  }
}
