import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findFirstAccount } from "../../src/db/accounts.ts";
import {
  countAgentsWithPolicy,
  deleteAgent,
  findAgent,
  findAgentEverMade,
  findLiveAgent,
  insertAgent,
  listAgents,
  restoreAgent,
  updateAgent,
} from "../../src/db/agents.ts";
import { insertApiToken, listApiTokens } from "../../src/db/api-tokens.ts";
import { findAuthSession, insertAuthSession } from "../../src/db/auth-sessions.ts";
import { findOneTimeToken, insertOneTimeToken, redeemOneTimeToken } from "../../src/db/one-time-tokens.ts";
import { openDatabase } from "../../src/db/open.ts";
import {
  deletePolicy,
  findFilePolicyYaml,
  findPolicy,
  findPolicyVersion,
  insertPolicy,
  insertPolicyVersion,
  listPolicyVersions,
  recordFilePolicy,
} from "../../src/db/policies.ts";
import { countActiveAdmins, deleteUser, findUser, insertUser, takeTotpStep, type UserRow } from "../../src/db/users.ts";
import { newId } from "../../src/id.ts";
import { agentRow, emptyDatabase, makeAccount, makeAgent, NOW } from "./database.ts";

const code = (expected: string) => expect.objectContaining({ code: expected });

function userRow(accountId: string, extra: Partial<UserRow> = {}): UserRow {
  const id = newId("user");
  return {
    id,
    account_id: accountId,
    email: `${id.toLowerCase()}@example.com`,
    name: "A",
    role: "admin",
    password_hash: null,
    totp_sealed: null,
    totp_pending_sealed: null,
    totp_last_step: null,
    github_id: null,
    github_login: null,
    oidc_subject: null,
    avatar_url: null,
    created_at: NOW,
    last_seen_at: null,
    disabled_at: null,
    ...extra,
  };
}

describe("agents", () => {
  it("are seen by their own account only", async () => {
    const { db } = emptyDatabase();
    const [own, other] = [await makeAccount(db), await makeAccount(db)];
    const agent = await makeAgent(db, own);
    expect(await findAgent(db, own, agent.id)).toEqual(agent);
    expect(await findAgent(db, other, agent.id)).toBeNull();
    expect(await updateAgent(db, other, agent.id, { name: "stolen" })).toBeNull();
    expect(await deleteAgent(db, other, agent.id, NOW)).toBe(false);
    expect(await findLiveAgent(db, agent.id)).toEqual(agent);
  });

  it("have unique names among the living of one account", async () => {
    const { db } = emptyDatabase();
    const [own, other] = [await makeAccount(db), await makeAccount(db)];
    const agent = await makeAgent(db, own, { name: "front-desk" });
    await makeAgent(db, other, { name: "front-desk" });
    await expect(insertAgent(db, agentRow(own, { name: "front-desk" }))).rejects.toEqual(code("name_taken"));
    const second = await makeAgent(db, own, { name: "night" });
    await expect(updateAgent(db, own, second.id, { name: "front-desk" })).rejects.toEqual(code("name_taken"));
    expect(await deleteAgent(db, own, agent.id, NOW)).toBe(true);
    await updateAgent(db, own, second.id, { name: "front-desk" });
    await expect(restoreAgent(db, own, agent.id, NOW - 1)).rejects.toEqual(code("name_taken"));
  });

  it("are gone for callers when deleted, and come back within the time given", async () => {
    const { db } = emptyDatabase();
    const own = await makeAccount(db);
    const agent = await makeAgent(db, own);
    await deleteAgent(db, own, agent.id, NOW);
    expect(await findLiveAgent(db, agent.id)).toBeNull();
    expect((await listAgents(db, { accountId: own, limit: 10 })).rows).toEqual([]);
    expect((await findAgentEverMade(db, own, agent.id))?.deleted_at).toBe(NOW);
    expect(await restoreAgent(db, own, agent.id, NOW)).toBeNull();
    expect(await restoreAgent(db, own, agent.id, NOW - 1)).toEqual(agent);
  });

  it("shows the proxy every change of an agent at once, also another process's", async () => {
    const { db, path } = emptyDatabase();
    const own = await makeAccount(db);
    const agent = await makeAgent(db, own);
    const seen = async () => findLiveAgent(db, agent.id);
    expect(await seen()).toEqual(agent);
    await updateAgent(db, own, agent.id, { platform_auth: { key_required: true } });
    expect((await seen())?.platform_auth).toEqual({ key_required: true });
    await deleteAgent(db, own, agent.id, NOW);
    expect(await seen()).toBeNull();
    await restoreAgent(db, own, agent.id, NOW - 1);
    expect((await seen())?.deleted_at).toBeNull();

    const other = openDatabase(path);
    await updateAgent(other.db, own, agent.id, { platform_auth: { key_required: false } });
    expect((await seen())?.platform_auth).toEqual({ key_required: false });
    await deleteAgent(other.db, own, agent.id, NOW);
    expect(await seen()).toBeNull();
    other.close();
  });

  it("are found by a part of the name in any case and script", async () => {
    const { db } = emptyDatabase();
    const own = await makeAccount(db);
    for (const [step, name] of ["ÄRZTE-Bot", "other", "bot_100%"].entries()) {
      await makeAgent(db, own, { name, created_at: NOW + step });
    }
    const names = async (nameContains: string) =>
      (await listAgents(db, { accountId: own, limit: 10, nameContains })).rows.map(({ name }) => name);
    expect(await names("ärzte")).toEqual(["ÄRZTE-Bot"]);
    expect(await names("BOT")).toEqual(["bot_100%", "ÄRZTE-Bot"]);
    expect(await names("%")).toEqual(["bot_100%"]);
    expect(await names("_")).toEqual(["bot_100%"]);
  });

  it("page newest first, also those of one instant", async () => {
    const { db } = emptyDatabase();
    const own = await makeAccount(db);
    const all = await Promise.all(Array.from({ length: 7 }, (_, step) => makeAgent(db, own, { name: `a${step}` })));
    const first = await listAgents(db, { accountId: own, limit: 4 });
    const second = await listAgents(db, { accountId: own, limit: 4, after: first.next });
    expect(second.next).toBeNull();
    const sorted = all
      .map(({ id }) => id)
      .sort()
      .reverse();
    expect([...first.rows, ...second.rows].map(({ id }) => id)).toEqual(sorted);
  });

  it("say which policies are in use", async () => {
    const { db } = emptyDatabase();
    const own = await makeAccount(db);
    const agent = await makeAgent(db, own, { policy_name: "ours" });
    expect(await countAgentsWithPolicy(db, own, "ours")).toBe(1);
    await deleteAgent(db, own, agent.id, NOW);
    expect(await countAgentsWithPolicy(db, own, "ours")).toBe(0);
  });
});

