/** Accounts and sign-in over REST: each defence has a test that fails without it. */
import { sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { issueLink, issueSetupLink } from "../../src/auth/link.ts";
import { totpCode } from "../../src/auth/totp.ts";
import { decodeBase32 } from "../../src/crypto/base32.ts";
import { sha256Hex } from "../../src/crypto/secret.ts";
import { failure, makeWorld, type Sender, type World } from "../api/world.ts";

const PASSWORD = "correct horse battery";
const EMAIL = "robin@clinic.example";
const DAY = 86_400_000;

let world: World;

async function post(
  path: string,
  body: unknown,
  options: { cookie?: string; sender?: Sender; headers?: HeadersInit } = {},
) {
  const headers = new Headers(options.headers);
  headers.set("content-type", "application/json");
  if (options.cookie) headers.set("cookie", `masker_session=${options.cookie}`);
  const response = await world.send(path, { method: "POST", headers, body: JSON.stringify(body) }, options.sender);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: text === "" ? null : JSON.parse(text) };
}

function cookieOf(headers: Headers): string {
  return /masker_session=([^;]*)/.exec(headers.getSetCookie().join("\n"))?.[1] ?? "";
}

async function setUp(): Promise<string> {
  const link = await issueSetupLink(world.api.deps.auth);
  const setup_token = link?.split("#setup=")[1];
  const { status, headers } = await post("/auth/setup", {
    setup_token,
    email: EMAIL,
    password: PASSWORD,
    name: "Robin",
  });
  expect(status).toBe(200);
  return cookieOf(headers);
}

function login(changes: Record<string, unknown> = {}, options: Parameters<typeof post>[2] = {}) {
  return post("/auth/login", { email: EMAIL, password: PASSWORD, ...changes }, options);
}

function me(cookie: string) {
  return world.call("GET", "/me", { headers: { cookie: `masker_session=${cookie}` } });
}

function eventsOf(kind: string) {
  return world.audit.events.filter((event) => event.kind === kind);
}

beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world.close());

describe("the setup link", () => {
  it("carries its token in the fragment, where no server sees it", async () => {
    expect(await issueSetupLink(world.api.deps.auth)).toMatch(
      /^http:\/\/localhost:8080\/portal\/setup#setup=mlk_[\w-]{43}$/,
    );
  });

  it("makes the first admin, who may look after the machine", async () => {
    const cookie = await setUp();
    const { json } = await me(cookie);
    expect(json.user).toMatchObject({
      email: EMAIL,
      role: "admin",
      name: "Robin",
      github_login: null,
      github_id: null,
    });
    expect(json.account).toMatchObject({ plan: "self-hosted" });
    expect(json.permissions).toContain("installation");
    expect(eventsOf("user_login")).toEqual([expect.objectContaining({ method: "setup", user_id: json.user.id })]);
  });

  it("works once, and no link works when there is an admin", async () => {
    const link = (await issueSetupLink(world.api.deps.auth)) ?? "";
    const setup_token = link.split("=")[1];
    const body = { setup_token, email: EMAIL, password: PASSWORD, name: "Robin" };
    const answers = await Promise.all([
      post("/auth/setup", body),
      post("/auth/setup", { ...body, email: "b@clinic.example" }),
    ]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 401]);
    expect(await issueSetupLink(world.api.deps.auth)).toBeNull();
    const stale = (await issueLink(world.api.deps.auth, "setup", null)).split("=")[1];
    expect((await post("/auth/setup", { ...body, setup_token: stale, email: "c@clinic.example" })).status).toBe(401);
  });

  it("is not used up by a request that fails, and is void after a day or when a new one is made", async () => {
    const first = (await issueSetupLink(world.api.deps.auth))?.split("=")[1];
    const second = (await issueSetupLink(world.api.deps.auth))?.split("=")[1];
    const body = { email: EMAIL, password: PASSWORD, name: "Robin" };
    expect((await post("/auth/setup", { ...body, setup_token: first })).status).toBe(401);
    const weak = await post("/auth/setup", { ...body, setup_token: second, password: "short" });
    expect(failure(weak)).toEqual({ status: 422, code: "validation_failed" });
    world.now.ms += DAY;
    expect((await post("/auth/setup", { ...body, setup_token: second })).status).toBe(401);
    world.now.ms -= 1;
    expect((await post("/auth/setup", { ...body, setup_token: second })).status).toBe(200);
  });
});

