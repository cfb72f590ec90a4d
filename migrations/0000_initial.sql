-- First shape of masker.db. Never edited after a release: a change is a further file, listed in src/db/migrations.ts.
CREATE TABLE "accounts" (
  "id" text PRIMARY KEY NOT NULL,
  "name" text NOT NULL,
  "plan" text NOT NULL DEFAULT 'self-hosted',
  "created_at" integer NOT NULL
) STRICT;

CREATE TABLE "agent_keys" (
  "id" text PRIMARY KEY NOT NULL,
  "agent_id" text NOT NULL REFERENCES "agents" ("id"),
  "hash" text NOT NULL,
  "created_at" integer NOT NULL,
  "last_used_at" integer
) STRICT;
CREATE UNIQUE INDEX "agent_keys_hash" ON "agent_keys" ("hash");
CREATE INDEX "agent_keys_agent" ON "agent_keys" ("agent_id");

CREATE TABLE "agents" (
  "id" text PRIMARY KEY NOT NULL,
  "account_id" text NOT NULL REFERENCES "accounts" ("id"),
  "name" text NOT NULL,
  "upstream" text NOT NULL,
  "tokenization" text NOT NULL,
  "policy_name" text NOT NULL,
  "platform" text,
  "allowed_models" text NOT NULL,
  "on_block" text NOT NULL DEFAULT 'error',
  "block_message" text,
  "platform_auth" text NOT NULL,
  "assistant" text,
  "assistant_callback_url" text,
  "baa_chain" text NOT NULL,
  "created_at" integer NOT NULL,
  "updated_at" integer NOT NULL,
  "deleted_at" integer
) STRICT;
CREATE INDEX "agents_account" ON "agents" ("account_id", "created_at", "id");
CREATE UNIQUE INDEX "agents_name" ON "agents" ("account_id", "name") WHERE "deleted_at" IS NULL;

CREATE TABLE "api_tokens" (
  "id" text PRIMARY KEY NOT NULL,
  "account_id" text NOT NULL REFERENCES "accounts" ("id"),
  "user_id" text REFERENCES "users" ("id"),
  "name" text NOT NULL,
  "hash" text NOT NULL,
  "permissions" text NOT NULL,
  "created_at" integer NOT NULL,
  "expires_at" integer,
  "last_used_at" integer
) STRICT;
CREATE UNIQUE INDEX "api_tokens_hash" ON "api_tokens" ("hash");
CREATE INDEX "api_tokens_account" ON "api_tokens" ("account_id");

CREATE TABLE "audit_index" (
  "seq" integer PRIMARY KEY NOT NULL,
  "event_id" text NOT NULL,
  "ts" integer NOT NULL,
  "kind" text NOT NULL,
  "account_id" text,
  "agent_id" text,
  "session_id" text,
  "segment" integer NOT NULL,
  "offset" integer NOT NULL,
  "length" integer NOT NULL
) STRICT;
CREATE INDEX "audit_index_session" ON "audit_index" ("session_id", "seq");
CREATE INDEX "audit_index_account" ON "audit_index" ("account_id", "seq");
CREATE INDEX "audit_index_account_kind" ON "audit_index" ("account_id", "kind", "seq");
CREATE INDEX "audit_index_agent" ON "audit_index" ("agent_id", "seq");

CREATE TABLE "auth_sessions" (
  "hash" text PRIMARY KEY NOT NULL,
  "user_id" text NOT NULL REFERENCES "users" ("id"),
  "created_at" integer NOT NULL,
  "last_seen_at" integer NOT NULL,
  "expires_at" integer NOT NULL
) STRICT;
CREATE INDEX "auth_sessions_user" ON "auth_sessions" ("user_id");

CREATE TABLE "calls" (
  "id" text PRIMARY KEY NOT NULL,
  "account_id" text NOT NULL,
  "agent_id" text NOT NULL,
  "started_at" integer NOT NULL,
  "ended_at" integer
) STRICT;
CREATE INDEX "calls_agent" ON "calls" ("agent_id", "started_at");

CREATE TABLE "file_policy_versions" (
  "name" text NOT NULL,
  "version" integer NOT NULL,
  "yaml" text NOT NULL,
  "created_at" integer NOT NULL,
  PRIMARY KEY ("name", "version")
) STRICT;

CREATE TABLE "installation" (
  "key" text PRIMARY KEY NOT NULL,
  "value" text NOT NULL
) STRICT;

