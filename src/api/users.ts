import { z } from "zod";
import { accountScope } from "../auth/deps.ts";
import { issueLink } from "../auth/link.ts";
import { addUser } from "../auth/new-user.ts";
import { permissionsOf, ROLES } from "../auth/permission.ts";
import type { Principal } from "../auth/principal.ts";
import { endSessionsOf } from "../auth/session.ts";
import { findFirstAccount } from "../db/accounts.ts";
import type { UserRole } from "../db/schema.ts";
import {
  countActiveAdmins,
  deleteUser,
  findUser,
  listUsers,
  type UserPatch,
  type UserRow,
  updateUser,
} from "../db/users.ts";
import { MaskerError } from "../errors.ts";
import { labelSchema } from "./agent-schema.ts";
import type { ApiDeps } from "./deps.ts";
import { listOf, pageInput } from "./list.ts";
import { procedure, router } from "./trpc.ts";
import { emailSchema, showUser, userSchema } from "./user-schema.ts";

const roleSchema = z.enum(ROLES);
const userId = z.object({ user_id: z.string() });

/** @throws MaskerError user_not_found, for another account's users too */
async function requireUser(deps: ApiDeps, principal: Principal, id: string): Promise<UserRow> {
  const user = await findUser(deps.db, principal.account.id, id);
  if (!user) throw new MaskerError("user_not_found");
  return user;
}

const changing = new Map<string, Promise<unknown>>();

/** Changes of an account's members wait for each other: two admins who demote one another at once must not both succeed. */
function oneByOne<T>(accountId: string, change: () => Promise<T>): Promise<T> {
  const before = changing.get(accountId) ?? Promise.resolve();
  const done = before.then(change, change);
  changing.set(accountId, done);
  return done;
}

/** An account without an admin could never be managed again. */
async function keepAnAdmin(deps: ApiDeps, user: UserRow): Promise<void> {
  const isActiveAdmin = user.role === "admin" && user.disabled_at === null;
  if (isActiveAdmin && (await countActiveAdmins(deps.db, user.account_id)) <= 1) {
    throw new MaskerError("validation_failed", { message: "The last admin of an account must stay." });
  }
}

/**
 * Nobody lets somebody in, or back in, who may do more than they do: else a token with `users:admin` alone were worth all
 * others.
 * @throws MaskerError forbidden
 */
async function refuseStronger(deps: ApiDeps, principal: Principal, role: UserRole): Promise<void> {
  const first = (await findFirstAccount(deps.db))?.id === principal.account.id;
  if (permissionsOf(role, first).every((permission) => principal.permissions.has(permission))) return;
  throw new MaskerError("forbidden", { message: "That role has a permission that you lack." });
}

async function logChange(deps: ApiDeps, principal: Principal, user: UserRow, change: string): Promise<void> {
  const body = { actor: principal.actor, user_id: user.id, change };
  await deps.audit.append([{ kind: "user_changed", scope: accountScope(user.account_id), body }]);
}

