import { sha256Hex } from "../crypto/secret.ts";
import type { CustomRecognizer, DetectOptions, KindRule, Pass } from "../detect/detector.ts";
import type { Kind } from "../detect/kind.ts";
import type { Action, Tokenization } from "./vocabulary.ts";

export { ACTIONS, type Action, TOKENIZATIONS, type Tokenization } from "./vocabulary.ts";

export interface EntityRule extends KindRule {
  readonly action: Action;
  readonly kid: string;
}

/** A validated policy in force. `yaml` is the text it was read from; `revision` counts saves, from 1. */
export interface Policy {
  readonly name: string;
  readonly revision: number;
  readonly description: string;
  readonly kid: string;
  readonly tokenization: Tokenization;
  readonly passes: readonly Pass[];
  readonly entities: Readonly<Record<Kind, EntityRule>>;
  readonly custom: readonly CustomRecognizer[];
  readonly deny: readonly string[];
  readonly allow: readonly string[];
  readonly media: "strip" | "block";
  readonly onNerUnavailable: "block" | "regex_only";
  readonly audit: { readonly logPayloads: boolean; readonly retentionDays: number };
  readonly yaml: string;
}

const cacheNames = new WeakMap<Policy, string>();

/** What detection needs to know of a policy. */
export function detectOptions(policy: Policy): DetectOptions {
  return {
    passes: policy.passes,
    rules: policy.entities,
    custom: policy.custom,
    deny: policy.deny,
    allow: policy.allow,
    onNerUnavailable: policy.onNerUnavailable,
    revision: cacheName(policy),
  };
}

/** Name and revision do not tell the policies of two accounts apart, nor an unsaved text: its hash does. */
function cacheName(policy: Policy): string {
  const known = cacheNames.get(policy);
  if (known !== undefined) return known;
  const name = `${policy.name}@${policy.revision}#${sha256Hex(policy.yaml).slice(0, 32)}`;
  cacheNames.set(policy, name);
  return name;
}