describe("signing in", () => {
  beforeEach(async () => {
    await setUp();
  });

  it("answers who it is and sets the documented cookie", async () => {
    const { status, json, headers } = await login({ email: "Robin@Clinic.Example" });
    expect(status).toBe(200);
    expect(Object.keys(json)).toEqual(["user", "account", "permissions"]);
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(/^masker_session=mss_[\w-]{43}; HttpOnly; SameSite=Lax; Path=\/; Max-Age=2592000$/),
    ]);
    expect(headers.get("cache-control")).toBe("no-store");
  });

  it("marks the cookie Secure on HTTPS", async () => {
    const { headers } = await login({}, { sender: { secure: true } });
    expect(headers.getSetCookie()[0]).toContain("; HttpOnly; Secure; SameSite=Lax;");
  });

  it("stores nothing from which the cookie could be made", async () => {
    const secret = cookieOf((await login()).headers);
    const rows = JSON.stringify(world.db.all(sql`SELECT * FROM auth_sessions`));
    expect(rows).toContain(sha256Hex(secret));
    expect(rows).not.toContain(secret);
    expect(JSON.stringify(world.audit.events)).not.toContain(secret);
    expect(JSON.stringify(world.lines)).not.toContain(secret);
  });

  it("does the same hash work and says the same for a wrong password and a user who does not exist, is disabled or has none", async () => {
    const { json } = await login();
    const invited = { email: "invited@clinic.example", role: "viewer" };
    const cookie = cookieOf((await login()).headers);
    await post("/users", invited, { cookie });
    const disabled = await post("/users", { email: "left@clinic.example", role: "viewer" }, { cookie });
    const hash = sql`(SELECT password_hash FROM users WHERE id = ${json.user.id})`;
    world.db.run(sql`UPDATE users SET disabled_at = 1, password_hash = ${hash} WHERE id = ${disabled.json.user.id}`);
    const answers: unknown[] = [];
    for (const email of [EMAIL, "nobody@clinic.example", "invited@clinic.example", "left@clinic.example", ""]) {
      const before = { ...world.hasher.work };
      const password = email === "left@clinic.example" ? PASSWORD : "a wrong password";
      const answer = await login({ email, password });
      expect(world.hasher.work).toEqual({ ...before, verify: before.verify + 1 });
      const { request_id: _, ...shown } = answer.json.error;
      answers.push([answer.status, shown, [...answer.headers.keys()].sort()]);
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toEqual([401, { code: "unauthenticated", message: expect.any(String) }, expect.any(Array)]);
    expect(eventsOf("user_login_failed")).toHaveLength(5);
  });

  it("is throttled, with the right password too, and tells how long to wait", async () => {
    for (let i = 0; i < 5; i++) expect((await login({ password: `wrong password ${i}` })).status).toBe(401);
    const refused = await login();
    expect(failure(refused)).toEqual({ status: 429, code: "rate_limited" });
    expect(refused.headers.get("retry-after")).toMatch(/^\d+$/);
    const work = world.hasher.work.verify;
    await login();
    expect(world.hasher.work.verify).toBe(work);
    const reasons = eventsOf("user_login_failed").map((event) => (event as { reason?: string }).reason);
    expect(reasons).toEqual([...Array.from({ length: 5 }, () => "wrong_password"), "throttled"]);
    expect((await login({}, { sender: { address: "192.0.2.77" } })).status).toBe(200);
    world.now.ms += Number(refused.headers.get("retry-after")) * 1000;
    expect((await login()).status).toBe(200);
  });

  it("throttles attempts that are sent at once", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => login({ password: `wrong password ${i}` })));
    expect(answers.filter((answer) => answer.status === 401)).toHaveLength(5);
  });

  it("never takes a session from the request, and ends the one that it came with", async () => {
    const planted = "mss_planted-by-somebody-else";
    const first = cookieOf((await login({}, { cookie: planted })).headers);
    expect(first).not.toBe(planted);
    expect((await me(planted)).status).toBe(401);
    const second = cookieOf((await login({}, { cookie: first })).headers);
    expect(second).not.toBe(first);
    expect((await me(first)).status).toBe(401);
    expect((await me(second)).status).toBe(200);
  });

  it("is refused when the event of it cannot be logged", async () => {
    world.audit.state.failing = true;
    const answer = await login();
    expect(failure(answer)).toEqual({ status: 503, code: "audit_unavailable" });
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it("logs no address, password or code that was tried", async () => {
    await login({ email: "secret-typed-here", password: "another-secret-typed" });
    const kept = JSON.stringify(world.audit.events) + JSON.stringify(world.lines);
    expect(kept).not.toContain("secret-typed-here");
    expect(kept).not.toContain("another-secret-typed");
    expect(kept).not.toContain(PASSWORD);
  });
});

