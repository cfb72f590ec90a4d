import { and, asc, eq, sql } from "drizzle-orm";
import type { Db } from "./open.ts";
import { prepared } from "./prepared.ts";
import { agentKeys } from "./schema.ts";

export type AgentKeyRow = typeof agentKeys.$inferSelect;

export async function insertAgentKey(db: Db, row: AgentKeyRow): Promise<void> {
  db.insert(agentKeys).values(row).run();
}

const keyByHash = prepared((db) => {
  const own = and(eq(agentKeys.hash, sql.placeholder("hash")), eq(agentKeys.agent_id, sql.placeholder("agentId")));
  return db.select().from(agentKeys).where(own).prepare();
});

/** The key of that agent whose secret has this hash. */
export async function findAgentKey(db: Db, agentId: string, hash: string): Promise<AgentKeyRow | null> {
  return keyByHash(db).get({ hash, agentId }) ?? null;
}

export async function listAgentKeys(db: Db, agentId: string): Promise<readonly AgentKeyRow[]> {
  return db.select().from(agentKeys).where(eq(agentKeys.agent_id, agentId)).orderBy(asc(agentKeys.created_at)).all();
}

export async function deleteAgentKey(db: Db, agentId: string, keyId: string): Promise<boolean> {
  const own = and(eq(agentKeys.id, keyId), eq(agentKeys.agent_id, agentId));
  return db.delete(agentKeys).where(own).returning({ id: agentKeys.id }).get() !== undefined;
}

export async function touchAgentKey(db: Db, keyId: string, nowMs: number): Promise<void> {
  db.update(agentKeys).set({ last_used_at: nowMs }).where(eq(agentKeys.id, keyId)).run();
}
