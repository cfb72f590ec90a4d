import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { isAllowedAddress } from "../../src/proxy/address.ts";
import { checkHmac, checkVapiSecret } from "../../src/proxy/platform-proof.ts";

const secret = "a shared secret";
const body = Buffer.from('{"message": {"type": "assistant-request"}}\n');
const nowMs = Date.parse("2026-11-25T12:00:00Z");
const seconds = String(nowMs / 1000);

function mac(
  text: string | Uint8Array,
  encoding: "hex" | "base64" = "hex",
  algorithm = "sha256",
  key = secret,
): string {
  return createHmac(algorithm, key).update(text).digest(encoding);
}

function stamped(timestamp: string): string {
  return mac(Buffer.concat([Buffer.from(`${timestamp}.`), body]));
}

describe("checkVapiSecret", () => {
  it.each<[string, Record<string, string>]>([
    ["plain secret", { "x-vapi-secret": secret }],
    ["plain secret in the signature's header", { "x-vapi-signature": secret }],
    ["bearer", { authorization: `Bearer ${secret.replaceAll(" ", " ")}` }],
    ["hex of the body", { "x-vapi-signature": mac(body) }],
    ["hex of the body in capitals", { "x-vapi-signature": mac(body).toUpperCase() }],
    ["base64 of the body", { "x-vapi-signature": mac(body, "base64") }],
    ["prefixed hex", { "x-vapi-signature": `sha256=${mac(body)}` }],
    ["default header", { "x-signature": mac(body) }],
    ["timestamp in seconds", { "x-vapi-signature": stamped(seconds), "x-vapi-timestamp": seconds }],
    ["timestamp in milliseconds", { "x-signature": stamped(String(nowMs)), "x-timestamp": String(nowMs) }],
    [
      "timestamp a little in the future",
      { "x-signature": stamped(String(nowMs + 299_000)), "x-timestamp": String(nowMs + 299_000) },
    ],
  ])("accepts: %s", (name, headers) => {
    const plain = name === "bearer" ? "one-word-secret" : secret;
    const sent = name === "bearer" ? { authorization: "Bearer one-word-secret" } : headers;
    expect(checkVapiSecret(new Headers(sent), body, plain, { nowMs, bearer: true })).toBe("valid");
  });

  it.each<[string, Record<string, string>]>([
    ["wrong secret", { "x-vapi-secret": "another" }],
    ["wrong bearer", { authorization: "Bearer another" }],
    ["empty signature", { "x-vapi-signature": "" }],
    ["signature of other bytes", { "x-vapi-signature": mac(`${body.toString().trim()}`) }],
    ["other key", { "x-vapi-signature": mac(body, "hex", "sha256", "another") }],
    ["other algorithm", { "x-vapi-signature": mac(body, "hex", "sha1") }],
    ["truncated", { "x-vapi-signature": mac(body).slice(0, 32) }],
    [
      "six minutes old",
      { "x-vapi-signature": stamped(String(nowMs - 360_000)), "x-vapi-timestamp": String(nowMs - 360_000) },
    ],
    ["a body signature under a fresh timestamp", { "x-vapi-signature": mac(body), "x-vapi-timestamp": seconds }],
    ["the plain secret with a timestamp", { "x-vapi-signature": secret, "x-vapi-timestamp": seconds }],
    ["a timestamp that is none", { "x-vapi-signature": stamped("soon"), "x-vapi-timestamp": "soon" }],
    ["a wrong signature beside the right plain secret", { "x-vapi-signature": "00", "x-vapi-secret": secret }],
  ])("refuses: %s", (_name, headers) => {
    expect(checkVapiSecret(new Headers(headers), body, secret, { nowMs, bearer: true })).toBe("invalid");
  });

  it("tells that nothing was sent", () => {
    expect(checkVapiSecret(new Headers(), body, secret, { nowMs, bearer: true })).toBe("absent");
    expect(checkVapiSecret(new Headers({ authorization: "Bearer x" }), body, secret, { nowMs, bearer: false })).toBe(
      "absent",
    );
  });
});

describe("checkHmac", () => {
  const form = { secret, header: "x-sig", timestampHeader: "x-ts", encoding: "hex", prefix: "v1=" } as const;

  it("demands the timestamp that the form has", () => {
    expect(checkHmac(new Headers({ "x-sig": `v1=${mac(body)}` }), body, form, nowMs)).toBe("invalid");
    const good = { "x-sig": `v1=${stamped(seconds)}`, "x-ts": seconds };
    expect(checkHmac(new Headers(good), body, form, nowMs)).toBe("valid");
    expect(checkHmac(new Headers({ "x-ts": seconds }), body, form, nowMs)).toBe("absent");
  });

  it("reads only the encoding of the form", () => {
    const base64 = { ...form, timestampHeader: null, encoding: "base64", prefix: "" } as const;
    expect(checkHmac(new Headers({ "x-sig": mac(body) }), body, base64, nowMs)).toBe("invalid");
    expect(checkHmac(new Headers({ "x-sig": mac(body, "base64") }), body, base64, nowMs)).toBe("valid");
  });
});

describe("isAllowedAddress", () => {
  it.each([
    ["10.1.2.3", ["10.0.0.0/8"], true],
    ["::ffff:10.1.2.3", ["10.0.0.0/8"], true],
    ["167.150.225.9", ["167.150.224.0/23"], true],
    ["167.150.226.9", ["167.150.224.0/23"], false],
    ["2001:db8::1", ["2001:db8::/32"], true],
    ["100.20.5.228", ["100.20.5.228"], true],
    ["100.20.5.229", ["100.20.5.228"], false],
    ["10.1.2.3", ["not an address", "10.1.2.3/99"], false],
    ["not an address", ["0.0.0.0/0"], false],
    [null, ["0.0.0.0/0"], false],
  ])("%s in %j: %s", (address, allowed, expected) => {
    expect(isAllowedAddress(address, allowed)).toBe(expected);
  });
});