describe("a session", () => {
  let cookie: string;
  beforeEach(async () => {
    cookie = await setUp();
  });

  it("slides: 30 days from its last use, and not a moment longer", async () => {
    world.now.ms += 29 * DAY;
    const used = await me(cookie);
    expect(used.status).toBe(200);
    expect(used.headers.getSetCookie()[0]).toContain(`masker_session=${cookie};`);
    expect(used.headers.getSetCookie()[0]).toContain("Max-Age=2592000");
    world.now.ms += 30 * DAY - 1;
    expect((await me(cookie)).status).toBe(200);
    world.now.ms += 30 * DAY;
    expect((await me(cookie)).status).toBe(401);
  });

  it("ends at logout, which answers 204 as often as it is asked", async () => {
    const out = await post("/auth/logout", {}, { cookie });
    expect(out.status).toBe(204);
    expect(out.headers.getSetCookie()[0]).toMatch(/^masker_session=; HttpOnly; SameSite=Lax; Path=\/; Max-Age=0$/);
    expect((await me(cookie)).status).toBe(401);
    expect((await post("/auth/logout", {}, { cookie })).status).toBe(204);
    expect((await post("/auth/logout", {})).status).toBe(204);
  });

  it("ends with all others when they are revoked, and with the user", async () => {
    const other = cookieOf((await login()).headers);
    expect((await post("/me/revoke-sessions", {}, { cookie })).status).toBe(204);
    expect([(await me(cookie)).status, (await me(other)).status]).toEqual([401, 401]);
    const again = cookieOf((await login()).headers);
    world.db.run(sql`UPDATE users SET disabled_at = 1`);
    expect((await me(again)).status).toBe(401);
  });

  it("is not believed when two different ones are sent", async () => {
    const both = `masker_session=${cookie}; masker_session=mss_other`;
    expect((await world.call("GET", "/me", { headers: { cookie: both } })).status).toBe(401);
  });

  it.each([
    ["another site", { origin: "https://evil.example" }],
    ["another site by fetch metadata", { "sec-fetch-site": "cross-site" }],
    ["a sister host", { origin: "http://other.localhost:8080", "sec-fetch-site": "same-site" }],
    ["a sandboxed frame", { origin: "null" }],
  ])("cannot be used by %s", async (_, headers) => {
    const before = world.audit.events.length;
    for (const path of ["/me/revoke-sessions", "/auth/logout", "/tokens", "/agents"]) {
      const answer = await post(path, {}, { cookie, headers });
      expect(failure(answer)).toEqual({ status: 403, code: "forbidden" });
    }
    expect(failure(await login({}, { headers }))).toEqual({ status: 403, code: "forbidden" });
    expect(world.audit.events.length).toBe(before);
    expect((await me(cookie)).status).toBe(200);
  });

  it("is used by its own pages", async () => {
    const headers = { origin: "http://localhost:8080", "sec-fetch-site": "same-origin" };
    expect((await post("/me/revoke-sessions", {}, { cookie, headers })).status).toBe(204);
  });
});

it("logs off a session that was left alone, when the operator says so", async () => {
  await world.close();
  world = await makeWorld({ sessionIdleMinutes: 15 });
  const cookie = await setUp();
  for (let i = 0; i < 4; i++) {
    world.now.ms += 14 * 60_000;
    expect((await me(cookie)).status).toBe(200);
  }
  world.now.ms += 15 * 60_000;
  expect((await me(cookie)).status).toBe(401);
  world.now.ms -= 15 * 60_000;
  expect((await me(cookie)).status).toBe(401);
});

