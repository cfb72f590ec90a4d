import { describe, expect, it } from "vitest";
import { checkRedirect } from "../../src/auth/redirect.ts";

describe("redirect_to", () => {
  it.each([
    "/",
    "/portal",
    "/portal/agents/detail?id=agt_1",
    "/portal/sessions?since=7d&status=ok#top",
    "/a/../b",
    "/%20x".slice(0, 1),
  ])("goes to %s", (path) => {
    expect(checkRedirect(path)).toBe(path);
  });

  it.each([
    "",
    "portal",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "/portal\\..\\evil",
    "https://evil.example",
    "http:evil.example",
    "HTTPS://evil.example/portal",
    "javascript:alert(1)",
    "data:text/html,x",
    "/%2Fevil.example",
    "/%2fevil.example",
    "/%252Fevil.example",
    "/%25252525252Fevil.example",
    "/%5Cevil.example",
    "/%255Cevil.example",
    "/.//evil.example",
    "/./%2Fevil.example",
    "/portal/..//evil.example",
    "/portal//evil",
    "/\tportal",
    "/%09/evil.example",
    "/\n/evil.example",
    "/%0d%0aSet-Cookie:x=y",
    "/ /evil.example",
    " /portal",
    "/\u0000",
    "/\u2028evil",
    "/／evil.example",
    "/%E2%80%AEevil",
    "/%ff",
    "/%",
    "@evil.example",
    ".evil.example",
    `/${"a".repeat(2000)}`,
  ])("refuses %j", (path) => {
    expect(() => checkRedirect(path)).toThrow(expect.objectContaining({ code: "validation_failed" }));
  });

  it("never accepts what a browser resolves to another origin", () => {
    const origin = "https://masker.example";
    const parts = [
      "/",
      "\\",
      "%2F",
      "%5C",
      ".",
      "..",
      "evil.example",
      "\t",
      "%09",
      "%252F",
      "@",
      ":",
      "https:",
      "?",
      "#",
    ];
    for (const a of parts) {
      for (const b of parts) {
        for (const c of parts) {
          for (const d of parts) {
            const path = a + b + c + d;
            let accepted = true;
            try {
              checkRedirect(path);
            } catch {
              accepted = false;
            }
            if (accepted) expect(new URL(path, `${origin}/api/v1/auth/github/callback`).origin).toBe(origin);
          }
        }
      }
    }
  });
});
