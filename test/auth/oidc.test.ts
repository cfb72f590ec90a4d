/** Sign-in with OpenID Connect against a real provider on loopback. */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { addAdmin } from "../../src/auth/new-user.ts";
import { BASE_URL, failure, makeWorld, type World } from "../api/world.ts";
import { createBrowser } from "./browser.ts";

const CALLBACK = `${BASE_URL}/api/v1/auth/oidc/callback`;

interface Person {
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly roles?: readonly string[];
}

/** Whoever signs in there is who they say they are; what the provider knows of them is in `people`. */
async function startProvider(people: Map<string, Person>, inIdToken: boolean) {
  const server: Server = (await import("node:http")).createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "masker",
        client_secret: "a-client-secret-of-the-test",
        redirect_uris: [CALLBACK],
        grant_types: ["authorization_code"],
        response_types: ["code"],
      },
    ],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "roles"] },
    conformIdTokenClaims: !inIdToken,
    pkce: { required: () => true },
    findAccount: (_, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, name: `Person ${id}`, email: `${id}@clinic.example`, ...people.get(id) }),
    }),
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client?.clientId ?? "",
        accountId: ctx.oidc.session?.accountId ?? "",
      });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
  });
  server.on("request", provider.callback());
  return { issuer, close: () => new Promise((resolve) => server.close(resolve)) };
}

type RunningProvider = Awaited<ReturnType<typeof startProvider>>;

const people = new Map<string, Person>();
let idp: RunningProvider;
let world: World;

beforeAll(async () => {
  idp = await startProvider(people, true);
});
afterAll(() => idp.close());
beforeEach(() => people.clear());
afterEach(() => world.close());

function configured(provider: RunningProvider, changes: { roleClaim?: string; signup?: "open" } = {}) {
  return makeWorld({
    oidc: {
      issuer: provider.issuer,
      clientId: "masker",
      clientSecret: "a-client-secret-of-the-test",
      roleClaim: changes.roleClaim ?? null,
    },
    ...(changes.signup ? { signup: changes.signup } : {}),
  });
}

function cookieNamed(name: string, headers: Headers): string {
  return new RegExp(`${name}=([^;]*)`).exec(headers.getSetCookie().join("\n"))?.[1] ?? "";
}

