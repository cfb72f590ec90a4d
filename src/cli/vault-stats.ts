import type { Command } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import { withLocalVault } from "./local-vault.ts";

export const vaultStatsCommand: Command = {
  name: "vault stats",
  summary: "Rows of this machine's vault by key, and its size",
  run: (call) =>
    withLocalVault(call, async ({ tokenizer }) => {
      const stats = tokenizer.vault.stats();
      const lines = stats.byKid.map(({ kid, key_id, rows }) => `${kid} (${key_id}): ${rows}\n`).join("");
      await call.io.out(
        call.options.has("json") ? `${JSON.stringify(stats)}\n` : `${stats.rows} rows, ${stats.bytes} bytes\n${lines}`,
      );
      return EXIT.ok;
    }),
};
