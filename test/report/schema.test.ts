import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { beforeAll, describe, expect, it } from "vitest";
import { reportJsonSchema } from "../../src/report/report-schema.ts";
import { makeWorld } from "../api/world.ts";
import { reportOfEverything } from "./report-of-everything.ts";

/** A validator of another make, over the schema as the server hands it out. */
let validate: ReturnType<Ajv2020["compile"]>;
let report: Record<string, unknown>;

beforeAll(async () => {
  const world = await makeWorld();
  const served = (await world.call("GET", "/reports/schema")).json;
  await world.close();
  expect(served).toEqual(JSON.parse(JSON.stringify(reportJsonSchema())));
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  formats.default(ajv);
  validate = ajv.compile(served);
  const { sessions, leaks, ...rest } = JSON.parse(await reportOfEverything());
  // One of each is enough: every place of it is going to be changed.
  report = { ...rest, sessions: sessions.slice(0, 1), leaks: { ...leaks, items: leaks.items.slice(0, 1) } };
});

type Path = readonly (string | number)[];

/** Every object and every value of the report, by where it is. */
function* places(value: unknown, path: Path = []): Generator<{ readonly path: Path; readonly value: unknown }> {
  yield { path, value };
  if (typeof value !== "object" || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    yield* places(member, [...path, Array.isArray(value) ? Number(name) : name]);
  }
}

function changed(path: Path, change: (parent: Record<string, unknown>, name: string) => void): unknown {
  const copy = { root: structuredClone(report) } as Record<string, unknown>;
  let parent = copy;
  const steps = ["root", ...path];
  for (const step of steps.slice(0, -1)) parent = parent[step] as Record<string, unknown>;
  change(parent, String(steps.at(-1)));
  return copy.root;
}

describe("the schema that is served", () => {
  it("accepts a report with something in every list", () => {
    validate(report);
    expect(validate.errors).toBeNull();
    for (const list of ["sessions", "agents", "policy_snapshot", "upstreams", "statements"]) {
      expect((report[list] as unknown[]).length).toBeGreaterThan(0);
    }
  });

  it("refuses an unknown field in any object of it", () => {
    let objects = 0;
    for (const { path, value } of places(report)) {
      if (typeof value !== "object" || value === null || Array.isArray(value)) continue;
      objects++;
      const more = changed(path, (parent, name) => {
        parent[name] = { ...(parent[name] as object), note: "said Oona Pellweather" };
      });
      expect(validate(more), path.join(".")).toBe(false);
    }
    expect(objects).toBeGreaterThan(30);
  });

  it("refuses another type of any value", () => {
    for (const { path, value } of places(report)) {
      for (const other of [typeof value === "string" || value === null ? 7 : "7", [value], { value }]) {
        const different = changed(path, (parent, name) => {
          parent[name] = other;
        });
        expect(validate(different), path.join(".")).toBe(false);
      }
    }
  });

  it("refuses a report without any one of its fields", () => {
    for (const name of Object.keys(report)) {
      expect(validate(Object.fromEntries(Object.entries(report).filter(([key]) => key !== name)))).toBe(false);
    }
  });
});
