/** A silent connection is cut by proxies, and by the listener itself after ten seconds. */
const KEEP_ALIVE_MS = 5_000;

/**
 * Server-sent events (WHATWG HTML, 9.2): one `data:` line of JSON for each value, comments while there is none. A client
 * that goes away ends the iterable.
 */
export function eventStream(values: AsyncIterable<unknown>, headers: Headers, closed: AbortController): Response {
  headers.set("content-type", "text/event-stream; charset=utf-8");
  headers.set("x-accel-buffering", "no");
  const encoder = new TextEncoder();
  let timer: ReturnType<typeof setInterval> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const write = (text: string) => controller.enqueue(encoder.encode(text));
      write(": connected\n\n");
      timer = setInterval(() => write(": keep-alive\n\n"), KEEP_ALIVE_MS);
      closed.signal.addEventListener("abort", () => clearInterval(timer), { once: true });
      const pump = async () => {
        try {
          for await (const value of values) {
            if (closed.signal.aborted) return;
            write(`data: ${JSON.stringify(value)}\n\n`);
          }
        } finally {
          clearInterval(timer);
          if (!closed.signal.aborted) controller.close();
        }
      };
      // What ends the source early (a revoked session, a shutdown) ends the stream; the client connects anew and is told.
      pump().catch(() => closed.abort());
    },
    cancel() {
      closed.abort();
    },
  });
  return new Response(body, { status: 200, headers });
}
