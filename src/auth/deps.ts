import type { AuditEventInput, AuditSink } from "../audit/event.ts";
import type { Config } from "../config/config.ts";
import type { Db } from "../db/open.ts";
import type { PasswordHasher } from "./password.ts";
import type { Throttle } from "./throttle.ts";

/** What sign-in works with. */
export interface AuthDeps {
  readonly db: Db;
  readonly audit: AuditSink;
  readonly config: Pick<Config, "keys" | "signup" | "sessionIdleMinutes" | "github" | "oidc">;
  readonly hasher: PasswordHasher;
  readonly throttle: Throttle;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** `https://host`, without a trailing slash: where people and identity providers reach this installation. */
  readonly baseUrl: () => string;
}

/** The scope of an event that belongs to an account, or to the installation (null). */
export function accountScope(accountId: string | null): AuditEventInput["scope"] {
  return { account_id: accountId, agent_id: null, session_id: null, call_id: null };
}
