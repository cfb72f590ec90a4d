import { INSTALLATION_SCOPE } from "../audit/boot.ts";
import { type Command, UsageError } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import { withLocalVault } from "./local-vault.ts";

export const vaultPurgeCommand: Command = {
  name: "vault purge",
  summary: "Deletes values for good: their tokens mean nothing from then on",
  options: {
    "unused-days": { value: "N", summary: "what was not used for N days" },
    agent: { value: "AGENT_ID", summary: "everything of one agent" },
  },
  run: (call) =>
    withLocalVault(call, async ({ tokenizer, note }) => {
      const days = call.options.get("unused-days");
      const agentId = call.options.get("agent");
      if ((days === undefined) === (agentId === undefined)) throw new UsageError("give --unused-days or --agent");
      if (days !== undefined && !/^[1-9]\d{0,4}$/.test(days))
        throw new UsageError("--unused-days takes a whole number from 1");
      const { vault } = tokenizer;
      const due = agentId === undefined ? tokenizer.countUnused(Number(days)) : vault.count({ agentId });
      const scope = { ...INSTALLATION_SCOPE, agent_id: agentId ?? null };
      // Logged before it is done: what cannot be logged is not deleted.
      await note([{ kind: "vault_purged", scope, body: { rows: due, reason: "command" } }]);
      const rows = agentId === undefined ? tokenizer.purgeUnused(Number(days)) : vault.purge({ agentId });
      await tokenizer.flush();
      await call.io.out(call.options.has("json") ? `${JSON.stringify({ rows })}\n` : `${rows} rows deleted\n`);
      return EXIT.ok;
    }),
};
