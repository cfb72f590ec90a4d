import { describe, expect, it } from "vitest";
import { createThrottle } from "../../src/auth/throttle.ts";
import { TokenBuckets } from "../../src/auth/token-bucket.ts";

describe("token buckets", () => {
  it("give the burst at once and the rate after it", () => {
    let now = 0;
    const buckets = new TokenBuckets({ perSecond: 2, burst: 3 }, () => now);
    expect([1, 2, 3].map(() => buckets.take("a"))).toEqual([null, null, null]);
    expect(buckets.take("a")).toBe(1);
    expect(buckets.take("b")).toBeNull();
    now = 499;
    expect(buckets.take("a")).toBe(1);
    now = 500;
    expect(buckets.take("a")).toBeNull();
    expect(buckets.take("a")).toBe(1);
    now = 60_000;
    expect([1, 2, 3, 4].map(() => buckets.take("a"))).toEqual([null, null, null, 1]);
  });

  it("say in whole seconds how long to wait, and are right", () => {
    let now = 0;
    const buckets = new TokenBuckets({ perSecond: 1 / 30, burst: 1 }, () => now);
    buckets.take("a");
    const wait = buckets.take("a");
    expect(wait).toBe(30);
    now = 30_000;
    expect(buckets.take("a")).toBeNull();
  });

  it("do not mind a clock that is set back", () => {
    let now = 1_000_000;
    const buckets = new TokenBuckets({ perSecond: 1, burst: 2 }, () => now);
    buckets.take("a");
    now = 0;
    expect(buckets.take("a")).toBeNull();
    expect(buckets.take("a")).toBe(1);
  });
});

describe("the throttle", () => {
  const refused = expect.objectContaining({ code: "rate_limited", retryAfterSeconds: expect.any(Number) });

  it("stops one address at one account after five attempts, whoever it is", () => {
    let now = 0;
    const throttle = createThrottle(() => now);
    for (let i = 0; i < 5; i++) throttle.attempt("a@clinic.example", "192.0.2.1");
    expect(() => throttle.attempt("a@clinic.example", "192.0.2.1")).toThrow(refused);
    throttle.attempt("a@clinic.example", "192.0.2.2");
    throttle.attempt("b@clinic.example", "192.0.2.1");
    now += 30_000;
    throttle.attempt("a@clinic.example", "192.0.2.1");
    expect(() => throttle.attempt("a@clinic.example", "192.0.2.1")).toThrow(refused);
  });

  it("stops many addresses at one account, and one address at many accounts", () => {
    const many = createThrottle(() => 0);
    for (let i = 0; i < 50; i++) many.attempt("a@clinic.example", `192.0.2.${i}`);
    expect(() => many.attempt("a@clinic.example", "198.51.100.1")).toThrow(refused);
    const spray = createThrottle(() => 0);
    for (let i = 0; i < 60; i++) spray.attempt(`${i}@clinic.example`, "192.0.2.1");
    expect(() => spray.attempt("z@clinic.example", "192.0.2.1")).toThrow(refused);
  });

  it("forgets what somebody mistyped before they got it right", () => {
    const throttle = createThrottle(() => 0);
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 5; i++) throttle.attempt("a@clinic.example", "192.0.2.1");
      throttle.succeeded("a@clinic.example", "192.0.2.1");
    }
  });

  it("counts a whole IPv6 network as one client, and a mapped address as its IPv4 one", () => {
    const throttle = createThrottle(() => 0);
    const same = [
      "2001:db8:0:7::1",
      "2001:db8:0:7::2",
      "2001:db8::7:a:b:c:d",
      "2001:db8:0:7:0:0:0:5",
      "2001:DB8:0:7::",
    ];
    for (const address of same) throttle.attempt("a", address);
    expect(() => throttle.attempt("a", "2001:0DB8::7:9:9:9:9")).toThrow(refused);
    throttle.attempt("a", "2001:db8:0:8::1");
    for (let i = 0; i < 5; i++) throttle.attempt("b", "192.0.2.1");
    expect(() => throttle.attempt("b", "::ffff:192.0.2.1")).toThrow(refused);
  });

  it("lets nobody who is refused lock others out, or flood the buckets until a refusal is forgotten", () => {
    const throttle = createThrottle(() => 0);
    const attempt = (subject: string, address: string) => {
      try {
        throttle.attempt(subject, address);
      } catch {
        // Refused, as it should be.
      }
    };
    for (let i = 0; i < 1000; i++) attempt("victim", "198.51.100.1");
    throttle.attempt("victim", "192.0.2.1");
    for (let i = 0; i < 60_000; i++) attempt(`${i}`, "198.51.100.1");
    expect(() => throttle.attempt("victim", "198.51.100.1")).toThrow(refused);
    for (let i = 0; i < 43; i++) throttle.attempt("victim", `192.0.2.${i + 2}`);
  });

  it("does not call every made-up subject news", () => {
    const throttle = createThrottle(() => 0);
    const news = Array.from({ length: 1000 }, (_, i) => throttle.isNews(`${i}@clinic.example`));
    expect(news.filter(Boolean)).toHaveLength(30);
    expect(throttle.isNews("0@clinic.example")).toBe(false);
  });
});
