/** Check digits and grammars of issuers, by the names that policies use. Each takes upper-case letters and digits only. */

/** ISO/IEC 7812-1 Annex B. */
export function luhn(code: string): boolean {
  if (!/^\d+$/.test(code)) return false;
  let sum = 0;
  for (let i = 0; i < code.length; i++) {
    let digit = code.charCodeAt(code.length - 1 - i) - 48;
    if (i % 2 === 1) {
      digit *= 2;
      if (digit > 9) digit -= 9;
    }
    sum += digit;
  }
  return sum % 10 === 0;
}

/** ABA routing number: 3-7-1 weights, Federal Reserve prefixes 00-12, 21-32, 61-72, 80. */
export function aba(code: string): boolean {
  if (!/^(?:0\d|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)\d{7}$/.test(code) || /^0+$/.test(code)) return false;
  const weights = [3, 7, 1];
  let sum = 0;
  for (let i = 0; i < 9; i++) sum += (code.charCodeAt(i) - 48) * (weights[i % 3] as number);
  return sum % 10 === 0;
}

/** CMS: ten digits, 1 or 2 first, Luhn over 80840 and the number. */
export function npi(code: string): boolean {
  return /^[12]\d{9}$/.test(code) && luhn(`80840${code}`);
}

/** DEA: registrant type, initial or 9, six digits and a check digit. */
export function dea(code: string): boolean {
  if (!/^[ABCDEFGHJKLMPRSTUX][A-Z9]\d{7}$/.test(code)) return false;
  const d = [...code.slice(2)].map(Number) as [number, number, number, number, number, number, number];
  return (d[0] + d[2] + d[4] + 2 * (d[1] + d[3] + d[5])) % 10 === d[6];
}

/** CMS: Medicare Beneficiary Identifier, eleven positions; no S, L, O, I, B, Z. */
export function mbi(code: string): boolean {
  return /^[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\d]\d[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\d]\d[AC-HJKMNP-RT-Y]{2}\d{2}$/.test(
    code,
  );
}

/** SSA: no area 000, 666 or 9xx, no group 00, no serial 0000. */
export function ssn(code: string): boolean {
  return /^(?!000|666|9\d\d)\d{3}(?!00)\d{2}(?!0000)\d{4}$/.test(code);
}

const VIN_VALUES: Readonly<Record<string, number>> = Object.fromEntries(
  [..."ABCDEFGH"]
    .map((c, i) => [c, i + 1] as const)
    .concat(
      [..."JKLMN"].map((c, i) => [c, i + 1] as const),
      [
        ["P", 7],
        ["R", 9],
      ],
      [..."STUVWXYZ"].map((c, i) => [c, i + 2] as const),
    ),
);

/** 49 CFR 565: seventeen characters without I, O, Q, check digit at position nine. */
export function vin(code: string): boolean {
  if (!/^[A-HJ-NPR-Z\d]{17}$/.test(code)) return false;
  const weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
  let sum = 0;
  for (let i = 0; i < 17; i++) {
    const char = code[i] as string;
    sum += (VIN_VALUES[char] ?? Number(char)) * (weights[i] as number);
  }
  return "0123456789X"[sum % 11] === code[8];
}

/** ISO 13616: country, check digits, up to 30 characters; mod 97 is 1. */
export function iban(code: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z\d]{11,30}$/.test(code)) return false;
  let rest = 0;
  for (const char of code.slice(4) + code.slice(0, 4)) {
    const value = Number.parseInt(char, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** 3GPP TS 23.003: fifteen digits, Luhn. */
export function imei(code: string): boolean {
  return /^\d{15}$/.test(code) && luhn(code);
}

/** NANP: area and exchange begin 2-9, no N11 area. */
export function nanp(code: string): boolean {
  return /^1?[2-9](?!11)\d{2}[2-9]\d{6}$/.test(code);
}

/** Every check that a policy may name in `custom[].check`. */
export const CHECKS: Readonly<Record<string, (code: string) => boolean>> = {
  luhn,
  aba,
  npi,
  dea,
  mbi,
  ssn,
  vin,
  iban,
  imei,
  nanp,
};
