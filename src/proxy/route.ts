import { isId } from "../id.ts";

export type ProxyRoute =
  | { readonly name: "chat" | "models"; readonly agentId: string; readonly methods: readonly string[] }
  | { readonly name: "unknown" };

const UNKNOWN: ProxyRoute = { name: "unknown" };

/**
 * Which endpoint a path means. Clients append `/chat/completions` to whatever was pasted as their base URL, so that the
 * suffix comes twice, without `/v1`, or with doubled and trailing slashes (protocols 1.4). Everything else is unknown, and
 * nothing unknown is ever forwarded.
 */
export function routeOf(pathname: string): ProxyRoute {
  const [proxy, agentId, ...rest] = pathname.split("/").filter((segment) => segment !== "");
  if (proxy !== "proxy" || agentId === undefined || !isId("agent", agentId)) return UNKNOWN;
  if (rest[0] === "v1") rest.shift();
  let chats = 0;
  while (rest[0] === "chat" && rest[1] === "completions") {
    rest.splice(0, 2);
    chats++;
  }
  if (rest.length === 0 && chats > 0) return { name: "chat", agentId, methods: ["POST"] };
  if (rest.length === 1 && rest[0] === "models") return { name: "models", agentId, methods: ["GET", "HEAD"] };
  return UNKNOWN;
}
