import { expect, it } from "vitest";
import { fill } from "../bench/sessions.ts";
import { makeAgent } from "../db/database.ts";
import { makeWorld, START } from "./world.ts";

const DAY_MS = 86_400_000;

it("lists the sessions of a range: from since on, and before until", async () => {
  const world = await makeWorld();
  const { accountId, token } = await world.tenant();
  const agents = await Promise.all(["a", "b", "c"].map((name) => makeAgent(world.db, accountId, { name })));
  fill(world, 90, accountId, agents);
  const middle = new Date(START - 10 * DAY_MS).toISOString();
  const list = async (query: string) => (await world.call("GET", `/sessions?limit=100&${query}`, { token })).json.data;
  const older = await list(`since=31d&until=${middle}`);
  const newer = await list(`since=${middle}`);
  expect(older.length).toBeGreaterThan(0);
  expect(newer.length).toBeGreaterThan(0);
  expect(older.length + newer.length).toBe(90);
  expect(older.every((row: { started_at: string }) => row.started_at < middle)).toBe(true);
  const { status } = await world.call("GET", "/sessions?until=yesterday", { token });
  expect(status).toBe(422);
  await world.close();
});
