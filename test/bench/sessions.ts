/**
 * How long a page of sessions takes, from ten thousand rows to a million. Asks the REST surface in process, so that what is
 * measured is ours: guard, cursor, reader's thread, serialising.
 */
import { sql } from "drizzle-orm";
import { makeWorld, START, type World } from "../api/world.ts";
import { makeAgent } from "../db/database.ts";
import { atMost, type Findings, type Scale } from "./scenario.ts";
import { type Cell, table } from "./statistics.ts";

const SIZES = [10_000, 100_000, 1_000_000];
const QUICK_SIZES = [10_000, 100_000];
const ROUNDS = 200;
const WARM_UP = 20;

/**
 * Rows over 30 days, three agents, every fiftieth with an error, one in ten thousand with many redactions; made inside
 * SQLite, because a million rows through the projection take minutes.
 */
export function fill(
  world: Pick<World, "db">,
  count: number,
  accountId: string,
  agents: readonly { id: string }[],
): void {
  const [a, b, c] = agents.map((agent) => agent.id);
  const redactions = sql`iif(n % 10000 = 0, 500, n % 7)`;
  world.db.run(sql`
    INSERT INTO sessions
    WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ${count})
    SELECT printf('sess_%026d', n), ${accountId}, CASE n % 3 WHEN 0 THEN ${a} WHEN 1 THEN ${b} ELSE ${c} END,
      printf('call_%026d', n / 10), ${START} - CAST(n * (2592000000.0 / ${count}) AS INTEGER),
      ${START} - CAST(n * (2592000000.0 / ${count}) AS INTEGER) + 800,
      CASE WHEN n % 50 = 0 THEN 'error' WHEN n % 75 = 0 THEN 'partial' ELSE 'ok' END, NULL,
      ${redactions}, 0, iif(${redactions} = 0, '{}', printf('{"NAME":%d}', ${redactions})), '{}', 0, 'stub', 'stub',
      'healthcare-default', 1, '{"detection":1,"tokenize":1,"upstream":1,"rehydrate":1}', 2.5, printf('%064d', n), 3
    FROM numbers`);
  world.db.run(sql`ANALYZE`);
}

async function measure(world: World, token: string, path: string): Promise<{ p50: number; p95: number }> {
  const times: number[] = [];
  for (let i = 0; i < ROUNDS + WARM_UP; i++) {
    const started = performance.now();
    const { status } = await world.call("GET", path, { token });
    if (i >= WARM_UP) times.push(performance.now() - started);
    if (status !== 200) throw new Error(`${path}: status ${status}`);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => Math.round((times[Math.ceil(times.length * share) - 1] ?? 0) * 100) / 100;
  return { p50: at(0.5), p95: at(0.95) };
}

/** The cursor after `pages` pages of a hundred. */
async function deepCursor(world: World, token: string, path: string, pages: number): Promise<string> {
  let cursor = "";
  for (let page = 0; page < pages; page++) {
    const { json } = await world.call("GET", `${path}&limit=100${cursor && `&cursor=${cursor}`}`, { token });
    if (json.next_cursor === null) break;
    cursor = json.next_cursor;
  }
  return cursor;
}

interface Page {
  readonly rows: number;
  readonly name: string;
  readonly p50: number;
  readonly p95: number;
}

async function measureSize(size: number): Promise<Page[]> {
  const world = await makeWorld();
  try {
    const { accountId, token } = await world.tenant();
    const agents = await Promise.all(["a", "b", "c"].map((name) => makeAgent(world.db, accountId, { name })));
    fill(world, size, accountId, agents);
    const base = `/agents/${agents[0]?.id}/sessions?since=30d`;
    const deep = await deepCursor(world, token, base, 30);
    const all = await deepCursor(world, token, "/sessions?since=30d", 30);
    const cases: Record<string, string> = {
      "default page": `/agents/${agents[0]?.id}/sessions`,
      "first page of 100": `${base}&limit=100`,
      "deep cursor": `${base}&limit=25&cursor=${deep}`,
      "status=error": `${base}&status=error`,
      "status=partial": `${base}&status=partial`,
      "min_redactions=3": `${base}&min_redactions=3`,
      "min_redactions=100 (rare)": `${base}&min_redactions=100`,
      "min_redactions=9999 (none)": `${base}&min_redactions=9999`,
      "all agents": "/sessions?since=30d&limit=25",
      "all agents, deep": `/sessions?since=30d&limit=25&cursor=${all}`,
      "all agents, min_redactions=100 (rare)": "/sessions?since=30d&min_redactions=100",
    };
    const pages: Page[] = [];
    for (const [name, path] of Object.entries(cases)) {
      const { p50, p95 } = await measure(world, token, path);
      pages.push({ rows: size, name, p50, p95 });
    }
    return pages;
  } finally {
    await world.close();
  }
}

export async function lists({ quick }: Scale): Promise<Findings> {
  const sizes = quick ? QUICK_SIZES : SIZES;
  const pages: Page[] = [];
  for (const size of sizes) pages.push(...(await measureSize(size)));
  const names = [...new Set(pages.map(({ name }) => name))];
  const at = (name: string, size: number) => pages.find((page) => page.name === name && page.rows === size);
  const rows = names.map((name): Cell[] => [
    name,
    ...sizes.flatMap((size) => [at(name, size)?.p50 ?? Number.NaN, at(name, size)?.p95 ?? Number.NaN]),
  ]);
  const largest = sizes.at(-1) ?? 0;
  const isRare = (name: string) => /rare|none/.test(name);
  const worst = (rare: boolean) =>
    Math.max(...names.filter((name) => isRare(name) === rare).map((name) => at(name, largest)?.p95 ?? Number.NaN));
  return {
    tables: [table(["page of sessions", ...sizes.flatMap((size) => [`${size} rows p50`, "p95"])], rows)],
    targets: [
      atMost(`any page of sessions, ${largest} rows, p95`, worst(false), 10, "ms"),
      atMost(`a rare min_redactions, ${largest} rows, p95`, worst(true), 100, "ms"),
    ],
    data: pages,
  };
}
