import type { Me } from "./signed-in.tsx";

export type Permission = Me["permissions"][number];

/** What each permission lets a person do, as the page without it says it. */
export const PERMISSION_WORDS: Readonly<Record<Permission, string>> = {
  "agents:read": "see agents and policies",
  "agents:write": "create and change agents",
  "sessions:read": "see sessions and figures",
  "payloads:read": "read what was said",
  "reports:read": "make and download reports",
  "policies:write": "change policies",
  "audit:read": "read and verify the audit log",
  "users:admin": "manage users",
  "tokens:write": "make API tokens",
  installation: "look after this installation",
};
