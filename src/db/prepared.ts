import type { Db } from "./open.ts";

/**
 * A statement that is made once for each database. For what runs in every turn: building a query's text and having SQLite
 * read it costs many times what running it does.
 */
export function prepared<Statement>(prepare: (db: Db) => Statement): (db: Db) => Statement {
  const made = new WeakMap<Db, Statement>();
  return (db) => {
    let statement = made.get(db);
    if (statement === undefined) {
      statement = prepare(db);
      made.set(db, statement);
    }
    return statement;
  };
}
