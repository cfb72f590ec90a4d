/** A model provider: takes a masked body, gives its answer. */
export interface UpstreamRequest {
  readonly body: string;
  /** The body asks for a stream. */
  readonly stream: boolean;
  /** The caller's own `Authorization` value, sent when the provider has no key; null: none may be passed on. */
  readonly authorization: string | null;
  /** Aborts the upstream call: the client went away. */
  readonly signal: AbortSignal;
}

/** 2xx: the answer as it comes. Iterating throws MaskerError upstream_error or upstream_timeout when it breaks. */
export interface UpstreamAnswer {
  readonly ok: true;
  readonly status: number;
  /** True for `text/event-stream`: a server may answer a stream request with a whole body, and the other way round. */
  readonly eventStream: boolean;
  readonly body: AsyncIterable<Uint8Array>;
}

/** 3xx, 4xx, 5xx. `message` is the provider's text, unmasked: it may quote the request and must be masked like any text. */
export interface UpstreamRefusal {
  readonly ok: false;
  readonly status: number;
  readonly message: string;
  /** Whole seconds, bounded, from Retry-After or retry-after-ms. */
  readonly retryAfterSeconds: number | null;
  /** False when a repeat is pointless (protocols 4.5). */
  readonly retryable: boolean;
}

export interface Upstream {
  /** Lower-case provider name. */
  readonly name: string;
  /**
   * Sends one request; resolves when the status is known.
   * @throws MaskerError upstream_error (refused, reset, TLS) or upstream_timeout; AbortError of `signal` as it is.
   */
  send(request: UpstreamRequest): Promise<UpstreamAnswer | UpstreamRefusal>;
}

/** Where an agent's `upstream` setting leads. */
export interface UpstreamTarget {
  readonly upstream: Upstream;
  /** Model of the setting: the part after the colon. */
  readonly model: string;
  /** Models that the provider's configuration allows; empty: any. */
  readonly models: readonly string[];
}

export interface Upstreams {
  /**
   * Resolves `<provider>:<model>` or `stub`.
   * @throws MaskerError unknown_upstream.
   */
  resolve(setting: string): UpstreamTarget;
  /** Settings that can be offered: the stub and each configured provider with its models. */
  settings(): readonly string[];
  /** False when the last call within 60 s failed; no recent call counts as healthy. */
  healthy(): boolean;
}
