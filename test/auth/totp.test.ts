import { describe, expect, it } from "vitest";
import { matchTotp, newTotpSecret, totpCode, totpUri } from "../../src/auth/totp.ts";
import { encodeBase32 } from "../../src/crypto/base32.ts";

const SECRET = new TextEncoder().encode("12345678901234567890");
const TEXT = encodeBase32(SECRET);

describe("codes", () => {
  // RFC 6238, appendix B, rows of SHA-1.
  it.each([
    [59, "94287082"],
    [1111111109, "07081804"],
    [1111111111, "14050471"],
    [1234567890, "89005924"],
    [2000000000, "69279037"],
    [20000000000, "65353130"],
  ])("at %i s are %s", (seconds, code) => {
    expect(totpCode(SECRET, Math.floor(seconds / 30), 8)).toBe(code);
  });

  // RFC 4226, appendix D.
  it.each(
    ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"].map(
      (code, count) => [count, code] as const,
    ),
  )("with the counter at %i are %s", (count, code) => {
    expect(totpCode(SECRET, count)).toBe(code);
  });
});

describe("matching", () => {
  const now = 1_111_111_111_000;
  const step = Math.floor(now / 30_000);

  it("takes the step before, this one and the next, and no other", () => {
    for (const [offset, matches] of [
      [-2, false],
      [-1, true],
      [0, true],
      [1, true],
      [2, false],
    ] as const) {
      const found = matchTotp(TEXT, totpCode(SECRET, step + offset), now, null);
      expect(found).toBe(matches ? step + offset : null);
    }
  });

  it("takes a step once, and none before it", () => {
    expect(matchTotp(TEXT, totpCode(SECRET, step), now, step - 1)).toBe(step);
    expect(matchTotp(TEXT, totpCode(SECRET, step), now, step)).toBeNull();
    expect(matchTotp(TEXT, totpCode(SECRET, step - 1), now, step)).toBeNull();
  });

  it.each(["", "0", "12345", "1234567", "abcdef", "050 471", "０５０４７１", " 050471", "-50471", "5e5"])(
    "refuses the text %j",
    (code) => {
      expect(matchTotp(TEXT, code, now, null)).toBeNull();
    },
  );

  it("refuses everything under a secret that is none", () => {
    expect(matchTotp("not base32!", totpCode(SECRET, step), now, null)).toBeNull();
  });
});

it("makes secrets of 160 bits that do not repeat, and the URI that apps read", () => {
  const secret = newTotpSecret();
  expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  expect(newTotpSecret()).not.toBe(secret);
  const uri = new URL(totpUri(secret, "a+b@clinic.example"));
  expect(uri.protocol).toBe("otpauth:");
  expect(decodeURIComponent(uri.pathname)).toContain("Masker:a+b@clinic.example");
  expect(uri.searchParams.get("secret")).toBe(secret);
});