CREATE TABLE "one_time_tokens" (
  "hash" text PRIMARY KEY NOT NULL,
  "purpose" text NOT NULL,
  "user_id" text REFERENCES "users" ("id"),
  "created_at" integer NOT NULL,
  "expires_at" integer NOT NULL,
  "used_at" integer
) STRICT;

CREATE TABLE "payloads" (
  "session_id" text NOT NULL,
  "stage" text NOT NULL,
  "sealed" text NOT NULL,
  "created_at" integer NOT NULL,
  PRIMARY KEY ("session_id", "stage")
) STRICT;
CREATE INDEX "payloads_created" ON "payloads" ("created_at");

CREATE TABLE "policies" (
  "id" text PRIMARY KEY NOT NULL,
  "account_id" text NOT NULL REFERENCES "accounts" ("id"),
  "name" text NOT NULL,
  "current_version" integer NOT NULL,
  "created_at" integer NOT NULL,
  "deleted_at" integer
) STRICT;
CREATE UNIQUE INDEX "policies_name" ON "policies" ("account_id", "name") WHERE "deleted_at" IS NULL;

CREATE TABLE "policy_versions" (
  "policy_id" text NOT NULL REFERENCES "policies" ("id"),
  "version" integer NOT NULL,
  "yaml" text NOT NULL,
  "created_at" integer NOT NULL,
  "created_by" text,
  PRIMARY KEY ("policy_id", "version")
) STRICT;

CREATE TABLE "report_jobs" (
  "id" text PRIMARY KEY NOT NULL,
  "account_id" text NOT NULL,
  "status" text NOT NULL,
  "progress" real NOT NULL,
  "request" text NOT NULL,
  "file" text,
  "error_code" text,
  "created_at" integer NOT NULL
) STRICT;

CREATE TABLE "sessions" (
  "id" text PRIMARY KEY NOT NULL,
  "account_id" text NOT NULL,
  "agent_id" text NOT NULL,
  "call_id" text NOT NULL,
  "started_at" integer NOT NULL,
  "ended_at" integer NOT NULL,
  "status" text NOT NULL,
  "reason" text,
  "redaction_count" integer NOT NULL,
  "repeated_redaction_count" integer NOT NULL,
  "redactions_by_kind" text NOT NULL,
  "redactions_by_pass" text NOT NULL,
  "rehydration_failed_count" integer NOT NULL,
  "upstream" text NOT NULL,
  "upstream_model" text NOT NULL,
  "policy_name" text NOT NULL,
  "policy_version" integer NOT NULL,
  "stage_durations_ms" text NOT NULL,
  "added_ms" real NOT NULL,
  "merkle_root_hex" text NOT NULL,
  "event_count" integer NOT NULL
) STRICT;
CREATE INDEX "sessions_agent_time" ON "sessions" ("agent_id", "started_at", "id", "redaction_count");
CREATE INDEX "sessions_account_time" ON "sessions" ("account_id", "started_at", "id", "redaction_count");
CREATE INDEX "sessions_agent_status_time" ON "sessions" ("agent_id", "status", "started_at", "id");
CREATE INDEX "sessions_account_status_time" ON "sessions" ("account_id", "status", "started_at", "id");
CREATE INDEX "sessions_agent_count" ON "sessions" ("agent_id", "redaction_count");
CREATE INDEX "sessions_account_count" ON "sessions" ("account_id", "redaction_count");
CREATE INDEX "sessions_call" ON "sessions" ("call_id");

CREATE TABLE "users" (
  "id" text PRIMARY KEY NOT NULL,
  "account_id" text NOT NULL REFERENCES "accounts" ("id"),
  "email" text NOT NULL,
  "name" text NOT NULL,
  "role" text NOT NULL,
  "password_hash" text,
  "totp_sealed" text,
  "totp_pending_sealed" text,
  "totp_last_step" integer,
  "github_id" integer,
  "github_login" text,
  "oidc_subject" text,
  "avatar_url" text,
  "created_at" integer NOT NULL,
  "last_seen_at" integer,
  "disabled_at" integer
) STRICT;
CREATE UNIQUE INDEX "users_email" ON "users" ("email");
CREATE UNIQUE INDEX "users_github" ON "users" ("github_id");
CREATE UNIQUE INDEX "users_oidc" ON "users" ("oidc_subject");
CREATE INDEX "users_account" ON "users" ("account_id");
