/** Tables of the main database (`masker.db`). Times are epoch milliseconds; JSON columns hold what their type says. */
import { isNull } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { CountsByKind, SessionStatus, StageDurations } from "../audit/event.ts";
import type { Tokenization } from "../policy/policy.ts";

export type UserRole = "admin" | "operator" | "auditor" | "viewer";
export type Platform = "vapi" | "retell" | "elevenlabs" | "bolna" | "livekit" | "custom";

/** One party of the chain of business associate agreements; `baa_date` is YYYY-MM-DD or null. */
export interface BaaParty {
  readonly name: string;
  readonly baa_date: string | null;
}
export type BaaChain = Partial<Record<"voice_platform" | "stt" | "model" | "tts", BaaParty>>;

/** How a platform proves itself to an agent; secrets are sealed (crypto/seal) before they are stored. */
export interface PlatformAuth {
  readonly key_required: boolean;
  /** Bearer token or header with a secret. */
  readonly header?: { readonly name: string; readonly secret_sealed: string };
  readonly hmac?: {
    readonly secret_sealed: string;
    readonly header: string;
    readonly timestamp_header: string | null;
    readonly encoding: "hex" | "base64";
    readonly prefix: string;
    /** Demanded on /proxy too, not only checked when sent. */
    readonly required: boolean;
  };
  /** Addresses or CIDR blocks; empty or absent: any. */
  readonly allowed_addresses?: readonly string[];
}

export const accounts = sqliteTable("accounts", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  plan: text("plan").notNull().default("self-hosted"),
  created_at: integer("created_at").notNull(),
});

export const users = sqliteTable(
  "users",
  {
    id: text("id").primaryKey(),
    account_id: text("account_id")
      .notNull()
      .references(() => accounts.id),
    /** Lower case. */
    email: text("email").notNull(),
    name: text("name").notNull(),
    role: text("role").$type<UserRole>().notNull(),
    password_hash: text("password_hash"),
    totp_sealed: text("totp_sealed"),
    totp_pending_sealed: text("totp_pending_sealed"),
    totp_last_step: integer("totp_last_step"),
    github_id: integer("github_id"),
    github_login: text("github_login"),
    oidc_subject: text("oidc_subject"),
    avatar_url: text("avatar_url"),
    created_at: integer("created_at").notNull(),
    last_seen_at: integer("last_seen_at"),
    disabled_at: integer("disabled_at"),
  },
  (t) => [
    uniqueIndex("users_email").on(t.email),
    uniqueIndex("users_github").on(t.github_id),
    uniqueIndex("users_oidc").on(t.oidc_subject),
    index("users_account").on(t.account_id),
  ],
);

/** Setup, invitation and reset links: only the SHA-256 of the secret is kept. */
export const oneTimeTokens = sqliteTable("one_time_tokens", {
  hash: text("hash").primaryKey(),
  purpose: text("purpose").$type<"setup" | "invite" | "reset">().notNull(),
  user_id: text("user_id").references(() => users.id),
  created_at: integer("created_at").notNull(),
  expires_at: integer("expires_at").notNull(),
  used_at: integer("used_at"),
});

export const authSessions = sqliteTable(
  "auth_sessions",
  {
    hash: text("hash").primaryKey(),
    user_id: text("user_id")
      .notNull()
      .references(() => users.id),
    created_at: integer("created_at").notNull(),
    last_seen_at: integer("last_seen_at").notNull(),
    expires_at: integer("expires_at").notNull(),
  },
  (t) => [index("auth_sessions_user").on(t.user_id)],
);

export const apiTokens = sqliteTable(
  "api_tokens",
  {
    id: text("id").primaryKey(),
    account_id: text("account_id")
      .notNull()
      .references(() => accounts.id),
    user_id: text("user_id").references(() => users.id),
    name: text("name").notNull(),
    hash: text("hash").notNull(),
    permissions: text("permissions", { mode: "json" }).$type<readonly string[]>().notNull(),
    created_at: integer("created_at").notNull(),
    expires_at: integer("expires_at"),
    last_used_at: integer("last_used_at"),
  },
  (t) => [uniqueIndex("api_tokens_hash").on(t.hash), index("api_tokens_account").on(t.account_id)],
);

