import { Database } from "bun:sqlite";
import { is } from "drizzle-orm";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import { describe, expect, it } from "vitest";
import { migrate } from "../../src/db/migrate.ts";
import * as schema from "../../src/db/schema.ts";

const client = new Database(":memory:");
migrate(client);
const tables = Object.values(schema).flatMap((value) => (is(value, SQLiteTable) ? [getTableConfig(value)] : []));

interface ColumnInfo {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly dflt_value: string | null;
  readonly pk: number;
}

/** What the migrations made must be what the code believes: queries are typed by the schema alone. */
describe("the migrated database is the schema", () => {
  it("has the same tables", () => {
    const made = client
      .query<{ name: string }, []>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .all()
      .map(({ name }) => name);
    expect(made).toEqual([...tables.map(({ name }) => name), "migrations"].sort());
  });

  it.each(tables)("has the same columns in $name", (table) => {
    const made = client.query<ColumnInfo, []>(`PRAGMA table_info("${table.name}")`).all();
    const key = table.primaryKeys.flatMap(({ columns }) => columns.map(({ name }) => name));
    expect(made).toEqual(
      table.columns.map((column, cid) => ({
        cid,
        name: column.name,
        type: column.getSQLType().toUpperCase(),
        notnull: column.notNull ? 1 : 0,
        dflt_value: column.default === undefined ? null : `'${column.default}'`,
        pk: column.primary ? 1 : key.indexOf(column.name) + 1,
      })),
    );
  });

  it.each(tables)("has the same indexes on $name", (table) => {
    const made = client
      .query<{ name: string; unique: number; origin: string; partial: number }, []>(
        `PRAGMA index_list("${table.name}")`,
      )
      .all()
      .filter(({ origin }) => origin === "c")
      .map(({ name, unique, partial }) => {
        const columns = client.query<{ name: string }, []>(`PRAGMA index_info("${name}")`).all();
        return { name, unique: unique === 1, partial: partial === 1, columns: columns.map((column) => column.name) };
      });
    const wanted = table.indexes.map(({ config }) => ({
      name: config.name,
      unique: config.unique,
      partial: config.where !== undefined,
      columns: config.columns.map((column) => ("name" in column ? column.name : "")),
    }));
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    expect(made.sort(byName)).toEqual(wanted.sort(byName));
  });

  it.each(tables)("has the same references from $name", (table) => {
    const made = client
      .query<{ table: string; from: string; to: string }, []>(`PRAGMA foreign_key_list("${table.name}")`)
      .all()
      .map(({ table: to, from, to: column }) => `${from} -> ${to}.${column}`);
    const wanted = table.foreignKeys.map((key) => {
      const { columns, foreignColumns, foreignTable } = key.reference();
      return `${columns[0]?.name} -> ${getTableConfig(foreignTable).name}.${foreignColumns[0]?.name}`;
    });
    expect(made.sort()).toEqual(wanted.sort());
  });
});
