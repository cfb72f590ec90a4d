import { createReadStream, existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { importLine } from "../tokens/vault-transfer.ts";
import { type Command, UsageError } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import { withLocalVault } from "./local-vault.ts";

const BATCH = 500;

export const vaultImportCommand: Command = {
  name: "vault import",
  summary: "Adds rows that `vault export` wrote; rows that are here already stay",
  operands: "FILE",
  run: (call) =>
    withLocalVault(call, async ({ tokenizer }) => {
      const path = call.operands[0];
      if (path === undefined || !existsSync(path)) throw new UsageError("give the file that `vault export` wrote");
      let rows = 0;
      let refused = 0;
      let batch: string[] = [];
      const take = () => {
        const lines = batch;
        batch = [];
        tokenizer.vault.transaction(() => {
          for (const line of lines) {
            if (importLine(tokenizer.vault, line)) rows++;
            else refused++;
          }
        });
      };
      for await (const line of createInterface({
        input: createReadStream(path),
        crlfDelay: Number.POSITIVE_INFINITY,
      })) {
        if (line !== "") batch.push(line);
        if (batch.length >= BATCH) take();
      }
      take();
      await tokenizer.flush();
      const result = { rows, refused };
      const inWords = `${rows} rows read\n${refused === 0 ? "" : `${refused} lines are no vault rows\n`}`;
      await call.io.out(call.options.has("json") ? `${JSON.stringify(result)}\n` : inWords);
      return refused === 0 ? EXIT.ok : EXIT.commandSpecific;
    }),
};
