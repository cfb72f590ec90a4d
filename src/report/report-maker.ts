import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { KeptThreads } from "../audit/kept-threads.ts";
import type { AuditLog } from "../audit/log.ts";
import type { Db } from "../db/open.ts";
import { findPayloads, type PayloadRow } from "../db/payloads.ts";
import { type ErrorCode, MaskerError } from "../errors.ts";
import { chainBroken, type ReportRequest, type ReportSource, type ReportTask } from "./make-report.ts";
import { type SampleTranscript, sampleTurns } from "./transcripts.ts";

export type ToWorker =
  | (ReportTask & { readonly databasePath: string; readonly source: ReportSource; readonly request: ReportRequest })
  | { readonly samples: readonly SampleTranscript[] };

export type FromWorker =
  | { readonly progress: number }
  | { readonly wanted: readonly string[] }
  | { readonly done: true }
  | { readonly failed: { readonly code: ErrorCode; readonly message: string } | null; readonly error_class: string };

export interface ReportMakerOptions {
  readonly db: Db;
  readonly databasePath: string;
  /** Folder for finished files, made when missing (0700). */
  readonly folder: string;
  /** As it is when a report is made. */
  readonly source: () => ReportSource;
  readonly audit: Pick<AuditLog, "head" | "health">;
  readonly openPayload: (row: PayloadRow) => string | null;
}

/** Makes reports on threads of their own. */
export interface ReportMaker {
  /**
   * Makes a report and answers its file, which is the caller's to remove.
   * @throws MaskerError session_not_found, report_generation_failed, rate_limited when too many wait
   */
  make(request: ReportRequest, onProgress?: (share: number) => void): Promise<string>;
  /** @throws MaskerError rate_limited when a report of that kind would not be taken now */
  checkRoom(request: Pick<ReportRequest, "sessionId">): void;
  close(): void;
}

/** Reports over many sessions are made one after another; those of one session do not wait for them. */
const LONG = { atOnce: 1, waiting: 16, retryAfterSeconds: 30 } as const;
const SHORT = { atOnce: 2, waiting: 64, retryAfterSeconds: 2 } as const;

export function createReportMaker(options: ReportMakerOptions): ReportMaker {
  const long = new Lane(LONG);
  const short = new Lane(SHORT);
  const laneOf = ({ sessionId }: Pick<ReportRequest, "sessionId">) => (sessionId === null ? long : short);

  async function samplesOf(sessionIds: readonly string[]): Promise<readonly SampleTranscript[]> {
    const samples: SampleTranscript[] = [];
    for (const session_id of sessionIds) {
      const row = (await findPayloads(options.db, session_id)).find((one) => one.stage === "masked");
      const masked = row ? options.openPayload(row) : null;
      if (masked !== null) samples.push({ session_id, turns: sampleTurns(masked) });
    }
    return samples;
  }

  function onThread(request: ReportRequest, file: string, onProgress: (share: number) => void): Promise<void> {
    const { threads } = laneOf(request);
    return new Promise((resolve, reject) => {
      const worker = threads.take();
      const post = (message: ToWorker) => worker.postMessage(message);
      const finish = () => {
        threads.keep(worker);
        resolve();
      };
      const fail = (error: MaskerError) => {
        worker.terminate();
        reject(error);
      };
      worker.onmessage = async ({ data }: MessageEvent<FromWorker>) => {
        if ("progress" in data) onProgress(data.progress);
        else if ("wanted" in data) post({ samples: await samplesOf(data.wanted) });
        else if ("done" in data) finish();
        else if (data.failed) fail(new MaskerError(data.failed.code, { message: data.failed.message }));
        else fail(failed(data.error_class));
      };
      worker.onerror = () => fail(failed("the thread died"));
      const { segment, offset } = options.audit.head();
      post({ databasePath: options.databasePath, file, source: options.source(), request, until: { segment, offset } });
    });
  }

  return {
    async make(request, onProgress = () => {}) {
      const { broken } = options.audit.health();
      if (broken) throw chainBroken(broken);
      return await laneOf(request).run(async () => {
        await mkdir(options.folder, { recursive: true, mode: 0o700 });
        const file = join(options.folder, `${request.id}.${request.format}`);
        await onThread(request, file, onProgress);
        return file;
      });
    },
    checkRoom: (request) => laneOf(request).checkRoom(),
    close() {
      long.threads.close();
      short.threads.close();
    },
  };
}

/** Work of one kind: some at once, some waiting, and no more than that. */
class Lane {
  readonly threads = new KeptThreads("report/report-worker.ts");
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(
    private readonly limits: { readonly atOnce: number; readonly waiting: number; readonly retryAfterSeconds: number },
  ) {}

  checkRoom(): void {
    if (this.#waiting.length < this.limits.waiting) return;
    const { retryAfterSeconds } = this.limits;
    throw new MaskerError("rate_limited", { message: "Too many reports are being made.", retryAfterSeconds });
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.limits.atOnce) {
      this.checkRoom();
      // Whoever ends hands the place on, so that nobody who comes meanwhile takes it.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running++;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}

function failed(reason: string): MaskerError {
  return new MaskerError("report_generation_failed", { cause: new Error(reason) });
}
