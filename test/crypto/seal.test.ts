import { describe, expect, it } from "vitest";
import { deriveKey, hmacParts } from "../../src/crypto/derive.ts";
import { openBytes, openText, sealBytes, sealText } from "../../src/crypto/seal.ts";
import { equalSecrets, isOwnSecret, newSecret } from "../../src/crypto/secret.ts";

const hex = (text: string) => new Uint8Array(Buffer.from(text, "hex"));
const KEY = hex("11".repeat(32));

describe("seal", () => {
  it("opens what it sealed, and nothing else", () => {
    const sealed = sealBytes(KEY, Buffer.from("planted value"), "row 1");
    expect(Buffer.from(openBytes(KEY, sealed, "row 1") ?? []).toString()).toBe("planted value");
    expect(openBytes(KEY, sealed, "row 2")).toBeNull();
    expect(openBytes(hex("12".repeat(32)), sealed, "row 1")).toBeNull();
    for (let at = 0; at < sealed.length; at++) {
      const changed = sealed.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(openBytes(KEY, changed, "row 1")).toBeNull();
    }
    expect(openBytes(KEY, sealed.slice(0, 20), "row 1")).toBeNull();
    expect(openBytes(KEY, new Uint8Array(0), "row 1")).toBeNull();
  });

  it("never gives the same bytes twice, nor the plain text", () => {
    const a = sealText(KEY, "planted value", "x");
    expect(sealText(KEY, "planted value", "x")).not.toBe(a);
    expect(Buffer.from(a, "base64url").toString("latin1")).not.toContain("planted");
    expect(openText(KEY, a, "x")).toBe("planted value");
    expect(openText(KEY, "not base64 !!", "x")).toBeNull();
  });
});

describe("derived keys", () => {
  it("differ when the purpose differs, however it is cut into parts", () => {
    const keys = [["ab", "c"], ["a", "bc"], ["abc"], ["", "abc"], ["abc", ""]].map((purpose) =>
      Buffer.from(deriveKey(KEY, ...purpose)).toString("hex"),
    );
    expect(new Set(keys).size).toBe(keys.length);
    const macs = [["ab", "c"], ["a", "bc"], ["abc"]].map((parts) => hmacParts(KEY, ...parts).toString("hex"));
    expect(new Set(macs).size).toBe(macs.length);
  });
});

describe("secrets", () => {
  it("are recognised by their prefix and compared whole", () => {
    const secret = newSecret("agentKey");
    expect(isOwnSecret(secret)).toBe(true);
    expect(isOwnSecret("sk-live")).toBe(false);
    expect(equalSecrets(secret, secret)).toBe(true);
    expect(equalSecrets(secret, `${secret}x`)).toBe(false);
    expect(equalSecrets("", secret)).toBe(false);
  });
});
