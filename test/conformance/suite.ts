/** Takes a client through the cases, each twice: straight to the provider, and through the running executable. */
import { install } from "../binary/executable.ts";
import type { Ask, Client } from "./ask.ts";
import { CASES, type Case, type Outcome, PLANTED } from "./cases.ts";
import { aiSdk } from "./clients/ai-sdk.ts";
import { langChain } from "./clients/langchain.ts";
import { openAiClients } from "./clients/openai.ts";
import { type ScriptedUpstream, startUpstream } from "./upstream.ts";

/** The clients that npm installs. */
export const NPM_CLIENTS: readonly Client[] = [...openAiClients, aiSdk, langChain];

export interface Result {
  readonly client: Client;
  readonly case: Case;
  readonly problems: readonly string[];
  /** A figure, or why the client does not do this. */
  readonly note: string;
  readonly lacking: boolean;
}

export interface Suite {
  run(client: Client, which: Case): Promise<Result>;
  /** Planted values that the provider behind Masker got, or that Masker left in clear in any file or in its output. */
  leaked(): readonly string[];
  /** Where the executable answers as an OpenAI-compatible server. */
  readonly baseURL: string;
  readonly masked: ScriptedUpstream;
  stop(): Promise<void>;
}

export async function startSuite(): Promise<Suite> {
  const plain = await startUpstream();
  const masked = await startUpstream();
  const installation = install();
  const masker = await installation.serve({
    MASKER_OPENAI_API_KEY: "sk-provider",
    MASKER_OPENAI_BASE_URL: masked.url,
    // A machine that is busy with tests is no slower for it than its listener.
    MASKER_DETECTION_TIMEOUT_MS: "10000",
  });
  const baseURL = (masker.ready.proxy_url ?? "").replace(/\/chat\/completions$/, "");
  let last = 0;

  async function outcome(client: Client, which: Case, upstream: ScriptedUpstream, url: string): Promise<Outcome> {
    const model = `model-${++last}`;
    upstream.follow(model, which.script);
    const ask: Ask = { ...which.ask, model };
    const heard = await client.ask(url, ask);
    for (let i = 0; ask.leave && upstream.closedAt(model) === null && i < 40; i++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    return { heard, requests: upstream.requests(model), closedAt: upstream.closedAt(model) };
  }

  return {
    baseURL,
    masked,
    async run(client, which) {
      const lack = client.lacks[which.name];
      if (lack !== undefined) return { client, case: which, problems: [], note: lack, lacking: true };
      const [with_, without] = await Promise.all([
        outcome(client, which, masked, baseURL),
        outcome(client, which, plain, plain.url),
      ]);
      const note = which.note?.(with_, without) ?? "";
      return { client, case: which, problems: which.check(with_, without), note, lacking: false };
    },
    leaked() {
      const places = [...masked.received, installation.traces()];
      return PLANTED.filter((value) => places.some((place) => place.includes(value)));
    },
    async stop() {
      await masker.end();
      await Promise.all([plain.stop(), masked.stop()]);
    },
  };
}

/** The cases of a run; `slow` ones only when asked for. */
export function casesOf(slow: boolean): readonly Case[] {
  return CASES.filter((which) => slow || !which.slow);
}
