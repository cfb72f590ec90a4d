/** A report over a window whose older segments were purged: what remains still verifies, and is what the report tells. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { openProjection } from "../../src/audit/projection.ts";
import { purgeSegments } from "../../src/audit/purge.ts";
import { insertAccount } from "../../src/db/accounts.ts";
import { listSessionPlaces } from "../../src/db/audit-index.ts";
import { openDatabase } from "../../src/db/open.ts";
import { findSession } from "../../src/db/sessions.ts";
import { newId } from "../../src/id.ts";
import { reportSchema } from "../../src/report/report-schema.ts";
import { completed, KEY, open, redaction, SCOPE, SILENT, temporaryFolder } from "../audit/fixture.ts";
import { makerOver } from "../report/maker.ts";

const DAY_MS = 86_400_000;
const START = Date.parse("2026-01-01T00:00:00.000Z");
const DAYS = 20;

it("counts the sessions that the log still holds, and verifies over the tombstones", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "audit.log");
  const { db, close } = openDatabase(join(folder, "masker.db"));
  await insertAccount(db, { id: "acc_1", name: "Clinic", plan: "self-hosted", created_at: 1 });
  let now = START;
  const audit = await open(path, { segmentBytes: 5000, clock: () => now });
  const projection = await openProjection({ db, audit, key: KEY, log: SILENT });
  for (let day = 0; day < DAYS; day++) {
    now = START + day * DAY_MS;
    const at = new Date(now).toISOString();
    const session = `sess_${day}`;
    const scope = { ...SCOPE, session_id: session };
    const times = { started_at: at, ended_at: at };
    await audit.append([redaction(day, session), completed(scope, times)]);
    // A call that lasts for days: it begins in a segment that is going to be purged and ends in one that is not.
    const long = { ...SCOPE, session_id: "sess_long" };
    if (day === 3 || day === 8) await audit.append([redaction(day, "sess_long")]);
    if (day === DAYS - 1) {
      await audit.append([completed(long, { ...times, counts: { PHONE: 2 }, counts_by_pass: { regex: 2 } })]);
    }
  }
  await projection.flush();
  const before = START + 10 * DAY_MS;
  const purged = await purgeSegments({
    db,
    audit,
    path,
    key: KEY,
    signer: audit.signer,
    node: "node-1",
    before,
    now,
  });
  expect(purged.length).toBeGreaterThan(0);
  await projection.flush();

  const maker = makerOver({ db, folder, audit });
  const ask = async (sinceMs: number) => {
    const window = { since: new Date(sinceMs).toISOString(), until: "2026-02-01T00:00:00.000Z" };
    const about = { id: newId("report"), accountId: "acc_1", sessionId: null, agentId: null, format: "json" } as const;
    return reportSchema.parse(JSON.parse(await Bun.file(await maker.make({ ...about, ...window })).text()));
  };
  const remaining = await ask(before);
  expect(remaining.sessions.map((one) => one.id).sort()).toEqual(
    Array.from({ length: 10 }, (_, at) => `sess_${at + 10}`).sort(),
  );
  expect(remaining.redactions_by_kind).toEqual({ PHONE: 10 });

  // Of a window that began before the purge only what is left can be told, and the report says so.
  const whole = await ask(START);
  expect(whole.session_count).toBeLessThan(DAYS);
  expect(whole.session_count).toBeGreaterThanOrEqual(10);
  const { verified_from } = whole.audit;
  expect(verified_from).toContain(`segments purged with tombstones: ${purged.length}`);
  const first = Number(/^event (\d+),/.exec(verified_from)?.[1]);
  expect(first).toBeGreaterThan(1);
  expect(whole.audit.first_seq).toBeGreaterThanOrEqual(first);

  // Of the session whose beginning was purged neither the report nor the API shows anything that could differ.
  expect(whole.sessions.map((one) => one.id)).not.toContain("sess_long");
  expect(verified_from).toContain("sessions that began in them and are not shown: 1)");
  const row = await findSession(db, "acc_1", "sess_long");
  expect(row?.event_count).toBe(3);
  const about = {
    since: "",
    until: "",
    id: newId("report"),
    accountId: "acc_1",
    agentId: null,
    format: "json",
  } as const;
  await expect(maker.make({ ...about, sessionId: "sess_long" })).rejects.toMatchObject({ code: "session_not_found" });
  expect((await listSessionPlaces(db, "sess_long")).length).toBeLessThan(3);

  maker.close();
  await projection.close();
  await audit.close();
  close();
});
