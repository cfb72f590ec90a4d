import { z } from "zod";
import { TOKENIZATIONS } from "../policy/policy.ts";
import { timeSchema } from "./list.ts";

/** Text for people: no control characters, which break logs and terminals. */
export const labelSchema = z
  .string()
  .trim()
  .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), "must not hold control characters");

/** 1 to 64 characters, counted as people do and not in UTF-16 units. */
const agentNameSchema = labelSchema.refine((name) => {
  const length = [...name].length;
  return length >= 1 && length <= 64;
}, "must have 1 to 64 characters");

const platformSchema = z.enum(["vapi", "retell", "elevenlabs", "bolna", "livekit", "custom"]);

const headerNameSchema = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/, "must be a header name");
const secretSchema = z
  .string()
  .min(8)
  .max(512)
  .regex(/^[\x21-\x7e]+$/, "must be printable ASCII without blanks");

const httpUrlSchema = z
  .string()
  .max(2048)
  .refine((text) => {
    if (!URL.canParse(text)) return false;
    const url = new URL(text);
    return (url.protocol === "https:" || url.protocol === "http:") && url.username === "" && url.password === "";
  }, "must be an http or https URL without a user");

/** Where machines in a cloud get their credentials; no server of a clinic has an address there. */
const LINK_LOCAL = /^(?:169\.254\.|\[fe[89ab])/i;

const callbackSchema = httpUrlSchema.refine(
  (text) => !URL.canParse(text) || !LINK_LOCAL.test(new URL(text).hostname),
  "must not lead to a link-local address",
);

/** An assistant is stored, listed with its agent, and sent at the beginning of a call. */
const MAX_ASSISTANT_CHARS = 262_144;
const MAX_ASSISTANT_DEPTH = 48;

const assistantSchema = z
  .record(z.string(), z.unknown())
  .refine((assistant) => !isDeeper(assistant, MAX_ASSISTANT_DEPTH), "is nested too deeply")
  .refine(
    (assistant) => isDeeper(assistant, MAX_ASSISTANT_DEPTH) || JSON.stringify(assistant).length <= MAX_ASSISTANT_CHARS,
    `must have at most ${MAX_ASSISTANT_CHARS} characters as JSON`,
  );

/** Level by level, so that no depth exhausts the stack. */
function isDeeper(value: unknown, depth: number): boolean {
  let level: unknown[] = [value];
  for (let left = depth; left > 0 && level.length > 0; left--) {
    level = level.flatMap((node) => (typeof node === "object" && node !== null ? Object.values(node) : []));
  }
  return level.length > 0;
}

const baaPartySchema = z.strictObject({
  name: labelSchema.max(128),
  baa_date: z.iso.date().nullable().default(null),
});

const baaChainSchema = z.strictObject({
  voice_platform: baaPartySchema.optional(),
  stt: baaPartySchema.optional(),
  model: baaPartySchema.optional(),
  tts: baaPartySchema.optional(),
});

const platformAuthInput = z.strictObject({
  key_required: z.boolean().optional(),
  /** Null takes it away; without `secret` the stored one stays. */
  header: z.strictObject({ name: headerNameSchema, secret: secretSchema.optional() }).nullish(),
  hmac: z
    .strictObject({
      secret: secretSchema.optional(),
      header: headerNameSchema,
      timestamp_header: headerNameSchema.nullable().default(null),
      encoding: z.enum(["hex", "base64"]).default("hex"),
      prefix: z.string().max(32).default(""),
      required: z.boolean().default(false),
    })
    .nullish(),
  allowed_addresses: z
    .array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]))
    .max(256)
    .optional(),
});

export type PlatformAuthInput = z.infer<typeof platformAuthInput>;

const settingsInput = {
  platform: platformSchema.nullable(),
  allowed_models: z.array(z.string().min(1).max(128)).max(100),
  on_block: z.enum(["error", "say"]),
  block_message: labelSchema.min(1).max(500).nullable(),
  platform_auth: platformAuthInput,
  assistant: assistantSchema.nullable(),
  assistant_callback_url: callbackSchema.nullable(),
  baa_chain: baaChainSchema,
};

const upstreamSchema = z.string().min(1).max(256);

export const agentCreateInput = z.strictObject({
  name: agentNameSchema,
  upstream: upstreamSchema,
  tokenization: z.enum(TOKENIZATIONS).default("vault-deterministic"),
  policy_name: z.string().min(1).max(64).optional(),
  policy_yaml: z.string().min(1).optional(),
  ...z.strictObject(settingsInput).partial().shape,
});

export const agentUpdateInput = z.strictObject({
  agent_id: z.string(),
  ...z
    .strictObject({
      name: agentNameSchema,
      upstream: upstreamSchema,
      tokenization: z.enum(TOKENIZATIONS),
      policy_name: z.string().min(1).max(64),
      policy_yaml: z.string().min(1),
      ...settingsInput,
    })
    .partial().shape,
});

export type AgentSettingsInput = Omit<z.infer<typeof agentUpdateInput>, "agent_id">;

const isSet = z.object({ set: z.literal(true) });

export const agentSchema = z.object({
  id: z.string(),
  name: z.string(),
  upstream: z.string(),
  tokenization: z.enum(TOKENIZATIONS),
  policy_name: z.string(),
  policy_version: z.int(),
  platform: platformSchema.nullable(),
  allowed_models: z.array(z.string()),
  on_block: z.enum(["error", "say"]),
  block_message: z.string().nullable(),
  platform_auth: z.object({
    key_required: z.boolean(),
    header: z.object({ name: z.string(), secret: isSet }).nullable(),
    hmac: z
      .object({
        secret: isSet,
        header: z.string(),
        timestamp_header: z.string().nullable(),
        encoding: z.enum(["hex", "base64"]),
        prefix: z.string(),
        required: z.boolean(),
      })
      .nullable(),
    allowed_addresses: z.array(z.string()),
  }),
  assistant: z.record(z.string(), z.unknown()).nullable(),
  assistant_callback_url: z.string().nullable(),
  baa_chain: baaChainSchema,
  proxy_url: z.string(),
  webhook_url: z.string(),
  created_at: timeSchema,
  updated_at: timeSchema,
});

export const agentStatsSchema = z.object({
  session_count_24h: z.int(),
  session_count_7d: z.int(),
  redaction_count_24h: z.int(),
  p50_latency_ms: z.number().nullable(),
  p95_latency_ms: z.number().nullable(),
});

export const agentKeySchema = z.object({ id: z.string(), created_at: timeSchema, last_used_at: timeSchema.nullable() });
