import { MaskerError, toMaskerError } from "../errors.ts";
import { authenticateHead } from "./authenticate.ts";
import type { Client, ProxyDeps } from "./deps.ts";
import { errorResponse, proxyHeaders } from "./error-response.ts";
import { runTurn } from "./pipeline.ts";
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
      const route = routeOf(new URL(request.url).pathname);
      try {
        checkMethod(route, request.method);
        if (route.name === "unknown") throw new MaskerError("not_found");
        return route.name === "chat"
          ? await runTurn(deps, route.agentId, { request, client, sessions })
          : await listModels(deps, route.agentId, request, client);
      } catch (thrown) {
        return errorResponse(toMaskerError(thrown), proxyHeaders(client), client.requestId);
      }
    },
  };
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
