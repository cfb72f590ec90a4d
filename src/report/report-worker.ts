/** Entry point of the thread that makes reports: a long one must not make a caller wait. */
import { stepBack } from "../audit/background-pace.ts";
import { openReadOnly } from "../db/open.ts";
import { MaskerError } from "../errors.ts";
import { chooseSamples } from "./choose-samples.ts";
import { makeReport } from "./make-report.ts";
import type { FromWorker, ToWorker } from "./report-maker.ts";
import type { SampleTranscript } from "./transcripts.ts";

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
  // A session's report is waited for; those over many sessions have threads of their own, and time.
  if (request.sessionId === null) stepBack();
  const database = openReadOnly(databasePath);
  let told = 0;
  try {
    await makeReport(
      database.db,
      source,
      request,
      { file, until },
      {
        onProgress(share) {
          if (share - told < PROGRESS_STEP) return;
          told = share;
          tell({ progress: share });
        },
        async samples(report) {
          const kept = await chooseSamples(database.db, report);
          if (kept.length === 0) return [];
          const answer = new Promise<readonly SampleTranscript[]>((resolve) => {
            samplesArrived = resolve;
          });
          tell({ wanted: kept });
          return answer;
        },
      },
    );
    tell({ done: true });
  } catch (thrown) {
    const known = thrown instanceof MaskerError ? { code: thrown.code, message: thrown.message } : null;
    tell({ failed: known, error_class: thrown instanceof Error ? thrown.constructor.name : "unknown" });
  } finally {
    database.close();
  }
}
