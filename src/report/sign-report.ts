import { canonicalJson } from "../audit/canonical.ts";
import { isSignedBy, keyIdOf, type Signer } from "../audit/signing.ts";
import { type Report, type ReportBody, reportSchema } from "./report-schema.ts";

/** What a report says of its signature. @param canonical bytes of the report's canonical JSON (RFC 8785) without it */
export function signatureOf(signer: Signer, canonical: Uint8Array): Report["signature"] {
  return {
    alg: "Ed25519",
    key_id: signer.keyId,
    public_key: Buffer.from(signer.publicKey).toString("base64"),
    sig: signer.sign(canonical),
  };
}

export interface ReportVerdict {
  readonly ok: boolean;
  /** For people: what was checked, or what is wrong. */
  readonly message: string;
  readonly report_id: string | null;
  readonly key_id: string | null;
}

/** The JSON form as it is handed out. */
export function formatReport(report: unknown): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

/**
 * Checks the JSON form.
 * @param trusted 32 bytes: the public key of the installation, got on another way. Without it the key in the report is used,
 * which shows that the report was not changed, not who made it.
 */
export function verifyReportJson(text: string, trusted: Uint8Array | null): ReportVerdict {
  const raw = parse(text);
  const parsed = reportSchema.safeParse(raw);
  // Another spelling of the same JSON could hold a field twice, and readers would differ in which one they believe.
  if (!parsed.success || !isPlainForm(raw, text))
    return refuse("This is no Masker report, or a field of it was added, removed or changed.");
  const { signature, ...body } = parsed.data;
  const stated = new Uint8Array(Buffer.from(signature.public_key, "base64"));
  const facts = { report_id: body.id, key_id: signature.key_id };
  if (trusted !== null && !Buffer.from(trusted).equals(stated)) {
    return { ok: false, message: "The report was signed by another installation.", ...facts };
  }
  if (stated.length !== 32 || keyIdOf(stated) !== signature.key_id) {
    return { ok: false, message: "The key in the report is not the one that it names.", ...facts };
  }
  if (!fits(stated, body, signature.sig)) {
    return { ok: false, message: "The signature does not fit: the report was changed after it was signed.", ...facts };
  }
  const by =
    trusted === null ? `by the key ${signature.key_id}, which the report itself brought` : "by this installation";
  return { ok: true, message: `The report is as it was signed ${by}.`, ...facts };
}

/** A verdict about something that is no report at all. */
export function refuse(message: string): ReportVerdict {
  return { ok: false, message, report_id: null, key_id: null };
}

/** Indented as it was handed out, or compact as programs pass it on; nothing can stand twice in either. */
function isPlainForm(raw: unknown, text: string): boolean {
  return formatReport(raw) === text || JSON.stringify(raw) === text;
}

function fits(publicKey: Uint8Array, body: ReportBody, signature: string): boolean {
  try {
    return isSignedBy(publicKey, canonicalJson(body), signature);
  } catch {
    // A lone surrogate has no canonical form, so nobody signed it.
    return false;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
