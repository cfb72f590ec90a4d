import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { AuditLog } from "../audit/log.ts";
import { workerUrl } from "../build-info.ts";
import type { Db } from "../db/open.ts";
import { findPayloads, type PayloadRow } from "../db/payloads.ts";
import { type ErrorCode, MaskerError } from "../errors.ts";
import { chainBroken, type ReportRequest, type ReportSource } from "./make-report.ts";
import { type SampleTranscript, sampleTurns } from "./transcripts.ts";

export type ToWorker =
  | {
      readonly databasePath: string;
      readonly file: string;
      readonly source: ReportSource;
      readonly request: ReportRequest;
      readonly until: { readonly segment: number; readonly offset: number };
    }
  | { readonly samples: readonly SampleTranscript[] };

export type FromWorker =
  | { readonly progress: number }
  | { readonly wanted: readonly string[] }
  | { readonly bytes: number }
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

/** Makes reports on threads of their own, two at a time; more wait their turn. */
export interface ReportMaker {
  /**
   * Makes a report and answers its file.
   * @throws MaskerError session_not_found, report_generation_failed
   */
  make(request: ReportRequest, onProgress?: (share: number) => void): Promise<string>;
  /** Makes a report, answers its bytes and keeps no file. */
  makeBytes(request: ReportRequest): Promise<Uint8Array>;
  close(): void;
}

const AT_ONCE = 2;
/** A thread that has made a report waits this long for the next one: starting one takes longer than a short report. */
const KEEP_IDLE_MS = 60_000;

export function createReportMaker(options: ReportMakerOptions): ReportMaker {
  let running = 0;
  const waiting: (() => void)[] = [];
  const idle: { readonly worker: Worker; readonly timer: ReturnType<typeof setTimeout> }[] = [];

  function takeWorker(): Worker {
    const kept = idle.pop();
    if (kept === undefined) return new Worker(workerUrl("report/report-worker.ts"));
    clearTimeout(kept.timer);
    return kept.worker;
  }

  function keepWorker(worker: Worker): void {
    const timer = setTimeout(() => {
      idle.splice(
        idle.findIndex((one) => one.worker === worker),
        1,
      );
      worker.terminate();
    }, KEEP_IDLE_MS);
    timer.unref();
    idle.push({ worker, timer });
  }

  async function turn(): Promise<void> {
    if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
    running++;
  }

  function done(): void {
    running--;
    waiting.shift()?.();
  }

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
    return new Promise((resolve, reject) => {
      const worker = takeWorker();
      const post = (message: ToWorker) => worker.postMessage(message);
      const finish = () => {
        keepWorker(worker);
        resolve();
      };
      const fail = (error: MaskerError) => {
        worker.terminate();
        reject(error);
      };
      worker.onmessage = async ({ data }: MessageEvent<FromWorker>) => {
        if ("progress" in data) onProgress(data.progress);
        else if ("wanted" in data) post({ samples: await samplesOf(data.wanted) });
        else if ("bytes" in data) finish();
        else if (data.failed) fail(new MaskerError(data.failed.code, { message: data.failed.message }));
        else fail(failed(data.error_class));
      };
      worker.onerror = () => fail(failed("the thread died"));
      const { segment, offset } = options.audit.head();
      post({ databasePath: options.databasePath, file, source: options.source(), request, until: { segment, offset } });
    });
  }

  async function make(request: ReportRequest, onProgress: (share: number) => void = () => {}): Promise<string> {
    const { broken } = options.audit.health();
    if (broken) throw chainBroken(broken);
    await turn();
    try {
      await mkdir(options.folder, { recursive: true, mode: 0o700 });
      const file = join(options.folder, `${request.id}.${request.format}`);
      await onThread(request, file, onProgress);
      return file;
    } finally {
      done();
    }
  }

  return {
    make,
    async makeBytes(request) {
      const file = await make(request);
      try {
        return await readFile(file);
      } finally {
        await rm(file, { force: true });
      }
    },
    close() {
      for (const { worker, timer } of idle.splice(0)) {
        clearTimeout(timer);
        worker.terminate();
      }
    },
  };
}

function failed(reason: string): MaskerError {
  return new MaskerError("report_generation_failed", { cause: new Error(reason) });
}