export const agents = sqliteTable(
  "agents",
  {
    id: text("id").primaryKey(),
    account_id: text("account_id")
      .notNull()
      .references(() => accounts.id),
    name: text("name").notNull(),
    /** `<provider>:<model>` or `stub`. */
    upstream: text("upstream").notNull(),
    tokenization: text("tokenization").$type<Tokenization>().notNull(),
    policy_name: text("policy_name").notNull(),
    platform: text("platform").$type<Platform>(),
    allowed_models: text("allowed_models", { mode: "json" }).$type<readonly string[]>().notNull(),
    on_block: text("on_block").$type<"error" | "say">().notNull().default("error"),
    block_message: text("block_message"),
    platform_auth: text("platform_auth", { mode: "json" }).$type<PlatformAuth>().notNull(),
    assistant: text("assistant", { mode: "json" }).$type<Record<string, unknown>>(),
    assistant_callback_url: text("assistant_callback_url"),
    baa_chain: text("baa_chain", { mode: "json" }).$type<BaaChain>().notNull(),
    created_at: integer("created_at").notNull(),
    updated_at: integer("updated_at").notNull(),
    deleted_at: integer("deleted_at"),
  },
  (t) => [
    index("agents_account").on(t.account_id, t.created_at, t.id),
    // A deleted agent keeps its name, and the name is free again.
    uniqueIndex("agents_name").on(t.account_id, t.name).where(isNull(t.deleted_at)),
  ],
);

/** `mak_` keys: only the SHA-256 is kept. */
export const agentKeys = sqliteTable(
  "agent_keys",
  {
    id: text("id").primaryKey(),
    agent_id: text("agent_id")
      .notNull()
      .references(() => agents.id),
    hash: text("hash").notNull(),
    created_at: integer("created_at").notNull(),
    last_used_at: integer("last_used_at"),
  },
  (t) => [uniqueIndex("agent_keys_hash").on(t.hash), index("agent_keys_agent").on(t.agent_id)],
);

export const policies = sqliteTable(
  "policies",
  {
    id: text("id").primaryKey(),
    account_id: text("account_id")
      .notNull()
      .references(() => accounts.id),
    name: text("name").notNull(),
    current_version: integer("current_version").notNull(),
    created_at: integer("created_at").notNull(),
    deleted_at: integer("deleted_at"),
  },
  (t) => [uniqueIndex("policies_name").on(t.account_id, t.name).where(isNull(t.deleted_at))],
);

export const policyVersions = sqliteTable(
  "policy_versions",
  {
    policy_id: text("policy_id")
      .notNull()
      .references(() => policies.id),
    version: integer("version").notNull(),
    yaml: text("yaml").notNull(),
    created_at: integer("created_at").notNull(),
    created_by: text("created_by"),
  },
  (t) => [primaryKey({ columns: [t.policy_id, t.version] })],
);

