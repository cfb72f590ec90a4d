import { describe, expect, it } from "vitest";
import { createDetector } from "../../src/detect/detect.ts";
import type { ProxyDeps } from "../../src/proxy/deps.ts";
import { runTestCall } from "../../src/proxy/test-call.ts";
import { createUpstreams } from "../../src/upstream/create-upstreams.ts";
import { startHarness, tokensIn } from "./harness.ts";

const stubOnly = {
  provider: "stub",
  defaultModel: "gpt-4o-mini",
  providers: new Map(),
  timeoutMs: 2_000,
  ca: null,
  httpsProxy: null,
  noProxy: [],
};

describe("runTestCall", () => {
  it("shows the four texts of a turn against the stub, key or no key", async () => {
    let deps: ProxyDeps | null = null;
    await using h = await startHarness({
      agent: { upstream: "stub", platform_auth: { key_required: true } },
      detector: createDetector({ ner: null, timeoutMs: 5_000, cacheKey: new Uint8Array(32) }),
      upstreams: () => createUpstreams(stubOnly),
      deps: (real) => {
        deps = real;
        return real;
      },
    });
    const result = await runTestCall(deps!, h.agent);
    expect(result.sent).toContain("Maria Gonzalez");
    expect(result.upstream_saw).not.toMatch(/Maria|Gonzalez|415-555-0134|1984|example\.com/);
    expect(tokensIn(result.upstream_saw).length).toBeGreaterThanOrEqual(3);
    expect(tokensIn(result.answered).length).toBeGreaterThan(0);
    expect(result.heard).toContain("Maria Gonzalez");
    expect(tokensIn(result.heard)).toEqual([]);
    expect((await h.events()).at(-1)).toMatchObject({ session_id: result.session_id, status: "ok" });
  });

  it("is refused as the turn is", async () => {
    let deps: ProxyDeps | null = null;
    await using h = await startHarness({
      deps: (real) => {
        deps = real;
        return real;
      },
      provider: () => Response.json({ error: { message: "no" } }, { status: 401 }),
    });
    await expect(runTestCall(deps!, h.agent)).rejects.toMatchObject({ code: "upstream_error" });
  });
});
