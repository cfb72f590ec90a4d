import { describe, expect, it } from "vitest";
import type { Config, UpstreamConfig } from "../../src/config/config.ts";
import { MaskerError } from "../../src/errors.ts";
import { createUpstreams } from "../../src/upstream/create-upstreams.ts";

const provider = (members: Partial<UpstreamConfig>): UpstreamConfig => ({
  name: "openai",
  baseUrl: "http://127.0.0.1:1/v1",
  apiKey: null,
  models: [],
  ...members,
});

const config: Config["upstream"] = {
  provider: "openai",
  defaultModel: "gpt-4o-mini",
  providers: new Map([
    ["openai", provider({})],
    ["local", provider({ name: "local", models: ["llama3:8b", "other"] })],
  ]),
  timeoutMs: 1000,
  ca: null,
  httpsProxy: null,
  noProxy: [],
};

describe("createUpstreams", () => {
  it.each([
    ["stub", "stub", "stub"],
    ["openai:gpt-4o", "openai", "gpt-4o"],
    ["local:llama3:8b", "local", "llama3:8b"],
  ])("%s", (setting, name, model) => {
    const target = createUpstreams(config).resolve(setting);
    expect([target.upstream.name, target.model]).toEqual([name, model]);
  });

  it.each(["", ":", "openai", "openai:", "nobody:m", "local:unlisted", "__proto__:m", "OPENAI:gpt-4o"])(
    "%j is unknown_upstream",
    (setting) => {
      let error: unknown;
      try {
        createUpstreams(config).resolve(setting);
      } catch (thrown) {
        error = thrown;
      }
      expect(error instanceof MaskerError && error.code).toBe("unknown_upstream");
    },
  );

  it("offers the stub and every configured model", () => {
    expect(createUpstreams(config).settings()).toEqual([
      "stub",
      "openai:gpt-4o-mini",
      "local:llama3:8b",
      "local:other",
    ]);
  });

  it("is healthy without calls, not for a minute after a failed one, and again after that", async () => {
    let now = 0;
    const upstreams = createUpstreams(config, () => now);
    expect(upstreams.healthy()).toBe(true);
    const { upstream } = upstreams.resolve("openai:m");
    const request = { body: "{}", stream: false, authorization: null, signal: new AbortController().signal };
    await upstream.send(request).catch(() => {});
    expect(upstreams.healthy()).toBe(false);
    now = 60_000;
    expect(upstreams.healthy()).toBe(false);
    now = 60_001;
    expect(upstreams.healthy()).toBe(true);
  });
});
