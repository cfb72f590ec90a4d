import { z } from "zod";
import { KID_PATTERN } from "../id.ts";
import { ACTIONS } from "./policy.ts";

/** Longest policy text, in characters. A deny list of a large staff directory fits. */
export const MAX_POLICY_CHARS = 1_048_576;

const MAX_LIST_ENTRIES = 20_000;

/** `_OLD` and `_FILE` are suffixes of key variables, so a key of that name could not be told from them. */
const kidSchema = z
  .string()
  .regex(KID_PATTERN)
  .refine((kid) => !/_(OLD|FILE)$/.test(kid), "must not end in _OLD or _FILE");

const literalSchema = z.string().trim().min(2).max(512);

export const entitySchema = z.strictObject({
  enabled: z.boolean().default(true),
  regex: z.boolean().default(true),
  ner: z.boolean().default(true),
  confidence_threshold: z.number().min(0).max(1).default(0.6),
  action: z.enum(ACTIONS).default("tokenize"),
  kid: kidSchema.optional(),
});

/**
 * The YAML of a policy, one to one (policy, table of fields). Names of kinds and passes are plain strings here: the parser
 * reports unknown ones under codes of their own.
 */
export const policySchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?$/i),
  version: z.literal(1),
  description: z.string().max(4096).default(""),
  kid: kidSchema,
  epsilon: z.number().min(0).default(0.5),
  tokenization: z.enum(["vault-deterministic", "reversible-aead", "synthetic"]),
  passes: z.array(z.string()).max(8),
  entities: z.record(
    z.string(),
    entitySchema.nullable().transform((rule) => rule ?? entitySchema.parse({})),
  ),
  custom: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(64),
        kind: z.string(),
        pattern: z.string(),
        context: z.array(z.string().trim().min(1).max(64)).max(64).default([]),
        check: z.string().max(32).nullable().default(null),
      }),
    )
    .max(200)
    .default([]),
  deny: z.array(literalSchema).max(MAX_LIST_ENTRIES).default([]),
  allow: z.array(literalSchema).max(MAX_LIST_ENTRIES).default([]),
  media: z.enum(["strip", "block"]).default("strip"),
  on_ner_unavailable: z.enum(["block", "regex_only"]).default("block"),
  audit: z
    .strictObject({
      log_events: z.literal(true, "masking that is not logged is refused: only true is valid").default(true),
      log_payloads: z.boolean().default(false),
      retention_days: z.int().min(0).max(36_525).default(2555),
    })
    .prefault({}),
});

export type PolicyDocument = z.infer<typeof policySchema>;
