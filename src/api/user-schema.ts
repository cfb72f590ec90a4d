import { z } from "zod";
import { isPermission, PERMISSIONS, ROLES } from "../auth/permission.ts";
import type { Principal } from "../auth/principal.ts";
import type { UserRow } from "../db/users.ts";
import { timeSchema } from "./list.ts";
import { timestamp } from "./since.ts";

export const userSchema = z.object({
  id: z.string(),
  github_login: z.string().nullable(),
  github_id: z.int().nullable(),
  name: z.string(),
  email: z.string(),
  avatar_url: z.string().nullable(),
  role: z.enum(ROLES),
  totp_enabled: z.boolean(),
  has_password: z.boolean(),
  disabled: z.boolean(),
  created_at: timeSchema,
  last_seen_at: timeSchema.nullable(),
});

export const permissionSchema = z.enum(PERMISSIONS);

export const meSchema = z.object({
  /** Null for an API token that was made on the machine, without a person. */
  user: userSchema.nullable(),
  account: z.object({ id: z.string(), name: z.string(), plan: z.string(), created_at: timeSchema }),
  permissions: z.array(permissionSchema),
});

export const emailSchema = z.email().max(254);

export function showUser(user: UserRow): z.infer<typeof userSchema> {
  return {
    id: user.id,
    github_login: user.github_login,
    github_id: user.github_id,
    name: user.name,
    email: user.email,
    avatar_url: user.avatar_url,
    role: user.role,
    totp_enabled: user.totp_sealed !== null,
    has_password: user.password_hash !== null,
    disabled: user.disabled_at !== null,
    created_at: timestamp(user.created_at),
    last_seen_at: user.last_seen_at === null ? null : timestamp(user.last_seen_at),
  };
}

export function showMe(principal: Principal): z.infer<typeof meSchema> {
  const { account, user, permissions } = principal;
  return {
    user: user && showUser(user),
    account: { id: account.id, name: account.name, plan: account.plan, created_at: timestamp(account.created_at) },
    permissions: [...permissions].filter(isPermission),
  };
}
