/** Which sessions a report may quote: only those whose policy let no identifier through as it stood. */
import type { Db } from "../db/open.ts";
import { findPayloads } from "../db/payloads.ts";
import { findSession } from "../db/sessions.ts";
import { KIND_NAMES, KINDS } from "../detect/kind.ts";
import { readPolicy } from "../policy/parse.ts";
import type { Policy } from "../policy/policy.ts";
import { policyText } from "./make-report.ts";
import type { Report } from "./report-schema.ts";
import { drawSample } from "./transcripts.ts";

/** Above the threshold of the built-in policies a policy lets through what they would mask. */
const HIGHEST_THRESHOLD = 0.6;

/**
 * Sessions of the report that are drawn, have their masked text kept, and were masked in full. A report can be mailed, so
 * that a text with a kind passed through, by whatever determination, does not belong in it; nor one whose policy is gone.
 */
export async function chooseSamples(db: Db, report: Report): Promise<readonly string[]> {
  const chosen: string[] = [];
  const ids = report.sessions.map((session) => session.id);
  for (const id of drawSample(ids, report.window.since + report.window.until)) {
    const session = await findSession(db, report.account_id, id);
    if (session === null || !(await findPayloads(db, id)).some((row) => row.stage === "masked")) continue;
    const yaml = await policyText(db, report.account_id, session.policy_name, session.policy_version);
    if (yaml !== null && masksInFull(yaml)) chosen.push(id);
  }
  return chosen;
}

function masksInFull(yaml: string): boolean {
  // Whether its keys are still configured does not matter here: any name that stands in the text will do.
  const kids = new Set(yaml.match(/[A-Z][A-Z0-9_]*/g));
  const { policy } = readPolicy(yaml, { kids, revision: 1 });
  return (
    policy !== null && KIND_NAMES.every((kind) => KINDS[kind].category === null || isMasked(policy.entities[kind]))
  );
}

function isMasked(rule: Policy["entities"]["NAME"]): boolean {
  return rule.enabled && rule.regex && rule.ner && rule.threshold <= HIGHEST_THRESHOLD && rule.action !== "passthrough";
}
