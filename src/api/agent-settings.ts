import { sealPlatformSecret } from "../auth/platform-secret.ts";
import type { AgentPatch, AgentRow } from "../db/agents.ts";
import type { PlatformAuth } from "../db/schema.ts";
import { MaskerError } from "../errors.ts";
import type { AgentSettingsInput, PlatformAuthInput } from "./agent-schema.ts";
import type { ApiDeps } from "./deps.ts";
import { timestamp } from "./since.ts";

/** The columns that a request's settings change, validated against what is configured. */
export function settingsPatch(
  deps: Pick<ApiDeps, "upstreams" | "config">,
  given: Omit<AgentSettingsInput, "policy_yaml">,
  current: Pick<AgentRow, "id" | "platform_auth" | "on_block" | "block_message">,
): AgentPatch {
  if (given.upstream !== undefined) deps.upstreams.resolve(given.upstream);
  const { platform_auth, ...plain } = given;
  const patch: AgentPatch = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
  const onBlock = patch.on_block ?? current.on_block;
  const message = patch.block_message === undefined ? current.block_message : patch.block_message;
  if (onBlock === "say" && !message) throw invalid("block_message", "is needed when on_block is say");
  return platform_auth === undefined
    ? patch
    : { ...patch, platform_auth: mergePlatformAuth(deps, platform_auth, current) };
}

/** A secret that is not sent again stays as it is stored; the clients never get to see it. */
function mergePlatformAuth(
  deps: Pick<ApiDeps, "config">,
  given: PlatformAuthInput,
  current: Pick<AgentRow, "id" | "platform_auth">,
): PlatformAuth {
  const sealedSecret = (field: "header" | "hmac", secret: string | undefined): string => {
    const stored = current.platform_auth[field]?.secret_sealed;
    if (secret !== undefined) return sealPlatformSecret(deps.config.keys.session, current.id, field, secret);
    if (stored === undefined) throw invalid(`platform_auth.${field}.secret`, "is needed");
    return stored;
  };
  const before = current.platform_auth;
  const header =
    given.header === undefined
      ? before.header
      : given.header && { name: given.header.name, secret_sealed: sealedSecret("header", given.header.secret) };
  const hmac = given.hmac === undefined ? before.hmac : given.hmac && hmacOf(given.hmac, sealedSecret);
  const addresses = given.allowed_addresses ?? before.allowed_addresses;
  return {
    key_required: given.key_required ?? before.key_required,
    ...(header ? { header } : {}),
    ...(hmac ? { hmac } : {}),
    ...(addresses ? { allowed_addresses: addresses } : {}),
  };
}

function hmacOf(
  { secret, ...rest }: NonNullable<PlatformAuthInput["hmac"]>,
  sealedSecret: (field: "hmac", secret: string | undefined) => string,
): NonNullable<PlatformAuth["hmac"]> {
  return { ...rest, secret_sealed: sealedSecret("hmac", secret) };
}

/** An agent as the API shows it: every secret as `{"set": true}`. */
export function showAgent(deps: Pick<ApiDeps, "policies" | "baseUrl">, row: AgentRow) {
  const { header, hmac, key_required, allowed_addresses } = row.platform_auth;
  const { secret_sealed: _, ...hmacShown } = hmac ?? { secret_sealed: "" };
  const set = { set: true } as const;
  return {
    id: row.id,
    name: row.name,
    upstream: row.upstream,
    tokenization: row.tokenization,
    policy_name: row.policy_name,
    policy_version: deps.policies.get(row.account_id, row.policy_name)?.revision ?? 0,
    platform: row.platform,
    allowed_models: [...row.allowed_models],
    on_block: row.on_block,
    block_message: row.block_message,
    platform_auth: {
      key_required,
      header: header ? { name: header.name, secret: set } : null,
      hmac: hmac ? { ...(hmacShown as Omit<typeof hmac, "secret_sealed">), secret: set } : null,
      allowed_addresses: [...(allowed_addresses ?? [])],
    },
    assistant: row.assistant,
    assistant_callback_url: row.assistant_callback_url,
    baa_chain: row.baa_chain,
    proxy_url: `${deps.baseUrl()}/proxy/${row.id}/v1/chat/completions`,
    webhook_url: `${deps.baseUrl()}/vapi/webhook/${row.id}`,
    created_at: timestamp(row.created_at),
    updated_at: timestamp(row.updated_at),
  };
}

function invalid(path: string, message: string): MaskerError {
  return new MaskerError("validation_failed", { details: [{ path, message }] });
}
