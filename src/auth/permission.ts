import type { UserRole } from "../db/schema.ts";

export const PERMISSIONS = [
  "agents:read",
  "agents:write",
  "sessions:read",
  "payloads:read",
  "reports:read",
  "policies:write",
  "audit:read",
  "users:admin",
  "tokens:write",
  "installation",
] as const;

export type Permission = (typeof PERMISSIONS)[number];

export const ROLES = ["admin", "operator", "auditor", "viewer"] as const satisfies readonly UserRole[];

/** What each role may do (auth, Roles). Nobody but an admin reads payloads: an auditor audits without seeing identifiers. */
const ROLE_PERMISSIONS: Readonly<Record<UserRole, readonly Permission[]>> = {
  admin: PERMISSIONS.filter((permission) => permission !== "installation"),
  operator: ["agents:read", "agents:write", "sessions:read", "policies:write", "tokens:write"],
  auditor: ["agents:read", "sessions:read", "reports:read", "audit:read"],
  viewer: ["agents:read", "sessions:read"],
};

/**
 * Permissions of a user.
 * @param firstAccount whether the user's account is the installation's first: only its admins look after the machine.
 */
export function permissionsOf(role: UserRole, firstAccount: boolean): readonly Permission[] {
  return role === "admin" && firstAccount ? PERMISSIONS : ROLE_PERMISSIONS[role];
}

export function isPermission(text: string): text is Permission {
  return (PERMISSIONS as readonly string[]).includes(text);
}
