import { existsSync, readFileSync } from "node:fs";
import { loadConfig } from "../config/load.ts";
import type { CommandCall, CommandOption } from "./command.ts";
import { UsageError } from "./command.ts";

/** Options by which the audit commands are told what to read; without them they read this machine's own log. */
export const AUDIT_SOURCE_OPTIONS: Readonly<Record<string, CommandOption>> = {
  log: { value: "FILE", summary: "the log, one segment of it, or a copy (default: the log of this machine)" },
  key: { value: "KEY", summary: "its key: a file that holds it, or base64 (default: the key of this machine)" },
};

export interface AuditSource {
  readonly path: string;
  readonly key: Uint8Array;
}

/** @throws UsageError when there is no such log or no such key */
export function auditSource({ options, io }: CommandCall): AuditSource {
  const configFile = options.get("config");
  const load = (throwawayKeys: boolean) =>
    loadConfig(io.env, { throwawayKeys, ...(configFile === undefined ? {} : { configFile }) });
  // Only looking: no data folder and no key may come to be by it.
  const path = options.get("log") ?? load(true).auditLogPath;
  const key = options.get("key");
  if (key !== undefined) return { path, key: readKey(key) };
  if (!existsSync(load(true).auditLogPath)) throw new UsageError("there is no log on this machine: give --key");
  return { path, key: load(false).keys.auditHmac };
}

function readKey(given: string): Uint8Array {
  const text = (existsSync(given) ? readFileSync(given, "utf8") : given).trim();
  const bytes = Buffer.from(text, "base64");
  if (bytes.length !== 32 || bytes.toString("base64").replace(/=+$/, "") !== text.replace(/=+$/, "")) {
    throw new UsageError("--key takes base64 of 32 bytes, or a file that holds it");
  }
  return new Uint8Array(bytes);
}
