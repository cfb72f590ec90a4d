/**
 * Every kind of identifier, with its category of 45 CFR 164.514(b)(2)(i) (A to R).
 * ORG is not a Safe Harbor identifier and is off by default.
 */
export const KINDS = {
  NAME: { category: "A", label: "Name" },
  ADDRESS: { category: "B", label: "Address" },
  FACILITY: { category: "B", label: "Facility" },
  DATE: { category: "C", label: "Date" },
  DOB: { category: "C", label: "Date of birth" },
  AGE: { category: "C", label: "Age over 89" },
  PHONE: { category: "D", label: "Phone" },
  FAX: { category: "E", label: "Fax" },
  EMAIL: { category: "F", label: "E-mail" },
  SSN: { category: "G", label: "Social security number" },
  MRN: { category: "H", label: "Medical record number" },
  HEALTH_PLAN_ID: { category: "I", label: "Health plan id" },
  ACCOUNT: { category: "J", label: "Account" },
  CREDIT_CARD: { category: "J", label: "Payment card" },
  LICENSE: { category: "K", label: "Licence" },
  VEHICLE: { category: "L", label: "Vehicle" },
  DEVICE: { category: "M", label: "Device" },
  URL: { category: "N", label: "Web address" },
  IP_ADDRESS: { category: "O", label: "IP address" },
  BIOMETRIC: { category: "P", label: "Biometric id" },
  PHOTO: { category: "Q", label: "Photo or media" },
  OTHER_ID: { category: "R", label: "Other id" },
  ORG: { category: null, label: "Organisation" },
} as const satisfies Record<string, { category: string | null; label: string }>;

export type Kind = keyof typeof KINDS;

export const KIND_NAMES = Object.keys(KINDS) as readonly Kind[];

export function isKind(text: string): text is Kind {
  return Object.hasOwn(KINDS, text);
}
