/** A report can be mailed: what it quotes was masked in full. */
import { expect, it } from "vitest";
import { insertPayloads } from "../../src/db/payloads.ts";
import { insertPolicy } from "../../src/db/policies.ts";
import { applyProjection } from "../../src/db/projection.ts";
import { newId } from "../../src/id.ts";
import { PRESETS } from "../../src/policy/presets.ts";
import { chooseSamples } from "../../src/report/choose-samples.ts";
import { hideLiterals } from "../../src/report/policy-snapshot.ts";
import type { Report } from "../../src/report/report-schema.ts";
import { emptyDatabase, makeAccount, makeAgent, sessionRow } from "../db/database.ts";

const HEAD = "version: 1\nkid: K_ANY\ntokenization: vault-deterministic\npasses: [regex, ner]\nentities:\n  PHONE:\n";
const POLICIES: Readonly<Record<string, string>> = {
  full: `name: full\n${HEAD}`,
  redacting: `name: redacting\n${HEAD}  NAME: { action: redact }\n  DATE: { action: generalize }\n  ORG: { enabled: false }\n`,
  passing: `name: passing\n${HEAD}  NAME: { action: passthrough }\n`,
  off: `name: off\n${HEAD}  NAME: { enabled: false }\n`,
  deaf: `name: deaf\n${HEAD}  NAME: { ner: false }\n`,
  lax: `name: lax\n${HEAD}  NAME: { confidence_threshold: 0.95 }\n`,
};

it("quotes sessions that were masked in full, and no others", async () => {
  const { db, close } = emptyDatabase();
  const accountId = await makeAccount(db);
  const agent = await makeAgent(db, accountId);
  for (const [name, yaml] of Object.entries(POLICIES)) {
    await insertPolicy(db, { id: newId("policy"), accountId, name, yaml, createdBy: null, nowMs: 1 });
  }
  const names = [...Object.keys(POLICIES), ...PRESETS.keys(), "gone"];
  const sessions = names.map((policy_name) => sessionRow(agent, { policy_name }));
  await applyProjection(db, { sessions, places: [], lastSeq: 1 });
  const stages = (session_id: string) =>
    insertPayloads(db, [{ session_id, stage: "masked", sealed: "x", created_at: 1 }]);
  for (const { id } of sessions) await stages(id);
  const report = { account_id: accountId, sessions, window: { since: "a", until: "b" } } as unknown as Report;
  const chosen = await chooseSamples(db, report);
  const policies = sessions.filter(({ id }) => chosen.includes(id)).map(({ policy_name }) => policy_name);
  expect(policies.sort()).toEqual(["full", "healthcare-default", "medicare-broker", "redacting", "strict"]);
  close();
});

it("shows no literal of a policy, nor what somebody wrote beside it", () => {
  const yaml = `name: a\ndeny:\n  # Ada Obi of the front desk\n  - Ada Obi # since 2019\n  # and Sarah Chen\n  - Sarah Chen\nallow: [Elm Clinic]\n`;
  const shown = hideLiterals(yaml);
  for (const name of ["Ada Obi", "Sarah Chen", "Elm Clinic", "2019"]) expect(shown).not.toContain(name);
  expect(shown).toContain("(hidden)");
});
