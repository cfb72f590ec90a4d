/** Every migration in order, embedded. A new file is one line at the end; files never change once released. */
import m0000 from "../../migrations/0000_initial.sql" with { type: "text" };

export interface Migration {
  readonly name: string;
  readonly sql: string;
}

export const MIGRATIONS: readonly Migration[] = [{ name: "0000_initial", sql: m0000 }];
