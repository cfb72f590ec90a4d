/** Hostile query strings, cookies, cursors, ids, headers and bodies at every endpoint: never a 500, always the envelope. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appRouter } from "../../src/api/root.ts";
import { endpointsOf } from "../../src/rest/endpoint.ts";
import { makeWorld, type World } from "../api/world.ts";

const HOSTILE: readonly string[] = [
  "",
  " ",
  "\u0000",
  "\n",
  "\r\nSet-Cookie: a=b",
  "'",
  "' OR 1=1 --",
  '"; DROP TABLE agents; --',
  "%",
  "_",
  "\\",
  "../../etc/passwd",
  "..%2f..%2f",
  "<script>alert(1)</script>",
  "{{7*7}}",
  "$".concat("{jndi:ldap://x}"),
  "null",
  "undefined",
  "NaN",
  "Infinity",
  "-0",
  "1e309",
  "9007199254740993",
  "0x10",
  "true",
  "[]",
  "{}",
  "[object Object]",
  "__proto__",
  "constructor",
  "toString",
  "agt_01HYZ",
  "agt_".padEnd(30, "Z"),
  "\ud800",
  "\udfff\ud800",
  "👩‍👩‍👧‍👦",
  "ＡＧＴ",
  "\u202e",
  "\ufeff",
  "İ",
  "ß".repeat(100),
  "a".repeat(20_000),
];

let world: World;
let token: string;
const endpoints = endpointsOf(appRouter).filter((endpoint) => endpoint.type !== "subscription");

beforeAll(async () => {
  world = await makeWorld();
  const tenant = await world.tenant();
  token = tenant.token;
  for (let i = 0; i < 3; i++) await world.call("POST", "/agents", { token, body: { name: `a${i}`, upstream: "stub" } });
});
afterAll(() => world.close());

async function expectSane(path: string, init: RequestInit): Promise<void> {
  let request: RequestInit = init;
  try {
    new Headers(init.headers);
  } catch {
    request = { ...init, headers: {} };
  }
  const response = await world.send(path, request);
  const text = await response.text();
  expect([path.slice(0, 200), response.status]).toEqual([path.slice(0, 200), expect.not.toBeServerError()]);
  expect(response.headers.get("x-request-id")).toMatch(/^req_[0-9A-Z]{26}$/);
  if (response.status >= 400) {
    const { error } = JSON.parse(text);
    expect(error.request_id).toBe(response.headers.get("x-request-id"));
    expect(world.lines.at(-1)?.fields.request_id).toBe(error.request_id);
  }
}

expect.extend({
  toBeServerError: (status: number) => ({ pass: status >= 500, message: () => `status ${status}` }),
});

declare module "vitest" {
  interface AsymmetricMatchersContaining {
    toBeServerError(): unknown;
  }
}

const authorized = () => ({ authorization: `Bearer ${token}` });

describe.each(endpoints.map((endpoint) => [endpoint.name, endpoint] as const))("%s", (_, endpoint) => {
  const fields = Object.keys((endpoint.input?.properties ?? {}) as object);
  const inQuery = endpoint.rest.method === "GET";
  const pathWith = (value: string) =>
    endpoint.rest.path.replaceAll(/\{\w+\}/g, encodeURIComponent(value.toWellFormed()));

  it("survives hostile values in its path, query and fields", async () => {
    for (const value of HOSTILE) {
      if (endpoint.pathParameters.length > 0) {
        await expectSane(pathWith(value), { method: endpoint.rest.method, headers: authorized() });
      }
      for (const field of fields) {
        const path = pathWith("x");
        if (inQuery) {
          const query = `?${field}=${encodeURIComponent(value.toWellFormed())}`;
          await expectSane(`${path}${query}`, { headers: authorized() });
        } else {
          const headers = { ...authorized(), "content-type": "application/json" };
          for (const sent of [value, [{ [value]: value }]]) {
            await expectSane(path, { method: endpoint.rest.method, headers, body: JSON.stringify({ [field]: sent }) });
          }
        }
      }
    }
  });
});

describe("anything", () => {
  const words = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: "binary", maxLength: 40 }));

  it("in a query string is answered", async () => {
    const paths = endpoints.filter(
      (endpoint) => endpoint.rest.method === "GET" && endpoint.pathParameters.length === 0,
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...paths),
        fc.array(fc.tuple(words, words), { maxLength: 6 }),
        async (endpoint, pairs) => {
          const query = pairs.map(
            ([key, value]) => `${encodeURIComponent(key.toWellFormed())}=${encodeURIComponent(value.toWellFormed())}`,
          );
          await expectSane(`${endpoint.rest.path}?${query.join("&")}`, { headers: authorized() });
        },
      ),
      { numRuns: 150 },
    );
  });

  it("in a raw query string is answered", async () => {
    for (const raw of [
      "?",
      "?&",
      "?=",
      "?limit",
      "?limit=%",
      "?limit=%zz&since=%ff",
      "?;",
      "?a=b#c",
      "?limit[]=1",
      "?limit[gt]=1",
      "?&&&limit=1&&",
    ]) {
      await expectSane(`/agents${raw}`, { headers: authorized() });
    }
  });

  it("in a cookie or a header is answered", async () => {
    for (const value of HOSTILE) {
      for (const name of [
        "cookie",
        "authorization",
        "content-type",
        "origin",
        "sec-fetch-site",
        "x-forwarded-for",
        "content-length",
      ]) {
        const headers = { ...(name === "authorization" ? {} : authorized()), [name]: `masker_session=${value}` };
        await expectSane("/me", { headers });
        await expectSane("/me/revoke-sessions", { method: "POST", headers: { ...headers, [name]: value } });
        await expectSane("/auth/github/callback?state=x", { headers: { cookie: `masker_oauth_state=${value}` } });
      }
    }
  });

  it("as a cursor is 422", async () => {
    const first = await world.call("GET", "/agents?limit=1", { token });
    const good: string = first.json.next_cursor;
    await fc.assert(
      fc.asyncProperty(words, fc.nat(good.length - 1), async (text, at) => {
        for (const cursor of [text, good.slice(0, at) + text + good.slice(at + 1)]) {
          if (cursor === good) continue;
          const query = `?limit=1&cursor=${encodeURIComponent(cursor.toWellFormed())}`;
          expect((await world.call("GET", `/agents${query}`, { token })).status).toBe(422);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("as a body is answered", async () => {
    const posts = endpoints.filter((endpoint) => endpoint.rest.method !== "GET" && endpoint.name !== "auth.login");
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...posts), fc.jsonValue({ maxDepth: 3 }), async (endpoint, value) => {
        const path = endpoint.rest.path.replaceAll(/\{\w+\}/g, "x");
        const headers = { ...authorized(), "content-type": "application/json" };
        await expectSane(path, { method: endpoint.rest.method, headers, body: JSON.stringify(value) });
      }),
      { numRuns: 200 },
    );
  });
});
