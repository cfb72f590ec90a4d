import { z } from "zod";
import type { AuditEventInput } from "../audit/event.ts";
import { newSecret, sha256Hex } from "../crypto/secret.ts";
import { type AgentKeyRow, deleteAgentKey, insertAgentKey, listAgentKeys } from "../db/agent-keys.ts";
import {
  type AgentRow,
  deleteAgent,
  findAgent,
  findAgentEverMade,
  insertAgent,
  listAgents,
  restoreAgent,
  updateAgent,
} from "../db/agents.ts";
import { MaskerError } from "../errors.ts";
import { newId } from "../id.ts";
import { DEFAULT_POLICY_NAME } from "../policy/presets.ts";
import { agentCreateInput, agentKeySchema, agentSchema, agentStatsSchema, agentUpdateInput } from "./agent-schema.ts";
import { settingsPatch, showAgent } from "./agent-settings.ts";
import type { ApiDeps } from "./deps.ts";
import { listOf, pageInput } from "./list.ts";
import { logOrUndo } from "./log-or-undo.ts";
import { adoptPolicy } from "./policy-store.ts";
import { timestamp } from "./since.ts";
import { procedure, router } from "./trpc.ts";

/** How long a deleted agent can be brought back (rest-api, DELETE /agents). */
const RESTORE_MS = 30 * 86_400_000;

const agentId = z.object({ agent_id: z.string() });
const agentAnswer = z.object({ agent: agentSchema });

/** @throws MaskerError agent_not_found, for another account's agents too */
export async function requireAgent(deps: ApiDeps, accountId: string, id: string): Promise<AgentRow> {
  const agent = await findAgent(deps.db, accountId, id);
  if (!agent) throw new MaskerError("agent_not_found");
  return agent;
}

function agentScope(agent: Pick<AgentRow, "id" | "account_id">): AuditEventInput["scope"] {
  return { account_id: agent.account_id, agent_id: agent.id, session_id: null, call_id: null };
}

/** @throws MaskerError unknown_policy */
function requirePolicy(deps: ApiDeps, accountId: string, name: string): void {
  if (!deps.policies.get(accountId, name)) throw new MaskerError("unknown_policy");
}

function refuseBothPolicies(given: { policy_name?: string | undefined; policy_yaml?: string | undefined }): void {
  if (given.policy_name !== undefined && given.policy_yaml !== undefined) {
    throw new MaskerError("validation_failed", {
      details: [{ path: "policy_yaml", message: "cannot be sent together with policy_name" }],
    });
  }
}

async function addKey(deps: ApiDeps, agent: AgentRow, actor: string): Promise<{ key: AgentKeyRow; secret: string }> {
  const secret = newSecret("agentKey");
  const key: AgentKeyRow = {
    id: newId("key"),
    agent_id: agent.id,
    hash: sha256Hex(secret),
    created_at: deps.clock(),
    last_used_at: null,
  };
  const body = { actor, key_id: key.id };
  await deps.audit.append([{ kind: "agent_key_created", scope: agentScope(agent), body }]);
  await insertAgentKey(deps.db, key);
  return { key, secret };
}

function showKey(key: AgentKeyRow) {
  const used = key.last_used_at;
  return { id: key.id, created_at: timestamp(key.created_at), last_used_at: used === null ? null : timestamp(used) };
}

