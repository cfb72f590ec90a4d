import { parsePhoneNumberFromString } from "libphonenumber-js/min";
import type { Kind } from "../detect/kind.ts";
import { writtenAddress, writtenCode, writtenDate } from "../detect/spoken/written-form.ts";
import { dateToIso } from "./normalize-date.ts";

const DIGIT_KINDS: ReadonlySet<Kind> = new Set(["SSN", "CREDIT_CARD", "AGE"]);
const CODE_KINDS: ReadonlySet<Kind> = new Set([
  "MRN",
  "HEALTH_PLAN_ID",
  "ACCOUNT",
  "LICENSE",
  "VEHICLE",
  "DEVICE",
  "BIOMETRIC",
  "OTHER_ID",
]);

/** A negative number, a fraction or a power of ten: its marks are part of its value. */
const NUMBER_WITH_MARKS = /^(?:-\d+(?:\.\d+)?|\d+\.\d+|-?\d+(?:\.\d+)?e[+-]?\d+)$/;

/**
 * The form of a value under which its token is found again: one for all ways of writing it. What cannot be read safely
 * keeps its words, case-folded and with single spaces, so that two different values never share a form.
 */
export function normalizeValue(kind: Kind, value: string): string {
  const plain = fold(value);
  if (kind === "PHONE" || kind === "FAX") return phone(plain);
  if (kind === "DATE" || kind === "DOB") return dateToIso(plain) ?? saidDate(plain) ?? plain;
  if (kind === "EMAIL" || kind === "URL") return (writtenAddress(plain) ?? plain).replace(/\s+/g, "");
  if (NUMBER_WITH_MARKS.test(plain)) return plain;
  if (DIGIT_KINDS.has(kind)) return onlyDigits(plain) ?? writtenCode(plain) ?? plain;
  if (CODE_KINDS.has(kind)) return writtenCode(plain) ?? (/\d/.test(plain) ? plain.replace(/[\s\-./#]+/g, "") : plain);
  return plain.replace(/[.,]+(?= |$)/g, "");
}

function fold(value: string): string {
  return value
    .normalize("NFKC")
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]/g, "")
    .toLowerCase()
    .replace(/\s+/g, " ")
    .trim();
}

function saidDate(plain: string): string | null {
  const written = writtenDate(plain);
  return written === null ? null : (dateToIso(written) ?? written);
}

function phone(plain: string): string {
  const written = writtenCode(plain) ?? plain;
  const parsed = parsePhoneNumberFromString(written, "US");
  if (parsed) return parsed.ext === undefined ? parsed.number : `${parsed.number}x${parsed.ext}`;
  return onlyDigits(written) ?? written;
}

/** The digits of a text that holds nothing but digits and the marks between them; else null. */
function onlyDigits(plain: string): string | null {
  return /^[\d\s\-./()+]+$/.test(plain) && /\d/.test(plain) ? plain.replace(/\D/g, "") : null;
}
