import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { KeyConfig } from "../../src/config/config.ts";
import { MaskerError } from "../../src/errors.ts";
import { createTokenizer, type VaultTokenizer } from "../../src/tokens/create-tokenizer.ts";
import { parseToken } from "../../src/tokens/token.ts";

const DAY_MS = 86_400_000;
const KID = "K_HEALTHCARE";
const folders: string[] = [];
const open: VaultTokenizer[] = [];

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "masker-vault-"));
  folders.push(path);
  return path;
}

function key(secret = randomBytes(32), old: Uint8Array | null = null): Map<string, KeyConfig> {
  return new Map([[KID, { kid: KID, secret, old }]]);
}

function tokenizer(path: string, keys = key(), now = () => Date.now()): VaultTokenizer {
  const made = createTokenizer({ vaultPath: join(path, "vault.db"), keys, graceDays: 30, now });
  open.push(made);
  return made;
}

afterEach(async () => {
  for (const one of open.splice(0)) await one.close().catch(() => undefined);
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

const one = (tokens: readonly string[]): string => tokens[0] ?? "";
const name = (value: string) => [{ kind: "NAME" as const, value, kid: KID }];

describe("vault-deterministic", () => {
  it("gives one token to one value of an agent, and never shares it", () => {
    const t = tokenizer(folder());
    const token = one(t.tokenize("agt_a", "vault-deterministic", name("Oona Pellweather")));
    expect(token).toMatch(/^MSKV1\.NAME\.K_HEALTHCARE\.[A-Z2-7]{26}$/);
    expect(one(t.tokenize("agt_a", "vault-deterministic", name("OONA  pellweather")))).toBe(token);
    expect(one(t.tokenize("agt_b", "vault-deterministic", name("Oona Pellweather")))).not.toBe(token);
    expect(one(t.tokenize("agt_a", "vault-deterministic", name("Oona Pellweathers")))).not.toBe(token);
    expect(
      one(t.tokenize("agt_a", "vault-deterministic", [{ kind: "FACILITY", value: "Oona Pellweather", kid: KID }])),
    ).not.toBe(token);
    expect(t.reveal("agt_a", token)).toBe("Oona Pellweather");
    expect(t.reveal("agt_b", token)).toBeNull();
  });

  it("lets nobody go on whose row could not be written, gives out nothing new then, and writes all of it later", async () => {
    const path = folder();
    const keys = key();
    const t = tokenizer(path, keys);
    const real = t.vault.transaction.bind(t.vault);
    const failing = <T>(work: () => T): T =>
      real(() => {
        work();
        throw new Error("disk full");
      });
    Object.assign(t.vault, { transaction: failing });
    const token = one(t.tokenize("agt_a", "vault-deterministic", name("Oona Pellweather")));
    const flushes = await Promise.allSettled([t.flush(), t.flush()]);
    expect(flushes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(() => t.tokenize("agt_a", "vault-deterministic", name("Ivo Quarrington"))).toThrow(MaskerError);
    // The value that was met before keeps its token, but nobody may rely on it yet.
    expect(one(t.tokenize("agt_a", "vault-deterministic", name("Oona Pellweather")))).toBe(token);
    await expect(t.flush()).rejects.toThrow(MaskerError);

    Object.assign(t.vault, { transaction: real });
    const second = one(t.tokenize("agt_a", "vault-deterministic", name("Ivo Quarrington")));
    await t.flush();
    const other = tokenizer(path, keys);
    expect(other.reveal("agt_a", token)).toBe("Oona Pellweather");
    expect(other.reveal("agt_a", second)).toBe("Ivo Quarrington");
  });

  it("gives tokens of one length whatever the input", () => {
    const t = tokenizer(folder());
    const lengths = ["x", "a much longer name than that", "é".repeat(500)].map(
      (value) => one(t.tokenize("agt_a", "vault-deterministic", name(value))).length,
    );
    expect(new Set(lengths).size).toBe(1);
  });

  it("finds its tokens again after a restart, and not with another key", async () => {
    const path = folder();
    const secret = randomBytes(32);
    const first = tokenizer(path, key(secret));
    const token = one(first.tokenize("agt_a", "vault-deterministic", name("Oona Pellweather")));
    await first.close();
    open.pop();
    const second = tokenizer(path, key(secret));
    expect(one(second.tokenize("agt_a", "vault-deterministic", name("Oona Pellweather")))).toBe(token);
    await second.close();
    open.pop();
    expect(tokenizer(path).reveal("agt_a", token)).toBeNull();
  });

  it("gives one token when one process has met a value and another meets it then", async () => {
    const path = folder();
    const keys = key();
    const [a, b] = [tokenizer(path, keys), tokenizer(path, keys)];
    for (let i = 0; i < 20; i++) {
      const value = name(`Person ${i}`);
      const token = one(a.tokenize("agt_a", "vault-deterministic", value));
      await a.flush();
      expect(one(b.tokenize("agt_a", "vault-deterministic", value))).toBe(token);
    }
  });

  it("refuses the second of two processes that meet a new value in one moment, and gives the first one's token then", async () => {
    const path = folder();
    const keys = key();
    const [a, b] = [tokenizer(path, keys), tokenizer(path, keys)];
    const value = name("Oona Pellweather");
    const token = one(a.tokenize("agt_a", "vault-deterministic", value));
    expect(one(b.tokenize("agt_a", "vault-deterministic", value))).not.toBe(token);
    await a.flush();
    await expect(b.flush()).rejects.toMatchObject({ code: "audit_unavailable" });
    expect(one(b.tokenize("agt_a", "vault-deterministic", value))).toBe(token);
    await b.flush();
  });

  it("knows a token before its row is written, and writes the rows of many turns at once", async () => {
    const path = folder();
    const keys = key();
    const t = tokenizer(path, keys);
    const tokens = Array.from({ length: 130 }, (_, i) =>
      one(t.tokenize("agt_a", "vault-deterministic", name(`Person ${i}`))),
    );
    expect(t.reveal("agt_a", tokens[0]!)).toBe("Person 0");
    expect(t.reveal("agt_b", tokens[0]!)).toBeNull();
    expect(one(t.tokenize("agt_a", "vault-deterministic", name("person 0")))).toBe(tokens[0]);
    await Promise.all([t.flush(), t.flush()]);
    const other = tokenizer(path, keys);
    for (const [i, token] of tokens.entries()) expect(other.reveal("agt_a", token)).toBe(`Person ${i}`);
  });

  it("keeps no value in clear in any of its files", async () => {
    const path = folder();
    const t = tokenizer(path);
    t.tokenize("agt_a", "vault-deterministic", name("Oona Pellweather"));
    await t.flush();
    const files = readdirSync(path);
    expect(files).toContain("vault.db-wal");
    for (const file of files) {
      const bytes = readFileSync(join(path, file)).toString("latin1").toLowerCase();
      expect(bytes).not.toContain("pellweather");
    }
    expect(statSync(join(path, "vault.db")).mode & 0o077).toBe(0);
  });

  it("purges what was not used, makes a new token then, and says no more what the old one meant", async () => {
    let clock = Date.now();
    const t = tokenizer(folder(), key(), () => clock);
    const old = one(t.tokenize("agt_a", "vault-deterministic", name("Oona Pellweather")));
    await t.flush();
    clock += 10 * DAY_MS;
    const fresh = one(t.tokenize("agt_a", "vault-deterministic", name("Ivo Quarrington")));
    clock += 5 * DAY_MS;
    expect(t.purgeUnused(12)).toBe(1);
    expect(t.reveal("agt_a", old)).toBeNull();
    expect(t.reveal("agt_a", fresh)).toBe("Ivo Quarrington");
    expect(one(t.tokenize("agt_a", "vault-deterministic", name("Oona Pellweather")))).not.toBe(old);
  });

  it("notices a purge by another process", async () => {
    const path = folder();
    const keys = key();
    const [server, command] = [tokenizer(path, keys), tokenizer(path, keys)];
    const old = one(server.tokenize("agt_a", "vault-deterministic", name("Oona Pellweather")));
    await server.flush();
    expect(command.vault.purge({ agentId: "agt_a" })).toBe(1);
    const fresh = one(server.tokenize("agt_a", "vault-deterministic", name("Oona Pellweather")));
    expect(fresh).not.toBe(old);
    expect(server.reveal("agt_a", fresh)).toBe("Oona Pellweather");
  });
});

describe("key rotation", () => {
  it("keeps tokens, moves every row to the new key and ends the old one after the grace", async () => {
    let clock = Date.now();
    const path = folder();
    const [oldSecret, newSecret] = [randomBytes(32), randomBytes(32)];
    const before = tokenizer(path, key(oldSecret), () => clock);
    const values = Array.from({ length: 1200 }, (_, i) => name(`Person ${i}`)[0]!);
    const tokens = before.tokenize("agt_a", "vault-deterministic", values);
    await before.close();
    open.pop();

    const rotated = tokenizer(path, key(newSecret, oldSecret), () => clock);
    expect(rotated.tokenize("agt_a", "vault-deterministic", values.slice(0, 3))).toEqual(tokens.slice(0, 3));
    expect(rotated.reveal("agt_a", tokens[700]!)).toBe("Person 700");
    expect(await rotated.rotate()).toEqual({ moved: 1197, unreadable: 0 });
    expect(await rotated.rotate()).toEqual({ moved: 0, unreadable: 0 });
    expect(rotated.tokenize("agt_a", "vault-deterministic", values)).toEqual(tokens);
    await rotated.close();
    open.pop();

    const after = tokenizer(path, key(newSecret), () => clock);
    expect(after.reveal("agt_a", tokens[1100]!)).toBe("Person 1100");
    await after.close();
    open.pop();

    const unmoved = folder();
    const first = tokenizer(unmoved, key(oldSecret), () => clock);
    const token = one(first.tokenize("agt_a", "vault-deterministic", name("Oona Pellweather")));
    await first.close();
    open.pop();
    const late = tokenizer(unmoved, key(newSecret, oldSecret), () => clock);
    expect(late.reveal("agt_a", token)).toBe("Oona Pellweather");
    clock += 31 * DAY_MS;
    expect(late.reveal("agt_a", token)).toBeNull();
  });
});

describe("reversible-aead", () => {
  it("needs no vault row, binds kind and agent, and shows no more than equality", () => {
    const path = folder();
    const t = tokenizer(path);
    const token = one(t.tokenize("agt_a", "reversible-aead", [{ kind: "SSN", value: "219-09-9999", kid: KID }]));
    expect(t.vault.stats().rows).toBe(0);
    expect(token).toMatch(/^MSK1\.SSN\.K_HEALTHCARE\.[A-Z2-7]+$/);
    expect(one(t.tokenize("agt_a", "reversible-aead", [{ kind: "SSN", value: "219 09 9999", kid: KID }]))).toBe(token);
    expect(t.reveal("agt_a", token)).toBe("219099999");
    expect(t.reveal("agt_b", token)).toBeNull();
    expect(t.reveal("agt_a", token.replace(".SSN.", ".MRN."))).toBeNull();
    const parsed = parseToken(token);
    for (const swap of [0, 20, 40]) {
      const text = parsed!.value;
      const changed = text.slice(0, swap) + (text[swap] === "A" ? "B" : "A") + text.slice(swap + 1);
      expect(t.reveal("agt_a", token.replace(text, changed))).toBeNull();
    }
  });

  it("hides lengths within a bucket", () => {
    const t = tokenizer(folder());
    const length = (value: string) => one(t.tokenize("agt_a", "reversible-aead", name(value))).length;
    expect(length("x")).toBe(length("fourteen chars"));
    expect(length("y".repeat(100))).toBe(length("z".repeat(126)));
  });

  it("gives back any text up to its limit, and refuses a longer one", () => {
    const t = tokenizer(folder());
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 300 }), (value) => {
        const token = one(t.tokenize("agt_a", "reversible-aead", name(value)));
        const again = one(t.tokenize("agt_a", "reversible-aead", name(t.reveal("agt_a", token) ?? "")));
        expect(again).toBe(token);
      }),
      { numRuns: 60 },
    );
    expect(() => t.tokenize("agt_a", "reversible-aead", name("q".repeat(2047)))).toThrow(/too long/);
  });
});

describe("durability", () => {
  it("has every flushed token in a file that is copied without a clean close", async () => {
    const path = folder();
    const keys = key();
    const t = tokenizer(path, keys);
    const tokens = t.tokenize("agt_a", "vault-deterministic", [
      ...name("Oona Pellweather"),
      ...name("Ivo Quarrington"),
    ]);
    await Promise.all([t.flush(), t.flush(), t.flush()]);
    const copy = folder();
    for (const file of ["vault.db", "vault.db-wal"]) {
      expect(existsSync(join(path, file))).toBe(true);
      await Bun.write(join(copy, file), Bun.file(join(path, file)));
    }
    expect(tokenizer(copy, keys).reveal("agt_a", tokens[1] ?? "")).toBe("Ivo Quarrington");
  });
});
