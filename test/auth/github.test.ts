/** Sign-in with GitHub against a loopback one that checks what the real one does. */
import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { githubAuthorizeUrl } from "../../src/auth/github.ts";
import { addAdmin } from "../../src/auth/new-user.ts";
import { newOAuthState } from "../../src/auth/oauth-state.ts";
import { BASE_URL, failure, makeWorld, type World } from "../api/world.ts";

const SECRET = "github-client-secret";

/** GitHub Enterprise on loopback: its API lies below the base URL. */
function startGithub() {
  const challenges = new Map<string, string>();
  const state = {
    profile: { id: 4711, login: "robin-h", name: "Robin" as string | null, avatar_url: "https://avatars.example/1" },
    emails: [
      { email: "spare@clinic.example", primary: false, verified: true },
      { email: "Robin@clinic.example", primary: true, verified: true },
    ],
    broken: null as null | "token" | "user" | "emails" | "html" | "redirect",
    seen: [] as string[],
  };
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname } = new URL(request.url);
      state.seen.push(pathname);
      if (state.broken === "html") return new Response("<html>maintenance</html>");
      if (state.broken === "redirect") return Response.redirect("https://evil.example/", 302);
      if (pathname === "/login/oauth/access_token") {
        const form = new URLSearchParams(await request.text());
        const challenge = createHash("sha256")
          .update(form.get("code_verifier") ?? "")
          .digest("base64url");
        const good =
          state.broken !== "token" &&
          form.get("client_id") === "masker" &&
          form.get("client_secret") === SECRET &&
          form.get("redirect_uri") === `${BASE_URL}/api/v1/auth/github/callback` &&
          challenges.get(form.get("code") ?? "") === challenge;
        challenges.delete(form.get("code") ?? "");
        return Response.json(
          good ? { access_token: "gho_1", token_type: "bearer" } : { error: "bad_verification_code" },
        );
      }
      if (request.headers.get("authorization") !== "Bearer gho_1") return new Response(null, { status: 401 });
      if (pathname === "/api/v3/user")
        return state.broken === "user" ? new Response("", { status: 500 }) : Response.json(state.profile);
      if (pathname === "/api/v3/user/emails" && state.broken !== "emails") return Response.json(state.emails);
      return new Response(null, { status: 404 });
    },
  });
  return {
    state,
    url: `http://127.0.0.1:${server.port}`,
    /** What the person's consent leads to. */
    authorize(url: URL): string {
      const code = crypto.randomUUID();
      challenges.set(code, url.searchParams.get("code_challenge") ?? "");
      return code;
    },
    close: () => server.stop(true),
  };
}

let github: ReturnType<typeof startGithub>;
let world: World;

beforeEach(async () => {
  github = startGithub();
  world = await makeWorld({ github: { clientId: "masker", clientSecret: SECRET, url: github.url } });
});
afterEach(async () => {
  await world.close();
  github.close();
});

async function begin(redirectTo = "/portal") {
  const response = await world.send(`/auth/github?redirect_to=${encodeURIComponent(redirectTo)}`);
  const url = new URL(response.headers.get("location") ?? "");
  const cookie = /masker_oauth_state=[^;]+/.exec(response.headers.getSetCookie()[0] ?? "")?.[0] ?? "";
  return { url, cookie, state: url.searchParams.get("state") ?? "" };
}

function back(query: Record<string, string>, cookie: string) {
  return world.call("GET", `/auth/github/callback?${new URLSearchParams(query)}`, { headers: { cookie } });
}

async function signIn() {
  const { url, cookie, state } = await begin();
  return back({ code: github.authorize(url), state }, cookie);
}

