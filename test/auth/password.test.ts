import { describe, expect, it } from "vitest";
import { createPasswordHasher, passwordProblem } from "../../src/auth/password.ts";

describe("the hasher", () => {
  const hasher = createPasswordHasher({ memoryKiB: 1024, rounds: 1 });

  it("makes argon2id hashes that differ for the same password", async () => {
    const [a, b] = [await hasher.hash("correct horse"), await hasher.hash("correct horse")];
    expect(a).toMatch(/^\$argon2id\$v=19\$m=1024,t=1,p=1\$/);
    expect(a).not.toBe(b);
    expect(await hasher.verify("correct horse", a)).toBe(true);
    expect(await hasher.verify("correct horsf", a)).toBe(false);
  });

  it("costs at least what OWASP asks for unless told otherwise", async () => {
    const cost = /m=(\d+),t=(\d+),p=(\d+)/.exec(await createPasswordHasher().hash("correct horse"));
    expect(Number(cost?.[1])).toBeGreaterThanOrEqual(19_456);
    expect(Number(cost?.[2])).toBeGreaterThanOrEqual(2);
  });

  it("knows one password in every keyboard's spelling", async () => {
    const hash = await hasher.hash("Schlüssel-Ångström");
    expect(await hasher.verify("Schlüssel-Ångström".normalize("NFD"), hash)).toBe(true);
  });

  it("lets nobody in without a password", async () => {
    expect(await hasher.verify("anything at all", null)).toBe(false);
    expect(await hasher.verify("", null)).toBe(false);
    expect(await hasher.verify("", await hasher.hash("correct horse"))).toBe(false);
    expect(await hasher.verify("\0", await hasher.hash("\0"))).toBe(true);
  });

  it("refuses a flood rather than take all memory", async () => {
    const flood = Array.from({ length: 100 }, () =>
      hasher.verify("x", null).catch((error: { code: string }) => error.code),
    );
    const results = await Promise.all(flood);
    expect(results.filter((result) => result === "rate_limited").length).toBe(66);
    expect(results.filter((result) => result === false).length).toBe(34);
    expect(await hasher.verify("x", null)).toBe(false);
  });
});

describe("a new password", () => {
  it.each([
    ["short", "eleven char", "at least"],
    ["long", "ab c".repeat(65), "at most"],
    ["of one character", "aaaaaaaaaaaaaaaa", "too few"],
    ["that is the address", "Robin.Hood@clinic.example", "e-mail"],
  ])("that is %s is refused", (_, password, reason) => {
    expect(passwordProblem(password, "robin.hood@clinic.example")).toContain(reason);
  });

  it.each(["correct horse battery", "zwölf Zeichen!", "пароль из слов", "🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧"])(
    "%s is taken",
    (password) => {
      expect(passwordProblem(password, "a@clinic.example")).toBeNull();
    },
  );
});
