import type { AgentRow } from "../db/agents.ts";
import { MaskerError } from "../errors.ts";
import { newId } from "../id.ts";
import type { Upstream, UpstreamAnswer } from "../upstream/upstream.ts";
import { createProxy } from "./create-proxy.ts";
import type { ProxyDeps } from "./deps.ts";

/** What each side of one turn was told. */
export interface TestCallTexts {
  readonly session_id: string;
  readonly sent: string;
  readonly upstream_saw: string;
  readonly answered: string;
  readonly heard: string;
}

/** Nobody has these: the number lies in the range kept for fiction, and the domain is reserved (RFC 2606). */
const SENT =
  "Hi, my name is Maria Gonzalez and I was born on March 12, 1984. You can reach me at 415-555-0134 or " +
  "maria.gonzalez@example.com. I would like to move my appointment. Please read my name and number back to me.";

const SYSTEM = "You schedule appointments for a clinic. Answer in one or two sentences.";

interface Tap {
  request: string | null;
  readonly answer: Uint8Array[];
}

/**
 * Sends one turn of an invented patient through the whole pipeline, as a platform would, and keeps what passed the wire to
 * the model. It is a session like any other, logged and shown.
 * @throws MaskerError as the turn itself failed.
 */
export async function runTestCall(deps: ProxyDeps, agent: AgentRow): Promise<TestCallTexts> {
  const tap: Tap = { request: null, answer: [] };
  const proxy = createProxy({
    ...deps,
    // The person who asks is signed in and may use the agent: its key, which nobody can read again, is not needed here.
    agents: { ...deps.agents, find: async () => ({ ...agent, platform_auth: { key_required: false } }) },
    upstreams: { resolve: (setting) => tapped(deps.upstreams.resolve(setting), tap) },
  });
  const body = {
    messages: [
      { role: "system", content: SYSTEM },
      { role: "user", content: SENT },
    ],
  };
  const response = await proxy.fetch(
    new Request(`http://localhost/proxy/${agent.id}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
    { address: null, requestId: newId("request") },
  );
  const answer: unknown = await response.json();
  if (!response.ok) throw asThrown(answer);
  return {
    session_id: response.headers.get("masker-session-id") ?? "",
    sent: SENT,
    upstream_saw: lastMessage(tap.request),
    answered: answerText(parse(Buffer.concat(tap.answer).toString("utf8"))),
    heard: answerText(answer),
  };
}

function tapped<T extends { readonly upstream: Upstream }>(target: T, tap: Tap): T {
  const { upstream } = target;
  const listening: Upstream = {
    name: upstream.name,
    async send(request) {
      tap.request = request.body;
      const answer = await upstream.send(request);
      return answer.ok ? { ...answer, body: copied(answer, tap) } : answer;
    },
  };
  return { ...target, upstream: listening };
}

async function* copied(answer: UpstreamAnswer, tap: Tap): AsyncGenerator<Uint8Array> {
  for await (const bytes of answer.body) {
    tap.answer.push(bytes);
    yield bytes;
  }
}

function parse(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return null;
  }
}

function lastMessage(body: string | null): string {
  const { messages } = (parse(body) ?? {}) as { readonly messages?: readonly { readonly content?: unknown }[] };
  const content = messages?.at(-1)?.content;
  return typeof content === "string" ? content : "";
}

function answerText(answer: unknown): string {
  const { choices } = (answer ?? {}) as {
    readonly choices?: readonly { readonly message?: { readonly content?: unknown } }[];
  };
  const content = choices?.[0]?.message?.content;
  return typeof content === "string" ? content : "";
}

/** The proxy has answered in OpenAI's form; the API tells the same error in its own. */
function asThrown(answer: unknown): MaskerError {
  const { error } = answer as { readonly error: { readonly code: MaskerError["code"]; readonly message: string } };
  return new MaskerError(error.code, { message: error.message });
}
