/**
 * Identifiers made from the rules of those who issue them, written down here anew: numbering plans, check digits and
 * grammars, in the forms in which people and databases write them. Nothing here comes from the recognizers.
 */
import fc from "fast-check";

/** A value with what stands around it when somebody says it, and the key under which a database has it. */
export interface Planted {
  readonly kind: string;
  readonly text: string;
  readonly cue: string;
  readonly key: string;
}

const digit = fc.integer({ min: 0, max: 9 });
const digits = (length: number) => fc.array(digit, { minLength: length, maxLength: length }).map((all) => all.join(""));
const between = (min: number, max: number) => fc.integer({ min, max });
const oneOf = (letters: string) => fc.constantFrom(...letters);

/** ISO/IEC 7812-1: the digit that makes the sum of a number a multiple of ten. */
function luhnDigit(payload: string): string {
  let sum = 0;
  [...payload].reverse().forEach((char, i) => {
    const doubled = Number(char) * (i % 2 === 0 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  });
  return String((10 - (sum % 10)) % 10);
}

/** North American Numbering Plan: NPA and NXX begin with 2-9, neither is N11, and an NPA's middle digit is no 9. */
const nanp = fc
  .tuple(between(2, 9), between(0, 8), digit, between(2, 9), digit, digit, digits(4))
  .filter(([, b, c, , e, f]) => !(b === 1 && c === 1) && !(e === 1 && f === 1))
  // 555 as an exchange is for fiction; some of it is no number that anybody has.
  .filter(([, , , d, e, f]) => `${d}${e}${f}` !== "555")
  // Area codes in use, so that a plan that knows them knows these.
  .chain(([, , , d, e, f, line]) =>
    fc
      .constantFrom("212", "312", "415", "512", "617", "713", "206", "303", "404", "602", "702", "808")
      .map((area) => [area, `${d}${e}${f}`, line] as const),
  );
const phone = fc
  .tuple(nanp, between(0, 5))
  .map(
    ([[area, exchange, line], form]) =>
      [
        `${area}-${exchange}-${line}`,
        `(${area}) ${exchange}-${line}`,
        `+1 ${area} ${exchange} ${line}`,
        `${area}.${exchange}.${line}`,
        `${area} ${exchange} ${line}`,
        `${area}${exchange}${line}`,
      ][form]!,
  )
  .map((text) => ({ kind: "PHONE", text, cue: `You can call me at ${text}.`, key: "phone" }));

/** Major industry prefixes with their lengths, grouped as on the card. */
const card = fc
  .tuple(fc.constantFrom("4", "51", "55", "2221", "6011", "34", "37"), digits(15), between(0, 2))
  .map(([prefix, rest, form]) => {
    const american = prefix === "34" || prefix === "37";
    const payload = (prefix + rest).slice(0, american ? 14 : 15);
    const number = payload + luhnDigit(payload);
    const groups = american ? [number.slice(0, 4), number.slice(4, 10), number.slice(10)] : number.match(/.{4}/g)!;
    return [number, groups.join(" "), groups.join("-")][form]!;
  })
  .map((text) => ({ kind: "CREDIT_CARD", text, cue: `My card number is ${text}, thanks.`, key: "card_number" }));

/** SSA: area 001-899 without 666, group 01-99, serial 0001-9999. The well-known fakes are nobody's. */
const ssn = fc
  .tuple(between(1, 898), between(1, 99), between(1, 9999), between(0, 2))
  .filter(([area]) => area !== 666)
  .map(([area, group, serial, form]) => {
    const parts = [String(area).padStart(3, "0"), String(group).padStart(2, "0"), String(serial).padStart(4, "0")];
    return [parts.join("-"), parts.join(" "), parts.join("")][form]!;
  })
  .filter((text) => !["123456789", "078051120", "219099999", "111111111"].includes(text.replace(/\D/g, "")))
  .map((text) => ({ kind: "SSN", text, cue: `My social security number is ${text}.`, key: "ssn" }));

/** CMS: 1 or 2 first, Luhn with the issuer 80840. */
const npi = fc
  .tuple(fc.constantFrom("1", "2"), digits(8))
  .map(([first, rest]) => first + rest + luhnDigit(`80840${first}${rest}`))
  .map((text) => ({ kind: "LICENSE", text, cue: `The doctor's NPI is ${text}.`, key: "npi" }));

/** DEA: type of registrant, initial, six digits, and the last digit of (1+3+5) + 2(2+4+6). */
const dea = fc
  .tuple(oneOf("ABFGM"), oneOf("ABCDEFGHJKLMNPRSTW"), digits(6))
  .map(([type, initial, six]) => {
    const [a, b, c, d, e, f] = [...six].map(Number) as [number, number, number, number, number, number];
    return `${type}${initial}${six}${(a + c + e + 2 * (b + d + f)) % 10}`;
  })
  .map((text) => ({ kind: "LICENSE", text, cue: `The DEA number is ${text}.`, key: "dea_number" }));

/** CMS: Medicare Beneficiary Identifier C A AN N A AN N A A N N, without S, L, O, I, B, Z. */
const MBI_LETTERS = "ACDEFGHJKMNPQRTUVWXY";
const mbi = fc
  .tuple(
    between(1, 9),
    oneOf(MBI_LETTERS),
    oneOf(`${MBI_LETTERS}0123456789`),
    digit,
    oneOf(MBI_LETTERS),
    oneOf(`${MBI_LETTERS}0123456789`),
    digit,
    oneOf(MBI_LETTERS),
    oneOf(MBI_LETTERS),
    digits(2),
    fc.boolean(),
  )
  .map((parts) => {
    const dashed = parts[10];
    const text = parts.slice(0, 10).join("");
    return dashed ? `${text.slice(0, 4)}-${text.slice(4, 7)}-${text.slice(7)}` : text;
  })
  .map((text) => ({ kind: "HEALTH_PLAN_ID", text, cue: `My Medicare number is ${text}.`, key: "medicare_id" }));

/** 49 CFR 565: seventeen without I, O, Q; position nine is the weighted sum modulo eleven. */
const VIN_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ";
const VIN_VALUES = "12345678 12345 7 923456789";
const vin = fc
  .tuple(fc.array(oneOf(`${VIN_LETTERS}0123456789`), { minLength: 11, maxLength: 11 }), digits(6))
  .map(([head, tail]) => {
    const chars = [...head, ...tail];
    const weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    const weightOf = (char: string) => (/\d/.test(char) ? Number(char) : Number(VIN_VALUES[char.charCodeAt(0) - 65]));
    const sum = chars.reduce((all, char, i) => all + weightOf(char) * weights[i]!, 0);
    chars[8] = "0123456789X"[sum % 11]!;
    return chars.join("");
  })
  .map((text) => ({ kind: "VEHICLE", text, cue: `The VIN of the car is ${text}.`, key: "vin" }));

/** ISO 13616: check digits so that the rearranged number is 1 modulo 97. */
const iban = fc
  .tuple(fc.constantFrom(["DE", 18] as const, ["FR", 23] as const, ["NL", 14] as const), digits(23), fc.boolean())
  .map(([[country, length], rest, grouped]) => {
    const account = country === "NL" ? `INGB${rest.slice(0, 10)}` : rest.slice(0, length);
    const numeric = [...`${account}${country}00`].map((char) => Number.parseInt(char, 36)).join("");
    const check = String(98n - (BigInt(numeric) % 97n)).padStart(2, "0");
    const text = `${country}${check}${account}`;
    return grouped ? text.match(/.{1,4}/g)!.join(" ") : text;
  })
  .map((text) => ({ kind: "ACCOUNT", text, cue: `The IBAN is ${text}.`, key: "iban" }));

const word = fc.array(oneOf("abcdefghijklmnoprstuvwz"), { minLength: 4, maxLength: 9 }).map((all) => all.join(""));

/** RFC 5321 dot-atoms and a domain. */
const email = fc
  .tuple(word, fc.constantFrom("", ".", "_", "+", "-"), word, word, fc.constantFrom("com", "org", "co.uk", "health"))
  .map(([first, mark, second, domain, top]) => `${first}${mark}${mark === "" ? "" : second}@${domain}.${top}`)
  .map((text) => ({ kind: "EMAIL", text, cue: `Write to ${text} please.`, key: "email" }));

/** Routable addresses; documentation and private ones are nobody's. */
const ipv4 = fc
  .tuple(fc.constantFrom(23, 45, 66, 81, 93, 104, 151, 185), between(0, 255), between(0, 255), between(1, 254))
  .map((parts) => parts.join("."))
  .map((text) => ({ kind: "IP_ADDRESS", text, cue: `I connect from ${text}.`, key: "ip_address" }));

/** RFC 4291, RFC 5952. */
const hextet = between(0x1000, 0xffff).map((value) => value.toString(16));
const ipv6 = fc
  .tuple(fc.constantFrom("2600", "2a02", "2001"), fc.array(hextet, { minLength: 7, maxLength: 7 }), fc.boolean())
  .map(([first, rest, short]) => (short ? `${first}:${rest[0]}::${rest[6]}` : [first, ...rest].join(":")))
  .filter((text) => !text.startsWith("2001:db8"))
  .map((text) => ({ kind: "IP_ADDRESS", text, cue: `I connect from ${text}.`, key: "ip" }));

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October"];
const dob = fc
  .tuple(between(1940, 2009), between(1, 10), between(1, 28), between(0, 4))
  .map(([year, month, day, form]) => {
    const two = (value: number) => String(value).padStart(2, "0");
    return [
      `${two(month)}/${two(day)}/${year}`,
      `${year}-${two(month)}-${two(day)}`,
      `${MONTHS[month - 1]} ${day}, ${year}`,
      `${day} ${MONTHS[month - 1]} ${year}`,
      `${month}/${day}/${year}`,
    ][form]!;
  })
  .map((text) => ({ kind: "DOB", text, cue: `I was born on ${text}.`, key: "date_of_birth" }));

const NAMES = [
  "Adaeze",
  "Bronwyn",
  "Calliope",
  "Dashiell",
  "Eleonora",
  "Fitzgerald",
  "Guillermo",
  "Henrietta",
  "Ingrid",
];
const FAMILIES = [
  "Okafor",
  "Pemberton",
  "Quintanilla",
  "Rasmussen",
  "Szymanski",
  "Thorvaldsen",
  "Umarov",
  "Villanueva",
];
const name = fc
  .tuple(fc.constantFrom(...NAMES), fc.constantFrom(...FAMILIES))
  .map((parts) => parts.join(" "))
  .map((text) => ({ kind: "NAME", text, cue: `My name is ${text}.`, key: "patient_name" }));

/** One identifier of any issuer. */
export const planted: fc.Arbitrary<Planted> = fc.oneof(
  ...[phone, card, ssn, npi, dea, mbi, vin, iban, email, ipv4, ipv6, dob, name],
);

/** Some of them, no two of which hold the same digits or letters. */
export const several: fc.Arbitrary<readonly Planted[]> = fc.uniqueArray(planted, {
  minLength: 1,
  maxLength: 5,
  selector: ({ text }) => compact(text),
});

/** Letters and digits of a value, in lower case. */
export function compact(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

const TOKEN = /(?:MSKV1|MSK1)\.[A-Z_]+\.[A-Z0-9_]+\.[A-Z2-7]+/g;

/** Values that stand in a text in any case, or with other marks between their digits and letters; tokens are no text. */
export function standingIn(text: string, values: readonly Planted[]): readonly Planted[] {
  const bare = text.replace(TOKEN, " \u0001 ").toLowerCase();
  // Only the marks that numbers are written with: the digits of two numbers must not run together.
  const joined = bare.replace(/(?<=[\p{L}\p{N}])[-.() /+]{1,2}(?=[\p{L}\p{N}])/gu, "");
  return values.filter(({ text: value }) => bare.includes(value.toLowerCase()) || joined.includes(compact(value)));
}
