import { describe, expect, it } from "vitest";
import { isCrossOrigin } from "../../src/auth/same-origin.ts";

const PUBLIC = "https://masker.example";

function request(method: string, headers: Record<string, string>): Request {
  return new Request("http://masker.example:8080/api/v1/agents", {
    method,
    headers: { host: "masker.example:8080", ...headers },
  });
}

describe("a state-changing request", () => {
  it.each([
    ["a browser on the page", { origin: PUBLIC, "sec-fetch-site": "same-origin" }],
    ["a browser without fetch metadata", { origin: PUBLIC }],
    ["the address bar", { "sec-fetch-site": "none" }],
    ["a browser at the listener's own address", { origin: "http://masker.example:8080" }],
    ["a program", {}],
  ])("of %s is let in", (_, headers) => {
    expect(isCrossOrigin(request("POST", headers), PUBLIC)).toBe(false);
  });

  it.each([
    ["another site", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }],
    ["another site, old browser", { origin: "https://evil.example" }],
    ["a sister host", { origin: "https://other.masker.example", "sec-fetch-site": "same-site" }],
    ["another port of the host", { origin: "http://masker.example:9999" }],
    ["a sandboxed frame", { origin: "null" }],
    ["a sandboxed frame with metadata", { origin: "null", "sec-fetch-site": "cross-site" }],
    ["a site whose name begins like ours", { origin: "https://masker.example.evil.example" }],
    ["an origin that is none", { origin: "masker.example:8080" }],
    ["an unknown kind of site", { "sec-fetch-site": "elsewhere" }],
  ])("of %s is not", (_, headers) => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      expect(isCrossOrigin(request(method, headers), PUBLIC)).toBe(true);
    }
  });
});

it("lets reading from anywhere be: the answer is not readable there", () => {
  expect(isCrossOrigin(request("GET", { origin: "https://evil.example" }), PUBLIC)).toBe(false);
});
