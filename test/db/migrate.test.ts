import { Database } from "bun:sqlite";
import { describe, expect, it } from "vitest";
import { migrate } from "../../src/db/migrate.ts";

const FIRST = { name: "0000_first", sql: "CREATE TABLE a (x integer); CREATE TABLE b (y text);" };
const SECOND = { name: "0001_second", sql: "ALTER TABLE a ADD COLUMN z text;" };

function tablesOf(client: Database): readonly string[] {
  return client
    .query<{ name: string }, []>("SELECT name FROM sqlite_schema ORDER BY name")
    .all()
    .map(({ name }) => name);
}

describe("migrate", () => {
  it("runs what is missing, each once", () => {
    const client = new Database(":memory:");
    expect(migrate(client, [FIRST])).toEqual(["0000_first"]);
    expect(migrate(client, [FIRST, SECOND])).toEqual(["0001_second"]);
    expect(migrate(client, [FIRST, SECOND])).toEqual([]);
    expect(tablesOf(client)).toEqual(["a", "b", "migrations"]);
  });

  it("leaves nothing of a failed run", () => {
    const client = new Database(":memory:");
    migrate(client, [FIRST]);
    const broken = { name: "0002_broken", sql: "CREATE TABLE c (x integer); CREATE TABLE a (x integer);" };
    expect(() => migrate(client, [FIRST, SECOND, broken])).toThrow();
    expect(tablesOf(client)).toEqual(["a", "b", "migrations"]);
    expect(migrate(client, [FIRST, SECOND])).toEqual(["0001_second"]);
  });

  it("refuses a database of a newer executable", () => {
    const client = new Database(":memory:");
    migrate(client, [FIRST, SECOND]);
    expect(() => migrate(client, [FIRST])).toThrow(/newer Masker/);
  });

  it.each([
    ["changed", [{ ...FIRST, sql: `${FIRST.sql} ` }, SECOND]],
    ["renamed", [{ ...FIRST, name: "0000_other" }, SECOND]],
    ["reordered", [SECOND, FIRST]],
  ])("refuses a history that was %s", (_, migrations) => {
    const client = new Database(":memory:");
    migrate(client, [FIRST, SECOND]);
    expect(() => migrate(client, migrations)).toThrow(/history differs at|differs from/);
  });
});
