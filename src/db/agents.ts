import { and, count, desc, eq, gt, isNotNull, isNull, lt, or, sql } from "drizzle-orm";
import { MaskerError } from "../errors.ts";
import { isUniqueViolation } from "./constraint.ts";
import type { Db } from "./open.ts";
import { type Page, type Position, toPage } from "./page.ts";
import { prepared } from "./prepared.ts";
import { Remembered } from "./remembered.ts";
import { agents } from "./schema.ts";

export type AgentRow = typeof agents.$inferSelect;
export type AgentPatch = Partial<Omit<AgentRow, "id" | "account_id" | "created_at" | "deleted_at">>;

/** @throws MaskerError name_taken when a live agent of the account has that name. */
export async function insertAgent(db: Db, row: AgentRow): Promise<void> {
  try {
    db.insert(agents).values(row).run();
    liveAgents(db).forget();
  } catch (thrown) {
    throw nameTaken(thrown);
  }
}

/** A live agent of that account. */
export async function findAgent(db: Db, accountId: string, agentId: string): Promise<AgentRow | null> {
  const own = and(eq(agents.id, agentId), eq(agents.account_id, accountId), isNull(agents.deleted_at));
  return db.select().from(agents).where(own).get() ?? null;
}

const liveAgent = prepared((db) =>
  db
    .select()
    .from(agents)
    .where(and(eq(agents.id, sql.placeholder("agentId")), isNull(agents.deleted_at)))
    .prepare(),
);

/** Asked for in every turn. Every function here that writes an agent makes it forget. */
const liveAgents = prepared((db) => new Remembered(db, (agentId) => liveAgent(db).get({ agentId }) ?? null));

/** A live agent of any account: for the proxy, where the id itself leads to the account. */
export async function findLiveAgent(db: Db, agentId: string): Promise<AgentRow | null> {
  return liveAgents(db).get(agentId);
}

const agentEverMade = prepared((db) =>
  db
    .select()
    .from(agents)
    .where(and(eq(agents.id, sql.placeholder("agentId")), eq(agents.account_id, sql.placeholder("accountId"))))
    .prepare(),
);

/** An agent of that account, deleted or not: its history stays readable. */
export async function findAgentEverMade(db: Db, accountId: string, agentId: string): Promise<AgentRow | null> {
  return agentEverMade(db).get({ agentId, accountId }) ?? null;
}

export interface AgentFilter {
  readonly accountId: string;
  readonly limit: number;
  readonly after?: Position | null;
  /** Any case, any script. */
  readonly nameContains?: string;
}

/** Live agents, newest first. */
export async function listAgents(
  db: Db,
  { accountId, limit, after, nameContains }: AgentFilter,
): Promise<Page<AgentRow>> {
  const older = after
    ? or(lt(agents.created_at, after.time), and(eq(agents.created_at, after.time), lt(agents.id, after.id)))
    : undefined;
  const query = db
    .select()
    .from(agents)
    .where(and(eq(agents.account_id, accountId), isNull(agents.deleted_at), older))
    .orderBy(desc(agents.created_at), desc(agents.id));
  // SQLite folds the case of ASCII only, so the names are compared here; an account has few agents.
  const wanted = nameContains?.toLowerCase();
  const rows =
    wanted === undefined
      ? query.limit(limit + 1).all()
      : query.all().filter((row) => row.name.toLowerCase().includes(wanted));
  return toPage(rows, limit, (row) => ({ time: row.created_at, id: row.id }));
}

/** @throws MaskerError name_taken as insertAgent. */
export async function updateAgent(
  db: Db,
  accountId: string,
  agentId: string,
  patch: AgentPatch,
): Promise<AgentRow | null> {
  if (Object.keys(patch).length === 0) return findAgent(db, accountId, agentId);
  const own = and(eq(agents.id, agentId), eq(agents.account_id, accountId), isNull(agents.deleted_at));
  try {
    const updated = db.update(agents).set(patch).where(own).returning().get() ?? null;
    liveAgents(db).forget();
    return updated;
  } catch (thrown) {
    throw nameTaken(thrown);
  }
}

/** Marks a live agent deleted; false when there is none. Its keys stay, so that it can be restored as it was. */
export async function deleteAgent(db: Db, accountId: string, agentId: string, nowMs: number): Promise<boolean> {
  const own = and(eq(agents.id, agentId), eq(agents.account_id, accountId), isNull(agents.deleted_at));
  const deleted = db.update(agents).set({ deleted_at: nowMs }).where(own).returning({ id: agents.id }).get();
  liveAgents(db).forget();
  return deleted !== undefined;
}

/**
 * Brings back an agent that was deleted after `deletedAfterMs`; null when there is none.
 * @throws MaskerError name_taken when another agent took the name meanwhile.
 */
export async function restoreAgent(
  db: Db,
  accountId: string,
  agentId: string,
  deletedAfterMs: number,
): Promise<AgentRow | null> {
  const own = and(
    eq(agents.id, agentId),
    eq(agents.account_id, accountId),
    isNotNull(agents.deleted_at),
    gt(agents.deleted_at, deletedAfterMs),
  );
  try {
    const restored = db.update(agents).set({ deleted_at: null }).where(own).returning().get() ?? null;
    liveAgents(db).forget();
    return restored;
  } catch (thrown) {
    throw nameTaken(thrown);
  }
}

/** Live agents that name the policy: such a policy cannot be deleted. */
export async function countAgentsWithPolicy(db: Db, accountId: string, policyName: string): Promise<number> {
  const using = and(eq(agents.account_id, accountId), eq(agents.policy_name, policyName), isNull(agents.deleted_at));
  return db.select({ n: count() }).from(agents).where(using).get()?.n ?? 0;
}

/** Policies that live agents name, by account: what must be in force. */
export async function listPoliciesInUse(
  db: Db,
): Promise<readonly { readonly account_id: string; readonly policy_name: string }[]> {
  return db
    .selectDistinct({ account_id: agents.account_id, policy_name: agents.policy_name })
    .from(agents)
    .where(isNull(agents.deleted_at))
    .all();
}

function nameTaken(thrown: unknown): unknown {
  return isUniqueViolation(thrown) ? new MaskerError("name_taken", { cause: thrown }) : thrown;
}
