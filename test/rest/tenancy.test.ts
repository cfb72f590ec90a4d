/** Nothing of another account is visible: every procedure that takes an id, called with a second account's. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appRouter } from "../../src/api/root.ts";
import { newId } from "../../src/id.ts";
import { PRESETS } from "../../src/policy/presets.ts";
import { type Endpoint, endpointsOf } from "../../src/rest/endpoint.ts";
import { failure, makeWorld, START, type World } from "../api/world.ts";

/** Words of the first account that must never reach the second. */
const PLANTED = "Orchid-Ward-Secret";

let world: World;
let intruder: { token: string; accountId: string };
/** Ids of the first account, by the name of the field that takes them. */
let ids: Record<string, string>;
let names: string[];

beforeAll(async () => {
  world = await makeWorld();
  const owner = await world.tenant();
  intruder = await world.tenant();
  const make = (path: string, body: unknown) => world.call("POST", path, { token: owner.token, body });
  const agent = (await make("/agents", { name: PLANTED, upstream: "stub" })).json.agent;
  const key = (await make(`/agents/${agent.id}/keys`, {})).json.key;
  const yaml = PRESETS.get("strict")?.replace(/^name: .*$/m, `name: ${PLANTED}`) ?? "";
  expect((await make("/policies", { policy_yaml: yaml })).status).toBe(201);
  const user = (await make("/users", { email: `${PLANTED}@clinic.example`, role: "viewer" })).json.user;
  const token = (await make("/tokens", { name: PLANTED, permissions: ["agents:read"] })).json.token;
  const job = (await make("/reports/jobs", {})).json.job;
  const session = world.sessionRow(
    { id: agent.id, account_id: owner.accountId },
    { started_at: START - 1, upstream_model: PLANTED },
  );
  const event = world.audit.events.at(-1);
  const place = {
    seq: event?.seq ?? 0,
    event_id: event?.event_id ?? "",
    ts: START,
    kind: "redaction",
    account_id: owner.accountId,
    agent_id: agent.id,
    session_id: session.id,
    segment: 1,
    offset: event?.seq ?? 0,
    length: 1,
  };
  await world.project([session], [place]);
  ids = {
    agent_id: agent.id,
    key_id: key.id,
    session_id: session.id,
    event_id: place.event_id,
    user_id: user.id,
    token_id: token.id,
    job_id: job.id,
    name: PLANTED,
    policy_name: PLANTED,
  };
  names = [PLANTED, ...Object.values(ids)];
  // The owner does see all of it: else the walk below would prove nothing.
  const seen = await world.call("GET", `/sessions/${session.id}`, { token: owner.token });
  expect(seen.text).toContain(PLANTED);
  expect((await world.call("GET", `/policies/${PLANTED}`, { token: owner.token })).status).toBe(200);
});
afterAll(() => world.close());

const endpoints = endpointsOf(appRouter);
const idFields = (endpoint: Endpoint) =>
  Object.keys((endpoint.input?.properties ?? {}) as object).filter((name) => name in (ids ?? {}) || /_id$/.test(name));

/** Bodies that a procedure needs beside the id to get as far as looking it up. */
const BODIES: Readonly<Record<string, unknown>> = {
  "policies.update": { policy_yaml: PRESETS.get("strict")?.replace(/^name: .*$/m, `name: ${PLANTED}`) },
  "users.update": { name: "x" },
  "agents.update": { name: "x" },
};

/** A foreign policy named in a body is a wrong value there, not a wrong address. */
const NOT_404: Readonly<Record<string, { status: number; code: string }>> = {
  "detect.detect policy_name": { status: 422, code: "unknown_policy" },
  "detect.mask policy_name": { status: 422, code: "unknown_policy" },
  "agents.create policy_name": { status: 422, code: "unknown_policy" },
  "agents.update policy_name": { status: 404, code: "agent_not_found" },
};

