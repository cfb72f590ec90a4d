import { z } from "zod";
import { accountScope } from "../auth/deps.ts";
import { beginTotp, confirmTotp, removeTotp } from "../auth/second-factor.ts";
import { endSessionsOf } from "../auth/session.ts";
import { refuseBadPassword } from "../auth/sign-in.ts";
import { type UserRow, updateUser } from "../db/users.ts";
import { MaskerError } from "../errors.ts";
import type { ApiContext } from "./context.ts";
import { procedure, router, userProcedure } from "./trpc.ts";
import { meSchema, showMe } from "./user-schema.ts";

/**
 * Asks a signed-in person for their password again, so that a session left open, or stolen, cannot take the account over.
 * A user who signs in elsewhere has none.
 */
async function confirmPassword(ctx: ApiContext, user: UserRow, password: string | undefined, path: string) {
  if (user.password_hash === null) return;
  const { auth } = ctx.deps;
  auth.throttle.attempt(user.email, ctx.address);
  if (!(await auth.hasher.verify(password ?? "", user.password_hash))) {
    throw new MaskerError("validation_failed", { details: [{ path, message: "is not your password" }] });
  }
  auth.throttle.succeeded(user.email, ctx.address);
}

export const meRouter = router({
  get: procedure
    .meta({
      rest: { method: "GET", path: "/me", access: "signed_in", summary: "Who is calling, and what they may do" },
    })
    .output(meSchema)
    .query(({ ctx: { principal } }) => showMe(principal)),

  setTotp: userProcedure
    .meta({
      rest: {
        method: "POST",
        path: "/me/totp",
        access: "user",
        summary: "Second factor: without a code a secret for the authenticator app, with a code of it the factor is on",
      },
    })
    .input(z.strictObject({ password: z.string().optional(), code: z.string().optional() }))
    .output(z.object({ enabled: z.boolean(), secret: z.string().optional(), otpauth_url: z.string().optional() }))
    .mutation(async ({ ctx, input }) => {
      const { auth } = ctx.deps;
      if (input.code !== undefined) {
        auth.throttle.attempt(ctx.user.email, ctx.address);
        await confirmTotp(auth, ctx.user, input.code);
        auth.throttle.succeeded(ctx.user.email, ctx.address);
        return { enabled: true };
      }
      if (ctx.user.password_hash === null) {
        throw new MaskerError("validation_failed", {
          message: "The second factor belongs to a password, and this user signs in elsewhere.",
        });
      }
      await confirmPassword(ctx, ctx.user, input.password, "password");
      const { secret, uri } = await beginTotp(auth, ctx.user);
      return { enabled: ctx.user.totp_sealed !== null, secret, otpauth_url: uri };
    }),

  removeTotp: userProcedure
    .meta({
      rest: {
        method: "DELETE",
        path: "/me/totp",
        access: "user",
        status: 204,
        summary: "Switch the second factor off",
      },
    })
    .input(z.strictObject({ password: z.string().optional() }))
    .mutation(async ({ ctx, input }) => {
      await confirmPassword(ctx, ctx.user, input.password, "password");
      await removeTotp(ctx.deps.auth, ctx.user);
    }),

  setPassword: userProcedure
    .meta({
      rest: {
        method: "POST",
        path: "/me/password",
        access: "user",
        status: 204,
        summary: "Change the password; all other sessions end",
      },
    })
    .input(z.strictObject({ current_password: z.string().optional(), password: z.string() }))
    .mutation(async ({ ctx, input }) => {
      const { auth } = ctx.deps;
      if (ctx.user.password_hash === null) {
        // A way in beside the provider's would outlast what the provider takes away, and a stolen session would be enough.
        throw new MaskerError("validation_failed", {
          message: "This user signs in elsewhere. An admin can make a link that sets a password.",
        });
      }
      await confirmPassword(ctx, ctx.user, input.current_password, "current_password");
      refuseBadPassword(input.password, ctx.user.email);
      const password_hash = await auth.hasher.hash(input.password);
      const body = { actor: ctx.user.id, user_id: ctx.user.id, change: "password" };
      await auth.audit.append([{ kind: "user_changed", scope: accountScope(ctx.user.account_id), body }]);
      await updateUser(auth.db, ctx.user.id, { password_hash });
      await endSessionsOf(auth, ctx.user.id, ctx.sessionHash);
    }),

  revokeSessions: userProcedure
    .meta({
      rest: {
        method: "POST",
        path: "/me/revoke-sessions",
        access: "user",
        status: 204,
        summary: "End all sessions of this user, this one too",
      },
    })
    .mutation(async ({ ctx }) => {
      const { auth } = ctx.deps;
      await endSessionsOf(auth, ctx.user.id);
      const body = { actor: ctx.user.id, user_id: ctx.user.id, change: "sessions revoked" };
      await auth.audit.append([{ kind: "user_changed", scope: accountScope(ctx.user.account_id), body }]);
    }),
});
