import { existsSync } from "node:fs";
import type { AuditEventInput } from "../audit/event.ts";
import { appendFromCommand } from "../audit/socket.ts";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { createLog } from "../log/create-log.ts";
import { createTokenizer, type VaultTokenizer } from "../tokens/create-tokenizer.ts";
import { type CommandCall, UsageError } from "./command.ts";

/** Actor of events that a person on the machine causes. */
export const CLI_ACTOR = "cli";

export interface LocalVault {
  readonly config: Config;
  readonly tokenizer: VaultTokenizer;
  /** Writes events to the log: through the server when one runs, else by itself. */
  readonly note: (events: readonly AuditEventInput[]) => Promise<void>;
}

/**
 * Opens this machine's vault for one command; a running server notices what changes.
 * @throws UsageError when there is no vault here
 */
export async function withLocalVault<T>(call: CommandCall, work: (vault: LocalVault) => Promise<T>): Promise<T> {
  const configFile = call.options.get("config");
  const load = (throwawayKeys: boolean) =>
    loadConfig(call.io.env, { throwawayKeys, ...(configFile === undefined ? {} : { configFile }) });
  // Only looking: no data folder and no key may come to be by it.
  if (!existsSync(load(true).vaultPath))
    throw new UsageError("there is no vault on this machine: run `masker serve` first");
  const config = load(false);
  const tokenizer = createTokenizer({
    vaultPath: config.vaultPath,
    keys: config.keys.tokens,
    graceDays: config.retention.keyRotationGraceDays,
  });
  const note = async (events: readonly AuditEventInput[]) => {
    const options = {
      path: config.auditLogPath,
      key: config.keys.auditHmac,
      signingSeed: config.keys.signing,
      node: CLI_ACTOR,
      log: createLog({ level: "error", format: "json" }, () => {}),
    };
    await appendFromCommand(config.dataDir, options, events);
  };
  try {
    return await work({ config, tokenizer, note });
  } finally {
    await tokenizer.close();
  }
}