describe("a second account", () => {
  const walked = endpoints.filter((endpoint) => endpoint.pathParameters.length > 0);

  it.each(walked.map((endpoint) => [endpoint.name, endpoint] as const))("gets 404 from %s", async (name, endpoint) => {
    const path = endpoint.rest.path.replaceAll(/\{(\w+)\}/g, (_, field: string) => ids[field] ?? "");
    expect(path).not.toContain("//");
    const body = endpoint.rest.method === "GET" ? undefined : (BODIES[name] ?? {});
    const before = world.audit.events.length;
    const answer = await world.call(endpoint.rest.method, path, { token: intruder.token, ...(body ? { body } : {}) });
    expect(answer.status).toBe(404);
    for (const word of names) expect(answer.text).not.toContain(word);
    expect(world.audit.events.length).toBe(before);
    // The same as for an id that never was: existence shows in nothing.
    const fresh: Record<string, string> = { name: "never-was", key_id: newId("key"), event_id: newId("event") };
    const nouns = {
      agent_id: "agent",
      session_id: "session",
      user_id: "user",
      token_id: "key",
      job_id: "job",
    } as const;
    const unknownPath = endpoint.rest.path.replaceAll(/\{(\w+)\}/g, (_, field: string) =>
      field in nouns ? newId(nouns[field as keyof typeof nouns]) : (fresh[field] ?? ""),
    );
    const unknown = await world.call(endpoint.rest.method, unknownPath, {
      token: intruder.token,
      ...(body ? { body } : {}),
    });
    expect(failure(unknown)).toEqual(failure(answer));
    expect(unknown.json.error.message).toBe(answer.json.error.message);
  });

  const filtered = endpoints.filter(
    (endpoint) => endpoint.rest.method === "GET" && endpoint.pathParameters.length === 0,
  );

  it.each(
    filtered.flatMap((endpoint) =>
      Object.keys((endpoint.input?.properties ?? {}) as object)
        .filter((field) => /^(agent|session|user|token|key)_id$/.test(field))
        .map((field) => [endpoint.name, field, endpoint] as const),
    ),
  )("gets 404 from %s filtered by %s", async (_, field, endpoint) => {
    const answer = await world.call("GET", `${endpoint.rest.path}?${field}=${ids[field]}`, { token: intruder.token });
    expect(answer.status).toBe(404);
  });

  it.each(
    ["detect.detect", "detect.mask", "agents.create"].map(
      (name) => [name, endpoints.find((e) => e.name === name)] as const,
    ),
  )("cannot use a foreign policy in %s", async (name, endpoint) => {
    const body = { text: "x", policy_name: PLANTED };
    const agent = { name: "x", upstream: "stub", policy_name: PLANTED };
    const answer = await world.call("POST", endpoint?.rest.path ?? "", {
      token: intruder.token,
      body: name === "agents.create" ? agent : body,
    });
    expect(failure(answer)).toEqual(NOT_404[`${name} policy_name`]);
  });

  it.each(filtered.map((endpoint) => [endpoint.rest.path, endpoint] as const))(
    "finds nothing in GET %s",
    async (path, endpoint) => {
      if (endpoint.type === "subscription" || endpoint.rest.access === "public") return;
      const searches = ["", `?name_contains=${PLANTED}`, "?since=30d", "?limit=100"];
      for (const search of searches) {
        const answer = await world.call("GET", `${path}${search}`, { token: intruder.token });
        for (const word of names) expect(answer.text).not.toContain(word);
      }
    },
  );

  it("may take every name that the first account has", async () => {
    const make = (path: string, body: unknown) => world.call("POST", path, { token: intruder.token, body });
    expect((await make("/agents", { name: PLANTED, upstream: "stub" })).status).toBe(201);
    const policy_yaml = PRESETS.get("strict")?.replace(/^name: .*$/m, `name: ${PLANTED}`);
    expect((await make("/policies", { policy_yaml })).status).toBe(201);
    expect((await make("/tokens", { name: PLANTED, permissions: ["agents:read"] })).status).toBe(201);
  });

  it("sees only its own sessions in the live stream", async () => {
    const other = await world.tenant();
    const stop = new AbortController();
    const heard: string[] = [];
    const listening = (async () => {
      for await (const session of world.feed.follow(other.accountId, stop.signal)) heard.push(session.id);
    })();
    await Bun.sleep(1);
    const own = { ...world.sessionRow({ id: "agt_1", account_id: other.accountId }), agent_name: "own" };
    world.feed.publish({ ...world.sessionRow({ id: "agt_2", account_id: intruder.accountId }), agent_name: "foreign" });
    world.feed.publish(own);
    await Bun.sleep(1);
    stop.abort();
    await listening;
    expect(heard).toEqual([own.id]);
  });
});

it.each(["agent_id", "session_id"])("a report job about a foreign %s gets 404", async (field) => {
  const body = { [field]: ids[field] };
  expect((await world.call("POST", "/reports/jobs", { token: intruder.token, body })).status).toBe(404);
});

it("walks every procedure that takes an id", () => {
  const takingIds = endpoints.filter((endpoint) => idFields(endpoint).some((field) => /_id$/.test(field)));
  for (const endpoint of takingIds) {
    const inPath = endpoint.pathParameters.length > 0;
    const walked = inPath || endpoint.rest.method === "GET" || endpoint.name === "reports.createJob";
    expect([endpoint.name, walked]).toEqual([endpoint.name, true]);
  }
});
