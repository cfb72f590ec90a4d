import type { Config } from "../config/config.ts";
import { MaskerError } from "../errors.ts";
import { createClient } from "./client.ts";
import { STUB_NAME, stub } from "./stub.ts";
import type { Upstream, Upstreams, UpstreamTarget } from "./upstream.ts";

/** How long the end of a call says something about the provider. */
const HEALTH_WINDOW_MS = 60_000;

/** The providers of an installation: the stub, and every one that is configured. */
export function createUpstreams(config: Config["upstream"], now: () => number = Date.now): Upstreams {
  let last: { readonly ok: boolean; readonly at: number } | null = null;
  const outcome = (ok: boolean) => {
    last = { ok, at: now() };
  };
  const clients = new Map<string, Upstream>(
    [...config.providers.values()].map((provider) => [provider.name, createClient(provider, config, outcome)]),
  );

  function resolve(setting: string): UpstreamTarget {
    // The model comes after the first colon: names of models may have colons too.
    const [, name = "", model = ""] = /^([^:]+)(?::(.+))?$/.exec(setting) ?? [];
    if (name === STUB_NAME) return { upstream: stub, model: model || STUB_NAME, models: [] };
    const upstream = clients.get(name);
    const models = config.providers.get(name)?.models ?? [];
    if (!upstream || model === "" || (models.length > 0 && !models.includes(model))) {
      throw new MaskerError("unknown_upstream");
    }
    return { upstream, model, models };
  }

  return {
    resolve,
    settings: () => [
      STUB_NAME,
      ...[...config.providers.values()].flatMap(({ name, models }) =>
        (models.length > 0 ? models : [config.defaultModel]).map((model) => `${name}:${model}`),
      ),
    ],
    healthy: () => last === null || last.ok || now() - last.at > HEALTH_WINDOW_MS,
  };
}