/** Texts of policies that come from files, as they were when they came into force: reports name them by version. */
export const filePolicyVersions = sqliteTable(
  "file_policy_versions",
  {
    name: text("name").notNull(),
    version: integer("version").notNull(),
    yaml: text("yaml").notNull(),
    created_at: integer("created_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.name, t.version] })],
);

export const calls = sqliteTable(
  "calls",
  {
    id: text("id").primaryKey(),
    account_id: text("account_id").notNull(),
    agent_id: text("agent_id").notNull(),
    started_at: integer("started_at").notNull(),
    ended_at: integer("ended_at"),
  },
  (t) => [index("calls_agent").on(t.agent_id, t.started_at)],
);

/**
 * A projection of the audit log: one row a request. The list indexes go on with the id, so that a keyset page is one
 * descending range scan however deep it is; the count at the end lets `min_redactions` skip rows without reading them.
 */
export const sessions = sqliteTable(
  "sessions",
  {
    id: text("id").primaryKey(),
    account_id: text("account_id").notNull(),
    agent_id: text("agent_id").notNull(),
    call_id: text("call_id").notNull(),
    started_at: integer("started_at").notNull(),
    ended_at: integer("ended_at").notNull(),
    status: text("status").$type<SessionStatus>().notNull(),
    reason: text("reason"),
    redaction_count: integer("redaction_count").notNull(),
    repeated_redaction_count: integer("repeated_redaction_count").notNull(),
    redactions_by_kind: text("redactions_by_kind", { mode: "json" }).$type<CountsByKind>().notNull(),
    redactions_by_pass: text("redactions_by_pass", { mode: "json" }).$type<Record<string, number>>().notNull(),
    rehydration_failed_count: integer("rehydration_failed_count").notNull(),
    upstream: text("upstream").notNull(),
    upstream_model: text("upstream_model").notNull(),
    policy_name: text("policy_name").notNull(),
    policy_version: integer("policy_version").notNull(),
    stage_durations_ms: text("stage_durations_ms", { mode: "json" }).$type<StageDurations>().notNull(),
    added_ms: real("added_ms").notNull(),
    merkle_root_hex: text("merkle_root_hex").notNull(),
    event_count: integer("event_count").notNull(),
  },
  (t) => [
    index("sessions_agent_time").on(t.agent_id, t.started_at, t.id, t.redaction_count),
    index("sessions_account_time").on(t.account_id, t.started_at, t.id, t.redaction_count),
    index("sessions_agent_status_time").on(t.agent_id, t.status, t.started_at, t.id),
    index("sessions_account_status_time").on(t.account_id, t.status, t.started_at, t.id),
    index("sessions_agent_count").on(t.agent_id, t.redaction_count),
    index("sessions_account_count").on(t.account_id, t.redaction_count),
    index("sessions_call").on(t.call_id),
  ],
);

/** Where each event of the log lies, so that one session's events are read without walking the file. */
export const auditIndex = sqliteTable(
  "audit_index",
  {
    seq: integer("seq").primaryKey(),
    event_id: text("event_id").notNull(),
    ts: integer("ts").notNull(),
    kind: text("kind").notNull(),
    account_id: text("account_id"),
    agent_id: text("agent_id"),
    session_id: text("session_id"),
    segment: integer("segment").notNull(),
    /** Byte offset of the line in its segment, and its length without the newline. */
    offset: integer("offset").notNull(),
    length: integer("length").notNull(),
  },
  (t) => [
    index("audit_index_session").on(t.session_id, t.seq),
    index("audit_index_account").on(t.account_id, t.seq),
    index("audit_index_account_kind").on(t.account_id, t.kind, t.seq),
    index("audit_index_agent").on(t.agent_id, t.seq),
  ],
);

/** Payloads of sessions whose policy opted in, sealed; purged after their retention. */
export const payloads = sqliteTable(
  "payloads",
  {
    session_id: text("session_id").notNull(),
    stage: text("stage").$type<"request" | "masked" | "response" | "final">().notNull(),
    sealed: text("sealed").notNull(),
    created_at: integer("created_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.session_id, t.stage] }), index("payloads_created").on(t.created_at)],
);

export const reportJobs = sqliteTable("report_jobs", {
  id: text("id").primaryKey(),
  account_id: text("account_id").notNull(),
  status: text("status").$type<"queued" | "running" | "done" | "failed">().notNull(),
  progress: real("progress").notNull(),
  request: text("request", { mode: "json" }).$type<Record<string, unknown>>().notNull(),
  file: text("file"),
  error_code: text("error_code"),
  created_at: integer("created_at").notNull(),
});

/** Single values of the installation: the projection's last seq, the demo agent's id, the node's name. */
export const installation = sqliteTable("installation", {
  key: text("key").primaryKey(),
  value: text("value").notNull(),
});
