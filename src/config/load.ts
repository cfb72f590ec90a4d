/** Settings into `Config`: all problems are found before one message tells them. */
import { existsSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import type { z } from "zod";
import type { Config, UpstreamConfig } from "./config.ts";
import type { Environment } from "./environment.ts";
import { loadKeys } from "./keys.ts";
import { Problems } from "./problems.ts";
import { PROVIDER_SECTION, SECTIONS } from "./sections.ts";
import { isKeyName, providerOf, readSettings } from "./source.ts";

export interface LoadOptions {
  /** TOML file of `--config`. */
  readonly configFile?: string;
  /** Keys in memory only, nothing written: for commands that need no data folder. */
  readonly throwawayKeys?: boolean;
  /** True when standard error is a terminal, where logs are pretty unless a setting says otherwise. */
  readonly terminal?: boolean;
}

type Sections = { [S in keyof typeof SECTIONS]: z.infer<(typeof SECTIONS)[S]> };

const OPENAI_BASE_URL = "https://api.openai.com/v1";

/**
 * Everything that the environment and the configuration file say, validated, with defaults. Makes missing keys.
 * @throws MaskerError validation_failed whose message lists every problem as `NAME: message`.
 */
export function loadConfig(env: Environment, options: LoadOptions = {}): Config {
  const problems = new Problems();
  const settings = readSettings(env, options.configFile, problems);
  const sections = readSections(settings, problems);
  const providers = readProviders(settings, problems);
  // Values that failed have no meaning to check together; those that passed are worth a second look even so.
  checkTogether(sections, providers, problems);
  const files = {
    cert: readText(sections.listener?.MASKER_TLS_CERT, "MASKER_TLS_CERT", problems),
    key: readText(sections.listener?.MASKER_TLS_KEY, "MASKER_TLS_KEY", problems),
    ca: readText(sections.upstream?.MASKER_UPSTREAM_CA, "MASKER_UPSTREAM_CA", problems),
  };
  for (const [name, path] of Object.entries(sections.detection ?? {})) {
    if (name.endsWith("_PATH") && typeof path === "string" && !existsSync(path)) problems.add(name, "no such file");
  }
  // No key is made for a configuration that will not start.
  const keysOnly = new Map([...settings].filter(([name]) => isKeyName(name)));
  if (!problems.any && sections.storage) {
    const place = storagePlace(sections.storage);
    const keys = loadKeys(keysOnly, { ...place, throwaway: options.throwawayKeys ?? false }, problems);
    problems.throwIfAny();
    return compose(sections as Sections, { providers, files, keys, place, terminal: options.terminal ?? false });
  }
  loadKeys(keysOnly, { dataDir: "", inUse: false, throwaway: true }, problems);
  problems.throwIfAny();
  throw new Error("unreachable: a section failed without a problem");
}

function readSections(settings: ReadonlyMap<string, string>, problems: Problems): Partial<Sections> {
  const read: Record<string, unknown> = {};
  for (const [section, schema] of Object.entries(SECTIONS)) {
    const texts = Object.fromEntries([...settings].filter(([name]) => name in schema.shape));
    const result = schema.safeParse(texts);
    if (result.success) read[section] = result.data;
    else for (const issue of result.error.issues) problems.add(String(issue.path[0]), issue.message);
  }
  return read as Partial<Sections>;
}

function readProviders(settings: ReadonlyMap<string, string>, problems: Problems): Map<string, UpstreamConfig> {
  const texts = new Map<string, Record<string, string>>();
  for (const [name, value] of settings) {
    const part = providerOf(name);
    if (part) texts.set(part.provider, { ...texts.get(part.provider), [part.field]: value });
  }
  const providers = new Map<string, UpstreamConfig>();
  for (const [name, fields] of texts) {
    const prefix = `MASKER_UPSTREAM_${name.toUpperCase()}`;
    if (name === "openai" || name === "stub") problems.add(prefix, `the name ${name} is taken by a built-in provider`);
    const result = PROVIDER_SECTION.safeParse(fields);
    if (!result.success) {
      for (const issue of result.error.issues) {
        const missing = issue.code === "invalid_type";
        problems.add(`${prefix}_${String(issue.path[0])}`, missing ? "is not set" : issue.message);
      }
      continue;
    }
    const { BASE_URL: baseUrl, API_KEY: apiKey, MODELS: models } = result.data;
    providers.set(name, { name, baseUrl, apiKey, models });
  }
  return providers;
}

function checkTogether(
  { listener, signIn, upstream }: Partial<Sections>,
  providers: ReadonlyMap<string, UpstreamConfig>,
  problems: Problems,
): void {
  if (listener) {
    const { MASKER_TLS_CERT: cert, MASKER_TLS_KEY: key, MASKER_LISTEN_ADDR: listen } = listener;
    if (cert && !key) problems.add("MASKER_TLS_KEY", "is needed together with MASKER_TLS_CERT");
    if (key && !cert) problems.add("MASKER_TLS_CERT", "is needed together with MASKER_TLS_KEY");
    const meant = (cert && key) || listener.MASKER_TRUSTED_PROXIES.length > 0 || listener.MASKER_ALLOW_PLAIN_HTTP;
    if (!isLoopback(listen.host) && !meant) {
      problems.add(
        "MASKER_LISTEN_ADDR",
        "plain HTTP beyond loopback shows patient data to the network: set MASKER_TLS_CERT and MASKER_TLS_KEY, " +
          "MASKER_TRUSTED_PROXIES when a proxy in front does TLS, or MASKER_ALLOW_PLAIN_HTTP=1 when it is meant",
      );
    }
  }
  if (signIn) {
    const { MASKER_GITHUB_CLIENT_ID: githubId, MASKER_GITHUB_CLIENT_SECRET: githubSecret } = signIn;
    if (githubId && !githubSecret) problems.add("MASKER_GITHUB_CLIENT_SECRET", "is needed with the client id");
    if (githubSecret && !githubId) problems.add("MASKER_GITHUB_CLIENT_ID", "is needed with the client secret");
    const oidc = ["MASKER_OIDC_ISSUER", "MASKER_OIDC_CLIENT_ID", "MASKER_OIDC_CLIENT_SECRET"] as const;
    const missing = oidc.filter((name) => signIn[name] === null);
    if (missing.length < oidc.length) for (const name of missing) problems.add(name, "is needed for OpenID Connect");
  }
  const provider = upstream?.MASKER_UPSTREAM_PROVIDER;
  if (provider && provider !== "stub" && provider !== "openai" && !providers.has(provider)) {
    problems.add(
      "MASKER_UPSTREAM_PROVIDER",
      "must be openai, stub, or a provider with a MASKER_UPSTREAM_<NAME>_BASE_URL",
    );
  }
}

function readText(path: string | null | undefined, name: string, problems: Problems): string | null {
  if (!path) return null;
  try {
    return readFileSync(path, "utf8");
  } catch {
    problems.add(name, "the file cannot be read");
    return null;
  }
}

type StoragePlace = ReturnType<typeof storagePlace>;

function storagePlace(storage: Sections["storage"]) {
  const dataDir = storage.MASKER_DATA_DIR;
  const databasePath = storage.MASKER_DATABASE_URL ?? join(dataDir, "masker.db");
  const vaultPath = storage.MASKER_VAULT_PATH ?? join(dataDir, "vault.db");
  const auditLogPath = storage.MASKER_AUDIT_LOG_PATH ?? join(dataDir, "audit.log");
  const inUse = [databasePath, vaultPath, auditLogPath].some((path) => existsSync(path));
  return { dataDir, databasePath, vaultPath, auditLogPath, inUse };
}

interface Parts {
  readonly providers: ReadonlyMap<string, UpstreamConfig>;
  readonly files: { readonly cert: string | null; readonly key: string | null; readonly ca: string | null };
  readonly keys: Config["keys"];
  readonly place: StoragePlace;
  readonly terminal: boolean;
}

function compose(sections: Sections, { providers, files, keys, place, terminal }: Parts): Config {
  const { listener, storage, signIn, upstream, detection, platforms, running } = sections;
  const listen = listener.MASKER_LISTEN_ADDR;
  const openai: UpstreamConfig = {
    name: "openai",
    baseUrl: upstream.MASKER_OPENAI_BASE_URL ?? OPENAI_BASE_URL,
    apiKey: upstream.MASKER_OPENAI_API_KEY,
    models: [],
  };
  // A base URL of one's own is a provider too: local servers often have no key.
  const openaiConfigured = openai.apiKey !== null || upstream.MASKER_OPENAI_BASE_URL !== null;
  return {
    listen: { ...listen, loopback: isLoopback(listen.host) },
    publicUrl: listener.MASKER_PUBLIC_URL,
    dataDir: place.dataDir,
    databasePath: place.databasePath,
    vaultPath: place.vaultPath,
    auditLogPath: place.auditLogPath,
    tls: files.cert && files.key ? { cert: files.cert, key: files.key } : null,
    trustedProxies: listener.MASKER_TRUSTED_PROXIES,
    keys,
    github:
      signIn.MASKER_GITHUB_CLIENT_ID && signIn.MASKER_GITHUB_CLIENT_SECRET
        ? {
            clientId: signIn.MASKER_GITHUB_CLIENT_ID,
            clientSecret: signIn.MASKER_GITHUB_CLIENT_SECRET,
            url: signIn.MASKER_GITHUB_URL,
          }
        : null,
    oidc:
      signIn.MASKER_OIDC_ISSUER && signIn.MASKER_OIDC_CLIENT_ID && signIn.MASKER_OIDC_CLIENT_SECRET
        ? {
            issuer: signIn.MASKER_OIDC_ISSUER,
            clientId: signIn.MASKER_OIDC_CLIENT_ID,
            clientSecret: signIn.MASKER_OIDC_CLIENT_SECRET,
            roleClaim: signIn.MASKER_OIDC_ROLE_CLAIM,
          }
        : null,
    upstream: {
      provider: upstream.MASKER_UPSTREAM_PROVIDER ?? (openaiConfigured ? "openai" : "stub"),
      defaultModel: upstream.MASKER_DEFAULT_MODEL,
      providers: new Map([["openai", openai], ...providers]),
      timeoutMs: upstream.MASKER_UPSTREAM_TIMEOUT_MS,
      ca: files.ca,
      httpsProxy: upstream.HTTPS_PROXY,
      noProxy: upstream.NO_PROXY,
    },
    policyPath: detection.MASKER_POLICY_PATH,
    ner: { modelPath: detection.MASKER_NER_MODEL_PATH, threads: detection.MASKER_NER_THREADS },
    detectionTimeoutMs: detection.MASKER_DETECTION_TIMEOUT_MS,
    webhookSecrets: { vapi: platforms.MASKER_VAPI_WEBHOOK_SECRET },
    retention: {
      payloadDays: storage.MASKER_PAYLOAD_RETENTION_DAYS,
      sessionDays: storage.MASKER_SESSION_METADATA_RETENTION_DAYS,
      keyRotationGraceDays: storage.MASKER_KEY_ROTATION_GRACE_DAYS,
      vaultDays: storage.MASKER_VAULT_RETENTION_DAYS,
    },
    maxBodyBytes: listener.MASKER_MAX_BODY_BYTES,
    rateLimit: listener.MASKER_RATE_LIMIT,
    signup: signIn.MASKER_SIGNUP,
    sessionIdleMinutes: signIn.MASKER_SESSION_IDLE_MINUTES,
    callIdHeader: platforms.MASKER_CALL_ID_HEADER,
    vapiStrictEvents: platforms.MASKER_VAPI_STRICT_EVENTS,
    auditAnchor: storage.MASKER_AUDIT_ANCHOR,
    log: {
      level: running.MASKER_LOG_LEVEL,
      format: running.MASKER_LOG_FORMAT ?? (terminal ? "pretty" : "json"),
    },
    metrics: listener.MASKER_METRICS_ADDR,
    dev: running.MASKER_DEV,
  };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
