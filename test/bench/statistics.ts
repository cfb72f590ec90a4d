/** Shares of a sample, and tables of them. Times are in ms. */

/** The value below which `share` (0 to 1) of the sample lies (nearest rank); NaN for none. */
export function percentile(sample: readonly number[], share: number): number {
  const sorted = [...sample].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const median = (sample: readonly number[]) => percentile(sample, 0.5);

export interface Spread {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export function spreadOf(sample: readonly number[]): Spread {
  return {
    p50: percentile(sample, 0.5),
    p95: percentile(sample, 0.95),
    p99: percentile(sample, 0.99),
    max: percentile(sample, 1),
  };
}

/** Each figure's median over several runs. */
export function medianSpread(runs: readonly Spread[]): Spread {
  const of = (name: keyof Spread) => median(runs.map((run) => run[name]));
  return { p50: of("p50"), p95: of("p95"), p99: of("p99"), max: of("max") };
}

export type Cell = string | number;

/** Columns as wide as they need to be; numbers with three figures and right-aligned. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = [head, ...rows.map((row) => row.map(shown))];
  const widths = head.map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0)));
  const isNumber = (column: number) => rows.every((row) => typeof row[column] === "number");
  return texts
    .map((row) =>
      row.map((text, at) => (isNumber(at) ? text.padStart(widths[at] ?? 0) : text.padEnd(widths[at] ?? 0))).join("  "),
    )
    .join("\n");
}

export function shown(cell: Cell): string {
  if (typeof cell === "string") return cell;
  if (Number.isNaN(cell)) return "-";
  return Math.abs(cell) >= 100 ? String(Math.round(cell)) : String(Number(cell.toPrecision(3)));
}
