import { describe, expect, it } from "vitest";
import { requestInfo } from "../../src/client-info.ts";

const PROXIES = ["10.0.0.0/8", "::1"];

function info(peer: string | null, headers: Record<string, string>, tls = false) {
  const { address, secure } = requestInfo(new Headers(headers), { peer, tls, trustedProxies: PROXIES });
  return { address, secure };
}

describe("requestInfo", () => {
  it.each([
    // Nobody is believed who is not a trusted proxy.
    ["203.0.113.9", { "x-forwarded-for": "198.51.100.1", "x-forwarded-proto": "https" }, "203.0.113.9", false],
    ["10.1.2.3", { "x-forwarded-for": "198.51.100.1", "x-forwarded-proto": "https" }, "198.51.100.1", true],
    // A listener on IPv6 sees IPv4 peers in this form.
    ["::ffff:10.1.2.3", { "x-forwarded-for": "198.51.100.1" }, "198.51.100.1", false],
    // What stands left of the first untrusted address was written by the client itself.
    ["10.1.2.3", { "x-forwarded-for": "127.0.0.1, 198.51.100.1" }, "198.51.100.1", false],
    ["10.1.2.3", { "x-forwarded-for": "127.0.0.1, 198.51.100.1, 10.9.9.9" }, "198.51.100.1", false],
    // Some proxies add the port.
    ["10.1.2.3", { "x-forwarded-for": "198.51.100.1:50312" }, "198.51.100.1", false],
    ["10.1.2.3", { "x-forwarded-for": "[2001:db8::1]:50312, [::1], 10.0.0.7:80" }, "2001:db8::1", false],
    // All of them proxies: the farthest one.
    ["10.1.2.3", { "x-forwarded-for": "10.0.0.7, 10.9.9.9" }, "10.0.0.7", false],
    ["10.1.2.3", {}, "10.1.2.3", false],
    ["10.1.2.3", { "x-forwarded-for": " , " }, "10.1.2.3", false],
    // A client that sends the header too gets its value put before the proxy's own.
    ["10.1.2.3", { "x-forwarded-proto": "https, http" }, "10.1.2.3", false],
    [null, { "x-forwarded-for": "198.51.100.1" }, null, false],
  ])("of %s with %o", (peer, headers, address, secure) => {
    expect(info(peer, headers as Record<string, string>)).toEqual({ address, secure });
  });

  it("is secure on a TLS listener whatever a header says", () => {
    expect(info("203.0.113.9", { "x-forwarded-proto": "http" }, true).secure).toBe(true);
    expect(info("10.1.2.3", { "x-forwarded-proto": "http" }, true).secure).toBe(true);
  });
});
