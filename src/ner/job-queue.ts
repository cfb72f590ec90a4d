/** What waits for a free worker, in the order in which it is served. */
import type { NerRequest, Span } from "../detect/detector.ts";
import type { MaskerError } from "../errors.ts";
import { textChunks } from "./windows.ts";

/** One call of `label`: settled once all its jobs are done, one failed, or it was given up. */
export interface Call {
  /** Found so far, a list for each request. */
  readonly spans: Span[][];
  /** performance.now() clock. */
  readonly due: number;
  readonly resolve: (spans: readonly (readonly Span[])[]) => void;
  readonly reject: (error: MaskerError) => void;
  timer: ReturnType<typeof setTimeout> | undefined;
  /** Jobs that are not done. */
  left: number;
  settled: boolean;
}

/** A text of a call, or a chunk of one. */
export interface Job {
  readonly call: Call;
  /** Index of the request in the call. */
  readonly request: number;
  readonly text: string;
  readonly question: string | null;
  /** Where `text` begins in the whole text; the core is in the whole text's offsets too. */
  readonly offset: number;
  readonly coreFrom: number;
  readonly coreTo: number;
  /** Workers that it has brought down. */
  tries: number;
}

/** Jobs in one message, and their characters together: a few turns, some 30 ms. */
const MESSAGE_JOBS = 8;
const MESSAGE_CHARACTERS = 1600;
/** A job that begins later than this before it is due would not be in time. */
const SLACK_MS = 15;

/** The jobs of one request; none for a text without letters and digits. */
export function jobsOf(call: Call, { text, question }: NerRequest, request: number): Job[] {
  if (!/[\p{L}\p{N}]/u.test(text)) return [];
  return textChunks(text).map(({ from, to, coreFrom, coreTo }, index) => ({
    call,
    request,
    text: text.slice(from, to),
    // The question is answered where the text begins.
    question: index === 0 ? question : null,
    offset: from,
    coreFrom,
    coreTo,
    tries: 0,
  }));
}

export class JobQueue {
  /** Sorted by due time, the earliest last. Jobs of settled calls stay until their turn comes. */
  private fresh: Job[] = [];
  /** Jobs that missed their due time and were not given up yet, the oldest first. */
  private late: Job[] = [];

  /** Whether `count` more jobs fit, settled calls aside, when at most `limit` may wait. */
  hasRoom(count: number, limit: number): boolean {
    if (this.fresh.length + this.late.length + count <= limit) return true;
    const wanted = ({ call }: Job) => !call.settled;
    this.fresh = this.fresh.filter(wanted);
    this.late = this.late.filter(wanted);
    return this.fresh.length + this.late.length + count <= limit;
  }

  /** @param jobs of one call, in order. */
  add(jobs: readonly Job[]): void {
    const due = jobs[0]?.call.due ?? 0;
    let low = 0;
    let high = this.fresh.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.fresh[middle]?.call.due ?? 0) > due) low = middle + 1;
      else high = middle;
    }
    this.fresh.splice(low, 0, ...[...jobs].reverse());
  }

  /** The next jobs for one of `workers`: one when few wait, more when all workers would be busy anyway. */
  take(workers: number): Job[] {
    const jobs: Job[] = [];
    let characters = 0;
    for (let next = this.next(); next !== undefined; next = this.next()) {
      const crowded = this.fresh.length + this.late.length > workers;
      const fits = jobs.length < MESSAGE_JOBS && characters + next.text.length <= MESSAGE_CHARACTERS;
      // A job that already brought a worker down goes alone, so that it takes no others with it again.
      const alone = next.tries > 0 || (jobs[0]?.tries ?? 0) > 0;
      if (jobs.length > 0 && (!crowded || !fits || alone)) {
        this.fresh.push(next);
        break;
      }
      jobs.push(next);
      characters += next.text.length;
    }
    return jobs;
  }

  /** Everything that waits, removed. */
  drain(): Job[] {
    return [...this.fresh.splice(0), ...this.late.splice(0)];
  }

  private next(): Job | undefined {
    const lateAt = performance.now() + SLACK_MS;
    for (let job = this.fresh.pop(); job !== undefined; job = this.fresh.pop()) {
      if (job.call.settled) continue;
      if (job.call.due >= lateAt) return job;
      this.late.push(job);
    }
    const first = this.late.findIndex(({ call }) => !call.settled);
    const [job] = first < 0 ? [] : this.late.splice(0, first + 1).slice(-1);
    if (first < 0) this.late = [];
    return job;
  }
}
