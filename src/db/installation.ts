import { eq } from "drizzle-orm";
import type { Db } from "./open.ts";
import { installation } from "./schema.ts";

/** Single values that the installation remembers. */
export type InstallationKey = "demo_agent_id" | "node_name";

export async function findInstallationValue(db: Db, key: InstallationKey): Promise<string | null> {
  return db.select().from(installation).where(eq(installation.key, key)).get()?.value ?? null;
}

export async function setInstallationValue(db: Db, key: InstallationKey, value: string): Promise<void> {
  db.insert(installation).values({ key, value }).onConflictDoUpdate({ target: installation.key, set: { value } }).run();
}
