/**
 * The policies in force. Lookups are plain reads of one immutable map; a reload reads everything first and then swaps the
 * map, so that a request keeps the policy it began with and never sees half a change.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { MaskerError } from "../errors.ts";
import type { Log } from "../log/log.ts";
import { declaredName, type PolicyProblem, readPolicy } from "./parse.ts";
import type { Policy } from "./policy.ts";
import { DEFAULT_POLICY_NAME, PRESETS } from "./presets.ts";

/** The current version of a policy that lives in the database. */
export interface StoredPolicy {
  readonly accountId: string;
  readonly name: string;
  /** The revision, from 1. */
  readonly version: number;
  readonly yaml: string;
}

export interface PolicyBookOptions {
  readonly kids: ReadonlySet<string>;
  /** A YAML file or a folder of them; null: the built-in policies alone. */
  readonly path: string | null;
  /** With it a bad file is replaced by the default and a warning logged, instead of refused. */
  readonly dev: boolean;
  readonly log: Log;
  /** Current versions of every account's policies. */
  readonly stored: () => Promise<readonly StoredPolicy[]>;
  /** The revision of a file's text: the one it was recorded under, else the next. */
  readonly revisionOf: (name: string, yaml: string) => Promise<number>;
}

interface Shelf {
  /** Built-in policies and those of files, which replace built-in ones of the same name. */
  readonly shared: ReadonlyMap<string, Policy>;
  readonly fileNames: ReadonlySet<string>;
  /** By account and name. */
  readonly owned: ReadonlyMap<string, Policy>;
}

export class PolicyBook {
  readonly #options: PolicyBookOptions;
  #shelf: Shelf;

  private constructor(options: PolicyBookOptions, shelf: Shelf) {
    this.#options = options;
    this.#shelf = shelf;
  }

  /** @throws MaskerError policy_yaml_invalid with every problem of every policy, each path led by the file or policy. */
  static async open(options: PolicyBookOptions): Promise<PolicyBook> {
    return new PolicyBook(options, await readShelf(options));
  }

  /** The policy of that name that an account's agents use now: a shared one first, since their names are reserved. */
  get(accountId: string, name: string): Policy | null {
    return this.#shelf.shared.get(name) ?? this.#shelf.owned.get(ownedKey(accountId, name)) ?? null;
  }

