/** Who sent a request, and whether it came over HTTPS, with proxies that are trusted taken out. */
import { newId } from "./id.ts";
import { isAllowedAddress } from "./proxy/address.ts";
import type { RequestInfo } from "./rest/adapter.ts";

export interface Listener {
  /** Address of the peer of the connection; null when it is gone. */
  readonly peer: string | null;
  readonly tls: boolean;
  readonly trustedProxies: readonly string[];
}

/**
 * `X-Forwarded-For` is read from the right: each trusted proxy added the address that it saw, so the first one that is not
 * trusted is the client's. What stands left of it the client may have written itself. Without a trusted peer nothing of it counts.
 */
export function requestInfo(headers: Headers, { peer, tls, trustedProxies }: Listener): RequestInfo {
  const requestId = newId("request");
  if (!isAllowedAddress(peer, trustedProxies)) return { requestId, address: peer, secure: tls };
  const forwarded = (headers.get("x-forwarded-for") ?? "").split(",").map((part) => withoutPort(part.trim()));
  const hops = forwarded.filter((part) => part !== "").reverse();
  const address = hops.find((hop) => !isAllowedAddress(hop, trustedProxies)) ?? hops.at(-1) ?? peer;
  // The last value is the one that the trusted proxy itself wrote.
  const scheme = headers.get("x-forwarded-proto")?.split(",").at(-1)?.trim().toLowerCase();
  return { requestId, address, secure: tls || scheme === "https" };
}

/** Some proxies write `192.0.2.1:50312` and `[2001:db8::1]:50312`; a client is the same on every port. */
function withoutPort(address: string): string {
  const [, bracketed, plain] = /^\[([^\]]*)\](?::\d+)?$|^([\d.]+):\d+$/.exec(address) ?? [];
  return bracketed ?? plain ?? address;
}
