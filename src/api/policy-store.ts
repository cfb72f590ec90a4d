import type { AuditEventInput, EventBodies } from "../audit/event.ts";
import { accountScope } from "../auth/deps.ts";
import type { Principal } from "../auth/principal.ts";
import { sha256Hex } from "../crypto/secret.ts";
import { countAgentsWithPolicy } from "../db/agents.ts";
import { deletePolicy, findPolicy, findPolicyVersion, insertPolicy, insertPolicyVersion } from "../db/policies.ts";
import { MaskerError } from "../errors.ts";
import { newId } from "../id.ts";
import { createFileRevisions } from "../policy/file-revisions.ts";
import { parsePolicy } from "../policy/parse.ts";
import type { Policy } from "../policy/policy.ts";
import { PRESETS } from "../policy/presets.ts";
import type { ApiDeps } from "./deps.ts";
import { logOrUndo } from "./log-or-undo.ts";

/** Names that are paths of the API (`/policies/validate`), so that no policy hides behind them. */
const PATH_NAMES = new Set(["validate", "diff", "reload"]);

/** @throws MaskerError policy_yaml_invalid with field and line of every problem */
export function readPolicyYaml(deps: ApiDeps, yaml: string, revision = 1): Policy {
  return parsePolicy(yaml, { kids: new Set(deps.config.keys.tokens.keys()), revision });
}

/** Saves a new policy and puts it in force. @throws MaskerError policy_yaml_invalid, name_taken */
export async function createPolicy(deps: ApiDeps, principal: Principal, yaml: string): Promise<Policy> {
  const policy = readPolicyYaml(deps, yaml);
  if (deps.policies.isReserved(policy.name) || PATH_NAMES.has(policy.name)) throw new MaskerError("name_taken");
  const accountId = principal.account.id;
  await insertPolicy(deps.db, {
    id: newId("policy"),
    accountId,
    name: policy.name,
    yaml,
    createdBy: principal.actor,
    nowMs: deps.clock(),
  });
  const event = changeEvent(principal, policy, "created");
  await logOrUndo(deps, event, () => deletePolicy(deps.db, accountId, policy.name, deps.clock()));
  deps.policies.put(accountId, policy);
  return policy;
}

/**
 * Saves the next version of a policy and puts it in force.
 * @throws MaskerError policy_not_found, policy_yaml_invalid, forbidden for built-in policies and files
 */
export async function updatePolicy(deps: ApiDeps, principal: Principal, name: string, yaml: string): Promise<Policy> {
  const accountId = principal.account.id;
  requireOwnPolicy(deps, accountId, name);
  const draft = readPolicyYaml(deps, yaml);
  if (draft.name !== name) {
    throw new MaskerError("validation_failed", {
      details: [{ path: "policy_yaml", message: "must name the policy as the path does" }],
    });
  }
  const inForce = deps.policies.get(accountId, name);
  await logChange(deps, principal, { ...draft, revision: (inForce?.revision ?? 0) + 1 }, "updated");
  const revision = await insertPolicyVersion(deps.db, {
    accountId,
    name,
    yaml,
    createdBy: principal.actor,
    nowMs: deps.clock(),
  });
  if (revision === null) throw new MaskerError("policy_not_found");
  const policy: Policy = { ...draft, revision };
  // Of two saves at once the later version stays, whichever gets here last.
  if ((deps.policies.get(accountId, name)?.revision ?? 0) < revision) deps.policies.put(accountId, policy);
  return policy;
}

/** @throws MaskerError policy_not_found, policy_in_use, forbidden for built-in policies and files */
export async function removePolicy(deps: ApiDeps, principal: Principal, name: string): Promise<void> {
  const accountId = principal.account.id;
  requireOwnPolicy(deps, accountId, name);
  if ((await countAgentsWithPolicy(deps.db, accountId, name)) > 0) throw new MaskerError("policy_in_use");
  const policy = deps.policies.get(accountId, name);
  if (!policy) throw new MaskerError("policy_not_found");
  await logChange(deps, principal, policy, "deleted");
  if (!(await deletePolicy(deps.db, accountId, name, deps.clock()))) throw new MaskerError("policy_not_found");
  deps.policies.remove(accountId, name);
}

/**
 * The name of the policy that an agent's `policy_yaml` means: a new one, or the one that has exactly this text already.
 * Never a new version of another: that would change agents that were not asked about.
 * @throws MaskerError policy_yaml_invalid, name_taken, forbidden without `policies:write`
 */
export async function adoptPolicy(deps: ApiDeps, principal: Principal, yaml: string): Promise<string> {
  const { name } = readPolicyYaml(deps, yaml);
  if (deps.policies.get(principal.account.id, name)?.yaml === yaml) return name;
  if (!principal.permissions.has("policies:write")) {
    throw new MaskerError("forbidden", { message: "This needs the permission policies:write." });
  }
  return (await createPolicy(deps, principal, yaml)).name;
}

/** The text of a version, also of built-in policies and files; null when there is none. */
export async function policyText(
  deps: ApiDeps,
  accountId: string,
  name: string,
  version: number | undefined,
): Promise<{ readonly yaml: string; readonly version: number } | null> {
  const inForce = deps.policies.get(accountId, name);
  if (!inForce) return null;
  if (version === undefined || version === inForce.revision) return { yaml: inForce.yaml, version: inForce.revision };
  if (deps.policies.sourceOf(accountId, name) !== "database") {
    const yaml =
      PRESETS.has(name) && version === 1 ? PRESETS.get(name) : await createFileRevisions(deps.db).find(name, version);
    return yaml ? { yaml, version } : null;
  }
  // A deleted policy of the same name has versions too; they are not this policy's.
  if (!(await findPolicy(deps.db, accountId, name))) return null;
  const row = await findPolicyVersion(deps.db, accountId, name, version);
  return row && { yaml: row.yaml, version: row.version };
}

function requireOwnPolicy(deps: ApiDeps, accountId: string, name: string): void {
  const source = deps.policies.sourceOf(accountId, name);
  if (source === null) throw new MaskerError("policy_not_found");
  if (source !== "database") {
    throw new MaskerError("forbidden", {
      message: "Built-in policies and policies from files cannot be changed here.",
    });
  }
}

async function logChange(
  deps: ApiDeps,
  principal: Principal,
  policy: Policy,
  change: EventBodies["policy_changed"]["change"],
): Promise<void> {
  await deps.audit.append([changeEvent(principal, policy, change)]);
}

/** The event of the log that tells of a policy's change. */
export function changeEvent(
  principal: Principal,
  policy: Policy,
  change: EventBodies["policy_changed"]["change"],
): AuditEventInput<"policy_changed"> {
  const body = {
    actor: principal.actor,
    policy_name: policy.name,
    policy_version: policy.revision,
    change,
    yaml_sha256: change === "deleted" ? null : sha256Hex(policy.yaml),
  };
  return { kind: "policy_changed", scope: accountScope(principal.account.id), body };
}