describe("policies", () => {
  const policy = (accountId: string, yaml: string) => ({
    id: newId("policy"),
    accountId,
    name: "ours",
    yaml,
    createdBy: null,
    nowMs: NOW,
  });

  it("keep every version, also after they are deleted and made again", async () => {
    const { db } = emptyDatabase();
    const own = await makeAccount(db);
    await insertPolicy(db, policy(own, "one"));
    await expect(insertPolicy(db, policy(own, "again"))).rejects.toEqual(code("name_taken"));
    expect(await insertPolicyVersion(db, policy(own, "two"))).toBe(2);
    expect(await findPolicy(db, own, "ours")).toMatchObject({ version: 2, yaml: "two" });
    expect((await listPolicyVersions(db, own, "ours")).map(({ yaml }) => yaml)).toEqual(["two", "one"]);
    expect(await deletePolicy(db, own, "ours", NOW)).toBe(true);
    expect(await findPolicy(db, own, "ours")).toBeNull();
    expect(await insertPolicyVersion(db, policy(own, "three"))).toBeNull();
    expect(await findPolicyVersion(db, own, "ours", 1)).toMatchObject({ yaml: "one" });
    await insertPolicy(db, { ...policy(own, "new"), nowMs: NOW + 1 });
    expect(await findPolicyVersion(db, own, "ours", 1)).toMatchObject({ yaml: "new" });
  });

  it("of files keep each text that came into force", async () => {
    const { db } = emptyDatabase();
    const record = (yaml: string, first = 1) => recordFilePolicy(db, { name: "site", yaml, first, nowMs: NOW });
    expect(await record("one")).toBe(1);
    expect(await record("one")).toBe(1);
    expect(await record("two")).toBe(2);
    expect(await record("one")).toBe(3);
    expect(await recordFilePolicy(db, { name: "built-in", yaml: "x", first: 2, nowMs: NOW })).toBe(2);
    expect(await findFilePolicyYaml(db, "site", 2)).toBe("two");
    expect(await findFilePolicyYaml(db, "site", 4)).toBeNull();
  });
});

