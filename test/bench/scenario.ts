/** What every measurement gets and gives. */

export interface Scale {
  readonly quick: boolean;
  /** Runs of which the median counts. */
  readonly runs: number;
  /** Sessions in the log that reports are made of. */
  readonly sessions: number;
}

export interface Target {
  readonly what: string;
  readonly limit: string;
  readonly measured: string;
  readonly met: boolean;
}

export interface Findings {
  /** Printed as they are. */
  readonly tables: readonly string[];
  readonly targets: readonly Target[];
  /** Everything measured, for the JSON file. */
  readonly data: unknown;
}

export type Scenario = (scale: Scale) => Promise<Findings>;

/** `what` should be at most `limit`; both in `unit`. */
export function atMost(what: string, measured: number, limit: number, unit: string): Target {
  return { what, limit: `<= ${limit} ${unit}`, measured: `${round(measured)} ${unit}`, met: measured <= limit };
}

export function atLeast(what: string, measured: number, limit: number, unit: string): Target {
  return { what, limit: `>= ${limit} ${unit}`, measured: `${round(measured)} ${unit}`, met: measured >= limit };
}

function round(value: number): string {
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