export const agentsRouter = router({
  list: procedure
    .meta({ rest: { method: "GET", path: "/agents", access: "agents:read", summary: "List agents, newest first" } })
    .input(z.object({ ...pageInput, name_contains: z.string().max(64).optional() }))
    .output(listOf(agentSchema.extend({ session_count_24h: z.int() })))
    .query(async ({ ctx: { deps, principal }, input }) => {
      const accountId = principal.account.id;
      const scope = { list: "agents", accountId, filters: { name_contains: input.name_contains } };
      const at = input.cursor === undefined ? null : deps.cursors.decode(scope, input.cursor);
      const page = await listAgents(deps.db, {
        accountId,
        limit: input.limit,
        after: at && { time: at.key, id: at.id },
        ...(input.name_contains === undefined ? {} : { nameContains: input.name_contains }),
      });
      const ids = page.rows.map((row) => row.id);
      const counts = await deps.reader.run("sessionCounts24h", ids, deps.clock());
      return {
        data: page.rows.map((row) => ({ ...showAgent(deps, row), session_count_24h: counts[row.id] ?? 0 })),
        next_cursor: page.next && deps.cursors.encode(scope, { key: page.next.time, id: page.next.id, since: null }),
      };
    }),

  create: procedure
    .meta({
      rest: { method: "POST", path: "/agents", access: "agents:write", status: 201, summary: "Create an agent" },
    })
    .input(agentCreateInput)
    .output(z.object({ agent: agentSchema, agent_key: z.string().optional() }))
    .mutation(async ({ ctx: { deps, principal }, input }) => {
      refuseBothPolicies(input);
      const accountId = principal.account.id;
      const { policy_yaml, policy_name = DEFAULT_POLICY_NAME, ...settings } = input;
      if (policy_yaml === undefined) requirePolicy(deps, accountId, policy_name);
      const now = deps.clock();
      const blank: AgentRow = {
        id: newId("agent"),
        account_id: accountId,
        name: input.name,
        upstream: input.upstream,
        tokenization: input.tokenization,
        policy_name,
        platform: null,
        allowed_models: [],
        on_block: "error",
        block_message: null,
        // An address that others can reach leaks in logs and screenshots, so there it takes a key too (proxy, Authentication).
        platform_auth: { key_required: !deps.config.listen.loopback || deps.config.publicUrl !== null },
        assistant: null,
        assistant_callback_url: null,
        baa_chain: {},
        created_at: now,
        updated_at: now,
        deleted_at: null,
      };
      const settled: AgentRow = { ...blank, ...settingsPatch(deps, settings, blank) };
      const agent =
        policy_yaml === undefined
          ? settled
          : { ...settled, policy_name: await adoptPolicy(deps, principal, policy_yaml) };
      await insertAgent(deps.db, agent);
      const event = { kind: "agent_created", scope: agentScope(agent), body: { actor: principal.actor } } as const;
      await logOrUndo(deps, event, () => deleteAgent(deps.db, accountId, agent.id, now));
      const key = agent.platform_auth.key_required ? await addKey(deps, agent, principal.actor) : null;
      return { agent: showAgent(deps, agent), ...(key ? { agent_key: key.secret } : {}) };
    }),

  get: procedure
    .meta({
      rest: { method: "GET", path: "/agents/{agent_id}", access: "agents:read", summary: "One agent in full" },
    })
    .input(agentId)
    .output(
      z.object({
        agent: agentSchema.extend({
          policy_yaml: z.string(),
          stats: agentStatsSchema,
          keys: z.array(agentKeySchema),
        }),
      }),
    )
    .query(async ({ ctx: { deps, principal }, input }) => {
      const agent = await requireAgent(deps, principal.account.id, input.agent_id);
      const stats = await deps.reader.run("agentStats", agent.id, deps.clock());
      const keys = await listAgentKeys(deps.db, agent.id);
      const policy = deps.policies.get(agent.account_id, agent.policy_name);
      return {
        agent: { ...showAgent(deps, agent), policy_yaml: policy?.yaml ?? "", stats, keys: keys.map(showKey) },
      };
    }),

  update: procedure
    .meta({
      rest: { method: "PATCH", path: "/agents/{agent_id}", access: "agents:write", summary: "Change an agent" },
    })
    .input(agentUpdateInput)
    .output(agentAnswer)
    .mutation(async ({ ctx: { deps, principal }, input }) => {
      const { agent_id, policy_yaml, ...settings } = input;
      const current = await requireAgent(deps, principal.account.id, agent_id);
      refuseBothPolicies(input);
      if (settings.policy_name !== undefined) requirePolicy(deps, current.account_id, settings.policy_name);
      const patch = settingsPatch(deps, settings, current);
      const adopted = policy_yaml === undefined ? {} : { policy_name: await adoptPolicy(deps, principal, policy_yaml) };
      const changes = { ...patch, ...adopted };
      const fields = Object.keys(changes);
      if (fields.length === 0) return { agent: showAgent(deps, current) };
      const agent = await updateAgent(deps.db, current.account_id, current.id, {
        ...changes,
        updated_at: deps.clock(),
      });
      if (!agent) throw new MaskerError("agent_not_found");
      const body = { actor: principal.actor, fields };
      const { id, account_id, created_at: _, deleted_at: __, ...before } = current;
      await logOrUndo(deps, { kind: "agent_updated", scope: agentScope(agent), body }, () =>
        updateAgent(deps.db, account_id, id, before),
      );
      return { agent: showAgent(deps, agent) };
    }),

  delete: procedure
    .meta({
      rest: {
        method: "DELETE",
        path: "/agents/{agent_id}",
        access: "agents:write",
        adminOnly: true,
        status: 204,
        summary: "Delete an agent; it can be restored for 30 days",
      },
    })
    .input(agentId)
    .mutation(async ({ ctx: { deps, principal }, input }) => {
      const agent = await requireAgent(deps, principal.account.id, input.agent_id);
      await deps.audit.append([{ kind: "agent_deleted", scope: agentScope(agent), body: { actor: principal.actor } }]);
      await deleteAgent(deps.db, agent.account_id, agent.id, deps.clock());
    }),

  restore: procedure
    .meta({
      rest: {
        method: "POST",
        path: "/agents/{agent_id}/restore",
        access: "agents:write",
        adminOnly: true,
        summary: "Bring back an agent that was deleted in the last 30 days",
      },
    })
    .input(agentId)
    .output(agentAnswer)
    .mutation(async ({ ctx: { deps, principal }, input }) => {
      const accountId = principal.account.id;
      const before = await findAgentEverMade(deps.db, accountId, input.agent_id);
      const agent = await restoreAgent(deps.db, accountId, input.agent_id, deps.clock() - RESTORE_MS);
      if (!agent) throw new MaskerError("agent_not_found");
      const event = { kind: "agent_restored", scope: agentScope(agent), body: { actor: principal.actor } } as const;
      await logOrUndo(deps, event, () => deleteAgent(deps.db, accountId, agent.id, before?.deleted_at ?? deps.clock()));
      return { agent: showAgent(deps, agent) };
    }),

  createKey: procedure
    .meta({
      rest: {
        method: "POST",
        path: "/agents/{agent_id}/keys",
        access: "agents:write",
        status: 201,
        summary: "Make an agent key; its secret is shown this once",
      },
    })
    .input(agentId)
    .output(z.object({ key: agentKeySchema, secret: z.string() }))
    .mutation(async ({ ctx: { deps, principal }, input }) => {
      const agent = await requireAgent(deps, principal.account.id, input.agent_id);
      const { key, secret } = await addKey(deps, agent, principal.actor);
      return { key: showKey(key), secret };
    }),

  deleteKey: procedure
    .meta({
      rest: {
        method: "DELETE",
        path: "/agents/{agent_id}/keys/{key_id}",
        access: "agents:write",
        status: 204,
        summary: "Revoke an agent key",
      },
    })
    .input(z.object({ agent_id: z.string(), key_id: z.string() }))
    .mutation(async ({ ctx: { deps, principal }, input }) => {
      const agent = await requireAgent(deps, principal.account.id, input.agent_id);
      const key = (await listAgentKeys(deps.db, agent.id)).find(({ id }) => id === input.key_id);
      if (!key) throw new MaskerError("not_found");
      const body = { actor: principal.actor, key_id: key.id };
      await deps.audit.append([{ kind: "agent_key_deleted", scope: agentScope(agent), body }]);
      await deleteAgentKey(deps.db, agent.id, key.id);
    }),

  testCall: procedure
    .meta({
      rest: {
        method: "POST",
        path: "/agents/{agent_id}/test-call",
        access: "agents:write",
        summary: "Send a turn with an invented patient through the real pipeline",
      },
    })
    .input(agentId)
    .output(
      z.object({
        session_id: z.string(),
        sent: z.string(),
        upstream_saw: z.string(),
        answered: z.string(),
        heard: z.string(),
      }),
    )
    .mutation(async ({ ctx: { deps, principal }, input }) =>
      deps.testCall(await requireAgent(deps, principal.account.id, input.agent_id)),
    ),
});
