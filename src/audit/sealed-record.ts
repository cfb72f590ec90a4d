/**
 * A record that is authentic by itself, outside the chain (checkpoints, tombstones): signed with Ed25519 for whoever holds
 * the public key, and with an HMAC under the audit key for whoever holds that one. The signature covers the canonical JSON
 * of the fields, the HMAC that of the fields and the signature; its input begins with the record's purpose, so that it can
 * never be taken for a line of the chain.
 */
import { createHmac } from "node:crypto";
import { canonicalJson, isCanonical } from "./canonical.ts";
import { isSignedBy, type Signer } from "./signing.ts";

export type RecordPurpose = "checkpoint" | "tombstone";

/** What a reader has to check a record with; at least one of the two. */
export interface RecordKeys {
  readonly key?: Uint8Array | undefined;
  readonly publicKey?: Uint8Array | undefined;
}

/** Canonical line of `fields` with their seal. */
export function sealRecord(
  purpose: RecordPurpose,
  fields: Readonly<Record<string, unknown>>,
  keys: { readonly key: Uint8Array; readonly signer: Signer },
): string {
  const named = { ...fields, key_id: keys.signer.keyId };
  const signed = { ...named, sig: keys.signer.sign(canonicalJson(named)) };
  return canonicalJson({ ...signed, mac: macOf(keys.key, purpose, canonicalJson(signed)) });
}

/** The fields of a line that `sealRecord` made, or null when it is not canonical or one of the given keys refuses it. */
export function openRecord(
  purpose: RecordPurpose,
  line: string,
  keys: RecordKeys,
): Readonly<Record<string, unknown>> | null {
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof record !== "object" || record === null || !isCanonical(line, record)) return null;
  const { mac, sig, ...fields } = record as Record<string, unknown>;
  if (typeof mac !== "string" || typeof sig !== "string") return null;
  if (keys.key !== undefined && macOf(keys.key, purpose, canonicalJson({ ...fields, sig })) !== mac) return null;
  if (keys.publicKey !== undefined && !isSignedBy(keys.publicKey, canonicalJson(fields), sig)) return null;
  return keys.key === undefined && keys.publicKey === undefined ? null : fields;
}

function macOf(key: Uint8Array, purpose: RecordPurpose, message: string): string {
  return createHmac("sha256", key).update(`${purpose}\n`).update(message).digest("hex");
}