describe("the second factor", () => {
  const code = (secret: string) =>
    totpCode(decodeBase32(secret) ?? new Uint8Array(), Math.floor(world.now.ms / 30_000));

  async function enrol(cookie: string): Promise<string> {
    const begun = await post("/me/totp", { password: PASSWORD }, { cookie });
    expect(begun.json).toMatchObject({ enabled: false, otpauth_url: expect.stringContaining("otpauth://totp/") });
    expect((await post("/me/totp", { code: code(begun.json.secret) }, { cookie })).json).toEqual({ enabled: true });
    world.now.ms += 60_000;
    return begun.json.secret;
  }

  it("is asked for, checked, and each code taken once", async () => {
    const secret = await enrol(await setUp());
    const missing = await login();
    expect(failure(missing)).toEqual({ status: 401, code: "unauthenticated" });
    expect(missing.json.error.details).toEqual([{ path: "totp", code: "totp_required", message: "totp_required" }]);
    expect((await login({ password: "a wrong password" })).json.error.details).toBeUndefined();
    expect((await login({ totp: "000000" })).status).toBe(401);
    const at = code(secret);
    const twice = await Promise.all([login({ totp: at }), login({ totp: at })]);
    expect(twice.map((answer) => answer.status).sort()).toEqual([200, 401]);
    expect((await login({ totp: at })).status).toBe(401);
  });

  it("is stored sealed and shown to nobody again", async () => {
    const cookie = await setUp();
    const secret = await enrol(cookie);
    expect(JSON.stringify(world.db.all(sql`SELECT * FROM users`))).not.toContain(secret);
    expect((await me(cookie)).text).not.toContain(secret);
    expect((await me(cookie)).json.user.totp_enabled).toBe(true);
  });

  it("is not in force until a code of it was shown, and goes only with the password", async () => {
    const cookie = await setUp();
    await post("/me/totp", { password: PASSWORD }, { cookie });
    expect((await login()).status).toBe(200);
    expect((await post("/me/totp", { password: "a wrong password" }, { cookie })).status).toBe(422);
    await enrol(cookie);
    const remove = (password: string) =>
      world.call("DELETE", "/me/totp", { headers: { cookie: `masker_session=${cookie}` }, body: { password } });
    expect((await remove("a wrong password")).status).toBe(422);
    expect((await login()).status).toBe(401);
    expect((await remove(PASSWORD)).status).toBe(204);
    expect((await login()).status).toBe(200);
  });

  it("is not got around by a reset link", async () => {
    const cookie = await setUp();
    await enrol(cookie);
    const { json } = await me(cookie);
    const { json: reset } = await post(`/users/${json.user.id}/invite`, {}, { cookie });
    const invite_token = reset.invite_url.split("#reset=")[1];
    const answer = await post("/auth/invite", { invite_token, password: "another long password" });
    expect(answer.status).toBe(401);
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect((await login({ password: "another long password" })).json.error.details[0].code).toBe("totp_required");
  });
});

describe("passwords", () => {
  it("change only for who knows the old one, and end the other sessions", async () => {
    const cookie = await setUp();
    const other = cookieOf((await login()).headers);
    const change = (current_password: string, password: string) =>
      post("/me/password", { current_password, password }, { cookie });
    expect(failure(await change("a wrong password", "another long password")).status).toBe(422);
    expect(failure(await change(PASSWORD, "short")).status).toBe(422);
    expect((await change(PASSWORD, "another long password")).status).toBe(204);
    expect((await me(cookie)).status).toBe(200);
    expect((await me(other)).status).toBe(401);
    expect((await login()).status).toBe(401);
    expect((await login({ password: "another long password" })).status).toBe(200);
  });
});

