import { describe, expect, it } from "vitest";
import { routeOf } from "../../src/proxy/route.ts";

const id = "agt_01HYZXVW2QK3J4M5N6P7R8S9TA";

describe("routeOf", () => {
  it.each([
    `/proxy/${id}/v1/chat/completions`,
    `/proxy/${id}/chat/completions`,
    `/proxy/${id}/v1/chat/completions/chat/completions`,
    `/proxy/${id}/chat/completions/chat/completions`,
    `/proxy/${id}/v1/chat/completions/`,
    `/proxy/${id}//chat/completions`,
    `/proxy/${id}/v1//chat/completions`,
    `//proxy/${id}/v1/chat/completions//`,
  ])("%s is the chat endpoint", (path) => {
    expect(routeOf(path)).toMatchObject({ name: "chat", agentId: id });
  });

  it.each([
    `/proxy/${id}/v1/models`,
    `/proxy/${id}/models`,
    `/proxy/${id}/v1/chat/completions/models`,
    `/proxy/${id}/v1/models/`,
  ])("%s lists models", (path) => {
    expect(routeOf(path)).toMatchObject({ name: "models", agentId: id });
  });

  it.each([
    `/proxy/${id}`,
    `/proxy/${id}/v1`,
    `/proxy/${id}/v1/completions`,
    `/proxy/${id}/v1/embeddings`,
    `/proxy/${id}/v1/responses`,
    `/proxy/${id}/v1/messages`,
    `/proxy/${id}/v1/chat`,
    `/proxy/${id}/v1/chat/completions/chat`,
    `/proxy/${id}/v1/chat/completions/extra`,
    `/proxy/${id}/v2/chat/completions`,
    `/proxy/${id}/V1/Chat/Completions`,
    `/proxy/${id}/v1/chat%2Fcompletions`,
    `/proxy/${id.toLowerCase()}/v1/chat/completions`,
    "/proxy/agt_nope/v1/chat/completions",
    "/proxy//v1/chat/completions",
    "/proxy",
    `/other/${id}/v1/chat/completions`,
  ])("%s is unknown", (path) => {
    expect(routeOf(path)).toEqual({ name: "unknown" });
  });
});
