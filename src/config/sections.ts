/**
 * Every setting, by section. A row is the variable's name, its form and its default: what `Config` holds comes from here,
 * and so do the names that a configuration file may use.
 */
import { z } from "zod";
import {
  address,
  addressBlocks,
  anchor,
  apiBaseUrl,
  byteCount,
  databaseUrl,
  filePath,
  flag,
  headerName,
  httpUrl,
  list,
  oneOf,
  origin,
  rateLimit,
  text,
  wholeNumber,
} from "./fields.ts";

const days = wholeNumber(0, 36_500);

export const SECTIONS = {
  listener: z.strictObject({
    MASKER_LISTEN_ADDR: address.prefault("127.0.0.1:8080"),
    MASKER_PUBLIC_URL: origin.nullable().default(null),
    MASKER_TLS_CERT: filePath.nullable().default(null),
    MASKER_TLS_KEY: filePath.nullable().default(null),
    MASKER_TRUSTED_PROXIES: addressBlocks.prefault(""),
    MASKER_ALLOW_PLAIN_HTTP: flag.prefault("0"),
    MASKER_MAX_BODY_BYTES: byteCount.prefault("4 MiB"),
    MASKER_RATE_LIMIT: rateLimit.prefault("off"),
    MASKER_METRICS_ADDR: address.nullable().default(null),
  }),
  storage: z.strictObject({
    MASKER_DATA_DIR: filePath.prefault("./masker-data"),
    MASKER_DATABASE_URL: databaseUrl.nullable().default(null),
    MASKER_VAULT_PATH: filePath.nullable().default(null),
    MASKER_AUDIT_LOG_PATH: filePath.nullable().default(null),
    MASKER_AUDIT_ANCHOR: anchor.nullable().default(null),
    MASKER_PAYLOAD_RETENTION_DAYS: days.prefault("0"),
    MASKER_SESSION_METADATA_RETENTION_DAYS: days.prefault("90"),
    MASKER_KEY_ROTATION_GRACE_DAYS: days.prefault("30"),
    MASKER_VAULT_RETENTION_DAYS: days.prefault("0"),
  }),
  signIn: z.strictObject({
    MASKER_SIGNUP: oneOf(["invite", "open"]).prefault("invite"),
    MASKER_SESSION_IDLE_MINUTES: wholeNumber(0, 43_200).prefault("0"),
    MASKER_GITHUB_CLIENT_ID: text.nullable().default(null),
    MASKER_GITHUB_CLIENT_SECRET: text.nullable().default(null),
    MASKER_GITHUB_URL: httpUrl.prefault("https://github.com"),
    MASKER_OIDC_ISSUER: httpUrl.nullable().default(null),
    MASKER_OIDC_CLIENT_ID: text.nullable().default(null),
    MASKER_OIDC_CLIENT_SECRET: text.nullable().default(null),
    MASKER_OIDC_ROLE_CLAIM: text.nullable().default(null),
  }),
  upstream: z.strictObject({
    MASKER_UPSTREAM_PROVIDER: text.nullable().default(null),
    MASKER_OPENAI_API_KEY: text.nullable().default(null),
    MASKER_OPENAI_BASE_URL: apiBaseUrl.nullable().default(null),
    MASKER_DEFAULT_MODEL: text.prefault("gpt-4o-mini"),
    MASKER_UPSTREAM_TIMEOUT_MS: wholeNumber(1, 3_600_000).prefault("30000"),
    MASKER_UPSTREAM_CA: filePath.nullable().default(null),
    HTTPS_PROXY: httpUrl.nullable().default(null),
    NO_PROXY: list.prefault(""),
  }),
  detection: z.strictObject({
    MASKER_POLICY_PATH: filePath.nullable().default(null),
    MASKER_NER_MODEL_PATH: filePath.nullable().default(null),
    MASKER_NER_THREADS: wholeNumber(1, 256).nullable().default(null),
    MASKER_DETECTION_TIMEOUT_MS: wholeNumber(1, 600_000).prefault("200"),
  }),
  platforms: z.strictObject({
    MASKER_VAPI_WEBHOOK_SECRET: text.nullable().default(null),
    MASKER_VAPI_STRICT_EVENTS: flag.prefault("0"),
    MASKER_CALL_ID_HEADER: headerName.nullable().default(null),
  }),
  running: z.strictObject({
    MASKER_LOG_LEVEL: oneOf(["debug", "info", "warn", "error"]).prefault("info"),
    MASKER_LOG_FORMAT: oneOf(["json", "pretty"]).nullable().default(null),
    MASKER_DEV: flag.prefault("0"),
  }),
} as const;

/** A further provider's variables are `MASKER_UPSTREAM_<NAME>` and one of these. */
export const PROVIDER_SECTION = z.strictObject({
  BASE_URL: apiBaseUrl,
  API_KEY: text.nullable().default(null),
  MODELS: list.prefault(""),
});

export const FIXED_NAMES: ReadonlySet<string> = new Set(
  Object.values(SECTIONS).flatMap((section) => Object.keys(section.shape)),
);

/** Secrets of fixed name; each may also be read from a file named by `<NAME>_FILE`. */
export const FIXED_SECRETS: ReadonlySet<string> = new Set([
  "MASKER_GITHUB_CLIENT_SECRET",
  "MASKER_OIDC_CLIENT_SECRET",
  "MASKER_OPENAI_API_KEY",
  "MASKER_VAPI_WEBHOOK_SECRET",
]);
