import type { Log, LogFields } from "./log.ts";

export interface LogOptions {
  readonly level: Level;
  readonly format: "json" | "pretty";
}
type Level = "debug" | "info" | "warn" | "error";

const RANK: Readonly<Record<Level, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** The type's names once more, as values: a name missing here or there does not compile. */
const ALLOWED: Readonly<Record<keyof LogFields, true>> = {
  request_id: true,
  session_id: true,
  call_id: true,
  agent_id: true,
  account_id: true,
  user_id: true,
  route: true,
  status: true,
  duration_ms: true,
  code: true,
  error_class: true,
  error_at: true,
  upstream: true,
  upstream_status: true,
  count: true,
  bytes: true,
  component: true,
  version: true,
  seq: true,
  segment: true,
  kid: true,
  policy: true,
  file: true,
};

/**
 * A log that writes one line an entry, to standard error unless `write` is given (standard output belongs to commands).
 * Fields that are not on the list are dropped even when a cast let them through.
 */
export function createLog(options: LogOptions, write: (line: string) => void = writeToStderr): Log {
  const form = options.format === "pretty" ? prettyLine : jsonLine;
  const at = (level: Level) => (message: string, fields?: LogFields) => {
    if (RANK[level] >= RANK[options.level]) write(form(level, message, allowedFields(fields)));
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

function writeToStderr(line: string): void {
  process.stderr.write(line);
}

function allowedFields(fields: LogFields = {}): readonly (readonly [string, string | number])[] {
  return Object.entries(fields).filter(
    ([name, value]) => Object.hasOwn(ALLOWED, name) && (typeof value === "string" || typeof value === "number"),
  );
}

type Fields = ReturnType<typeof allowedFields>;

function jsonLine(level: Level, message: string, fields: Fields): string {
  const entry = { ts: new Date().toISOString(), level, message, ...Object.fromEntries(fields) };
  return `${JSON.stringify(entry)}\n`;
}

function prettyLine(level: Level, message: string, fields: Fields): string {
  const colour = { debug: 90, info: 36, warn: 33, error: 31 }[level];
  const rest = fields.map(([name, value]) => ` \x1b[90m${name}=\x1b[0m${value}`).join("");
  return `\x1b[90m${new Date().toISOString().slice(11, 23)}\x1b[0m \x1b[${colour}m${level.padEnd(5)}\x1b[0m ${message}${rest}\n`;
}
