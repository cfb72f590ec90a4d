import { MaskerError } from "../errors.ts";
import { authenticateHead } from "./authenticate.ts";
import type { Client, ProxyDeps } from "./deps.ts";
import { proxyHeaders, refuse } from "./error-response.ts";
import { CHAT_ROUTE, runTurn } from "./pipeline.ts";
import { type ProxyRoute, routeOf } from "./route.ts";
import { OpenSessions } from "./turn.ts";

export interface Proxy {
  /** Answers every path under `/proxy`; never throws. */
  fetch(request: Request, client: Client): Promise<Response>;
  /** Resolves when every session that was begun is closed; for a clean stop, after the listener takes no more requests. */
  idle(): Promise<void>;
}

/** The proxy of an installation: one allow-list of paths, everything else is refused and nothing is forwarded unread. */
export function createProxy(deps: ProxyDeps): Proxy {
  const sessions = new OpenSessions();
  return {
    idle: () => sessions.idle(),
    async fetch(request, client) {
      const startedAt = performance.now();
      const route = routeOf(new URL(request.url).pathname);
      if (route.name === "chat" && request.method === "POST") {
        const response = await runTurn(deps, route.agentId, { request, client, sessions });
        if (response.ok) logTurn(deps, response, { client, agentId: route.agentId, startedAt });
        return response;
      }
      try {
        checkMethod(route, request.method);
        if (route.name !== "models") throw new MaskerError("not_found");
        return await listModels(deps, route.agentId, request, client);
      } catch (thrown) {
        const fields = { route: route.name === "unknown" ? "* /proxy/*" : `* ${route.name}` };
        return refuse(thrown, { log: deps.log, client, headers: proxyHeaders(client), fields, gone: false });
      }
    },
  };
}

/** One line a turn, when the answer begins; how it went on is in the audit log. */
function logTurn(
  { log }: ProxyDeps,
  response: Response,
  turn: { readonly client: Client; readonly agentId: string; readonly startedAt: number },
): void {
  log.info("request answered", {
    request_id: turn.client.requestId,
    session_id: response.headers.get("masker-session-id") ?? "",
    agent_id: turn.agentId,
    route: CHAT_ROUTE,
    status: response.status,
    duration_ms: Math.round(performance.now() - turn.startedAt),
  });
}

function checkMethod(route: ProxyRoute, method: string): void {
  if (route.name === "unknown" || route.methods.includes(method)) return;
  throw new MaskerError("method_not_allowed", { headers: { allow: route.methods.join(", ") } });
}

/** The models that the agent's callers may name: its own first. Clients ask for this to warm their connection. */
async function listModels(deps: ProxyDeps, agentId: string, request: Request, client: Client): Promise<Response> {
  const agent = await authenticateHead(deps, agentId, request.headers, client);
  const target = deps.upstreams.resolve(agent.upstream);
  const created = Math.floor(agent.created_at / 1000);
  const data = [...new Set([target.model, ...agent.allowed_models])].map((id) => ({
    id,
    object: "model",
    created,
    owned_by: target.upstream.name,
  }));
  return Response.json({ object: "list", data }, { headers: proxyHeaders(client) });
}
