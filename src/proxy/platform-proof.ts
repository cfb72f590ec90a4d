/**
 * How voice platforms prove themselves: an HMAC over the raw body, with or without a timestamp, or a plain secret in a
 * header (protocols 1.3). All comparisons take a time that tells nothing.
 */
import { createHmac } from "node:crypto";
import { equalSecrets } from "../crypto/secret.ts";

/** Signatures older or newer than this are refused. */
const REPLAY_WINDOW_MS = 5 * 60_000;

export interface HmacForm {
  readonly secret: string;
  /** Lower-case header of the signature. */
  readonly header: string;
  /** Lower-case header of the timestamp; null: the signature is over the body alone. */
  readonly timestampHeader: string | null;
  /** Null: hex and base64 are both read. */
  readonly encoding: "hex" | "base64" | null;
  /** What stands before the signature (`sha256=`); stripped when present. */
  readonly prefix: string;
}

export type Proof = "absent" | "valid" | "invalid";

/** Checks HMAC-SHA256 of `timestamp.body`, or of the body when no timestamp is sent and none is demanded. */
export function checkHmac(headers: Headers, body: Uint8Array, form: HmacForm, nowMs: number): Proof {
  const sent = headers.get(form.header);
  if (sent === null) return "absent";
  const timestamp = form.timestampHeader === null ? null : headers.get(form.timestampHeader);
  // With a timestamp only the timestamped form counts: else a signature over the body alone could be replayed under a new one.
  if (form.timestampHeader !== null && timestamp === null) return "invalid";
  return isSignature(sent, { ...form, body, timestamp, nowMs }) ? "valid" : "invalid";
}

function isSignature(
  sent: string,
  on: HmacForm & { readonly body: Uint8Array; readonly timestamp: string | null; readonly nowMs: number },
): boolean {
  if (on.timestamp !== null && !isFresh(on.timestamp, on.nowMs)) return false;
  const mac = createHmac("sha256", on.secret);
  if (on.timestamp !== null) mac.update(`${on.timestamp}.`);
  const digest = mac.update(on.body).digest();
  const given = sent.startsWith(on.prefix) ? sent.slice(on.prefix.length) : sent;
  const hex = on.encoding !== "base64" && equalSecrets(given.toLowerCase(), digest.toString("hex"));
  const base64 = on.encoding !== "hex" && equalSecrets(given, digest.toString("base64"));
  return hex || base64;
}

/** Seconds or milliseconds: the unit is not documented, and a value over 1e11 cannot be seconds of this era. */
function isFresh(timestamp: string, nowMs: number): boolean {
  if (!/^\d{9,14}$/.test(timestamp)) return false;
  const value = Number(timestamp);
  return Math.abs(nowMs - (value > 1e11 ? value : value * 1000)) <= REPLAY_WINDOW_MS;
}

const SIGNATURE_HEADERS = ["x-vapi-signature", "x-signature"] as const;
const TIMESTAMP_HEADERS: Readonly<Record<(typeof SIGNATURE_HEADERS)[number], readonly string[]>> = {
  "x-vapi-signature": ["x-vapi-timestamp", "x-timestamp"],
  "x-signature": ["x-timestamp"],
};

/**
 * Checks a Vapi request against the installation's webhook secret, in every form that its servers send: HMAC with a
 * timestamp, HMAC of the body, the plain secret in `X-Vapi-Secret` or `X-Vapi-Signature`, or a bearer token.
 * `bearer` says whether an `Authorization` header counts as a proof that was sent.
 */
export function checkVapiSecret(
  headers: Headers,
  body: Uint8Array,
  secret: string,
  options: { readonly nowMs: number; readonly bearer: boolean },
): Proof {
  for (const header of SIGNATURE_HEADERS) {
    const sent = headers.get(header);
    if (sent === null) continue;
    const timestampHeader = TIMESTAMP_HEADERS[header].find((name) => headers.has(name)) ?? null;
    const form = { secret, header, timestampHeader, encoding: null, prefix: "sha256=" };
    if (checkHmac(headers, body, form, options.nowMs) === "valid") return "valid";
    const plain = header === "x-vapi-signature" && timestampHeader === null && equalSecrets(sent, secret);
    return plain ? "valid" : "invalid";
  }
  const sent = headers.get("x-vapi-secret") ?? (options.bearer ? bearerOf(headers) : null);
  if (sent === null) return "absent";
  return equalSecrets(sent, secret) ? "valid" : "invalid";
}

/** The token of an `Authorization: Bearer` header, null without one. */
export function bearerOf(headers: Headers): string | null {
  return /^Bearer +(\S+) *$/i.exec(headers.get("authorization") ?? "")?.[1] ?? null;
}
