import { stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { BUILD } from "../build-info.ts";
import { KINDS } from "../detect/kind.ts";
import { bytesBeside } from "../metrics/file-sizes.ts";
import { ACTIONS } from "../policy/policy.ts";
import { DEFAULT_POLICY_NAME } from "../policy/presets.ts";
import { COVERAGE } from "../report/coverage.ts";
import { coverageRow } from "../report/report-schema.ts";
import type { ApiDeps } from "./deps.ts";
import { timeSchema } from "./list.ts";
import { kindSchema } from "./session-schema.ts";
import { procedure, router } from "./trpc.ts";

const DAY_MS = 86_400_000;

/** Names and ages of keys, never a key. A key that came from the environment has no file to tell its age. */
async function keysOf({ config, clock }: ApiDeps) {
  const ageOf = async (name: string) => {
    const file = await stat(join(config.dataDir, "keys", name)).catch(() => null);
    return file && Math.max(0, Math.floor((clock() - file.mtimeMs) / DAY_MS));
  };
  const tokens = [...config.keys.tokens.values()].map(async ({ kid, old }) => ({
    name: kid,
    age_days: await ageOf(`MASKER_KEY_${kid}`),
    rotating: old !== null,
  }));
  const own = ["MASKER_SESSION_SECRET", "MASKER_AUDIT_HMAC_KEY", "MASKER_SIGNING_KEY"].map(async (name) => ({
    name,
    age_days: await ageOf(name),
    rotating: false,
  }));
  return Promise.all([...tokens, ...own]);
}

function kindsOf({ policies }: ApiDeps, accountId: string) {
  const policy = policies.get(accountId, DEFAULT_POLICY_NAME);
  return kindSchema.options.map((kind) => {
    const rule = policy?.entities[kind];
    const passes = (policy?.passes ?? []).filter((pass) => rule?.enabled && rule[pass]);
    return { kind, ...KINDS[kind], passes, action: rule?.enabled ? rule.action : null };
  });
}

export const systemRouter = router({
  get: procedure
    .meta({
      rest: { method: "GET", path: "/system", access: "installation", summary: "The installation, for its operator" },
    })
    .output(
      z.object({
        version: z.string(),
        build: z.object({ commit: z.string(), built_at: timeSchema }),
        uptime_seconds: z.int(),
        data: z.object({ database_bytes: z.int(), vault_bytes: z.int(), audit_log_bytes: z.int() }),
        keys: z.array(z.object({ name: z.string(), age_days: z.int().nullable(), rotating: z.boolean() })),
        retention: z.object({
          payload_days: z.int(),
          session_days: z.int(),
          vault_days: z.int(),
          key_rotation_grace_days: z.int(),
        }),
        upstreams: z.array(z.string()),
        /** What the default policy does with each kind. */
        kinds: z.array(
          z.object({
            kind: kindSchema,
            category: z.string().nullable(),
            label: z.string(),
            passes: z.array(z.enum(["regex", "ner"])),
            action: z.enum(ACTIONS).nullable(),
          }),
        ),
        /** How well this release finds each Safe Harbor identifier, as measured (detection, Coverage). */
        coverage: z.object({
          commit: z.string(),
          definition: z.string(),
          categories: z.record(z.string(), coverageRow),
        }),
      }),
    )
    .query(async ({ ctx: { deps, principal } }) => {
      const { config } = deps;
      return {
        version: BUILD.version,
        build: { commit: BUILD.commit, built_at: BUILD.built_at },
        uptime_seconds: Math.floor(process.uptime()),
        data: {
          database_bytes: bytesBeside(config.databasePath),
          vault_bytes: bytesBeside(config.vaultPath),
          audit_log_bytes: bytesBeside(config.auditLogPath),
        },
        keys: await keysOf(deps),
        retention: {
          payload_days: config.retention.payloadDays,
          session_days: config.retention.sessionDays,
          vault_days: config.retention.vaultDays,
          key_rotation_grace_days: config.retention.keyRotationGraceDays,
        },
        upstreams: [...deps.upstreams.settings()],
        kinds: kindsOf(deps, principal.account.id),
        coverage: COVERAGE,
      };
    }),

  upstreams: procedure
    .meta({
      rest: { method: "GET", path: "/upstreams", access: "agents:read", summary: "Upstreams that an agent can name" },
    })
    .output(z.object({ data: z.array(z.string()), default: z.string() }))
    .query(({ ctx: { deps } }) => {
      const { provider, defaultModel } = deps.config.upstream;
      return {
        data: [...deps.upstreams.settings()],
        default: provider === "stub" ? provider : `${provider}:${defaultModel}`,
      };
    }),
});
