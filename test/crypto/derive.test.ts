import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hmacParts } from "../../src/crypto/derive.ts";

describe("hmacParts", () => {
  it.each([
    ["nothing", [], ""],
    ["one part", ["PHONE"], "5:PHONE"],
    ["lengths in bytes", ["é", "😀", ""], "2:é4:😀0:"],
    ["lone surrogates, as UTF-8 has them", ["a\ud800", "\udc00b"], "4:a\ufffd4:\ufffdb"],
  ])("is HMAC-SHA256 over %s with their lengths", (_, parts, input) => {
    for (const key of [new Uint8Array(32).fill(7), new Uint8Array(200).fill(1)]) {
      expect(hmacParts(key, ...parts).toString("hex")).toBe(createHmac("sha256", key).update(input).digest("hex"));
    }
  });

  it("tells lists of parts apart", () => {
    const key = new Uint8Array(32);
    expect(hmacParts(key, "ab", "c").equals(hmacParts(key, "a", "bc"))).toBe(false);
  });
});
