import { accountScope } from "../auth/deps.ts";
import { issueLink } from "../auth/link.ts";
import { endSessionsOf } from "../auth/session.ts";
import { findUserByEmail, updateUser } from "../db/users.ts";
import { MaskerError } from "../errors.ts";
import type { Command } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import { readPassword, requireEmail, withLocalAccounts } from "./local-accounts.ts";
import { CLI_ACTOR } from "./local-vault.ts";

export const adminResetPasswordCommand: Command = {
  name: "admin reset-password",
  summary: "Sets a user's password and ends their sessions; without a password, prints a one-time link",
  options: {
    email: { value: "E", summary: "e-mail address, needed" },
    "password-stdin": { summary: "read the password from standard input" },
    "remove-totp": { summary: "also switch the second factor off" },
  },
  async run(call) {
    const { options, io } = call;
    const email = requireEmail(options);
    const password = await readPassword(call, email);
    return withLocalAccounts(call, async (accounts) => {
      const user = await findUserByEmail(accounts.db, email);
      if (!user) throw new MaskerError("user_not_found");
      const withoutTotp = { totp_sealed: null, totp_pending_sealed: null, totp_last_step: null };
      await updateUser(accounts.db, user.id, {
        ...(password === null ? {} : { password_hash: await accounts.hasher.hash(password) }),
        ...(options.has("remove-totp") ? withoutTotp : {}),
      });
      await endSessionsOf(accounts, user.id);
      const reset_url = password === null ? await issueLink(accounts, "reset", user.id) : null;
      const change = password === null ? "reset link made" : "password";
      const body = { actor: CLI_ACTOR, user_id: user.id, change };
      await accounts.audit.append([{ kind: "user_changed", scope: accountScope(user.account_id), body }]);
      if (options.has("json")) await io.out(`${JSON.stringify({ user_id: user.id, email, reset_url })}\n`);
      else if (reset_url) await io.out(`Set the password here (works once, 24 hours): ${reset_url}\n`);
      else await io.out("Password set.\n");
      return EXIT.ok;
    });
  },
};
