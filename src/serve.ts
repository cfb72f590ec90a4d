/** The listening side: opens the appliance, takes requests, and stops without cutting a call off. */
import { hostname } from "node:os";
import { openAppliance } from "./appliance/open-appliance.ts";
import { requestInfo } from "./client-info.ts";
import type { Config } from "./config/config.ts";
import { MaskerError } from "./errors.ts";
import type { Log } from "./log/log.ts";
import { errorResponse } from "./rest/envelope.ts";

export interface RunningServer {
  /** Where people and platforms reach it; without a trailing slash. */
  readonly url: string;
  /** Of the demo agent, as the API shows it (`.../v1/chat/completions`); null when it was deleted. */
  readonly proxyUrl: string | null;
  /** The demo agent's key, at the start that made it. */
  readonly demoKey: string | null;
  readonly portalUrl: string;
  readonly setupUrl: string | null;
  /** Takes no more requests, lets those in progress finish, makes everything durable. */
  stop(): Promise<void>;
}

/** Longer than any turn that is still worth its answer: the upstream's own limit and some seconds around it. */
const STOP_MARGIN_MS = 5_000;
const STOP_POLL_MS = 20;
/** A body over the limit is refused in the shape of its endpoint; this only bounds what is read to be thrown away. */
const MOST_BODY_BYTES = 1024 ** 3;

/** The most that Bun takes. */
const LONGEST_IDLE_S = 255;
const IDLE_MARGIN_S = 30;

/**
 * How long a connection may be silent, in seconds. Bun would cut an answer after ten, and a model may think longer (streams
 * keep themselves alive); without a limit, connections that never send their request would add up. 0, for no limit, only
 * where the operator lets a provider think longer than Bun can count.
 */
export function idleSeconds(upstreamTimeoutMs: number): number {
  return upstreamTimeoutMs / 1000 + IDLE_MARGIN_S <= LONGEST_IDLE_S ? LONGEST_IDLE_S : 0;
}

/** @throws MaskerError when the appliance cannot start or the address cannot be listened on. */
export async function startServer(config: Config, log: Log): Promise<RunningServer> {
  let url = config.publicUrl ?? "";
  const appliance = await openAppliance({ config, log, baseUrl: () => url });
  const { app, demo } = appliance;
  const tls = config.tls !== null;
  let server: Bun.Server<undefined>;
  try {
    server = Bun.serve({
      hostname: config.listen.host,
      port: config.listen.port,
      ...(config.tls ? { tls: config.tls } : {}),
      idleTimeout: idleSeconds(config.upstream.timeoutMs),
      maxRequestBodySize: MOST_BODY_BYTES,
      fetch(request, listener) {
        const peer = listener.requestIP(request)?.address ?? null;
        const info = requestInfo(request.headers, { peer, tls, trustedProxies: config.trustedProxies });
        return app.fetch(request, info);
      },
      error: () => errorResponse(new MaskerError("internal_error"), "req_none"),
    });
  } catch (thrown) {
    await appliance.close();
    const { host, port } = config.listen;
    throw new MaskerError("internal_error", { message: `Cannot listen on ${host}:${port}.`, cause: thrown });
  }
  url = config.publicUrl ?? `${tls ? "https" : "http"}://${shownHost(config.listen.host)}:${server.port}`;
  return {
    url,
    proxyUrl: demo && `${url}/proxy/${demo.agent.id}/v1/chat/completions`,
    demoKey: demo?.key ?? null,
    portalUrl: `${url}/portal`,
    setupUrl: await appliance.setupLink(),
    async stop() {
      appliance.endLiveViews();
      await drain(server, config.upstream.timeoutMs + STOP_MARGIN_MS);
      await appliance.close();
    },
  };
}

/** Stops listening, waits for answers in progress, and then cuts what is left: live views never end by themselves. */
async function drain(server: Bun.Server<undefined>, longestMs: number): Promise<void> {
  const until = performance.now() + longestMs;
  void server.stop();
  while (server.pendingRequests > 0 && performance.now() < until) await Bun.sleep(STOP_POLL_MS);
  await server.stop(true);
}

/** An address of "everywhere" is no address that anybody can open. */
function shownHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return hostname();
  return host.includes(":") ? `[${host}]` : host;
}
