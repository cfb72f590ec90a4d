const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/**
 * The moment that a `since` means: a duration before now (`1h`, `24h`, `7d`; a positive integer and one of s m h d w) or an
 * ISO 8601 UTC timestamp.
 * @param nowMs epoch milliseconds
 * @returns epoch milliseconds, or null when the text is neither
 */
export function parseSince(text: string, nowMs: number): number | null {
  const duration = /^([1-9]\d*)([smhdw])$/.exec(text);
  if (duration) {
    const length = Number(duration[1]) * UNIT_MS[duration[2] as keyof typeof UNIT_MS];
    return Math.max(0, nowMs - length);
  }
  return parseTimestamp(text);
}

/** An ISO 8601 UTC timestamp with a time of day; finer than a millisecond is rounded up, so that `>=` stays exact. */
function parseTimestamp(text: string): number | null {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|\+00:00)$/.exec(text);
  if (!match) return null;
  const [, date, minutes, seconds = "00", fraction = ""] = match;
  const time = Date.parse(`${date}T${minutes}:${seconds}Z`);
  // Date.parse reads 30 February as 1 March and 24:00 as the next day; only a date that comes back unchanged is one.
  if (Number.isNaN(time) || new Date(time).toISOString() !== `${date}T${minutes}:${seconds}.000Z`) return null;
  return time + Math.ceil(Number(`0.${fraction || "0"}`) * 1000);
}

/** The wire form of a time: ISO 8601 UTC with milliseconds. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}
