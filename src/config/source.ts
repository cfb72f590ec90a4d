/** Where settings come from: variables first, then the configuration file, then files named by `<NAME>_FILE`. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse, TomlError } from "smol-toml";
import type { Environment } from "./environment.ts";
import type { Problems } from "./problems.ts";
import { FIXED_NAMES, FIXED_SECRETS } from "./sections.ts";

const PROVIDER_NAME = /^MASKER_UPSTREAM_([A-Z][A-Z0-9_]*)_(BASE_URL|API_KEY|MODELS)$/;
const KEY_NAME = /^MASKER_(SESSION_SECRET|AUDIT_HMAC_KEY|SIGNING_KEY|KEY_.+)$/;
/** Read by the command line itself, before any other setting or for a server elsewhere. */
const COMMAND_LINE_NAMES: ReadonlySet<string> = new Set(["MASKER_CONFIG", "MASKER_SERVER", "MASKER_API_TOKEN"]);

/** The provider and the field that a variable belongs to, or null when it is no variable of a further provider. */
export function providerOf(name: string): { readonly provider: string; readonly field: string } | null {
  const match = FIXED_NAMES.has(name) ? null : PROVIDER_NAME.exec(name);
  return match?.[1] && match[2] ? { provider: match[1].toLowerCase(), field: match[2] } : null;
}

/** True for the variables that hold a 32-byte key. */
export function isKeyName(name: string): boolean {
  return !FIXED_NAMES.has(name) && KEY_NAME.test(name);
}

function isSecret(name: string): boolean {
  return FIXED_SECRETS.has(name) || isKeyName(name) || providerOf(name)?.field === "API_KEY";
}

function isSetting(name: string): boolean {
  return FIXED_NAMES.has(name) || isSecret(name) || providerOf(name) !== null;
}

/** The base of `<NAME>_FILE` when that base is a secret, else null. */
function fileVariantOf(name: string): string | null {
  const base = name.endsWith("_FILE") ? name.slice(0, -"_FILE".length) : null;
  return base !== null && !FIXED_NAMES.has(name) && isSecret(base) ? base : null;
}

/** Names of `MASKER_` variables that are no settings: most likely misspelt, so the log warns of them. */
export function unknownSettings(env: Environment): readonly string[] {
  // A Kubernetes service called "masker" puts these into every container.
  const kubernetes = /^MASKER_(SERVICE_|PORT$|PORT_)/;
  return Object.keys(env)
    .filter((name) => name.startsWith("MASKER_") && !COMMAND_LINE_NAMES.has(name) && !kubernetes.test(name))
    .filter((name) => !isSetting(name) && fileVariantOf(name) === null);
}

/**
 * All settings as text, by variable name. An empty variable counts as unset.
 * @param configFile path from the command line; else `MASKER_CONFIG`, `./masker.toml`, `~/.config/masker/config.toml`.
 */
export function readSettings(
  env: Environment,
  configFile: string | undefined,
  problems: Problems,
): Map<string, string> {
  const settings = readConfigFile(env, configFile, problems);
  for (const [name, value] of Object.entries(env)) {
    if (!value?.trim() || (!isSetting(name) && fileVariantOf(name) === null)) continue;
    // A variable replaces what the file says of the same setting, in whichever of its two forms.
    settings.delete(`${name}_FILE`);
    settings.delete(fileVariantOf(name) ?? "");
    settings.set(name, value);
  }
  for (const [name, path] of [...settings]) {
    const base = fileVariantOf(name);
    if (base === null) continue;
    settings.delete(name);
    if (settings.has(base) || env[base]?.trim()) {
      problems.add(name, `is set together with ${base}; set one of them`);
      continue;
    }
    try {
      settings.set(base, readFileSync(path, "utf8").trim());
    } catch {
      problems.add(name, "the file cannot be read");
    }
  }
  return settings;
}

function readConfigFile(env: Environment, named: string | undefined, problems: Problems): Map<string, string> {
  const settings = new Map<string, string>();
  const path = named ?? (env.MASKER_CONFIG?.trim() || findConfigFile(env));
  if (path === null) return settings;
  let tree: unknown;
  try {
    tree = parse(readFileSync(path, "utf8"));
  } catch (thrown) {
    // Only the position: the parser's message quotes the line, which may hold a secret.
    problems.add(path, thrown instanceof TomlError ? `is not valid TOML (line ${thrown.line})` : "cannot be read");
    return settings;
  }
  for (const [key, value] of flatten(tree, [])) {
    const upper = key.join("_").toUpperCase();
    const name = FIXED_NAMES.has(upper) ? upper : `MASKER_${upper}`;
    if (!isSetting(name) && fileVariantOf(name) === null) problems.add(`${path} ${key.join(".")}`, "is not a setting");
    else settings.set(name, value);
  }
  return settings;
}

function findConfigFile(env: Environment): string | null {
  const home = env.HOME || env.USERPROFILE;
  const candidates = [resolve("masker.toml"), ...(home ? [join(home, ".config", "masker", "config.toml")] : [])];
  return candidates.find((path) => existsSync(path)) ?? null;
}

/** `[upstream.azure] base_url = "x"` as `[["upstream","azure","base_url"], "x"]`; lists are joined with commas. */
function flatten(tree: unknown, path: readonly string[]): [readonly string[], string][] {
  if (Array.isArray(tree)) return [[path, tree.map(String).join(",")]];
  if (typeof tree !== "object" || tree === null) return [[path, String(tree)]];
  return Object.entries(tree).flatMap(([key, value]) => flatten(value, [...path, key]));
}