describe("users", () => {
  it("are deleted with all that lets them in", async () => {
    const { db } = emptyDatabase();
    const own = await makeAccount(db);
    const user = userRow(own);
    await insertUser(db, user);
    await insertAuthSession(db, {
      hash: "h",
      user_id: user.id,
      created_at: NOW,
      last_seen_at: NOW,
      expires_at: NOW + 9,
    });
    await insertApiToken(db, {
      id: newId("key"),
      account_id: own,
      user_id: user.id,
      name: "t",
      hash: "t",
      permissions: ["agents:read"],
      created_at: NOW,
      expires_at: null,
      last_used_at: null,
    });
    expect((await findAuthSession(db, "h", NOW))?.user).toEqual(user);
    expect(await findAuthSession(db, "h", NOW + 9)).toBeNull();
    expect(await deleteUser(db, await makeAccount(db), user.id)).toBe(false);
    expect(await deleteUser(db, own, user.id)).toBe(true);
    expect(await findUser(db, own, user.id)).toBeNull();
    expect(await findAuthSession(db, "h", NOW)).toBeNull();
    expect((await listApiTokens(db, { accountId: own, limit: 5 })).rows).toEqual([]);
  });

  it("cannot share an address, and a code of the second factor works once", async () => {
    const { db } = emptyDatabase();
    const own = await makeAccount(db);
    const user = userRow(own);
    await insertUser(db, user);
    await expect(insertUser(db, userRow(own, { email: user.email }))).rejects.toEqual(code("name_taken"));
    expect(await takeTotpStep(db, user.id, 10)).toBe(true);
    expect(await takeTotpStep(db, user.id, 10)).toBe(false);
    expect(await takeTotpStep(db, user.id, 9)).toBe(false);
    expect(await takeTotpStep(db, user.id, 11)).toBe(true);
  });

  it("that are disabled are no admins to count on", async () => {
    const { db } = emptyDatabase();
    const own = await makeAccount(db);
    await insertUser(db, userRow(own));
    await insertUser(db, userRow(own, { disabled_at: NOW }));
    expect(await countActiveAdmins(db, own)).toBe(1);
  });
});

describe("one-time links", () => {
  it("work once, and not after their time", async () => {
    const { db } = emptyDatabase();
    const row = {
      hash: "h",
      purpose: "setup" as const,
      user_id: null,
      created_at: NOW,
      expires_at: NOW + 10,
      used_at: null,
    };
    await insertOneTimeToken(db, row);
    expect(await redeemOneTimeToken(db, "h", NOW + 10)).toBeNull();
    expect(await findOneTimeToken(db, "h", NOW)).toEqual(row);
    expect(await redeemOneTimeToken(db, "h", NOW)).toMatchObject({ purpose: "setup", used_at: NOW });
    expect(await redeemOneTimeToken(db, "h", NOW)).toBeNull();
    expect(await findOneTimeToken(db, "h", NOW)).toBeNull();
  });
});

describe("the file", () => {
  it("is kept over a close, and folds its write-ahead log in", async () => {
    const { db, path, close } = emptyDatabase();
    const own = await makeAccount(db);
    close();
    const again = openDatabase(path);
    expect((await findFirstAccount(again.db))?.id).toBe(own);
    expect(again.healthy()).toBe(true);
    again.close();
    expect(again.healthy()).toBe(false);
  });

  it("that cannot be opened is named, with the reason", () => {
    const folder = mkdtempSync(join(tmpdir(), "masker-db-"));
    const file = join(folder, "file");
    writeFileSync(file, "no database, but long enough to be read as the head of one: ".repeat(20));
    const named = (path: string, code: string) =>
      expect.objectContaining({
        code: "internal_error",
        message: expect.stringContaining(`${path} cannot be opened (${code})`),
      });
    const below = join(file, "masker.db");
    expect(() => openDatabase(below)).toThrow(named(below, "EEXIST"));
    expect(() => openDatabase(folder)).toThrow(named(folder, "EISDIR"));
    expect(() => openDatabase(file)).toThrow(named(file, "SQLITE_NOTADB"));
  });

  it("checks references", async () => {
    const { db } = emptyDatabase();
    await expect(insertAgent(db, agentRow("acc_nowhere"))).rejects.toThrow();
  });
});
