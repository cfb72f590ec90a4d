import { and, asc, desc, eq, isNull } from "drizzle-orm";
import { MaskerError } from "../errors.ts";
import { isUniqueViolation } from "./constraint.ts";
import type { Db } from "./open.ts";
import { filePolicyVersions, policies, policyVersions } from "./schema.ts";

/** A stored policy with the text of one of its versions. */
export interface PolicyRow {
  readonly id: string;
  readonly account_id: string;
  readonly name: string;
  readonly version: number;
  readonly yaml: string;
  readonly created_at: number;
  /** When this version was saved, and by whom. */
  readonly version_created_at: number;
  readonly version_created_by: string | null;
}

export interface NewPolicy {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly yaml: string;
  readonly createdBy: string | null;
  readonly nowMs: number;
}

const COLUMNS = {
  id: policies.id,
  account_id: policies.account_id,
  name: policies.name,
  version: policyVersions.version,
  yaml: policyVersions.yaml,
  created_at: policies.created_at,
  version_created_at: policyVersions.created_at,
  version_created_by: policyVersions.created_by,
};

/** Saves version 1. @throws MaskerError name_taken when the account has a live policy of that name. */
export async function insertPolicy(db: Db, policy: NewPolicy): Promise<void> {
  const { id, accountId, name, yaml, createdBy, nowMs } = policy;
  try {
    db.transaction((tx) => {
      tx.insert(policies).values({ id, account_id: accountId, name, current_version: 1, created_at: nowMs }).run();
      tx.insert(policyVersions)
        .values({ policy_id: id, version: 1, yaml, created_at: nowMs, created_by: createdBy })
        .run();
    });
  } catch (thrown) {
    throw isUniqueViolation(thrown) ? new MaskerError("name_taken", { cause: thrown }) : thrown;
  }
}

/** Saves the next version of a live policy and gives its number; null when the account has none of that name. */
export async function insertPolicyVersion(db: Db, version: Omit<NewPolicy, "id">): Promise<number | null> {
  const { accountId, name, yaml, createdBy, nowMs } = version;
  return db.transaction((tx) => {
    const live = and(eq(policies.account_id, accountId), eq(policies.name, name), isNull(policies.deleted_at));
    const policy = tx.select().from(policies).where(live).get();
    if (!policy) return null;
    const next = policy.current_version + 1;
    tx.insert(policyVersions)
      .values({ policy_id: policy.id, version: next, yaml, created_at: nowMs, created_by: createdBy })
      .run();
    tx.update(policies).set({ current_version: next }).where(eq(policies.id, policy.id)).run();
    return next;
  });
}

/** The live policy of that name with its current version. */
export async function findPolicy(db: Db, accountId: string, name: string): Promise<PolicyRow | null> {
  const live = and(eq(policies.account_id, accountId), eq(policies.name, name), isNull(policies.deleted_at));
  return current(db).where(live).get() ?? null;
}

/** Live policies of every account with their current versions. */
export async function listAllPolicies(db: Db): Promise<readonly PolicyRow[]> {
  return current(db).where(isNull(policies.deleted_at)).orderBy(asc(policies.created_at)).all();
}

/** Every version of the live policy of that name, newest first. */
export async function listPolicyVersions(db: Db, accountId: string, name: string): Promise<readonly PolicyRow[]> {
  const live = and(eq(policies.account_id, accountId), eq(policies.name, name), isNull(policies.deleted_at));
  return everyVersion(db).where(live).orderBy(desc(policyVersions.version)).all();
}

/**
 * The text that stood under that name and version, also of a policy deleted since: reports show what was in force. Of
 * several that had the name, the one made last.
 */
export async function findPolicyVersion(
  db: Db,
  accountId: string,
  name: string,
  version: number,
): Promise<PolicyRow | null> {
  const named = and(eq(policies.account_id, accountId), eq(policies.name, name), eq(policyVersions.version, version));
  return everyVersion(db).where(named).orderBy(desc(policies.created_at)).limit(1).get() ?? null;
}

/** Marks a live policy deleted; its versions stay for the reports. */
export async function deletePolicy(db: Db, accountId: string, name: string, nowMs: number): Promise<boolean> {
  const live = and(eq(policies.account_id, accountId), eq(policies.name, name), isNull(policies.deleted_at));
  const deleted = db.update(policies).set({ deleted_at: nowMs }).where(live).returning({ id: policies.id }).get();
  return deleted !== undefined;
}

/**
 * The version of a file's text: the last recorded one when the text is unchanged, else the next, which is recorded now.
 * @param first number of the first version
 */
export async function recordFilePolicy(
  db: Db,
  {
    name,
    yaml,
    first,
    nowMs,
  }: { readonly name: string; readonly yaml: string; readonly first: number; readonly nowMs: number },
): Promise<number> {
  return db.transaction((tx) => {
    const last = tx
      .select()
      .from(filePolicyVersions)
      .where(eq(filePolicyVersions.name, name))
      .orderBy(desc(filePolicyVersions.version))
      .limit(1)
      .get();
    if (last?.yaml === yaml) return last.version;
    const version = last ? last.version + 1 : first;
    tx.insert(filePolicyVersions).values({ name, version, yaml, created_at: nowMs }).run();
    return version;
  });
}

/** The recorded text of a file's policy; null when it never had that version. */
export async function findFilePolicyYaml(db: Db, name: string, version: number): Promise<string | null> {
  const named = and(eq(filePolicyVersions.name, name), eq(filePolicyVersions.version, version));
  return db.select().from(filePolicyVersions).where(named).get()?.yaml ?? null;
}

function everyVersion(db: Db) {
  return db
    .select(COLUMNS)
    .from(policies)
    .innerJoin(policyVersions, eq(policyVersions.policy_id, policies.id))
    .$dynamic();
}

function current(db: Db) {
  const isCurrent = and(
    eq(policyVersions.policy_id, policies.id),
    eq(policyVersions.version, policies.current_version),
  );
  return db.select(COLUMNS).from(policies).innerJoin(policyVersions, isCurrent).$dynamic();
}