  /** All policies that the account can name, shared ones first. */
  list(accountId: string): readonly Policy[] {
    const prefix = ownedKey(accountId, "");
    const owned = [...this.#shelf.owned].filter(([key]) => key.startsWith(prefix)).map(([, policy]) => policy);
    return [...this.#shelf.shared.values(), ...owned];
  }

  /** True for names of built-in policies and of files, which no account can take. */
  isReserved(name: string): boolean {
    return this.#shelf.shared.has(name);
  }

  /** Where a policy of the account comes from, null when there is none. */
  sourceOf(accountId: string, name: string): "built-in" | "file" | "database" | null {
    if (this.#shelf.fileNames.has(name)) return "file";
    if (this.#shelf.shared.has(name)) return "built-in";
    return this.#shelf.owned.has(ownedKey(accountId, name)) ? "database" : null;
  }

  /** Every policy in force, of all accounts. */
  all(): readonly Policy[] {
    return [...this.#shelf.shared.values(), ...this.#shelf.owned.values()];
  }

  /** Puts a saved version in force; the text was validated when it was saved. */
  put(accountId: string, policy: Policy): void {
    this.#shelf = { ...this.#shelf, owned: new Map(this.#shelf.owned).set(ownedKey(accountId, policy.name), policy) };
  }

  remove(accountId: string, name: string): void {
    const owned = new Map(this.#shelf.owned);
    owned.delete(ownedKey(accountId, name));
    this.#shelf = { ...this.#shelf, owned };
  }

  /**
   * Reads files and database again; all or nothing.
   * @returns the policies whose text or revision changed.
   * @throws MaskerError policy_yaml_invalid; then everything stays in force as it was.
   */
  async reload(): Promise<readonly Policy[]> {
    const before = this.#shelf;
    const after = await readShelf(this.#options);
    this.#shelf = after;
    const isNew = (old: Policy | undefined, now: Policy) => old?.yaml !== now.yaml || old.revision !== now.revision;
    return [
      ...[...after.shared].filter(([name, policy]) => isNew(before.shared.get(name), policy)),
      ...[...after.owned].filter(([key, policy]) => isNew(before.owned.get(key), policy)),
    ].map(([, policy]) => policy);
  }
}

function ownedKey(accountId: string, name: string): string {
  return `${accountId}\n${name}`;
}

async function readShelf(options: PolicyBookOptions): Promise<Shelf> {
  const problems: PolicyProblem[] = [];
  const read = (yaml: string, revision: number, label: string): Policy | null => {
    const result = readPolicy(yaml, { kids: options.kids, revision });
    if (result.policy === null && !options.dev) {
      problems.push(...result.problems.map((p) => ({ ...p, path: p.path === "" ? label : `${label}: ${p.path}` })));
    } else if (result.policy === null) {
      const fields = { policy: label, code: result.problems[0]!.code };
      options.log.warn("policy is not valid, the default is used in its place", fields);
    }
    return result.policy;
  };

  const shared = new Map<string, Policy>();
  for (const [name, yaml] of PRESETS) {
    const policy = read(withAvailableKid(yaml, options.kids), 1, name);
    if (policy) shared.set(name, policy);
  }
  const fallback = shared.get(DEFAULT_POLICY_NAME);
  const standIn = (name: string | null) => (name !== null && fallback ? { ...fallback, name } : null);

  const fileNames = new Set<string>();
  for (const file of await readFiles(options.path)) {
    const policy = read(file.yaml, 1, file.label) ?? standIn(declaredName(file.yaml));
    if (policy === null) continue;
    if (fileNames.has(policy.name)) {
      problems.push({
        path: `${file.label}: name`,
        line: 1,
        code: "name_taken",
        message: "another file has this name",
      });
    }
    const revision = await options.revisionOf(policy.name, policy.yaml);
    shared.set(policy.name, { ...policy, revision });
    fileNames.add(policy.name);
  }

  const owned = new Map<string, Policy>();
  for (const stored of await options.stored()) {
    const policy = read(stored.yaml, stored.version, stored.name) ?? standIn(stored.name);
    if (policy) owned.set(ownedKey(stored.accountId, stored.name), policy);
  }
  if (problems.length > 0) throw new MaskerError("policy_yaml_invalid", { details: problems });
  return { shared, fileNames, owned };
}

/** Built-in policies name the key that a first start makes; where the operator has only keys of other names, the first of them. */
function withAvailableKid(yaml: string, kids: ReadonlySet<string>): string {
  const first = [...kids].sort()[0];
  return yaml.replace(/^kid: (\S+)$/m, (line, kid: string) =>
    first === undefined || kids.has(kid) ? line : `kid: ${first}`,
  );
}

interface PolicyFile {
  /** File name, for messages: a path could tell more than an operator wants in a log. */
  readonly label: string;
  readonly yaml: string;
}

/** @throws MaskerError policy_yaml_invalid when the file or folder cannot be read. */
async function readFiles(path: string | null): Promise<readonly PolicyFile[]> {
  if (path === null) return [];
  try {
    const folder = (await stat(path)).isDirectory();
    const names = folder ? (await readdir(path)).filter((name) => /\.ya?ml$/i.test(name)).sort() : [basename(path)];
    const fileOf = (name: string) => (folder ? join(path, name) : path);
    return await Promise.all(names.map(async (name) => ({ label: name, yaml: await readFile(fileOf(name), "utf8") })));
  } catch (cause) {
    throw new MaskerError("policy_yaml_invalid", { message: "MASKER_POLICY_PATH cannot be read.", cause });
  }
}
