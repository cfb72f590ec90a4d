import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { openDatabase } from "../../src/db/open.ts";
import { findPayloads, insertPayloads } from "../../src/db/payloads.ts";
import { createPayloadSealer } from "../../src/proxy/payload-seal.ts";
import { createTokenizer } from "../../src/tokens/create-tokenizer.ts";
import { masker as run } from "./masker.ts";

const KID = "K_HEALTHCARE";

/** A data folder with a vault in it, and the environment that names it. */
async function installation(extra: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "masker-cli-"));
  const env = { MASKER_DATA_DIR: folder, [`MASKER_KEY_${KID}`]: randomBytes(32).toString("base64"), ...extra };
  const config = loadConfig(env, {});
  const tokenizer = createTokenizer({ vaultPath: config.vaultPath, keys: config.keys.tokens, graceDays: 30 });
  const requests = ["Oona Pellweather", "Ivo Quarrington"].map((value) => ({ kind: "NAME" as const, value, kid: KID }));
  const tokens = tokenizer.tokenize("agt_a", "vault-deterministic", requests);
  await tokenizer.close();
  return { folder, env, tokens };
}

const masker = (env: Record<string, string>, ...args: string[]) => run(args, { env });

function reveal(env: Record<string, string>, token: string): string | null {
  const config = loadConfig(env, {});
  const tokenizer = createTokenizer({ vaultPath: config.vaultPath, keys: config.keys.tokens, graceDays: 30 });
  return tokenizer.reveal("agt_a", token);
}

describe("masker vault", () => {
  it("counts rows by key", async () => {
    const { env } = await installation();
    const { code, out } = await masker(env, "vault", "stats", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ rows: 2, byKid: [{ kid: KID, rows: 2 }] });
  });

  it("carries a vault to another folder, still sealed", async () => {
    const from = await installation();
    const file = join(from.folder, "vault.jsonl");
    expect((await masker(from.env, "vault", "export", "--output", file)).code).toBe(0);
    expect(readFileSync(file, "utf8")).not.toContain("Pellweather");
    expect((await masker(from.env, "vault", "export", "--output", file)).code).toBe(64);
    const to = await installation({ [`MASKER_KEY_${KID}`]: from.env[`MASKER_KEY_${KID}`] ?? "" });
    expect((await masker(to.env, "vault", "import", file)).out).toBe("2 rows read\n");
    expect((await masker(to.env, "vault", "import", "/dev/null")).code).toBe(0);
    const bad = join(from.folder, "bad.jsonl");
    await Bun.write(bad, '{"v":1}\nnot json\n');
    expect(await masker(to.env, "vault", "import", bad)).toMatchObject({ code: 2 });
  });

  it("re-encrypts under a new key and says so in the log", async () => {
    const { env, tokens } = await installation();
    const old = env[`MASKER_KEY_${KID}`] ?? "";
    const config = loadConfig(env, {});
    const database = openDatabase(config.databasePath);
    const sealed = createPayloadSealer(config.keys.tokens).seal(KID, "sess_1", "request", "kept text");
    await insertPayloads(database.db, [{ session_id: "sess_1", stage: "request", sealed, created_at: 1 }]);
    const next = { ...env, [`MASKER_KEY_${KID}`]: randomBytes(32).toString("base64"), [`MASKER_KEY_${KID}_OLD`]: old };
    expect((await masker(next, "vault", "rotate-key")).out).toBe("2 rows and 1 payloads re-encrypted\n");
    const { [`MASKER_KEY_${KID}_OLD`]: _, ...after } = next;
    expect(reveal(after, tokens[0] ?? "")).toBe("Oona Pellweather");
    const [row] = await findPayloads(database.db, "sess_1");
    expect(row && createPayloadSealer(loadConfig(after, {}).keys.tokens).open(row)).toBe("kept text");
    database.close();
    const shown = await masker(after, "audit", "show", "--json");
    expect(shown.out).toContain('"key_rotated"');
    expect((await masker(after, "audit", "verify")).code).toBe(0);
  });

  it("deletes for good what it is told to", async () => {
    const { env, tokens } = await installation();
    expect((await masker(env, "vault", "purge")).code).toBe(64);
    expect((await masker(env, "vault", "purge", "--unused-days", "1.5")).code).toBe(64);
    expect((await masker(env, "vault", "purge", "--unused-days", "30")).out).toBe("0 rows deleted\n");
    expect((await masker(env, "vault", "purge", "--agent", "agt_a")).out).toBe("2 rows deleted\n");
    expect(reveal(env, tokens[0] ?? "")).toBeNull();
  });

  it("makes no data folder just by looking", async () => {
    const folder = join(mkdtempSync(join(tmpdir(), "masker-cli-")), "none");
    const { code, err } = await masker({ MASKER_DATA_DIR: folder }, "vault", "stats");
    expect(code).toBe(64);
    expect(err).toContain("masker serve");
    expect(await Bun.file(join(folder, "vault.db")).exists()).toBe(false);
  });
});
