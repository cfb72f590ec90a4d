import { z } from "zod";
import { countAgentsWithPolicy } from "../db/agents.ts";
import { listPolicyVersions } from "../db/policies.ts";
import { KIND_NAMES } from "../detect/kind.ts";
import { MaskerError } from "../errors.ts";
import { diffPolicies } from "../policy/diff.ts";
import { readPolicy } from "../policy/parse.ts";
import { type Policy, TOKENIZATIONS } from "../policy/policy.ts";
import type { ApiDeps } from "./deps.ts";
import { listOf, pageInput, timeSchema } from "./list.ts";
import { changeEvent, createPolicy, policyText, readPolicyYaml, removePolicy, updatePolicy } from "./policy-store.ts";
import { timestamp } from "./since.ts";
import { procedure, router } from "./trpc.ts";

const policySummary = z.object({
  name: z.string(),
  version: z.int(),
  description: z.string(),
  tokenization: z.enum(TOKENIZATIONS),
  source: z.enum(["built-in", "file", "database"]),
  agent_count: z.int(),
});
const policyFull = policySummary.extend({ policy_yaml: z.string() });
const policyAnswer = z.object({ policy: policyFull });

const yamlInput = z.string().min(1);

const problemSchema = z.object({ path: z.string(), line: z.int(), code: z.string(), message: z.string() });

/** One side of a comparison: a policy by name, in force or of one version, or a text that is not saved. */
const sideInput = z
  .strictObject({
    policy_name: z.string().optional(),
    version: z.int().positive().optional(),
    policy_yaml: yamlInput.optional(),
  })
  .refine((side) => (side.policy_name === undefined) !== (side.policy_yaml === undefined), {
    message: "must have either policy_name or policy_yaml",
  });

const changeValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);

async function show(deps: ApiDeps, accountId: string, policy: Policy) {
  return {
    name: policy.name,
    version: policy.revision,
    description: policy.description,
    tokenization: policy.tokenization,
    source: deps.policies.sourceOf(accountId, policy.name) ?? ("database" as const),
    agent_count: await countAgentsWithPolicy(deps.db, accountId, policy.name),
  };
}

async function readSide(deps: ApiDeps, accountId: string, side: z.infer<typeof sideInput>): Promise<Policy> {
  if (side.policy_yaml !== undefined) return readPolicyYaml(deps, side.policy_yaml);
  const text = await policyText(deps, accountId, side.policy_name ?? "", side.version);
  if (!text) throw new MaskerError("policy_not_found");
  return readPolicyYaml(deps, text.yaml, text.version);
}