export const usersRouter = router({
  list: procedure
    .meta({ rest: { method: "GET", path: "/users", access: "users:admin", summary: "Members of the account" } })
    .input(z.object(pageInput))
    .output(listOf(userSchema))
    .query(async ({ ctx: { deps, principal }, input }) => {
      const accountId = principal.account.id;
      const scope = { list: "users", accountId, filters: {} };
      const at = input.cursor === undefined ? null : deps.cursors.decode(scope, input.cursor);
      const page = await listUsers(deps.db, {
        accountId,
        limit: input.limit,
        after: at && { time: at.key, id: at.id },
      });
      return {
        data: page.rows.map(showUser),
        next_cursor: page.next && deps.cursors.encode(scope, { key: page.next.time, id: page.next.id, since: null }),
      };
    }),

  create: procedure
    .meta({
      rest: {
        method: "POST",
        path: "/users",
        access: "users:admin",
        status: 201,
        summary: "Add a member; the answer's one-time link is handed over by the admin",
      },
    })
    .input(z.strictObject({ email: emailSchema, role: roleSchema, name: labelSchema.min(1).max(128).optional() }))
    .output(z.object({ user: userSchema, invite_url: z.string() }))
    .mutation(async ({ ctx: { deps, principal }, input }) => {
      await refuseStronger(deps, principal, input.role);
      const email = input.email.toLowerCase();
      const given = { account_id: principal.account.id, email, name: input.name ?? email, role: input.role };
      const user = await addUser(deps.auth, given, principal.actor);
      return { user: showUser(user), invite_url: await issueLink(deps.auth, "invite", user.id) };
    }),

  update: procedure
    .meta({
      rest: {
        method: "PATCH",
        path: "/users/{user_id}",
        access: "users:admin",
        summary: "Change a member's name, role or second factor, or disable them",
      },
    })
    .input(
      z.strictObject({
        user_id: z.string(),
        name: labelSchema.min(1).max(128).optional(),
        role: roleSchema.optional(),
        disabled: z.boolean().optional(),
        /** For somebody who lost their device. */
        reset_totp: z.literal(true).optional(),
      }),
    )
    .output(z.object({ user: userSchema }))
    .mutation(({ ctx: { deps, principal }, input }) =>
      oneByOne(principal.account.id, async () => {
        const user = await requireUser(deps, principal, input.user_id);
        const lets = input.role !== undefined || input.reset_totp || input.disabled === false;
        if (lets) await refuseStronger(deps, principal, input.role ?? user.role);
        if ((input.role !== undefined && input.role !== "admin") || input.disabled) await keepAnAdmin(deps, user);
        const patch: UserPatch = {
          ...(input.name === undefined ? {} : { name: input.name }),
          ...(input.role === undefined ? {} : { role: input.role }),
          ...(input.disabled === undefined ? {} : { disabled_at: input.disabled ? deps.clock() : null }),
          ...(input.reset_totp ? { totp_sealed: null, totp_pending_sealed: null, totp_last_step: null } : {}),
        };
        const changes = [
          input.name === undefined ? null : "name",
          input.role === undefined ? null : `role ${user.role} to ${input.role}`,
          input.disabled === undefined ? null : input.disabled ? "disabled" : "enabled",
          input.reset_totp ? "second factor off" : null,
        ].filter((change) => change !== null);
        if (changes.length > 0) await logChange(deps, principal, user, changes.join(", "));
        const changed = await updateUser(deps.db, user.id, patch);
        if (!changed) throw new MaskerError("user_not_found");
        if (input.disabled) await endSessionsOf(deps.auth, user.id);
        return { user: showUser(changed) };
      }),
    ),

  invite: procedure
    .meta({
      rest: {
        method: "POST",
        path: "/users/{user_id}/invite",
        access: "users:admin",
        status: 201,
        summary: "A new one-time link for a member, to set a first or another password; the one before is void",
      },
    })
    .input(userId)
    .output(z.object({ user: userSchema, invite_url: z.string() }))
    .mutation(async ({ ctx: { deps, principal }, input }) => {
      const user = await requireUser(deps, principal, input.user_id);
      await refuseStronger(deps, principal, user.role);
      const purpose = user.password_hash === null ? "invite" : "reset";
      await logChange(deps, principal, user, `${purpose} link made`);
      return { user: showUser(user), invite_url: await issueLink(deps.auth, purpose, user.id) };
    }),

  delete: procedure
    .meta({
      rest: {
        method: "DELETE",
        path: "/users/{user_id}",
        access: "users:admin",
        status: 204,
        summary: "Remove a member with their sessions and API tokens",
      },
    })
    .input(userId)
    .mutation(({ ctx: { deps, principal }, input }) =>
      oneByOne(principal.account.id, async () => {
        const user = await requireUser(deps, principal, input.user_id);
        await keepAnAdmin(deps, user);
        await logChange(deps, principal, user, "removed");
        await deleteUser(deps.db, user.account_id, user.id);
      }),
    ),
});
