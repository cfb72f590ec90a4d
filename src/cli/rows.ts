import type { CommandCall } from "./command.ts";

interface PageOfRows {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly next_cursor: string | null;
}

/** A page of a list: JSON with `--json`, else a line for each row, its fields parted by tabs. */
export async function printRows(
  { options, io }: CommandCall,
  answer: unknown,
  fields: readonly string[],
): Promise<void> {
  if (options.has("json")) return io.out(`${JSON.stringify(answer)}\n`);
  const { data, next_cursor } = answer as PageOfRows;
  for (const row of data) await io.out(`${rowText(row, fields)}\n`);
  if (next_cursor !== null && !options.has("quiet")) await io.err(`more: --cursor ${next_cursor}\n`);
}

export function rowText(row: Readonly<Record<string, unknown>>, fields: readonly string[]): string {
  return fields.map((field) => String(row[field] ?? "-")).join("\t");
}

/** One resource: JSON with `--json` or into a pipe, else the same with indentation. */
export function printResource({ options, io }: CommandCall, answer: unknown): Promise<void> {
  const compact = options.has("json") || !io.outIsTerminal;
  return io.out(`${JSON.stringify(answer, null, compact ? 0 : 2)}\n`);
}
