import { newSecret, sha256Hex } from "../crypto/secret.ts";
import { type ApiTokenRow, insertApiToken } from "../db/api-tokens.ts";
import { MaskerError } from "../errors.ts";
import { newId } from "../id.ts";
import { type AuthDeps, accountScope } from "./deps.ts";
import type { Permission } from "./permission.ts";

const DAY_MS = 86_400_000;

export interface NewApiToken {
  readonly accountId: string;
  /** Null for a token that is made on the machine, without a person. */
  readonly userId: string | null;
  readonly name: string;
  readonly permissions: readonly Permission[];
  /** Null: it does not expire. */
  readonly expiresInDays: number | null;
  /** Epoch ms that it must not outlive: the end of the token that makes it. */
  readonly notAfter?: number | null;
}

/**
 * Makes an API token. Nobody gives away what they do not have, nor for longer: else a token that leaked could renew itself
 * for ever.
 * @param held permissions of whoever makes it
 * @returns the row, and the secret that is shown this once
 * @throws MaskerError forbidden
 */
export async function createApiToken(
  deps: Pick<AuthDeps, "db" | "audit" | "clock">,
  given: NewApiToken,
  held: ReadonlySet<Permission>,
): Promise<{ readonly token: ApiTokenRow; readonly secret: string }> {
  if (given.permissions.some((permission) => !held.has(permission))) {
    throw new MaskerError("forbidden", { message: "A token cannot have a permission that you lack." });
  }
  const now = deps.clock();
  const secret = newSecret("apiToken");
  const token: ApiTokenRow = {
    id: newId("key"),
    account_id: given.accountId,
    user_id: given.userId,
    name: given.name,
    hash: sha256Hex(secret),
    permissions: [...new Set(given.permissions)],
    created_at: now,
    expires_at: earlier(
      given.expiresInDays === null ? null : now + given.expiresInDays * DAY_MS,
      given.notAfter ?? null,
    ),
    last_used_at: null,
  };
  const body = { actor: given.userId ?? "command line", key_id: token.id };
  await deps.audit.append([{ kind: "token_created", scope: accountScope(given.accountId), body }]);
  await insertApiToken(deps.db, token);
  return { token, secret };
}

/** The earlier of two ends; null is never. */
function earlier(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}
