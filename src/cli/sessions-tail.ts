import type { Command } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import { rowText } from "./rows.ts";
import { queryOf, SERVER_OPTIONS, withServer } from "./server-client.ts";
import { SESSION_FIELDS } from "./sessions-list.ts";

export const sessionsTailCommand: Command = {
  name: "sessions tail",
  summary: "A line for each session as it completes, until stopped",
  options: { ...SERVER_OPTIONS, agent: { value: "AGENT_ID", summary: "of one agent" } },
  run: (call) =>
    withServer(call, async (server) => {
      const sessions = server.follow(`/sessions/stream${queryOf(call.options, { agent: "agent_id" })}`);
      const stopped = call.io.stopRequested().then(() => "stopped" as const);
      for (;;) {
        const next = await Promise.race([sessions.next(), stopped]);
        if (next === "stopped" || next.done) return EXIT.ok;
        const row = next.value as Readonly<Record<string, unknown>>;
        const line = call.options.has("json") ? JSON.stringify(row) : rowText(row, SESSION_FIELDS);
        await call.io.out(`${line}\n`);
      }
    }),
};
