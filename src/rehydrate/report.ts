import type { Kind } from "../detect/kind.ts";

/** A token-shaped text of an answer that could not be put back; `slot` is a path such as `tool_calls[0].arguments`. */
export interface RehydrationFailure {
  readonly kind: Kind;
  readonly choice: number;
  readonly slot: string;
}

/** What rehydration did to one answer. */
export interface RehydrationReport {
  /** How often each token was put back. */
  readonly restored: ReadonlyMap<string, number>;
  /** The same by kind. */
  readonly counts: Readonly<Partial<Record<Kind, number>>>;
  readonly failures: readonly RehydrationFailure[];
}

/** The report while an answer is read. */
export class RehydrationTally implements RehydrationReport {
  readonly restored = new Map<string, number>();
  readonly counts: Partial<Record<Kind, number>> = {};
  readonly failures: RehydrationFailure[] = [];

  restore(token: string, kind: Kind): void {
    this.restored.set(token, (this.restored.get(token) ?? 0) + 1);
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
  }

  fail(failure: RehydrationFailure): void {
    this.failures.push(failure);
  }
}
