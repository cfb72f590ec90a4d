import { createApiToken } from "../auth/api-token.ts";
import { ensureFirstAccount } from "../auth/new-user.ts";
import { isPermission, PERMISSIONS, type Permission } from "../auth/permission.ts";
import { type Command, UsageError } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import { withLocalAccounts } from "./local-accounts.ts";

function readPermissions(text: string | undefined): readonly Permission[] {
  const names = (text ?? "").split(",").map((name) => name.trim());
  if (text === undefined || !names.every(isPermission)) {
    throw new UsageError(`--permissions takes names with commas between: ${PERMISSIONS.join(", ")}`);
  }
  return names;
}

function readDays(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,3}$/.test(text) || Number(text) > 3650) throw new UsageError("--expires-days takes 1 to 3650");
  return Number(text);
}

export const tokensCreateCommand: Command = {
  name: "tokens create",
  summary: "Makes an API token on this machine and prints its secret, this once",
  options: {
    name: { value: "N", summary: "what it is for, needed" },
    permissions: { value: "A,B", summary: "what it may do, needed" },
    "expires-days": { value: "N", summary: "days until it expires (never)" },
  },
  async run(call) {
    const { options, io } = call;
    const name = options.get("name")?.trim();
    if (!name || name.length > 128) throw new UsageError("--name takes 1 to 128 characters");
    const permissions = readPermissions(options.get("permissions"));
    const expiresInDays = readDays(options.get("expires-days"));
    return withLocalAccounts(call, async (accounts) => {
      const account = await ensureFirstAccount(accounts);
      const given = { accountId: account.id, userId: null, name, permissions, expiresInDays };
      const { token, secret } = await createApiToken(accounts, given, new Set(PERMISSIONS));
      const time = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
      const shown = {
        id: token.id,
        name,
        permissions: token.permissions,
        created_at: time(token.created_at),
        expires_at: time(token.expires_at),
        last_used_at: null,
      };
      // The secret alone, so that a script can take it as it is.
      await io.out(options.has("json") ? `${JSON.stringify({ token: shown, secret })}\n` : `${secret}\n`);
      return EXIT.ok;
    });
  },
};
