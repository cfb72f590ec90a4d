/** The sections of the PDF, in the order of the specification. Each says what the JSON says, and nothing more. */
import { KINDS, type Kind } from "../../detect/kind.ts";
import { type Report, SAFE_HARBOR, type SafeHarborField } from "../report-schema.ts";
import type { SampleTranscript } from "../transcripts.ts";
import { COLORS, type PageWriter, WIDTH } from "./page-writer.ts";

const MAX_LISTED_SESSIONS = 1000;
const MAX_LISTED_LEAKS = 100;

type Section = (page: PageWriter, report: Report, samples: readonly SampleTranscript[]) => Promise<void>;

const TITLES = { session: "Session report", agent: "Agent report", account: "Account report" } as const;

const cover: Section = async (page, report) => {
  page.space(120);
  await page.text("Masker", { size: 30, face: "bold", color: COLORS.accent });
  page.space(6);
  await page.text(`Compliance report: ${TITLES[report.scope].toLowerCase()}`, { size: 18 });
  page.space(20);
  await facts(page, [
    ["Report", report.id],
    ["Account", `${report.account_name} (${report.account_id})`],
    ...(report.agent_id === null ? [] : [["Agent", agentName(report, report.agent_id)] as const]),
    ...(report.session_id === null ? [] : [["Session", report.session_id] as const]),
    ["Window", `${report.window.since} to ${report.window.until}`],
    ["Made", report.generated_at],
    ["By", `Masker ${report.generator.version}, build ${report.generator.commit}, node ${report.generator.node}`],
    ["Signed with", `${report.signature.alg}, key ${report.signature.key_id}`],
  ]);
  page.space(12);
  await page.text(
    "This report holds no identifier of a patient. The same facts, signed, are attached to this file as report.json.",
    { color: COLORS.muted },
  );
  page.newPage();
};

const summary: Section = async (page, report) => {
  await page.heading("Executive summary");
  await page.callout(
    `${report.redaction_count} identifiers were found and handled in ${plural(report.session_count, "session")}; ` +
      `${plural(report.leaks.count, "token")} could not be put back.`,
    report.leaks.count === 0 ? COLORS.good : COLORS.warn,
  );
  for (const statement of report.statements) {
    await page.text(statement);
    page.space(4);
  }
  await page.table(
    ["Outcome", "Sessions"],
    [240, 100],
    Object.entries(report.sessions_by_status).map(([status, count]) => [status, String(count)]),
  );
};

const safeHarbor: Section = async (page, report) => {
  await page.heading("Safe Harbor matrix");
  await page.text(
    "The 18 identifiers of 45 CFR 164.514(b)(2)(i), and how well this release of Masker finds each, as measured.",
  );
  page.space(4);
  await page.table(
    ["Identifier", "State", "Cases", "Found whole", "95 % interval"],
    [220, 70, 50, 70, WIDTH - 410],
    (Object.keys(SAFE_HARBOR) as SafeHarborField[]).map((field) => {
      const row = report.safe_harbor_coverage[field];
      const measured = row.cases > 0;
      return [
        `${field.slice(0, 1)}  ${SAFE_HARBOR[field]}`,
        row.status,
        String(row.cases),
        measured ? percent(row.recall_bp) : "–",
        measured ? `${percent(row.low_bp)} to ${percent(row.high_bp)}` : "–",
      ];
    }),
  );
  await page.text(`${report.coverage_basis.definition} Measured at build ${report.coverage_basis.commit}.`, {
    size: 9,
    color: COLORS.muted,
  });
};

const pci: Section = async (page, report) => {
  await page.heading("PCI-DSS scope");
  const { card_data_seen, cards_detected, masked_before_egress } = report.pci;
  await page.text(
    card_data_seen
      ? `${plural(cards_detected, "payment card number")} seen, each checked by the Luhn algorithm. ` +
          (masked_before_egress
            ? "All were replaced before anything left for the model."
            : "The policy let some of them pass to the model.")
      : "No payment card number was seen in this window.",
  );
};

const leaks: Section = async (page, report) => {
  await page.heading("Leak detection");
  await page.text(
    report.leaks.count === 0
      ? "Every token that a model gave back was put back, or was not needed."
      : `${plural(report.leaks.count, "token")} in answers could not be put back; the caller heard a placeholder instead.`,
  );
  if (report.leaks.count === 0) return;
  page.space(4);
  await page.table(
    ["Session", "Kind", "Place", "Event"],
    [150, 90, 110, WIDTH - 350],
    report.leaks.items
      .slice(0, MAX_LISTED_LEAKS)
      .map((leak) => [leak.session_id, KINDS[leak.kind].label, leak.place, leak.event_id]),
  );
};

const retention: Section = async (page, report) => {
  await page.heading("Retention attestation");
  const days = (count: number, none: string) => (count === 0 ? none : `${count} days`);
  await facts(page, [
    ["Texts of sessions (encrypted)", days(report.retention.payload_days, "not kept")],
    ["Session rows", days(report.retention.session_days, "kept until deleted")],
    ["Vault (values behind tokens, encrypted)", days(report.retention.vault_days, "kept until deleted")],
    ["Audit log", days(report.retention.audit_days, "kept until deleted")],
    ["Old keys after a rotation", days(report.retention.key_rotation_grace_days, "not kept")],
  ]);
};

