/**
 * The rule of the chain: `this_hash = HMAC-SHA256(audit_key, prev_hash || canonical_json(line without this_hash))`, where
 * prev_hash is its hex text, and the chain begins after 64 zeros. Headers of segments are chained like events.
 */
import { createHmac } from "node:crypto";
import { canonicalMembers, isCanonical } from "./canonical.ts";

/** `prev_hash` of the first line of the first segment. */
export const GENESIS_HASH = "0".repeat(64);

const HASH_MEMBER = Buffer.from('"this_hash":"');
const HASH_LENGTH = 64;

/** A line ready for the file: canonical JSON without its newline. */
export interface ChainedLine {
  readonly text: string;
  readonly this_hash: string;
}

/** HMAC-SHA256 in hex over the previous hash and the rest of a line. */
export function chainHash(key: Uint8Array, prevHash: string, ...rest: readonly (string | Uint8Array)[]): string {
  const hmac = createHmac("sha256", key).update(prevHash);
  for (const part of rest) hmac.update(part);
  return hmac.digest("hex");
}

/** Chains `fields` (without hashes) after `prevHash`. */
export function chainLine(key: Uint8Array, prevHash: string, fields: Readonly<Record<string, unknown>>): ChainedLine {
  const members = canonicalMembers({ ...fields, prev_hash: prevHash });
  const texts = members.map(({ text }) => text);
  const this_hash = chainHash(key, prevHash, `{${texts.join(",")}}`);
  const place = members.findIndex(({ name }) => name > "this_hash");
  texts.splice(place < 0 ? texts.length : place, 0, `"this_hash":"${this_hash}"`);
  return { text: `{${texts.join(",")}}`, this_hash };
}

/** Why a line does not stand; the words are shown to people. */
export type LineFault =
  | "is not JSON"
  | "is not in canonical form"
  | "has no this_hash"
  | "does not follow the line before it"
  | "was changed: its hash does not fit its content";

export type CheckedLine =
  | { readonly ok: true; readonly record: Readonly<Record<string, unknown>>; readonly this_hash: string }
  | { readonly ok: false; readonly fault: LineFault; readonly record: Readonly<Record<string, unknown>> | null };

/**
 * Checks one stored line (bytes `start` to `end` of `buffer`, without newline) against the hash before it. `prevHash` null
 * takes the line's own word for what came before, which is how a copy that begins in the middle is read.
 * The hash is taken over the stored bytes, not over a re-encoding, so that no byte escapes it.
 */
export function checkLine(
  key: Uint8Array,
  prevHash: string | null,
  buffer: Buffer,
  start: number,
  end: number,
): CheckedLine {
  const text = buffer.toString("utf8", start, end);
  const record = parseObject(text);
  if (record === null) return { ok: false, fault: "is not JSON", record };
  if (!isCanonical(text, record)) return { ok: false, fault: "is not in canonical form", record };
  const stored = record.this_hash;
  const member = buffer.indexOf(HASH_MEMBER, start);
  const after = member + HASH_MEMBER.length + HASH_LENGTH;
  if (typeof stored !== "string" || stored.length !== HASH_LENGTH || member < 0 || after + 2 > end) {
    return { ok: false, fault: "has no this_hash", record };
  }
  const prev = record.prev_hash;
  if (typeof prev !== "string" || (prevHash !== null && prev !== prevHash)) {
    return { ok: false, fault: "does not follow the line before it", record };
  }
  // Members follow this_hash in every line (`ts` or `v`), so its comma stands behind it.
  const computed = chainHash(key, prev, buffer.subarray(start, member), buffer.subarray(after + 2, end));
  if (computed !== stored) {
    return { ok: false, fault: "was changed: its hash does not fit its content", record };
  }
  return { ok: true, record, this_hash: stored };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
