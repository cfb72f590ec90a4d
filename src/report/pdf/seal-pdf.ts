import { isSignedBy, type Signer } from "../../audit/signing.ts";
import { sha256Hex } from "../../crypto/secret.ts";

/** A comment behind the end of the file, which readers pass over (ISO 32000-1, 7.5.5 and annex H). */
const MARK = "\n%MaskerSeal ";

/** Appends a signature over the SHA-256 of every byte before it, so that no page can be changed unnoticed. */
export function sealPdf(pdf: Uint8Array, signer: Signer): Uint8Array {
  return Buffer.concat([pdf, Buffer.from(`${MARK}${signer.keyId} ${signer.sign(messageOf(pdf))}\n`)]);
}

/** True when the file ends in a seal of `publicKey` (32 bytes) that fits the bytes before it. */
export function isSealedPdf(pdf: Uint8Array, publicKey: Uint8Array): boolean {
  const bytes = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength);
  const at = bytes.lastIndexOf(MARK);
  if (at < 0) return false;
  const match = /^[0-9a-f]{16} ([A-Za-z0-9+/]+={0,2})\n$/.exec(bytes.subarray(at + MARK.length).toString("latin1"));
  return match?.[1] !== undefined && isSignedBy(publicKey, messageOf(bytes.subarray(0, at)), match[1]);
}

function messageOf(pdf: Uint8Array): string {
  return `masker-report-pdf:${sha256Hex(pdf)}`;
}
