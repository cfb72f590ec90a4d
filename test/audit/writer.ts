/** A process that appends without end and says on its standard output what it was promised; made to be killed. */
import { writeSync } from "node:fs";
import { openProjection, readMark } from "../../src/audit/projection.ts";
import { openDatabase } from "../../src/db/open.ts";
import { KEY, open, redaction, SILENT } from "./fixture.ts";

const [path, database] = process.argv.slice(2) as [string, string];
const { db } = openDatabase(database);
const audit = await open(path, { segmentBytes: 20_000, checkpointEveryMs: 15, mark: await readMark(db) });
writeSync(1, `broken ${JSON.stringify(audit.health().broken)}\n`);
await openProjection({ db, audit, key: KEY, log: SILENT, flushMs: 5 });

async function append(lane: number): Promise<never> {
  for (let index = 0; ; index++) {
    const session = `sess_${process.pid}_${lane}_${index >> 2}`;
    const events = await audit.append([redaction(index, session)]);
    writeSync(1, events.map(({ seq, this_hash }) => `${seq} ${this_hash}\n`).join(""));
  }
}
await Promise.all([append(1), append(2), append(3)]);
