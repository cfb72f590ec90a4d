/** Keys: from variables, else from the data folder, else made there on the first start. */
import { chmodSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { KID_PATTERN } from "../id.ts";
import type { Config, KeyConfig } from "./config.ts";
import type { Problems } from "./problems.ts";

const KEY_BYTES = 32;
/** The key that the built-in policies name. */
export const DEFAULT_KID = "K_HEALTHCARE";

const INSTALLATION_KEYS = {
  session: "MASKER_SESSION_SECRET",
  auditHmac: "MASKER_AUDIT_HMAC_KEY",
  signing: "MASKER_SIGNING_KEY",
} as const;
const TOKEN_KEY_PREFIX = "MASKER_KEY_";

export interface KeyPlace {
  readonly dataDir: string;
  /** True when the folder holds a database, vault or audit log: then a missing key is lost, not new. */
  readonly inUse: boolean;
  /** True: keys that no variable gives live in memory only and nothing is written (one-shot commands). */
  readonly throwaway: boolean;
}

/** A fresh key in base64. */
export function generateKey(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(KEY_BYTES))).toString("base64");
}

/** All keys of the installation. `settings` may name any `MASKER_KEY_<KID>[_OLD]` and the three installation keys. */
export function loadKeys(settings: ReadonlyMap<string, string>, place: KeyPlace, problems: Problems): Config["keys"] {
  const folder = join(place.dataDir, "keys");
  const stored = place.throwaway ? new Map<string, string>() : readKeyFiles(folder, problems);
  const texts = new Map([...stored, ...settings]);

  const needed: string[] = Object.values(INSTALLATION_KEYS).filter((name) => !texts.has(name));
  const anyTokenKey = [...texts.keys()].some((name) => name.startsWith(TOKEN_KEY_PREFIX));
  if (!anyTokenKey) needed.push(TOKEN_KEY_PREFIX + DEFAULT_KID);
  for (const name of needed) {
    if (place.throwaway) texts.set(name, generateKey());
    else if (place.inUse) {
      problems.add(name, `is missing although the data folder is in use; restore ${join(folder, name)} or set it`);
    } else {
      const made = makeKeyFile(folder, name, problems);
      if (made !== null) texts.set(name, made);
    }
  }

  const read = (name: string) => readKey(name, texts.get(name), problems);
  return {
    session: read(INSTALLATION_KEYS.session),
    auditHmac: read(INSTALLATION_KEYS.auditHmac),
    signing: read(INSTALLATION_KEYS.signing),
    tokens: tokenKeys(texts, problems),
  };
}

function tokenKeys(texts: ReadonlyMap<string, string>, problems: Problems): Map<string, KeyConfig> {
  const names = [...texts.keys()].filter((name) => name.startsWith(TOKEN_KEY_PREFIX)).sort();
  const secrets = new Map(names.map((name) => [name, readKey(name, texts.get(name), problems)]));
  const keys = new Map<string, KeyConfig>();
  for (const [name, secret] of secrets) {
    const suffix = name.slice(TOKEN_KEY_PREFIX.length);
    const kid = suffix.endsWith("_OLD") ? suffix.slice(0, -"_OLD".length) : suffix;
    if (/_(OLD|FILE)$/.test(kid)) problems.add(name, "a kid must not end in _OLD or _FILE");
    else if (!KID_PATTERN.test(kid)) {
      problems.add(name, "a kid is a letter and up to 31 upper-case letters, digits and underscores");
    } else if (kid === suffix) keys.set(kid, { kid, secret, old: secrets.get(`${name}_OLD`) ?? null });
    else if (!secrets.has(TOKEN_KEY_PREFIX + kid)) {
      problems.add(name, `is the previous key of ${kid}, but ${TOKEN_KEY_PREFIX}${kid} is not set`);
    }
  }
  return keys;
}

function readKey(name: string, text: string | undefined, problems: Problems): Uint8Array {
  const nothing = new Uint8Array(KEY_BYTES);
  if (text === undefined) return nothing;
  const trimmed = text.trim();
  const bytes = Buffer.from(trimmed, "base64");
  // Buffer skips what is no base64, so only a text that encodes back to itself counts.
  if (bytes.toString("base64").replace(/=+$/, "") !== trimmed.replace(/=+$/, "")) {
    problems.add(name, `must be base64 of ${KEY_BYTES} bytes, and is not base64`);
    return nothing;
  }
  if (bytes.length !== KEY_BYTES) {
    problems.add(name, `must be base64 of ${KEY_BYTES} bytes, and is of ${bytes.length}`);
    return nothing;
  }
  return new Uint8Array(bytes);
}

function readKeyFiles(folder: string, problems: Problems): Map<string, string> {
  const found = new Map<string, string>();
  if (!existsSync(folder)) return found;
  for (const name of readdirSync(folder).sort()) {
    if (!name.startsWith("MASKER_") || name.endsWith(".new")) continue;
    const path = join(folder, name);
    try {
      // A restored backup may have widened it.
      if (process.platform !== "win32") chmodSync(path, 0o600);
      found.set(name, readFileSync(path, "utf8"));
    } catch {
      problems.add(name, `${path} cannot be read, or its mode not set to 0600`);
    }
  }
  return found;
}

/** Makes the key's file, mode 0600, and gives its text; a file that another start made meanwhile wins. */
function makeKeyFile(folder: string, name: string, problems: Problems): string | null {
  const path = join(folder, name);
  // Written beside and linked into place, so that a start that is cut off never leaves half a key.
  const draft = `${path}.${process.pid}.new`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(draft, `${generateKey()}\n`, { mode: 0o600, flush: true });
    try {
      linkSync(draft, path);
    } catch (thrown) {
      if ((thrown as { code?: string }).code !== "EEXIST") throw thrown;
    }
    rmSync(draft);
    return readFileSync(path, "utf8");
  } catch {
    problems.add(name, `is not set and ${path} cannot be written`);
    return null;
  }
}
