const SHORT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

/** A moment in the viewer's zone; UTC on hover. */
export function Time({ iso, relative = false }: { readonly iso: string; readonly relative?: boolean }) {
  const date = new Date(iso);
  return (
    <time
      dateTime={iso}
      title={`${iso.replace("T", " ").replace("Z", "")} UTC`}
      className="whitespace-nowrap tabular-nums"
    >
      {relative ? ago(date) : SHORT.format(date)}
    </time>
  );
}

function ago(date: Date): string {
  const passed = date.getTime() - Date.now();
  for (const [unit, ms] of UNITS) {
    if (Math.abs(passed) >= ms) return RELATIVE.format(Math.round(passed / ms), unit);
  }
  return RELATIVE.format(Math.round(passed / 1000), "second");
}

/** A duration in ms, as people read it. */
export function milliseconds(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
