/** The real clients of npm through the compiled executable: what they hear must be what they hear without it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { casesOf, NPM_CLIENTS, type Result, type Suite, startSuite } from "./suite.ts";

let suite: Suite;
const results = new Map<string, Promise<Result>>();
const cases = casesOf(false);
const keyOf = (client: string, name: string) => `${client} ${name}`;

beforeAll(async () => {
  suite = await startSuite();
});

afterAll(async () => {
  await suite?.stop();
});

describe.each(NPM_CLIENTS.map((client) => [`${client.name} ${client.version}`, client] as const))(
  "%s",
  (id, client) => {
    // Cases wait most of the time, for back-off and silence: together they take as long as the longest.
    beforeAll(() => {
      for (const which of cases) results.set(keyOf(id, which.name), suite.run(client, which));
    });

    it.each(cases.map((which) => which.name))("%s", async (name) => {
      const result = await results.get(keyOf(id, name));
      expect(result?.problems).toEqual([]);
    });

    it("gives nothing planted to the provider", async () => {
      await Promise.all(results.values());
      expect(suite.leaked()).toEqual([]);
    });
  },
);
