import type { Outputs } from "../api.ts";

export type User = Outputs["users"]["list"]["data"][number];
export type Role = User["role"];

export const ROLES = [
  ["admin", "Admin: everything"],
  ["operator", "Operator: agents and policies"],
  ["auditor", "Auditor: reports and audit log, no texts"],
  ["viewer", "Viewer: looks, changes nothing"],
] as const satisfies readonly (readonly [Role, string])[];
