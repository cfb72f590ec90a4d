import type { Command } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import { printRows } from "./rows.ts";
import { queryOf, SERVER_OPTIONS, withServer } from "./server-client.ts";

export const agentsListCommand: Command = {
  name: "agents list",
  summary: "Agents of a server, newest first",
  options: {
    ...SERVER_OPTIONS,
    "name-contains": { value: "TEXT", summary: "only agents whose name holds TEXT" },
    limit: { value: "N", summary: "1 to 100 (25)" },
    cursor: { value: "C", summary: "go on from the next_cursor of an earlier page" },
  },
  run: (call) =>
    withServer(call, async (server) => {
      const names = { "name-contains": "name_contains", limit: "limit", cursor: "cursor" };
      const page = await server.send("GET", `/agents${queryOf(call.options, names)}`);
      await printRows(call, page, ["id", "name", "upstream", "policy_name", "session_count_24h"]);
      return EXIT.ok;
    }),
};
