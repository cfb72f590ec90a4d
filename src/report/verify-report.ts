import { readAttachment } from "./pdf/read-attachment.ts";
import { isSealedPdf } from "./pdf/seal-pdf.ts";
import { ATTACHMENT } from "./pdf/write-pdf.ts";
import { reportSchema } from "./report-schema.ts";
import { type ReportVerdict, refuse, verifyReportJson } from "./sign-report.ts";

/** Over a million sessions: more than a verifier should be made to swallow. */
const MAX_REPORT_BYTES = 512 << 20;

/**
 * Checks either form, offline. Of a PDF both the attached JSON and the seal over the file's bytes must fit, under one key.
 * @param trusted 32 bytes: the installation's public key got on another way, or null
 */
export async function verifyReport(bytes: Uint8Array, trusted: Uint8Array | null): Promise<ReportVerdict> {
  if (bytes.length > MAX_REPORT_BYTES) return refuse("The file is larger than any report.");
  const isPdf = new TextDecoder("latin1").decode(bytes.subarray(0, 5)) === "%PDF-";
  if (!isPdf) return verifyReportJson(decode(bytes), trusted);
  const json = await readAttachment(bytes, ATTACHMENT);
  if (json === null) return refuse(`The PDF has no ${ATTACHMENT} attached: it is no Masker report, or was stripped.`);
  const verdict = verifyReportJson(json, trusted);
  if (!verdict.ok) return verdict;
  const report = reportSchema.parse(JSON.parse(json));
  if (!isSealedPdf(bytes, new Uint8Array(Buffer.from(report.signature.public_key, "base64")))) {
    const message = "The attached JSON is as it was signed, but the pages around it were changed.";
    return { ...verdict, ok: false, message };
  }
  return verdict;
}

/** Bytes that are no UTF-8 must not turn into something that verifies. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return "";
  }
}
