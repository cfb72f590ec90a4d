import type { Policy } from "../policy/policy.ts";

/** Days that the log keeps events for these policies, the longest of all; 0 keeps all, and so is longer than any other. */
export function longestAuditDays(policies: readonly Policy[]): number {
  const days = policies.map((policy) => policy.audit.retentionDays);
  return days.includes(0) ? 0 : Math.max(...days);
}
