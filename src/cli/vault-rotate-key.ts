import { INSTALLATION_SCOPE } from "../audit/boot.ts";
import type { Command } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import { withLocalVault } from "./local-vault.ts";
import { progressBar } from "./progress-bar.ts";

export const vaultRotateKeyCommand: Command = {
  name: "vault rotate-key",
  summary: "Puts every row under the present keys (the ones before stand in MASKER_KEY_<KID>_OLD); tokens stay",
  run: (call) =>
    withLocalVault(call, async ({ config, tokenizer, note }) => {
      const { rows } = tokenizer.vault.stats();
      const bar = progressBar(call.io, "re-encrypting", call.options.has("quiet"));
      const result = await tokenizer.rotate((moved) => bar.update(moved, rows));
      await bar.end();
      if (result.moved > 0) {
        const rotated = [...config.keys.tokens.values()].filter((key) => key.old !== null);
        await note(rotated.map(({ kid }) => ({ kind: "key_rotated", scope: INSTALLATION_SCOPE, body: { kid } })));
      }
      const unreadable = result.unreadable === 0 ? "" : `${result.unreadable} rows are under a key that is not here\n`;
      await call.io.out(
        call.options.has("json") ? `${JSON.stringify(result)}\n` : `${result.moved} rows re-encrypted\n${unreadable}`,
      );
      return result.unreadable === 0 ? EXIT.ok : EXIT.commandSpecific;
    }),
};
