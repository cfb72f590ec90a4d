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
      const stop = new AbortController();
      void call.io.stopRequested().then(() => stop.abort());
      const path = `/sessions/stream${queryOf(call.options, { agent: "agent_id" })}`;
      try {
        for await (const session of server.follow(path, stop.signal)) {
          const row = session as Readonly<Record<string, unknown>>;
          const line = call.options.has("json") ? JSON.stringify(row) : rowText(row, SESSION_FIELDS);
          await call.io.out(`${line}\n`);
        }
      } catch (thrown) {
        if (!stop.signal.aborted) throw thrown;
      }
      return EXIT.ok;
    }),
};