const baaChain: Section = async (page, report) => {
  await page.heading("Chain of business associate agreements");
  await page.text("As the operator configured it for each agent. Masker runs on the operator's own machine.");
  page.space(4);
  const parts = [
    ["voice_platform", "Voice platform"],
    ["stt", "Speech to text"],
    ["model", "Model"],
    ["tts", "Text to speech"],
  ] as const;
  const rows = report.agents.flatMap((agent) =>
    parts.map(([part, title]) => {
      const stated = agent.baa_chain[part];
      return [agent.name, title, stated?.name ?? "not stated", stated?.baa_date ?? "–"];
    }),
  );
  await page.table(["Agent", "Part", "Company", "BAA of"], [160, 110, 130, WIDTH - 400], rows.slice(0, 400));
};

const redactions: Section = async (page, report) => {
  await page.heading("Redaction summary");
  const kinds = (Object.entries(report.redactions_by_kind) as [Kind, number][]).sort(([, a], [, b]) => b - a);
  if (kinds.length === 0) {
    await page.text("Nothing was found in this window.");
    return;
  }
  await page.bars(kinds.map(([kind, value]) => ({ name: KINDS[kind].label, value })));
  await page.table(
    ["Kind", "Found", "Put back in answers"],
    [200, 100, WIDTH - 300],
    kinds.map(([kind, found]) => [KINDS[kind].label, String(found), String(report.phi_summary[kind]?.rehydrated ?? 0)]),
  );
  await page.table(
    ["Found by", "Identifiers"],
    [200, 100],
    [
      ["Pass 1, rules", String(report.redactions_by_pass.regex)],
      ["Pass 2, model", String(report.redactions_by_pass.ner)],
      ["Masked again (history sent again)", String(report.repeated_redaction_count)],
    ],
  );
};

const transcripts: Section = async (page, _report, samples) => {
  await page.heading("Sample masked transcripts");
  if (samples.length === 0) {
    await page.text(
      "No session of this window has texts that are kept and were masked in full, so there is nothing to sample.",
    );
    return;
  }
  await page.text(
    "Drawn by a seed from the report's scope and time, of sessions whose policy let no kind of identifier pass. What was " +
      "found stands as tokens, whose values never leave the vault; what detection missed would stand as it was said.",
  );
  for (const sample of samples) {
    page.need(60);
    page.space(8);
    await page.text(sample.session_id, { size: 9, face: "mono", color: COLORS.muted });
    for (const turn of sample.turns) {
      await page.text(`${turn.role}: ${turn.text}`, { size: 8.5, indent: 10 });
    }
  }
};

const integrity: Section = async (page, report) => {
  await page.heading("Audit-log integrity");
  await page.callout(
    `The chain was verified from ${report.audit.verified_from} before this report was made.`,
    COLORS.good,
  );
  await facts(page, [
    ["Events in this report", String(report.audit.event_count)],
    ["From event", `${report.audit.first_seq} (after ${report.audit.start_hash})`],
    ["To event", `${report.audit.last_seq} (${report.audit.end_hash})`],
    ["Merkle root (RFC 6962)", report.merkle_root_hex],
    ["Public key (Ed25519, base64)", report.signature.public_key],
  ]);
};

const configuration: Section = async (page, report) => {
  await page.heading("Configuration snapshot");
  await page.table(
    ["Model provider", "Model", "Sessions"],
    [180, 180, WIDTH - 360],
    report.upstreams.map((one) => [one.upstream, one.model, String(one.sessions)]),
  );
  for (const policy of report.policy_snapshot) {
    page.need(60);
    page.space(6);
    await page.text(`Policy ${policy.name}, version ${policy.version}`, { face: "bold" });
    await page.text(policy.yaml ?? "The text of this version is no longer stored.", { size: 8, face: "mono" });
  }
};

const appendix: Section = async (page, report) => {
  await page.heading("Appendix: sessions");
  await page.table(
    ["Session", "Started", "Outcome", "Found"],
    [200, 150, 60, WIDTH - 410],
    report.sessions
      .slice(0, MAX_LISTED_SESSIONS)
      .map((session) => [session.id, session.started_at, session.status, String(session.redaction_count)]),
  );
  const more = report.session_count - MAX_LISTED_SESSIONS;
  if (more > 0) await page.text(`${plural(more, "further session")}: see the attached report.json.`);
};

export const SECTIONS: readonly Section[] = [
  cover,
  summary,
  safeHarbor,
  pci,
  leaks,
  retention,
  baaChain,
  redactions,
  transcripts,
  integrity,
  configuration,
  appendix,
];

async function facts(page: PageWriter, rows: readonly (readonly [string, string])[]): Promise<void> {
  await page.table(["", ""], [170, WIDTH - 170], rows);
}

function agentName(report: Report, id: string): string {
  const agent = report.agents.find((one) => one.id === id);
  return agent === undefined ? id : `${agent.name} (${id})`;
}

function percent(hundredths: number): string {
  return `${(hundredths / 100).toFixed(1)} %`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
