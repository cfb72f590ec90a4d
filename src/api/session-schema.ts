import { z } from "zod";
import type { NamedSessionRow } from "../db/sessions.ts";
import { KIND_NAMES } from "../detect/kind.ts";
import { timeSchema } from "./list.ts";
import { timestamp } from "./since.ts";

export const statusSchema = z.enum(["ok", "error", "partial"]);
export const kindSchema = z.enum(KIND_NAMES);
export const countsSchema = z.partialRecord(kindSchema, z.int());

/** The seed's eight fields, no more and no fewer. */
export const sessionSummary = z.object({
  id: z.string(),
  agent_id: z.string(),
  started_at: timeSchema,
  ended_at: timeSchema,
  duration_ms: z.int(),
  status: statusSchema,
  redaction_count: z.int(),
  redactions_by_kind: countsSchema,
});

/** What a list over all agents adds. */
export const namedSummary = sessionSummary.extend({ agent_name: z.string(), upstream_model: z.string() });

export const sessionEvent = z.object({
  event_id: z.string(),
  pass: z.enum(["regex", "ner"]),
  entity_kind: kindSchema,
  span: z.tuple([z.int(), z.int()]),
  slot: z.string(),
  message_index: z.int().nullable(),
  confidence: z.number(),
  action: z.string(),
  token_kind: z.string().nullable(),
  kid: z.string().nullable(),
  /** True: the token came back and was replaced. False: it did not come back. Null: there was none, or no answer. */
  rehydrated: z.boolean().nullable(),
});

export const sessionFull = namedSummary.extend({
  reason: z.string().nullable(),
  policy_name: z.string(),
  policy_version: z.int(),
  call_id: z.string(),
  repeated_redaction_count: z.int(),
  redactions_by_pass: z.record(z.string(), z.int()),
  rehydration_failed_count: z.int(),
  upstream: z.string(),
  merkle_root_hex: z.string(),
  stage_durations_ms: z.object({
    detection: z.number(),
    tokenize: z.number(),
    upstream: z.number(),
    rehydrate: z.number(),
  }),
  added_ms: z.number(),
  events: z.array(sessionEvent),
  payloads: z.object({
    request: z.string().nullable(),
    masked: z.string().nullable(),
    response: z.string().nullable(),
    final: z.string().nullable(),
  }),
  /** Why the payloads are there or not. */
  payloads_state: z.enum(["available", "not_kept", "expired", "not_permitted"]),
});

export function showSummary(row: NamedSessionRow): z.infer<typeof sessionSummary> {
  return {
    id: row.id,
    agent_id: row.agent_id,
    started_at: timestamp(row.started_at),
    ended_at: timestamp(row.ended_at),
    duration_ms: row.ended_at - row.started_at,
    status: row.status,
    redaction_count: row.redaction_count,
    redactions_by_kind: row.redactions_by_kind,
  };
}

export function showNamed(row: NamedSessionRow): z.infer<typeof namedSummary> {
  return { ...showSummary(row), agent_name: row.agent_name ?? row.agent_id, upstream_model: row.upstream_model };
}