describe("sign-in with GitHub", () => {
  it("sends the browser to the authorize page with the documented scope", async () => {
    const { url } = await begin();
    expect(`${url.origin}${url.pathname}`).toBe(`${github.url}/login/oauth/authorize`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: "masker",
      redirect_uri: `${BASE_URL}/api/v1/auth/github/callback`,
      scope: "read:user user:email",
      state: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: "S256",
    });
  });

  it("makes the first person the admin, with what GitHub knows of them", async () => {
    const answer = await signIn();
    expect(answer.status).toBe(302);
    expect(answer.headers.get("location")).toBe("/portal");
    const cookie = /masker_session=[^;]+/.exec(answer.headers.getSetCookie().join("\n"))?.[0] ?? "";
    const { json } = await world.call("GET", "/me", { headers: { cookie } });
    expect(json.user).toMatchObject({
      github_login: "robin-h",
      github_id: 4711,
      name: "Robin",
      email: "robin@clinic.example",
      avatar_url: "https://avatars.example/1",
      role: "admin",
    });
    expect(json.permissions).toContain("installation");
  });

  it("knows them again by their id, not by a name that can change hands", async () => {
    await signIn();
    github.state.profile = { ...github.state.profile, login: "renamed" };
    expect((await signIn()).status).toBe(302);
    github.state.profile = { ...github.state.profile, id: 666, login: "robin-h" };
    expect(failure(await signIn())).toEqual({ status: 403, code: "forbidden" });
  });

  it("refuses a state that does not match, before it asks GitHub anything", async () => {
    const { url, cookie, state } = await begin();
    const other = await begin();
    const code = github.authorize(url);
    const invalid = { status: 400, code: "invalid_state" };
    for (const answer of [
      await back({ code, state }, ""),
      await back({ code, state: `${state}x` }, cookie),
      await back({ code, state }, other.cookie),
      await back({ code }, cookie),
    ]) {
      expect(failure(answer)).toEqual(invalid);
    }
    expect(github.state.seen).toEqual([]);
    expect(world.audit.events.filter((event) => event.kind === "user_login_failed").length).toBe(4);
  });

  it("does not let strangers fill the log with states of their own making", async () => {
    const answers = [];
    for (let i = 0; i < 20; i++) answers.push(await back({ code: "x", state: `made up ${i}` }, ""));
    expect(answers.map((answer) => failure(answer).code)).toEqual(Array(20).fill("invalid_state"));
    expect(world.audit.events.filter((event) => event.kind === "user_login_failed").length).toBe(5);
    // Whoever comes back with what GitHub gave them still gets in.
    expect((await signIn()).status).toBe(302);
  });

  it("gives nobody a way in beside it: a password is an admin's to allow", async () => {
    const answer = await signIn();
    const cookie = /masker_session=[^;]+/.exec(answer.headers.getSetCookie().join("\n"))?.[0] ?? "";
    const body = { password: "correct horse battery" };
    const set = await world.call("POST", "/me/password", { headers: { cookie, origin: BASE_URL }, body });
    expect(failure(set)).toEqual({ status: 422, code: "validation_failed" });
    const { json } = await world.call("GET", "/me", { headers: { cookie } });
    expect(json.user.has_password).toBe(false);
  });

  it.each(["token", "user", "emails", "html", "redirect"] as const)(
    "fails cleanly when its answer is broken: %s",
    async (broken) => {
      github.state.broken = broken;
      const answer = await signIn();
      expect(failure(answer)).toEqual({ status: 502, code: "oauth_exchange_failed" });
      expect(answer.text).not.toContain(SECRET);
      expect(answer.headers.getSetCookie().join("\n")).not.toContain("masker_session=mss_");
    },
  );

  it("takes a code only with the verifier that was made for it", async () => {
    const [mine, theirs] = [await begin(), await begin()];
    const answer = await back({ code: github.authorize(theirs.url), state: mine.state }, mine.cookie);
    expect(failure(answer)).toEqual({ status: 502, code: "oauth_exchange_failed" });
  });

  it("asks for a verified address", async () => {
    github.state.emails = [{ email: "robin@clinic.example", primary: true, verified: false }];
    expect(failure(await signIn())).toEqual({ status: 502, code: "oauth_exchange_failed" });
  });

  it("lets an invited person in under the role of the invitation", async () => {
    await addAdmin(world.api.deps.auth, { email: "first@clinic.example", name: "First", password_hash: "x" });
    expect((await signIn()).status).toBe(403);
    const tenant = await world.tenant();
    await world.call("POST", "/users", {
      token: tenant.token,
      body: { email: "robin@clinic.example", role: "viewer" },
    });
    const answer = await signIn();
    const cookie = /masker_session=[^;]+/.exec(answer.headers.getSetCookie().join("\n"))?.[0] ?? "";
    expect((await world.call("GET", "/me", { headers: { cookie } })).json.permissions).toEqual([
      "agents:read",
      "sessions:read",
    ]);
  });
});

it("knows the addresses of github.com", () => {
  const deps = { clock: () => 0 } as Parameters<typeof newOAuthState>[0];
  const config = { clientId: "c", clientSecret: "s", url: "https://github.com" };
  const url = githubAuthorizeUrl(config, newOAuthState(deps, "github", "/portal"), `${BASE_URL}/cb`);
  expect(url).toMatch(/^https:\/\/github\.com\/login\/oauth\/authorize\?/);
});
