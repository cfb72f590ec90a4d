/** Calls an OpenAI-compatible server. Only what is written here is sent: no header of the caller goes along. */
import { rootCertificates } from "node:tls";
import type { Config, UpstreamConfig } from "../config/config.ts";
import { MaskerError } from "../errors.ts";
import { refusalOf } from "./refusal.ts";
import type { Upstream, UpstreamAnswer, UpstreamRequest } from "./upstream.ts";

/** The bytes of an answer that are accepted: far above any answer, below what hurts. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** A connection that was already closed shows it within this time; a model that broke down took longer. */
const STALE_MS = 250;

export type ClientOptions = Pick<Config["upstream"], "timeoutMs" | "ca" | "httpsProxy" | "noProxy">;

/** Told how each call ended, for the health of the provider; a call that the client gave up is not told. */
export type CallOutcome = (ok: boolean) => void;

/** The URL of the chat-completions endpoint; a base URL without a path means the usual `/v1`. */
export function chatUrl(baseUrl: string): URL {
  const url = new URL(baseUrl);
  const path = url.pathname.replace(/\/+$/, "");
  if (!path.endsWith("/chat/completions")) url.pathname = `${path === "" ? "/v1" : path}/chat/completions`;
  return url;
}

/** True when NO_PROXY says that a host is reached directly: `*`, a name, `.suffix`, each with an optional port. */
export function bypassesProxy(url: URL, noProxy: readonly string[]): boolean {
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return noProxy.some((entry) => {
    const rule = entry.trim().toLowerCase();
    if (rule === "*") return true;
    const [, pattern = "", rulePort] = /^(.*?)(?::([0-9]+))?$/.exec(rule) ?? [];
    if (pattern === "" || (rulePort !== undefined && rulePort !== port)) return false;
    const suffix = pattern.replace(/^\*?\.?/, "");
    return url.hostname === suffix || url.hostname.endsWith(`.${suffix}`);
  });
}

/** A provider that is reached over HTTP. */
export function createClient(provider: UpstreamConfig, options: ClientOptions, outcome: CallOutcome): Upstream {
  const url = chatUrl(provider.baseUrl);
  const proxied = url.protocol === "https:" && options.httpsProxy !== null && !bypassesProxy(url, options.noProxy);
  const connection: BunFetchRequestInit = {
    // A redirect would carry the request and the key to a host that nobody configured.
    redirect: "manual",
    // Time is bounded below, for each call as a whole or for each silence of a stream.
    timeout: false,
    proxy: proxied && options.httpsProxy !== null ? options.httpsProxy : false,
    ...(options.ca !== null && { tls: { ca: [...rootCertificates, options.ca] } }),
  };
  return {
    name: provider.name,
    async send(request) {
      const call = new Call(request, options.timeoutMs, outcome);
      try {
        const response = await post(url, {
          ...connection,
          method: "POST",
          headers: headersOf(provider, url, request),
          body: request.body,
          signal: call.signal,
        });
        if (response.ok) return call.answer(response);
        const refusal = await refusalOf(response, provider.apiKey);
        call.end(refusal.status < 500 && ![401, 403, 429].includes(refusal.status));
        return refusal;
      } catch (error) {
        throw call.failure(error);
      }
    },
  };
}

/**
 * Providers close idle connections, and one may do so in the moment in which a request goes out on it: the request then
 * fails at once with nothing of an answer, and goes out once more on a connection of its own.
 */
async function post(url: URL, init: BunFetchRequestInit): Promise<Response> {
  const startedAt = performance.now();
  try {
    return await fetch(url, init);
  } catch (error) {
    const reset = (error as { readonly code?: unknown }).code === "ECONNRESET";
    if (!reset || init.signal?.aborted || performance.now() - startedAt > STALE_MS) throw error;
    return fetch(url, { ...init, keepalive: false });
  }
}

function headersOf(provider: UpstreamConfig, url: URL, request: UpstreamRequest): Record<string, string> {
  const bearer = provider.apiKey === null ? request.authorization : `Bearer ${provider.apiKey}`;
  const azure = provider.apiKey !== null && url.hostname.endsWith(".azure.com");
  return {
    accept: request.stream ? "text/event-stream" : "application/json",
    "content-type": "application/json",
    "user-agent": "masker",
    ...(azure ? { "api-key": provider.apiKey } : bearer !== null && { authorization: bearer }),
  };
}

/** One call: its time, its end, and what its failure means. */
class Call {
  readonly #request: UpstreamRequest;
  readonly #timeoutMs: number;
  readonly #outcome: CallOutcome;
  readonly #controller = new AbortController();
  readonly #giveUp = () => this.#controller.abort();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timedOut = false;
  #ended = false;

  constructor(request: UpstreamRequest, timeoutMs: number, outcome: CallOutcome) {
    this.#request = request;
    this.#timeoutMs = timeoutMs;
    this.#outcome = outcome;
    if (request.signal.aborted) this.#giveUp();
    else request.signal.addEventListener("abort", this.#giveUp, { once: true });
    this.#startTimer();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  answer(response: Response): UpstreamAnswer {
    const type = response.headers.get("content-type") ?? "";
    const eventStream = /^text\/event-stream\b/i.test(type.trim());
    return { ok: true, status: response.status, eventStream, body: this.#read(response.body, eventStream) };
  }

  /** Ends the call; `ok` null when it says nothing about the provider. */
  end(ok: boolean | null): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#request.signal.removeEventListener("abort", this.#giveUp);
    if (ok !== null) this.#outcome(ok);
  }

  /** What to throw for a failed call, which it ends. */
  failure(error: unknown): unknown {
    const { signal } = this.#request;
    if (signal.aborted) {
      this.end(null);
      return signal.reason;
    }
    this.end(false);
    this.#controller.abort();
    if (error instanceof MaskerError) return error;
    if (!this.#timedOut) return new MaskerError("upstream_error", { cause: error });
    // The turn may have run: a repeat would run it twice.
    return new MaskerError("upstream_timeout", { headers: { "x-should-retry": "false" }, cause: error });
  }

  #startTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timedOut = true;
      this.#controller.abort();
    }, this.#timeoutMs);
  }

  /** The answer's bytes. A whole answer must be there in time; of a stream each piece must. */
  async *#read(body: ReadableStream<Uint8Array> | null, eventStream: boolean): AsyncGenerator<Uint8Array> {
    let size = 0;
    let complete = false;
    try {
      for await (const bytes of body ?? []) {
        if (eventStream) this.#startTimer();
        size += bytes.length;
        if (size > MAX_ANSWER_BYTES) {
          throw new MaskerError("upstream_error", { message: "The model provider's answer is too large." });
        }
        yield bytes;
      }
      complete = true;
      this.end(true);
    } catch (error) {
      throw this.failure(error);
    } finally {
      if (!complete) {
        this.end(null);
        this.#controller.abort();
      }
    }
  }
}