describe("members", () => {
  it("come by a one-time link that sets their password", async () => {
    const cookie = await setUp();
    const { status, json } = await post("/users", { email: "Op@Clinic.Example", role: "operator" }, { cookie });
    expect(status).toBe(201);
    expect(json.user).toMatchObject({ email: "op@clinic.example", role: "operator", has_password: false });
    const invite_token = json.invite_url.split("/portal/setup#invite=")[1];
    const joined = await post("/auth/invite", { invite_token, password: PASSWORD, name: "Op" });
    expect(joined.status).toBe(200);
    expect(joined.json.user).toMatchObject({ name: "Op", role: "operator" });
    expect(joined.json.permissions).not.toContain("users:admin");
    expect((await post("/auth/invite", { invite_token, password: PASSWORD })).status).toBe(401);
    expect((await login({ email: "op@clinic.example" })).status).toBe(200);
    expect(
      failure(await post("/users", { email: "x@clinic.example", role: "admin" }, { cookie: cookieOf(joined.headers) })),
    ).toEqual({
      status: 403,
      code: "forbidden",
    });
  });

  it("lose what they may do at once when their role changes", async () => {
    const cookie = await setUp();
    const { json } = await post("/users", { email: "op@clinic.example", role: "operator" }, { cookie });
    const invite_token = json.invite_url.split("=")[1];
    const theirs = cookieOf((await post("/auth/invite", { invite_token, password: PASSWORD })).headers);
    const made = await post("/tokens", { name: "ci", permissions: ["agents:write"] }, { cookie: theirs });
    const create = () =>
      world.call("POST", "/agents", { token: made.json.secret, body: { name: "a", upstream: "stub" } });
    expect((await create()).status).toBe(201);
    const headers = { cookie: `masker_session=${cookie}` };
    await world.call("PATCH", `/users/${json.user.id}`, { headers, body: { role: "viewer" } });
    expect((await me(theirs)).json.permissions).toEqual(["agents:read", "sessions:read"]);
    expect(failure(await create())).toEqual({ status: 403, code: "forbidden" });
    await world.call("PATCH", `/users/${json.user.id}`, { headers, body: { disabled: true } });
    expect((await me(theirs)).status).toBe(401);
    expect((await create()).status).toBe(401);
  });

  it("always include an admin", async () => {
    const cookie = await setUp();
    const { json } = await me(cookie);
    const headers = { cookie: `masker_session=${cookie}` };
    const path = `/users/${json.user.id}`;
    expect((await world.call("PATCH", path, { headers, body: { role: "viewer" } })).status).toBe(422);
    expect((await world.call("PATCH", path, { headers, body: { disabled: true } })).status).toBe(422);
    expect((await world.call("DELETE", path, { headers })).status).toBe(422);
  });

  it("always include an admin, also when two demote each other at once", async () => {
    const owner = await world.tenant();
    const other = await world.tenant({ accountId: owner.accountId });
    const demote = (by: typeof owner, whom: typeof owner) =>
      world.call("PATCH", `/users/${whom.user.id}`, { token: by.token, body: { role: "viewer" } });
    const answers = await Promise.all([demote(owner, other), demote(other, owner)]);
    expect(answers.map(({ status }) => status).sort()).not.toEqual([200, 200]);
    const admins = world.db.all(sql`SELECT id FROM users WHERE role = 'admin'`);
    expect(admins).toHaveLength(1);
  });

  it("cannot be added twice", async () => {
    const cookie = await setUp();
    expect(failure(await post("/users", { email: EMAIL, role: "viewer" }, { cookie }))).toEqual({
      status: 409,
      code: "name_taken",
    });
  });
});

