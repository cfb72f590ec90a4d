/** Asks with LiveKit's OpenAI plugin, in the folder given: lines in and out as process.ts has them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Ask, type Heard, Listening, type Message } from "../ask.ts";

/** What this uses of the two packages, which are not there when types are checked. */
interface Agents {
  initializeLogger(options: { readonly pretty: boolean; readonly level: string }): void;
  readonly APIConnectOptions: new (options: { readonly maxRetry: number }) => object;
  readonly llm: {
    readonly ChatContext: new (items: readonly object[]) => object;
    readonly ChatMessage: { create(message: { readonly role: string; readonly content: string }): object };
    readonly FunctionCall: {
      create(call: { readonly callId: string; readonly name: string; readonly args: string }): object;
    };
    readonly FunctionCallOutput: {
      create(output: { readonly callId: string; readonly output: string; readonly isError: boolean }): object;
    };
    tool(tool: { readonly description: string; readonly parameters: object; execute(): Promise<string> }): object;
  };
}
interface Plugin {
  readonly LLM: new (options: {
    readonly model: string;
    readonly baseURL: string;
    readonly apiKey: string;
  }) => {
    on(event: "error", listener: (event: { readonly error: unknown }) => void): void;
    chat(turn: Readonly<Record<string, unknown>>): AsyncIterable<Chunk> & { close(): void };
  };
}
interface Chunk {
  readonly delta?: {
    readonly content?: string;
    readonly toolCalls?: readonly { readonly name: string; readonly args: string }[];
  };
  readonly usage?: { readonly promptTokens: number; readonly completionTokens: number };
}

const packages = join(process.argv[2] ?? "", "node_modules", "@livekit");
const agents = (await import(join(packages, "agents", "dist", "index.js"))) as Agents;
const plugin = (await import(join(packages, "agents-plugin-openai", "dist", "index.js"))) as Plugin;
agents.initializeLogger({ pretty: false, level: "silent" });
// A turn that failed tells it by an event, and rejects a promise that nobody holds.
process.on("unhandledRejection", () => undefined);

const version = (name: string) =>
  (JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8")) as { readonly version: string }).version;
say({ version: `${version("agents-plugin-openai")} + agents ${version("agents")}` });
createInterface({ input: process.stdin })
  .on("line", (line) => {
    const { id, baseURL, ask } = JSON.parse(line) as {
      readonly id: number;
      readonly baseURL: string;
      readonly ask: Ask;
    };
    void askLiveKit(baseURL, ask).then((heard) => say({ id, heard }));
  })
  // The framework keeps timers.
  .on("close", () => process.exit(0));

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function askLiveKit(baseURL: string, ask: Ask): Promise<Heard> {
  const listening = new Listening();
  const llm = new plugin.LLM({ model: ask.model, baseURL, apiKey: "sk-caller" });
  llm.on("error", ({ error }) => listening.failed(error));
  let calls = 0;
  const stream = llm.chat({
    chatCtx: new agents.llm.ChatContext(ask.messages.flatMap(chatItems)),
    connOptions: new agents.APIConnectOptions({ maxRetry: 0 }),
    ...(ask.tools && { toolCtx: toolContext(ask) }),
    ...(ask.schema && {
      extraKwargs: {
        response_format: { type: "json_schema", json_schema: { name: "answer", strict: true, schema: ask.schema } },
      },
    }),
  });
  for await (const { delta, usage } of stream) {
    if (delta?.content) listening.text(delta.content);
    for (const { name, args } of delta?.toolCalls ?? []) listening.call(calls++, { name, args });
    listening.usage(usage?.promptTokens, usage?.completionTokens);
    if (ask.leave && delta?.content) {
      listening.left();
      stream.close();
    }
  }
  // The stream ends before its error is told.
  await new Promise((resolve) => setTimeout(resolve, 50));
  return listening.heard;
}

function toolContext({ tools = [] }: Ask): Readonly<Record<string, object>> {
  return Object.fromEntries(
    tools.map(({ function: { name, description, parameters } }) => [
      name,
      agents.llm.tool({ description, parameters, execute: async () => "" }),
    ]),
  );
}

function chatItems(message: Message): readonly object[] {
  switch (message.role) {
    case "system":
    case "user":
      return [agents.llm.ChatMessage.create(message)];
    case "assistant":
      return message.tool_calls.map(({ id, function: call }) =>
        agents.llm.FunctionCall.create({ callId: id, name: call.name, args: call.arguments }),
      );
    case "tool":
      return [
        agents.llm.FunctionCallOutput.create({ callId: message.tool_call_id, output: message.content, isError: false }),
      ];
  }
}
