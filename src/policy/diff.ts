import { KIND_NAMES, type Kind } from "../detect/kind.ts";
import type { Policy } from "./policy.ts";

export interface PolicyChange {
  /** Field as in the YAML: `entities.SSN.action`, `passes`. */
  readonly path: string;
  /** Null where one side lacks it. */
  readonly from: string | number | boolean | null;
  readonly to: string | number | boolean | null;
}

/** What a move from one policy to another changes in what is found and what happens to it. */
export interface PolicyDiff {
  readonly kinds_added: readonly Kind[];
  readonly kinds_removed: readonly Kind[];
  readonly changes: readonly PolicyChange[];
}

export function diffPolicies(before: Policy, after: Policy): PolicyDiff {
  const acts = (policy: Policy, kind: Kind) => policy.entities[kind].enabled;
  return {
    kinds_added: KIND_NAMES.filter((kind) => !acts(before, kind) && acts(after, kind)),
    kinds_removed: KIND_NAMES.filter((kind) => acts(before, kind) && !acts(after, kind)),
    changes: [...flatChanges(before, after), ...listChanges(before, after)],
  };
}

function flatChanges(before: Policy, after: Policy): PolicyChange[] {
  const [a, b] = [flatten(before), flatten(after)];
  return [...a.keys()].flatMap((path) => {
    const [from, to] = [a.get(path)!, b.get(path)!];
    return from === to ? [] : [{ path, from, to }];
  });
}

function flatten(policy: Policy): Map<string, string | number | boolean> {
  const fields = new Map<string, string | number | boolean>([
    ["kid", policy.kid],
    ["tokenization", policy.tokenization],
    ["passes", policy.passes.join(", ")],
    ["media", policy.media],
    ["on_ner_unavailable", policy.onNerUnavailable],
    ["audit.log_payloads", policy.audit.logPayloads],
    ["audit.retention_days", policy.audit.retentionDays],
  ]);
  for (const kind of KIND_NAMES) {
    const { threshold, ...rule } = policy.entities[kind];
    fields.set(`entities.${kind}.confidence_threshold`, threshold);
    for (const [field, value] of Object.entries(rule)) fields.set(`entities.${kind}.${field}`, value);
  }
  return fields;
}

function listChanges(before: Policy, after: Policy): PolicyChange[] {
  const custom = (policy: Policy) => policy.custom.map((c) => `${c.name} (${c.kind}): ${c.pattern}`);
  return [
    ...setChanges("custom", custom(before), custom(after)),
    ...setChanges("deny", before.deny, after.deny),
    ...setChanges("allow", before.allow, after.allow),
  ];
}

function setChanges(path: string, before: readonly string[], after: readonly string[]): PolicyChange[] {
  const [old, now] = [new Set(before), new Set(after)];
  return [
    ...[...old].filter((entry) => !now.has(entry)).map((from) => ({ path, from, to: null })),
    ...[...now].filter((entry) => !old.has(entry)).map((to) => ({ path, from: null, to })),
  ];
}
