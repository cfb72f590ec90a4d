import type { AccountRow } from "../db/accounts.ts";
import type { UserRole } from "../db/schema.ts";
import type { UserRow } from "../db/users.ts";
import type { Permission } from "./permission.ts";

/** Who is calling: a person with a session cookie, or a program with an API token. */
export interface Principal {
  readonly account: AccountRow;
  /** Null for tokens that were made on the machine, without a person. */
  readonly user: UserRow | null;
  readonly role: UserRole;
  readonly permissions: ReadonlySet<Permission>;
  /** SHA-256 of the session secret, null for API tokens. */
  readonly sessionHash: string | null;
  /** When the API token expires that was sent, epoch ms; null for one that does not, and for a session. */
  readonly tokenExpiresAt: number | null;
  /** Named in audit events: a user id or a token id. */
  readonly actor: string;
}