describe("API tokens", () => {
  it("are shown once, stored hashed, and answer for their own permissions only", async () => {
    const cookie = await setUp();
    const { status, json } = await post(
      "/tokens",
      { name: "ci", permissions: ["agents:read"], expires_in_days: 1 },
      { cookie },
    );
    expect(status).toBe(201);
    expect(json.secret).toMatch(/^msk_[\w-]{43}$/);
    expect(Object.keys(json.token)).toEqual(
      expect.arrayContaining(["id", "name", "permissions", "created_at", "expires_at", "last_used_at"]),
    );
    const stored = JSON.stringify(world.db.all(sql`SELECT * FROM api_tokens`));
    expect(stored).toContain(sha256Hex(json.secret));
    expect(stored).not.toContain(json.secret);
    const listed = await world.call("GET", "/tokens", { headers: { cookie: `masker_session=${cookie}` } });
    expect(listed.text).not.toContain(json.secret);

    const use = (path: string, method = "GET", body?: unknown) =>
      world.call(method, path, { token: json.secret, ...(body === undefined ? {} : { body }) });
    expect((await use("/agents")).status).toBe(200);
    expect(failure(await use("/agents", "POST", { name: "a", upstream: "stub" }))).toEqual({
      status: 403,
      code: "forbidden",
    });
    expect(failure(await use("/sessions"))).toEqual({ status: 403, code: "forbidden" });
    expect((await use("/me")).json.permissions).toEqual(["agents:read"]);
    expect(failure(await use("/me/password", "POST", { password: "another long password" }))).toEqual({
      status: 403,
      code: "forbidden",
    });
    world.now.ms += DAY - 1;
    expect((await use("/agents")).status).toBe(200);
    world.now.ms += 1;
    expect((await use("/agents")).status).toBe(401);
  });

  it("make none that outlives them", async () => {
    const cookie = await setUp();
    const body = { name: "a", permissions: ["tokens:write"], expires_in_days: 2 };
    const { json } = await post("/tokens", body, { cookie });
    const made = (changes: object) =>
      world
        .call("POST", "/tokens", { token: json.secret, body: { name: "b", permissions: ["tokens:write"], ...changes } })
        .then((answer) => answer.json.token.expires_at);
    expect(await made({})).toBe(json.token.expires_at);
    expect(await made({ expires_in_days: 30 })).toBe(json.token.expires_at);
    expect(Date.parse(await made({ expires_in_days: 1 }))).toBe(world.now.ms + DAY);
  });

  it("let nobody in who may do more than they do", async () => {
    const cookie = await setUp();
    const { json: owner } = await me(cookie);
    const { json } = await post("/tokens", { name: "a", permissions: ["users:admin", "agents:read"] }, { cookie });
    const viewer = await post("/users", { email: "v@clinic.example", role: "viewer" }, { cookie });
    const use = (method: string, path: string, body: unknown) => world.call(method, path, { token: json.secret, body });
    for (const answer of [
      await use("POST", "/users", { email: "x@clinic.example", role: "admin" }),
      await use("PATCH", `/users/${viewer.json.user.id}`, { role: "admin" }),
      await use("PATCH", `/users/${owner.user.id}`, { reset_totp: true }),
      await use("POST", `/users/${owner.user.id}/invite`, {}),
    ]) {
      expect(failure(answer)).toEqual({ status: 403, code: "forbidden" });
    }
    expect(world.db.all(sql`SELECT * FROM one_time_tokens WHERE user_id = ${owner.user.id}`)).toEqual([]);
    const wider = await post(
      "/tokens",
      { name: "b", permissions: ["users:admin", "agents:read", "sessions:read"] },
      { cookie },
    );
    const body = { email: "w@clinic.example", role: "viewer" };
    expect((await world.call("POST", "/users", { token: wider.json.secret, body })).status).toBe(201);
  });

  it("cannot have a permission that their maker lacks", async () => {
    const cookie = await setUp();
    const { json } = await post("/tokens", { name: "a", permissions: ["tokens:write", "agents:read"] }, { cookie });
    const make = (permissions: string[]) =>
      world.call("POST", "/tokens", { token: json.secret, body: { name: "b", permissions } });
    expect((await make(["agents:read"])).status).toBe(201);
    expect(failure(await make(["agents:read", "agents:write"]))).toEqual({ status: 403, code: "forbidden" });
    expect(failure(await make(["everything"]))).toEqual({ status: 422, code: "validation_failed" });
    expect(failure(await make([]))).toEqual({ status: 422, code: "validation_failed" });
  });

  it("end when they are revoked, which is logged", async () => {
    const cookie = await setUp();
    const { json } = await post("/tokens", { name: "a", permissions: ["agents:read"] }, { cookie });
    const headers = { cookie: `masker_session=${cookie}` };
    expect((await world.call("DELETE", `/tokens/${json.token.id}`, { headers })).status).toBe(204);
    expect((await world.call("GET", "/agents", { token: json.secret })).status).toBe(401);
    expect((await world.call("DELETE", `/tokens/${json.token.id}`, { headers })).status).toBe(404);
    expect(eventsOf("token_revoked")).toEqual([expect.objectContaining({ key_id: json.token.id })]);
  });

  it("are not bound by the same-origin rule: no browser sends them by itself", async () => {
    const cookie = await setUp();
    const { json } = await post("/tokens", { name: "a", permissions: ["agents:write"] }, { cookie });
    const options = {
      token: json.secret,
      body: { name: "a", upstream: "stub" },
      headers: { origin: "https://tool.example" },
    };
    expect((await world.call("POST", "/agents", options)).status).toBe(201);
  });

  it("come before a cookie: a bad one is nobody, whatever cookie is sent along", async () => {
    const cookie = await setUp();
    const options = { token: "msk_bad", headers: { cookie: `masker_session=${cookie}` } };
    expect((await world.call("GET", "/me", options)).status).toBe(401);
  });
});
