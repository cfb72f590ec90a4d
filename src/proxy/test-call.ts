import type { AgentRow } from "../db/agents.ts";
import { ERROR_TABLE, type ErrorCode, MaskerError } from "../errors.ts";
import { newId } from "../id.ts";
import type { Upstream, UpstreamAnswer } from "../upstream/upstream.ts";
import { createProxy } from "./create-proxy.ts";
import type { ProxyDeps } from "./deps.ts";

/** An invented patient; the number is of the range kept free for fiction. */
const SAID =
  "Hello, my name is Maria Alvarez, I was born on March 14th, 1982, and you can reach me at 415-555-0134. " +
  "Please repeat my name and my number.";

export interface TestCallResult {
  readonly session_id: string;
  readonly sent: string;
  readonly upstream_saw: string;
  readonly answered: string;
  readonly heard: string;
}

/**
 * One invented turn of an agent through the real pipeline and its real provider, logged like any other; only the caller's
 * proof is not asked for, since whoever runs it is signed in.
 * @throws MaskerError as the turn was refused
 */
export function createTestCall(deps: ProxyDeps): (agent: AgentRow) => Promise<TestCallResult> {
  return async (agent) => {
    const wire: Wire = { sent: "", answered: [] };
    const target = deps.upstreams.resolve(agent.upstream);
    const proxy = createProxy({
      ...deps,
      agents: { ...deps.agents, find: async () => ({ ...agent, platform_auth: { key_required: false } }) },
      upstreams: { resolve: () => ({ ...target, upstream: tapped(target.upstream, wire) }) },
      limiter: null,
    });
    const request = new Request(`http://masker.internal/proxy/${agent.id}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ messages: [{ role: "user", content: SAID }] }),
    });
    const response = await proxy.fetch(request, { address: null, requestId: newId("request") });
    const body: unknown = await response.json();
    if (!response.ok) throw refusalOf(body);
    return {
      session_id: response.headers.get("masker-session-id") ?? "",
      sent: SAID,
      upstream_saw: textAt(JSON.parse(wire.sent), "messages", 0, "content"),
      answered: textAt(JSON.parse(Buffer.concat(wire.answered).toString()), "choices", 0, "message", "content"),
      heard: textAt(body, "choices", 0, "message", "content"),
    };
  };
}

/** What went over the wire to the provider and came back. */
interface Wire {
  sent: string;
  readonly answered: Uint8Array[];
}

function tapped(upstream: Upstream, wire: Wire): Upstream {
  return {
    name: upstream.name,
    async send(request) {
      wire.sent = request.body;
      const answer = await upstream.send(request);
      return answer.ok ? { ...answer, body: copied(answer, wire) } : answer;
    },
  };
}

async function* copied(answer: UpstreamAnswer, wire: Wire): AsyncIterable<Uint8Array> {
  for await (const bytes of answer.body) {
    wire.answered.push(bytes);
    yield bytes;
  }
}

function refusalOf(body: unknown): MaskerError {
  const code = textAt(body, "error", "code");
  return Object.hasOwn(ERROR_TABLE, code)
    ? new MaskerError(code as ErrorCode, { message: textAt(body, "error", "message") })
    : new MaskerError("internal_error");
}

/** The string at a path of a JSON value, "" when there is none. */
function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  for (const step of path) {
    value = typeof value === "object" && value !== null ? (value as Record<string | number, unknown>)[step] : undefined;
  }
  return typeof value === "string" ? value : "";
}
