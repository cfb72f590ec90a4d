import { z } from "zod";
import { createApiToken } from "../auth/api-token.ts";
import { accountScope } from "../auth/deps.ts";
import { isPermission } from "../auth/permission.ts";
import { type ApiTokenRow, deleteApiToken, findApiToken, listApiTokens } from "../db/api-tokens.ts";
import { MaskerError } from "../errors.ts";
import { labelSchema } from "./agent-schema.ts";
import { listOf, pageInput, timeSchema } from "./list.ts";
import { timestamp } from "./since.ts";
import { procedure, router } from "./trpc.ts";
import { permissionSchema } from "./user-schema.ts";

const tokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  permissions: z.array(permissionSchema),
  user_id: z.string().nullable(),
  created_at: timeSchema,
  expires_at: timeSchema.nullable(),
  last_used_at: timeSchema.nullable(),
});

function showToken(row: ApiTokenRow): z.infer<typeof tokenSchema> {
  return {
    id: row.id,
    name: row.name,
    permissions: row.permissions.filter(isPermission),
    user_id: row.user_id,
    created_at: timestamp(row.created_at),
    expires_at: row.expires_at === null ? null : timestamp(row.expires_at),
    last_used_at: row.last_used_at === null ? null : timestamp(row.last_used_at),
  };
}

/** Whose tokens a caller sees: an admin those of the account, everybody else their own. */
function ownerFilter(principal: { role: string; user: { id: string } | null }): { userId?: string } {
  return principal.role === "admin" || principal.user === null ? {} : { userId: principal.user.id };
}

export const tokensRouter = router({
  list: procedure
    .meta({
      rest: { method: "GET", path: "/tokens", access: "tokens:write", summary: "API tokens, without their secrets" },
    })
    .input(z.object(pageInput))
    .output(listOf(tokenSchema))
    .query(async ({ ctx: { deps, principal }, input }) => {
      const accountId = principal.account.id;
      const owner = ownerFilter(principal);
      const scope = { list: "tokens", accountId, filters: owner };
      const at = input.cursor === undefined ? null : deps.cursors.decode(scope, input.cursor);
      const after = at && { time: at.key, id: at.id };
      const page = await listApiTokens(deps.db, { accountId, limit: input.limit, after, ...owner });
      return {
        data: page.rows.map(showToken),
        next_cursor: page.next && deps.cursors.encode(scope, { key: page.next.time, id: page.next.id, since: null }),
      };
    }),

  create: procedure
    .meta({
      rest: {
        method: "POST",
        path: "/tokens",
        access: "tokens:write",
        status: 201,
        summary: "Make an API token; its secret is shown this once",
      },
    })
    .input(
      z.strictObject({
        name: labelSchema.min(1).max(128),
        permissions: z.array(permissionSchema).min(1).max(20),
        expires_in_days: z.int().min(1).max(3650).optional(),
      }),
    )
    .output(z.object({ token: tokenSchema, secret: z.string() }))
    .mutation(async ({ ctx: { deps, principal }, input }) => {
      const given = {
        accountId: principal.account.id,
        userId: principal.user?.id ?? null,
        name: input.name,
        permissions: input.permissions,
        expiresInDays: input.expires_in_days ?? null,
        notAfter: principal.tokenExpiresAt,
      };
      const { token, secret } = await createApiToken(deps.auth, given, principal.permissions);
      return { token: showToken(token), secret };
    }),

  delete: procedure
    .meta({
      rest: {
        method: "DELETE",
        path: "/tokens/{token_id}",
        access: "tokens:write",
        status: 204,
        summary: "Revoke an API token",
      },
    })
    .input(z.object({ token_id: z.string() }))
    .mutation(async ({ ctx: { deps, principal }, input }) => {
      const accountId = principal.account.id;
      const token = await findApiToken(deps.db, accountId, input.token_id);
      const { userId } = ownerFilter(principal);
      if (!token || (userId !== undefined && token.user_id !== userId)) throw new MaskerError("not_found");
      const body = { actor: principal.actor, key_id: token.id };
      await deps.audit.append([{ kind: "token_revoked", scope: accountScope(accountId), body }]);
      await deleteApiToken(deps.db, accountId, token.id);
    }),
});