/** From the sign-in button to where the provider sends the browser back to. */
async function begin(person: string, redirectTo = "/portal/agents") {
  const start = await world.send(`/auth/oidc?redirect_to=${encodeURIComponent(redirectTo)}`);
  expect(start.status).toBe(302);
  const browser = createBrowser();
  const authorize = new URL(start.headers.get("location") ?? "");
  const login = await browser.follow(authorize, CALLBACK);
  const form = { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" } };
  const { url } = await browser.follow(login.url, CALLBACK, {
    ...form,
    body: `prompt=login&login=${person}&password=x`,
  });
  return { authorize, callback: url, stateCookie: cookieNamed("masker_oauth_state", start.headers), start };
}

async function finish(callback: URL, stateCookie: string | null, session?: string) {
  const cookies = [stateCookie && `masker_oauth_state=${stateCookie}`, session && `masker_session=${session}`];
  const headers = { cookie: cookies.filter(Boolean).join("; ") };
  const response = await world.send(`/auth/oidc/callback${callback.search}`, { headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, json: text === "" ? null : JSON.parse(text) };
}

async function signIn(person: string) {
  const { callback, stateCookie } = await begin(person);
  return finish(callback, stateCookie);
}

function me(headers: Headers) {
  const cookie = `masker_session=${cookieNamed("masker_session", headers)}`;
  return world.call("GET", "/me", { headers: { cookie } });
}

describe("sign-in with OpenID Connect", () => {
  it("goes out with state, nonce and PKCE, and comes back with a session", async () => {
    world = await configured(idp);
    const { authorize, callback, stateCookie, start } = await begin("robin");
    expect(authorize.origin).toBe(idp.issuer);
    expect(Object.fromEntries(authorize.searchParams)).toMatchObject({
      client_id: "masker",
      redirect_uri: CALLBACK,
      response_type: "code",
      code_challenge_method: "S256",
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(start.headers.getSetCookie()[0]).toMatch(
      /^masker_oauth_state=[\w-]+; HttpOnly; SameSite=Lax; Path=\/api\/v1\/auth; Max-Age=600$/,
    );
    for (const secret of ["state", "nonce"]) expect(stateCookie).not.toContain(authorize.searchParams.get(secret));

    const back = await finish(callback, stateCookie);
    expect(back.status).toBe(302);
    expect(back.headers.get("location")).toBe("/portal/agents");
    expect(back.headers.getSetCookie().join("\n")).toMatch(/masker_oauth_state=; HttpOnly;.* Max-Age=0/);
    const { json } = await me(back.headers);
    expect(json.user).toMatchObject({ email: "robin@clinic.example", name: "Person robin", role: "admin" });
    expect(world.audit.events.at(-1)).toMatchObject({ kind: "user_login", method: "oidc", user_id: json.user.id });
  });

  it("reads claims from the userinfo endpoint where the id token has none", async () => {
    const lean = await startProvider(people, false);
    people.set("robin", { roles: ["masker-operator"] });
    world = await configured(lean, { roleClaim: "roles" });
    const { json } = await me((await signIn("robin")).headers);
    expect(json.user).toMatchObject({ email: "robin@clinic.example", role: "operator" });
    await lean.close();
  });

  it("knows a person by their subject, whatever their address becomes", async () => {
    world = await configured(idp);
    const first = await me((await signIn("robin")).headers);
    people.set("robin", { email: "married@clinic.example" });
    expect((await me((await signIn("robin")).headers)).json.user.id).toBe(first.json.user.id);
  });

  it("refuses a state that is missing, another's, of another provider, changed, used or old", async () => {
    world = await configured(idp);
    const [mine, theirs] = [await begin("robin"), await begin("mallory")];
    const invalid = { status: 400, code: "invalid_state" };
    expect(failure(await finish(mine.callback, null))).toEqual(invalid);
    expect(failure(await finish(mine.callback, ""))).toEqual(invalid);
    // Mallory's answer in Robin's browser: sign-in CSRF.
    expect(failure(await finish(theirs.callback, mine.stateCookie))).toEqual(invalid);
    expect(failure(await finish(mine.callback, `${mine.stateCookie}x`))).toEqual(invalid);
    expect(failure(await finish(mine.callback, mine.stateCookie.slice(0, -4)))).toEqual(invalid);
    const stateless = new URL(mine.callback);
    stateless.searchParams.delete("state");
    expect(failure(await finish(stateless, mine.stateCookie))).toEqual(invalid);
    world.now.ms += 600_000;
    expect(failure(await finish(mine.callback, mine.stateCookie))).toEqual(invalid);
    expect(world.audit.events.filter((event) => event.kind === "user_login")).toEqual([]);
  });

  it("refuses a code without the verifier that belongs to it: PKCE holds even when state is got around", async () => {
    world = await configured(idp);
    const [mine, theirs] = [await begin("robin"), await begin("mallory")];
    const injected = new URL(mine.callback);
    injected.searchParams.set("code", theirs.callback.searchParams.get("code") ?? "");
    expect(failure(await finish(injected, mine.stateCookie))).toEqual({ status: 502, code: "oauth_exchange_failed" });
  });

  it("refuses a code that was used, none, and the provider's own errors", async () => {
    world = await configured(idp);
    const { callback, stateCookie } = await begin("robin");
    expect((await finish(callback, stateCookie)).status).toBe(302);
    const failed = { status: 502, code: "oauth_exchange_failed" };
    expect(failure(await finish(callback, stateCookie))).toEqual(failed);
    const denied = new URL(callback);
    denied.searchParams.delete("code");
    expect(failure(await finish(denied, stateCookie))).toEqual(failed);
    denied.searchParams.set("error", "access_denied");
    expect(failure(await finish(denied, stateCookie))).toEqual(failed);
  });

  it("gives a new session, and ends the one that the browser came with", async () => {
    world = await configured(idp);
    const first = cookieNamed("masker_session", (await signIn("robin")).headers);
    const { callback, stateCookie } = await begin("robin");
    const second = cookieNamed("masker_session", (await finish(callback, stateCookie, first)).headers);
    expect(second).not.toBe(first);
    expect((await world.call("GET", "/me", { headers: { cookie: `masker_session=${first}` } })).status).toBe(401);
  });

  it("asks for no redirect away from here", async () => {
    world = await configured(idp);
    for (const path of ["//evil.example", "https://evil.example", "/\\evil.example", "/%2Fevil.example"]) {
      const response = await world.send(`/auth/oidc?redirect_to=${encodeURIComponent(path)}`);
      expect(response.status).toBe(422);
      expect(response.headers.getSetCookie()).toEqual([]);
    }
  });

  it("says so when the provider cannot be reached", async () => {
    world = await configured({ ...idp, issuer: "http://127.0.0.1:1" });
    expect(failure(await world.call("GET", "/auth/oidc"))).toEqual({ status: 502, code: "oauth_exchange_failed" });
  });

  it("is not there when it is not configured", async () => {
    world = await makeWorld();
    expect((await world.call("GET", "/auth/oidc")).status).toBe(404);
    expect((await world.call("GET", "/auth/oidc/callback?code=x&state=y")).status).toBe(404);
    expect((await world.call("GET", "/auth/methods")).json).toEqual({
      setup_needed: true,
      password: true,
      github: false,
      oidc: false,
    });
  });
});

describe("who gets in", () => {
  const admin = { email: "first@clinic.example", name: "First", password_hash: "x" };

  it("is nobody new once there is an admin, unless sign-up is open", async () => {
    world = await configured(idp);
    await addAdmin(world.api.deps.auth, admin);
    expect(failure(await signIn("robin"))).toEqual({ status: 403, code: "forbidden" });
    expect(world.audit.events.at(-1)).toMatchObject({ kind: "user_login_failed", reason: "sign_up_closed" });
    await world.close();

    world = await configured(idp, { signup: "open" });
    const first = await addAdmin(world.api.deps.auth, admin);
    const { json } = await me((await signIn("robin")).headers);
    expect(json.user.role).toBe("admin");
    expect(json.account.id).not.toBe(first.account_id);
    expect(json.permissions).not.toContain("installation");
  });

  it("is whoever was invited under a verified address, but never a user who has a way in of their own", async () => {
    world = await configured(idp);
    await addAdmin(world.api.deps.auth, admin);
    const tenant = await world.tenant();
    const invite = { email: "robin@clinic.example", role: "auditor" };
    await world.call("POST", "/users", { token: tenant.token, body: invite });
    people.set("robin", { email_verified: false });
    expect(failure(await signIn("robin"))).toEqual({ status: 502, code: "oauth_exchange_failed" });
    people.delete("robin");
    expect((await me((await signIn("robin")).headers)).json.user.role).toBe("auditor");
    // Another person of the provider who now has that address.
    people.set("mallory", { email: "robin@clinic.example" });
    expect(failure(await signIn("mallory"))).toEqual({ status: 403, code: "forbidden" });
    people.set("mallory", { email: "first@clinic.example" });
    expect(failure(await signIn("mallory"))).toEqual({ status: 403, code: "forbidden" });
  });

  it("has the role that the claim gives, at each sign-in, and is out without one", async () => {
    world = await configured(idp, { roleClaim: "roles" });
    const first = await addAdmin(world.api.deps.auth, admin);
    people.set("robin", { roles: ["something", "viewer", "masker-auditor"] });
    const joined = await signIn("robin");
    const { json } = await me(joined.headers);
    expect(json.user.role).toBe("auditor");
    expect(json.account.id).toBe(first.account_id);
    people.set("robin", { roles: ["operator"] });
    await signIn("robin");
    expect((await me(joined.headers)).json.user.role).toBe("operator");
    people.set("robin", { roles: [] });
    expect(failure(await signIn("robin"))).toEqual({ status: 403, code: "forbidden" });
    expect((await me(joined.headers)).status).toBe(401);
    people.set("eve", { roles: ["administrator"] });
    expect(failure(await signIn("eve"))).toEqual({ status: 403, code: "forbidden" });
  });
});
