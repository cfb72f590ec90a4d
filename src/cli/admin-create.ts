import { issueLink } from "../auth/link.ts";
import { addUser, ensureFirstAccount } from "../auth/new-user.ts";
import type { Command } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import { readPassword, requireEmail, withLocalAccounts } from "./local-accounts.ts";
import { CLI_ACTOR } from "./local-vault.ts";

export const adminCreateCommand: Command = {
  name: "admin create",
  summary: "Adds an admin on this machine; without a password, prints a one-time link",
  options: {
    email: { value: "E", summary: "e-mail address, needed" },
    name: { value: "N", summary: "name (the address)" },
    "password-stdin": { summary: "read the password from standard input" },
  },
  async run(call) {
    const { options, io } = call;
    const email = requireEmail(options);
    const password = await readPassword(call, email);
    return withLocalAccounts(call, async (accounts) => {
      const account = await ensureFirstAccount(accounts);
      const password_hash = password === null ? null : await accounts.hasher.hash(password);
      const given = { account_id: account.id, email, name: options.get("name") ?? email, role: "admin" } as const;
      const user = await addUser(accounts, { ...given, password_hash }, CLI_ACTOR);
      const invite_url = password === null ? await issueLink(accounts, "invite", user.id) : null;
      if (options.has("json")) await io.out(`${JSON.stringify({ user_id: user.id, email, invite_url })}\n`);
      else if (invite_url) await io.out(`Admin added. Set the password here (works once, 7 days): ${invite_url}\n`);
      else await io.out("Admin added.\n");
      return EXIT.ok;
    });
  },
};
