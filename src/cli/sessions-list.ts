import type { Command } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import { printRows } from "./rows.ts";
import { queryOf, SERVER_OPTIONS, withServer } from "./server-client.ts";

/** Fields of a session's line, in `sessions list` and `sessions tail`. */
export const SESSION_FIELDS = ["started_at", "id", "status", "redaction_count", "duration_ms", "agent_name"] as const;

export const sessionsListCommand: Command = {
  name: "sessions list",
  summary: "Sessions of a server, newest first",
  options: {
    ...SERVER_OPTIONS,
    agent: { value: "AGENT_ID", summary: "of one agent" },
    since: { value: "S", summary: "1h, 24h (the default), 7d, or an ISO 8601 UTC time" },
    status: { value: "S", summary: "ok, error or partial" },
    "min-redactions": { value: "N", summary: "with at least N identifiers masked" },
    limit: { value: "N", summary: "1 to 100 (25)" },
    cursor: { value: "C", summary: "go on from the next_cursor of an earlier page" },
  },
  run: (call) =>
    withServer(call, async (server) => {
      const query = queryOf(call.options, {
        agent: "agent_id",
        since: "since",
        status: "status",
        "min-redactions": "min_redactions",
        limit: "limit",
        cursor: "cursor",
      });
      await printRows(call, await server.send("GET", `/sessions${query}`), SESSION_FIELDS);
      return EXIT.ok;
    }),
};
