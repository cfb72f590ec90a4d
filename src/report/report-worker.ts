/** Entry point of the thread that makes reports: a long one must not make a caller wait. */

import { openReadOnly } from "../db/open.ts";
import { findPayloads } from "../db/payloads.ts";
import { MaskerError } from "../errors.ts";
import { makeReport } from "./make-report.ts";
import type { FromWorker, ToWorker } from "./report-maker.ts";
import { drawSample, type SampleTranscript } from "./transcripts.ts";

declare const self: Worker;

const PROGRESS_STEP = 0.01;

let samplesArrived: ((samples: readonly SampleTranscript[]) => void) | null = null;

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if ("samples" in data) samplesArrived?.(data.samples);
  else void make(data);
};

function tell(message: FromWorker): void {
  self.postMessage(message);
}

async function make({
  databasePath,
  file,
  source,
  request,
  until,
}: Extract<ToWorker, { file: string }>): Promise<void> {
  const database = openReadOnly(databasePath);
  let told = 0;
  try {
    const bytes = await makeReport(database.db, source, request, until, {
      onProgress(share) {
        if (share - told < PROGRESS_STEP) return;
        told = share;
        tell({ progress: share });
      },
      async samples(report) {
        const kept: string[] = [];
        for (const id of drawSample(
          report.sessions.map((session) => session.id),
          report.window.since + report.window.until,
        )) {
          const rows = await findPayloads(database.db, id);
          if (rows.some((row) => row.stage === "masked")) kept.push(id);
        }
        if (kept.length === 0) return [];
        const answer = new Promise<readonly SampleTranscript[]>((resolve) => {
          samplesArrived = resolve;
        });
        tell({ wanted: kept });
        return answer;
      },
    });
    await Bun.write(file, bytes, { mode: 0o600 });
    tell({ bytes: bytes.length });
  } catch (thrown) {
    const known = thrown instanceof MaskerError ? { code: thrown.code, message: thrown.message } : null;
    tell({ failed: known, error_class: thrown instanceof Error ? thrown.constructor.name : "unknown" });
  } finally {
    database.close();
  }
}
