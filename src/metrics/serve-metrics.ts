import type { Metrics } from "./metrics.ts";

export interface MetricsServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Answers scrapes at an address of its own, so that nothing of the API need be open to the monitoring network. */
export function serveMetrics(
  metrics: Metrics,
  address: { readonly host: string; readonly port: number },
): MetricsServer {
  const server = Bun.serve({
    hostname: address.host,
    port: address.port,
    async fetch(request) {
      if (new URL(request.url).pathname !== "/metrics") return new Response("Not found.\n", { status: 404 });
      if (request.method !== "GET") return new Response(null, { status: 405, headers: { allow: "GET" } });
      return new Response(await metrics.render(), { headers: { "content-type": metrics.contentType } });
    },
  });
  return { url: server.url.href, close: () => server.stop(true) };
}
