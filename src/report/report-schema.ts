import { z } from "zod";
import { KIND_NAMES } from "../detect/kind.ts";

/**
 * `Masker Audit Schema v1`: the JSON form of a compliance report. Numbers are whole, so that any language writes its canonical
 * form (RFC 8785) alike. No field has room for an identifier of a patient.
 */
export const REPORT_SCHEMA = "Masker Audit Schema v1";

/** The 18 identifiers of 45 CFR 164.514(b)(2)(i), under the names of the report. */
export const SAFE_HARBOR = {
  A_names: "Names",
  B_geo: "Geographic subdivisions smaller than a state",
  C_dates: "Dates other than a year, and ages over 89",
  D_phone: "Telephone numbers",
  E_fax: "Fax numbers",
  F_email: "E-mail addresses",
  G_ssn: "Social security numbers",
  H_mrn: "Medical record numbers",
  I_health_plan: "Health plan beneficiary numbers",
  J_account: "Account numbers",
  K_license: "Certificate and licence numbers",
  L_vehicle: "Vehicle identifiers",
  M_device: "Device identifiers",
  N_url: "Web addresses",
  O_ip: "IP addresses",
  P_biometric: "Biometric identifiers",
  Q_photo: "Full-face photographs and comparable images",
  R_other: "Any other unique number or code",
} as const;

export type SafeHarborField = keyof typeof SAFE_HARBOR;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const time = z.iso.datetime();
const count = z.int().min(0);
const counts = z.partialRecord(z.enum(KIND_NAMES), count);

export const coverageRow = z.strictObject({
  status: z.enum(["full", "partial", "in_progress", "na"]),
  cases: count,
  covered: count,
  /** Percent of cases fully covered, and the bounds of the 95 % Wilson interval, in hundredths of a percent. */
  recall_bp: count,
  low_bp: count,
  high_bp: count,
});

const party = z.strictObject({ name: z.string(), baa_date: z.string().nullable() });

const sessionLine = z.strictObject({
  id: z.string(),
  agent_id: z.string(),
  started_at: time,
  status: z.enum(["ok", "error", "partial"]),
  redaction_count: count,
  repeated_redaction_count: count,
  merkle_root_hex: hash,
});

/** Everything that is signed; the signature stands beside it. */
const reportBody = z.strictObject({
  id: z.string(),
  schema: z.literal(REPORT_SCHEMA),
  scope: z.enum(["session", "agent", "account"]),
  session_id: z.string().nullable(),
  agent_id: z.string().nullable(),
  account_id: z.string(),
  account_name: z.string(),
  window: z.strictObject({ since: time, until: time }),
  generated_at: time,
  generator: z.strictObject({ version: z.string(), commit: z.string(), node: z.string() }),
  merkle_root_hex: hash,
  audit: z.strictObject({
    start_hash: hash,
    end_hash: hash,
    first_seq: count,
    last_seq: count,
    event_count: count,
    verified: z.literal(true),
    verified_from: z.string(),
  }),
  redaction_count: count,
  repeated_redaction_count: count,
  redactions_by_kind: counts,
  redactions_by_pass: z.strictObject({ regex: count, ner: count }),
  actions: z.partialRecord(z.enum(["tokenize", "redact", "passthrough", "generalize", "block"]), count),
  phi_summary: z.partialRecord(z.enum(KIND_NAMES), z.strictObject({ detected: count, rehydrated: count })),
  session_count: count,
  sessions_by_status: z.strictObject({ ok: count, error: count, partial: count }),
  sessions_without_model: count,
  sessions: z.array(sessionLine),
  agents: z.array(z.strictObject({ id: z.string(), name: z.string(), baa_chain: z.partialRecord(z.string(), party) })),
  policy_snapshot: z.array(z.strictObject({ name: z.string(), version: count, yaml: z.string().nullable() })),
  upstreams: z.array(z.strictObject({ upstream: z.string(), model: z.string(), sessions: count })),
  safe_harbor_coverage: z.strictObject(
    Object.fromEntries(Object.keys(SAFE_HARBOR).map((field) => [field, coverageRow])) as Record<
      SafeHarborField,
      typeof coverageRow
    >,
  ),
  coverage_basis: z.strictObject({ commit: z.string(), definition: z.string() }),
  pci: z.strictObject({
    card_data_seen: z.boolean(),
    cards_detected: count,
    luhn_checked: z.literal(true),
    masked_before_egress: z.boolean(),
  }),
  leaks: z.strictObject({
    count,
    /** The first thousand; `count` tells of all. */
    items: z.array(
      z.strictObject({ session_id: z.string(), event_id: z.string(), kind: z.enum(KIND_NAMES), place: z.string() }),
    ),
  }),
  retention: z.strictObject({
    payload_days: count,
    session_days: count,
    vault_days: count,
    key_rotation_grace_days: count,
    audit_days: count,
  }),
  statements: z.array(z.string()),
});

export const reportSchema = reportBody.extend({
  signature: z.strictObject({
    alg: z.literal("Ed25519"),
    key_id: z.string(),
    /** 32 bytes in base64. */
    public_key: z.string(),
    /** Over the canonical JSON (RFC 8785) of the report without `signature`, in base64. */
    sig: z.string(),
  }),
});

export type ReportBody = z.infer<typeof reportBody>;
export type SessionLine = z.infer<typeof sessionLine>;
export type Report = z.infer<typeof reportSchema>;

/** JSON Schema (draft 2020-12) of the JSON form, as `GET /api/v1/reports/schema` serves it. */
export function reportJsonSchema(): Record<string, unknown> {
  return { title: REPORT_SCHEMA, ...z.toJSONSchema(reportSchema) };
}
