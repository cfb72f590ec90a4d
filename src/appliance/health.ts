import type { HealthReport } from "../app.ts";
import { BUILD } from "../build-info.ts";
import type { Storage } from "./storage.ts";
import type { TurnParts } from "./turn-parts.ts";

/** The state of each part (rest-api, Health), asked anew at each call. */
export function createHealth(
  { database, audit }: Storage,
  { tokenizer, upstreams, ner }: TurnParts,
): () => HealthReport {
  const startedAt = performance.now();
  return () => {
    const components = {
      db: database.healthy() ? "ok" : "failed",
      vault: tokenizer.status(),
      audit_log: audit.health().ok ? "ok" : "failed",
      upstream: upstreams.healthy() ? "ok" : "failed",
      ner_model: ner.status(),
    } as const;
    return {
      status: Object.values(components).includes("failed") ? "degraded" : "ok",
      version: BUILD.version,
      uptime_seconds: Math.floor((performance.now() - startedAt) / 1000),
      components,
      build: { commit: BUILD.commit, built_at: BUILD.built_at },
    };
  };
}
