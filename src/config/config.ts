/** Everything an installation can be told from outside, validated. Only `config/` reads the environment. */

export interface UpstreamConfig {
  /** Lower-case provider name: the part before the colon of an agent's `upstream`. */
  readonly name: string;
  /** Without a trailing slash; `/v1` included when the provider needs it. */
  readonly baseUrl: string;
  readonly apiKey: string | null;
  /** Models that agents may name; empty: any. */
  readonly models: readonly string[];
}

export interface KeyConfig {
  readonly kid: string;
  /** 32 bytes. */
  readonly secret: Uint8Array;
  /** The key before it, kept during rotation. */
  readonly old: Uint8Array | null;
}

export interface Config {
  readonly listen: { readonly host: string; readonly port: number; readonly loopback: boolean };
  /** No trailing slash; null: made from the address that the listener got. */
  readonly publicUrl: string | null;
  readonly dataDir: string;
  readonly databasePath: string;
  readonly vaultPath: string;
  readonly auditLogPath: string;
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** Addresses or CIDR blocks whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  readonly keys: {
    /** 32 bytes each; `signing` is the seed of the Ed25519 key. */
    readonly session: Uint8Array;
    readonly auditHmac: Uint8Array;
    readonly signing: Uint8Array;
    readonly tokens: ReadonlyMap<string, KeyConfig>;
  };
  readonly github: { readonly clientId: string; readonly clientSecret: string; readonly url: string } | null;
  readonly oidc: {
    readonly issuer: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly roleClaim: string | null;
  } | null;
  readonly upstream: {
    /** Provider that the demo agent uses: `openai`, `stub` or a named one. */
    readonly provider: string;
    readonly defaultModel: string;
    readonly providers: ReadonlyMap<string, UpstreamConfig>;
    readonly timeoutMs: number;
    /** PEM text of a private certificate authority. */
    readonly ca: string | null;
    readonly httpsProxy: string | null;
    readonly noProxy: readonly string[];
  };
  readonly policyPath: string | null;
  readonly ner: { readonly modelPath: string | null; readonly threads: number | null };
  readonly detectionTimeoutMs: number;
  readonly webhookSecrets: { readonly vapi: string | null };
  readonly retention: {
    readonly payloadDays: number;
    readonly sessionDays: number;
    readonly keyRotationGraceDays: number;
    readonly vaultDays: number;
  };
  readonly maxBodyBytes: number;
  readonly rateLimit: { readonly enabled: boolean; readonly proxy: RateLimit; readonly api: RateLimit };
  readonly signup: "invite" | "open";
  /** 0: off. */
  readonly sessionIdleMinutes: number;
  /** Lower-case header name, or null. */
  readonly callIdHeader: string | null;
  readonly vapiStrictEvents: boolean;
  /** File path or `syslog://host:port`. */
  readonly auditAnchor: string | null;
  readonly log: { readonly level: "debug" | "info" | "warn" | "error"; readonly format: "json" | "pretty" };
  readonly metrics: { readonly host: string; readonly port: number } | null;
  readonly dev: boolean;
}

/** Requests a second, and how many may come at once. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}