export const policiesRouter = router({
  list: procedure
    .meta({ rest: { method: "GET", path: "/policies", access: "agents:read", summary: "List policies by name" } })
    .input(z.object(pageInput))
    .output(listOf(policySummary))
    .query(async ({ ctx: { deps, principal }, input }) => {
      const accountId = principal.account.id;
      const scope = { list: "policies", accountId, filters: {} };
      const after = input.cursor === undefined ? null : deps.cursors.decode(scope, input.cursor).id;
      const all = [...deps.policies.list(accountId)].sort((a, b) => (a.name < b.name ? -1 : 1));
      const rest = all.filter((policy) => after === null || policy.name > after);
      const page = rest.slice(0, input.limit);
      const last = page.at(-1);
      return {
        data: await Promise.all(page.map((policy) => show(deps, accountId, policy))),
        next_cursor:
          rest.length > page.length && last ? deps.cursors.encode(scope, { key: 0, id: last.name, since: null }) : null,
      };
    }),

  create: procedure
    .meta({
      rest: { method: "POST", path: "/policies", access: "policies:write", status: 201, summary: "Save a new policy" },
    })
    .input(z.strictObject({ policy_yaml: yamlInput }))
    .output(policyAnswer)
    .mutation(async ({ ctx: { deps, principal }, input }) => {
      const policy = await createPolicy(deps, principal, input.policy_yaml);
      return { policy: { ...(await show(deps, principal.account.id, policy)), policy_yaml: policy.yaml } };
    }),

  get: procedure
    .meta({
      rest: { method: "GET", path: "/policies/{name}", access: "agents:read", summary: "One policy with its text" },
    })
    .input(z.object({ name: z.string(), version: z.int().positive().optional() }))
    .output(policyAnswer)
    .query(async ({ ctx: { deps, principal }, input }) => {
      const accountId = principal.account.id;
      const inForce = deps.policies.get(accountId, input.name);
      const text = await policyText(deps, accountId, input.name, input.version);
      if (!inForce || !text) throw new MaskerError("policy_not_found");
      return {
        policy: { ...(await show(deps, accountId, inForce)), version: text.version, policy_yaml: text.yaml },
      };
    }),

  update: procedure
    .meta({
      rest: { method: "PUT", path: "/policies/{name}", access: "policies:write", summary: "Save a new version" },
    })
    .input(z.strictObject({ name: z.string(), policy_yaml: yamlInput }))
    .output(policyAnswer)
    .mutation(async ({ ctx: { deps, principal }, input }) => {
      const policy = await updatePolicy(deps, principal, input.name, input.policy_yaml);
      return { policy: { ...(await show(deps, principal.account.id, policy)), policy_yaml: policy.yaml } };
    }),

  delete: procedure
    .meta({
      rest: {
        method: "DELETE",
        path: "/policies/{name}",
        access: "policies:write",
        status: 204,
        summary: "Delete a policy that no agent uses; its versions stay for the reports",
      },
    })
    .input(z.object({ name: z.string() }))
    .mutation(async ({ ctx: { deps, principal }, input }) => removePolicy(deps, principal, input.name)),

  versions: procedure
    .meta({
      rest: {
        method: "GET",
        path: "/policies/{name}/versions",
        access: "agents:read",
        summary: "Versions of a policy, newest first",
      },
    })
    .input(z.object({ name: z.string(), ...pageInput }))
    .output(
      listOf(z.object({ version: z.int(), created_at: timeSchema.nullable(), created_by: z.string().nullable() })),
    )
    .query(async ({ ctx: { deps, principal }, input }) => {
      const accountId = principal.account.id;
      const inForce = deps.policies.get(accountId, input.name);
      if (!inForce) throw new MaskerError("policy_not_found");
      if (deps.policies.sourceOf(accountId, input.name) !== "database") {
        return { data: [{ version: inForce.revision, created_at: null, created_by: null }], next_cursor: null };
      }
      const scope = { list: "policy versions", accountId, filters: { name: input.name } };
      const before = input.cursor === undefined ? Infinity : deps.cursors.decode(scope, input.cursor).key;
      const rows = await listPolicyVersions(deps.db, accountId, input.name);
      const rest = rows.filter((row) => row.version < before);
      const page = rest.slice(0, input.limit);
      const last = page.at(-1);
      return {
        data: page.map((row) => ({
          version: row.version,
          created_at: timestamp(row.version_created_at),
          created_by: row.version_created_by,
        })),
        next_cursor:
          rest.length > page.length && last
            ? deps.cursors.encode(scope, { key: last.version, id: input.name, since: null })
            : null,
      };
    }),

  validate: procedure
    .meta({
      rest: {
        method: "POST",
        path: "/policies/validate",
        access: "agents:read",
        summary: "Check a policy's text without saving it",
      },
    })
    .input(z.strictObject({ policy_yaml: yamlInput }))
    .output(z.object({ valid: z.boolean(), problems: z.array(problemSchema), name: z.string().nullable() }))
    .mutation(async ({ ctx: { deps }, input }) => {
      const kids = new Set(deps.config.keys.tokens.keys());
      const { policy, problems } = readPolicy(input.policy_yaml, { kids, revision: 1 });
      return { valid: policy !== null, problems: problems.map((p) => ({ ...p })), name: policy?.name ?? null };
    }),

  diff: procedure
    .meta({
      rest: {
        method: "POST",
        path: "/policies/diff",
        access: "agents:read",
        summary: "What would change in detection between two policies or versions",
      },
    })
    .input(z.strictObject({ from: sideInput, to: sideInput }))
    .output(
      z.object({
        kinds_added: z.array(z.enum(KIND_NAMES)),
        kinds_removed: z.array(z.enum(KIND_NAMES)),
        changes: z.array(z.object({ path: z.string(), from: changeValue, to: changeValue })),
      }),
    )
    .mutation(async ({ ctx: { deps, principal }, input }) => {
      const accountId = principal.account.id;
      const diff = diffPolicies(await readSide(deps, accountId, input.from), await readSide(deps, accountId, input.to));
      return {
        kinds_added: [...diff.kinds_added],
        kinds_removed: [...diff.kinds_removed],
        changes: diff.changes.map((change) => ({ ...change })),
      };
    }),

  reload: procedure
    .meta({
      rest: {
        method: "POST",
        path: "/admin/policy/reload",
        access: "installation",
        summary: "Read the policy files again; requests in flight keep the old policy",
      },
    })
    .output(z.object({ reloaded: z.array(z.string()) }))
    .mutation(async ({ ctx: { deps, principal } }) => {
      const changed = await deps.policies.reload();
      await deps.audit.append(changed.map((policy) => changeEvent(principal, policy, "reloaded")));
      return { reloaded: changed.map((policy) => policy.name) };
    }),
});
