/**
 * The rule of the chain: `this_hash = HMAC-SHA256(audit_key, prev_hash || canonical_json(line without this_hash))`, where
 * prev_hash is its hex text, and the chain begins after 64 zeros. Headers of segments are chained like events.
 */
import { createHmac } from "node:crypto";
import { canonicalMembers, isCanonical } from "./canonical.ts";
import type { EventKind } from "./event.ts";
import { type Scan, scanEvent, spells } from "./scan.ts";

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
function chainHash(key: Uint8Array, prevHash: string, ...rest: readonly (string | Uint8Array)[]): string {
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

/** The fast check of events in a row: it accepts, or leaves the line to `checkLine`. */
export class EventChecker {
  /** The key's part of the HMAC is computed once and copied. */
  readonly #keyed: Bun.CryptoHasher;
  readonly #scan: Scan = { prevHash: 0, thisHash: 0, seq: 0, kind: 0 };

  constructor(key: Uint8Array) {
    this.#keyed = new Bun.CryptoHasher("sha256", key);
  }

  /** this_hash of the event in bytes `start` to `end` when it is event `seq` and follows `prevHash`; else null. */
  check(prevHash: string, seq: number, buffer: Buffer, start: number, end: number): string | null {
    const scan = this.#scan;
    if (!scanEvent(buffer, start, end, scan) || scan.seq !== seq) return null;
    if (buffer.toString("latin1", scan.prevHash, scan.prevHash + HASH_LENGTH) !== prevHash) return null;
    const member = scan.thisHash - HASH_MEMBER.length;
    const after = scan.thisHash + HASH_LENGTH + 2;
    if (after > end) return null;
    const hasher = this.#keyed.copy();
    hasher.update(prevHash);
    hasher.update(buffer.subarray(start, member));
    hasher.update(buffer.subarray(after, end));
    const computed = hasher.digest("hex");
    return computed === buffer.toString("latin1", scan.thisHash, scan.thisHash + HASH_LENGTH) ? computed : null;
  }

  /** Whether the event that was accepted last, in the same buffer, is of that kind. */
  lastIs(kind: EventKind, buffer: Buffer): boolean {
    return this.#scan.kind > 0 && spells(buffer, this.#scan.kind, `${kind}"`);
  }
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
