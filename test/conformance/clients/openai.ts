import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import OpenAI6 from "openai";
import OpenAI4 from "openai-4";
import OpenAI7 from "openai-7";
import { type Ask, type Client, type Heard, Listening } from "../ask.ts";

/** What the three have in common, as this suite uses it. */
interface Chat {
  create(
    body: Readonly<Record<string, unknown>>,
    options: { readonly signal: AbortSignal },
  ): Promise<AsyncIterable<Chunk> & { readonly choices: readonly WholeChoice[]; readonly usage?: Usage | null }>;
}
interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
}
interface WholeChoice {
  readonly index: number;
  readonly message: {
    readonly content: string | null;
    readonly tool_calls?:
      | readonly { readonly function: { readonly name: string; readonly arguments: string } }[]
      | null;
  };
  readonly finish_reason: string | null;
}
interface Chunk {
  readonly choices: readonly {
    readonly index: number;
    readonly delta: {
      readonly content?: string | null;
      readonly tool_calls?: readonly {
        readonly index: number;
        readonly function?: { readonly name?: string; readonly arguments?: string };
      }[];
    };
    readonly finish_reason: string | null;
  }[];
  readonly usage?: Usage | null;
}
type Constructor = new (options: { baseURL: string; apiKey: string; maxRetries: number }) => unknown;

const require = createRequire(import.meta.url);

function versionOf(name: string): string {
  const path = require.resolve(`${name}/package.json`);
  return (JSON.parse(readFileSync(path, "utf8")) as { readonly version: string }).version;
}

/** `openai` 4, 6 and 7. */
export const openAiClients: readonly Client[] = (
  [
    ["openai-4", OpenAI4],
    ["openai", OpenAI6],
    ["openai-7", OpenAI7],
  ] as readonly (readonly [string, Constructor])[]
).map(([name, OpenAI]) => ({
  name: "openai",
  version: versionOf(name),
  lacks: {},
  ask: (baseURL, ask) => {
    const client = new OpenAI({ baseURL, apiKey: "sk-caller", maxRetries: ask.retries }) as {
      readonly chat: { readonly completions: Chat };
    };
    return askOpenAi(client.chat.completions, ask);
  },
  close: async () => undefined,
}));

async function askOpenAi(chat: Chat, ask: Ask): Promise<Heard> {
  const listening = new Listening();
  const leaving = new AbortController();
  const { model, messages, stream, n, tools, schema, usage } = ask;
  const body = {
    model,
    messages,
    stream,
    ...(n !== undefined && { n }),
    ...(tools && { tools }),
    ...(schema && {
      response_format: { type: "json_schema", json_schema: { name: "answer", strict: true, schema } },
    }),
    ...(usage && { stream_options: { include_usage: true } }),
  };
  try {
    const answer = await chat.create(body, { signal: leaving.signal });
    if (stream) {
      for await (const { choices, usage } of answer) {
        if (usage) listening.usage(usage.prompt_tokens, usage.completion_tokens);
        for (const { index, delta, finish_reason } of choices) {
          if (delta.content) listening.text(delta.content, index);
          for (const call of delta.tool_calls ?? [])
            listening.call(call.index, { name: call.function?.name, args: call.function?.arguments }, index);
          listening.reason(finish_reason, index);
          if (ask.leave && delta.content) {
            listening.left();
            leaving.abort();
          }
        }
      }
    } else {
      for (const { index, message, finish_reason } of answer.choices) {
        listening.text(message.content ?? "", index);
        for (const [i, { function: call }] of (message.tool_calls ?? []).entries())
          listening.call(i, { name: call.name, args: call.arguments }, index);
        listening.reason(finish_reason, index);
      }
      listening.usage(answer.usage?.prompt_tokens, answer.usage?.completion_tokens);
    }
  } catch (error) {
    listening.failed(error);
  }
  return listening.heard;
}
