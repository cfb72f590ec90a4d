import { INSTALLATION_SCOPE } from "../audit/boot.ts";
import type { Config } from "../config/config.ts";
import { openDatabase } from "../db/open.ts";
import { listPayloadsAfter, type PayloadRow, resealPayloads } from "../db/payloads.ts";
import { createPayloadSealer } from "../proxy/payload-seal.ts";
import type { Command } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import { withLocalVault } from "./local-vault.ts";
import { progressBar } from "./progress-bar.ts";

const BATCH = 200;

/** Puts stored payloads under the present keys too; answers how many moved. */
async function rotatePayloads(config: Config): Promise<number> {
  const database = openDatabase(config.databasePath);
  const sealer = createPayloadSealer(config.keys.tokens);
  let moved = 0;
  try {
    for (let after: PayloadRow | null = null; ; ) {
      const rows: readonly PayloadRow[] = await listPayloadsAfter(database.db, after, BATCH);
      const last = rows.at(-1);
      if (last === undefined) return moved;
      const changed = rows.flatMap((row) => {
        const sealed = sealer.reseal(row);
        return sealed === null ? [] : [{ row, sealed }];
      });
      await resealPayloads(database.db, changed);
      moved += changed.length;
      after = last;
    }
  } finally {
    database.close();
  }
}

export const vaultRotateKeyCommand: Command = {
  name: "vault rotate-key",
  summary: "Puts values and stored payloads under the present keys (those before: MASKER_KEY_<KID>_OLD); tokens stay",
  run: (call) =>
    withLocalVault(call, async ({ config, tokenizer, note }) => {
      const { rows } = tokenizer.vault.stats();
      const bar = progressBar(call.io, "re-encrypting", call.options.has("quiet"));
      const values = await tokenizer.rotate((moved) => bar.update(moved, rows));
      const result = { ...values, payloads: await rotatePayloads(config) };
      await bar.end();
      if (result.moved + result.payloads > 0) {
        const rotated = [...config.keys.tokens.values()].filter((key) => key.old !== null);
        await note(rotated.map(({ kid }) => ({ kind: "key_rotated", scope: INSTALLATION_SCOPE, body: { kid } })));
      }
      const unreadable = result.unreadable === 0 ? "" : `${result.unreadable} rows are under a key that is not here\n`;
      await call.io.out(
        call.options.has("json")
          ? `${JSON.stringify(result)}\n`
          : `${result.moved} rows and ${result.payloads} payloads re-encrypted\n${unreadable}`,
      );
      return result.unreadable === 0 ? EXIT.ok : EXIT.commandSpecific;
    }),
};
