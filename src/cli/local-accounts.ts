import { z } from "zod";
import type { AuditEvent, AuditEventInput } from "../audit/event.ts";
import { appendFromCommand } from "../audit/socket.ts";
import type { AuthDeps } from "../auth/deps.ts";
import { createPasswordHasher } from "../auth/password.ts";
import { refuseBadPassword } from "../auth/sign-in.ts";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { openDatabase } from "../db/open.ts";
import { createLog } from "../log/create-log.ts";
import { type CommandCall, UsageError } from "./command.ts";
import { CLI_ACTOR } from "./local-vault.ts";

/** What commands that manage accounts on this machine work with. */
export type LocalAccounts = Pick<AuthDeps, "db" | "audit" | "clock" | "baseUrl" | "hasher"> & {
  readonly config: Config;
};

/** Opens the accounts of this machine's data folder for one command, the server running or not. */
export async function withLocalAccounts<T>(
  call: CommandCall,
  work: (accounts: LocalAccounts) => Promise<T>,
): Promise<T> {
  const configFile = call.options.get("config");
  const config = loadConfig(call.io.env, configFile === undefined ? {} : { configFile });
  const database = openDatabase(config.databasePath);
  const log = createLog({ level: "error", format: "json" }, () => {});
  const { auditHmac: key, signing: signingSeed } = config.keys;
  const options = { path: config.auditLogPath, key, signingSeed, node: CLI_ACTOR, log };
  const append = (events: readonly AuditEventInput[]): Promise<readonly AuditEvent[]> =>
    appendFromCommand(config.dataDir, options, events);
  try {
    return await work({
      db: database.db,
      audit: { append },
      clock: Date.now,
      baseUrl: () => serverUrl(config),
      hasher: createPasswordHasher(),
      config,
    });
  } finally {
    database.close();
  }
}

/** Where this configuration's server is reached. */
export function serverUrl({ publicUrl, tls, listen }: Config): string {
  const host = listen.host.includes(":") ? `[${listen.host}]` : listen.host;
  return publicUrl ?? `${tls ? "https" : "http"}://${host}:${listen.port}`;
}

/** @throws UsageError */
export function requireEmail(options: ReadonlyMap<string, string>): string {
  const email = z.email().max(254).safeParse(options.get("email"));
  if (!email.success) throw new UsageError("--email takes an e-mail address");
  return email.data.toLowerCase();
}

/**
 * The first line of standard input, with `--password-stdin`; null without it. Never an argument: those are seen by everybody
 * on the machine.
 * @throws MaskerError validation_failed for a weak one
 */
export async function readPassword({ options, io }: CommandCall, email: string): Promise<string | null> {
  if (!options.has("password-stdin")) return null;
  const chunks: Uint8Array[] = [];
  for await (const chunk of io.input()) chunks.push(chunk);
  const password = Buffer.concat(chunks).toString("utf8").split(/\r?\n/, 1)[0] ?? "";
  refuseBadPassword(password, email);
  return password;
}
