/** The assistant that Vapi is told to use: the agent's own configuration, with its model led through this proxy. */
import type { AgentRow } from "../db/agents.ts";
import { errorFields } from "../log/error-fields.ts";
import type { Log } from "../log/log.ts";
import { field } from "./message.ts";

/** Vapi gives up at 7.5 s and people notice earlier: the callback gets this long, then the stored assistant is used. */
const CALLBACK_BUDGET_MS = 2_500;
const MAX_CALLBACK_BYTES = 1024 * 1024;

type Json = Record<string, unknown>;

export interface AssistantSource {
  readonly agent: AgentRow;
  /** Base of the agent's proxy, ending in `/v1`: Vapi appends `/chat/completions`. */
  readonly proxyBase: string;
  /** The agent's own model. */
  readonly model: string;
  /** The request as Vapi sent it, which the callback gets unchanged: it is the server that Vapi would else ask. */
  readonly request: string;
  readonly log: Log;
}

/** The answer to an `assistant-request`. */
export async function assistantReply(source: AssistantSource): Promise<Json> {
  const asked = source.agent.assistant_callback_url === null ? null : await askCallback(source);
  return routed(asked, source) ?? { assistant: withModel(source.agent.assistant ?? {}, source) };
}

async function askCallback({ agent, request, log }: AssistantSource): Promise<unknown> {
  try {
    const response = await fetch(agent.assistant_callback_url!, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: request,
      redirect: "error",
      signal: AbortSignal.timeout(CALLBACK_BUDGET_MS),
    });
    if (!response.ok) throw new Error("the callback refused");
    return JSON.parse(await boundedText(response));
  } catch (thrown) {
    log.warn("assistant callback failed, the stored assistant is used", { agent_id: agent.id, ...errorFields(thrown) });
    return null;
  }
}

/** @throws Error as soon as more has come than any assistant is long */
async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_CALLBACK_BYTES) throw new Error("the callback's answer is too long");
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks, size));
}

/**
 * A callback's reply with its model led through the proxy; null for one whose model cannot be (squads, workflows), which
 * would send the call past Masker.
 */
function routed(reply: unknown, source: AssistantSource): Json | null {
  for (const end of ["error", "destination"]) {
    const value = field(reply, end);
    if (value !== undefined && value !== null) return { [end]: value };
  }
  const assistant = field(reply, "assistant");
  if (isObject(assistant)) return { assistant: withModel(assistant, source), ...overrides(reply, source) };
  const assistantId = field(reply, "assistantId");
  if (typeof assistantId === "string")
    return { assistantId, assistantOverrides: withModel(overridesOf(reply), source) };
  if (isObject(reply) && isObject(field(reply, "model"))) return { assistant: withModel(reply, source) };
  return null;
}

/** Overrides win over the assistant's fields, so their model must lead here too. */
function overrides(reply: unknown, source: AssistantSource): Json {
  const given = field(reply, "assistantOverrides");
  if (!isObject(given)) return {};
  return { assistantOverrides: isObject(given.model) ? withModel(given, source) : given };
}

function overridesOf(reply: unknown): Json {
  const given = field(reply, "assistantOverrides");
  return isObject(given) ? given : {};
}

function withModel(assistant: Json, { agent, proxyBase, model }: AssistantSource): Json {
  const given = isObject(assistant.model) ? assistant.model : {};
  const named = given.model;
  const allowed = typeof named === "string" && agent.allowed_models.includes(named);
  return {
    ...assistant,
    model: { ...given, provider: "custom-llm", url: proxyBase, model: allowed ? named : model },
  };
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
