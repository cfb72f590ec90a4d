import { open } from "node:fs/promises";
import { exportVault } from "../tokens/vault-transfer.ts";
import type { Command } from "./command.ts";
import { UsageError } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import { withLocalVault } from "./local-vault.ts";
import { progressBar } from "./progress-bar.ts";

export const vaultExportCommand: Command = {
  name: "vault export",
  summary: "Writes the vault as JSON lines; values stay encrypted under the token keys",
  options: { output: { value: "FILE", summary: "file to write, which must not exist yet (0600)" } },
  run: (call) =>
    withLocalVault(call, async ({ tokenizer }) => {
      const output = call.options.get("output");
      if (output === undefined) throw new UsageError("give --output FILE");
      const file = await open(output, "wx", 0o600).catch(() => {
        throw new UsageError("the file cannot be made: it exists already, or its folder does not");
      });
      const total = tokenizer.vault.stats().rows;
      const bar = progressBar(call.io, "exporting", call.options.has("quiet"));
      let rows = 0;
      try {
        for (const line of exportVault(tokenizer.vault)) {
          await file.write(line);
          bar.update(++rows, total);
        }
        await file.sync();
      } finally {
        await file.close();
      }
      await bar.end();
      await call.io.out(call.options.has("json") ? `${JSON.stringify({ rows })}\n` : `${rows} rows written\n`);
      return EXIT.ok;
    }),
};
