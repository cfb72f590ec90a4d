import type { Command } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import { printResource } from "./rows.ts";
import { requireOperand, SERVER_OPTIONS, withServer } from "./server-client.ts";

export const sessionsShowCommand: Command = {
  name: "sessions show",
  summary: "One session of a server in full",
  operands: "SESSION_ID",
  options: SERVER_OPTIONS,
  run: (call) => {
    const id = requireOperand(call, "session id");
    return withServer(call, async (server) => {
      await printResource(call, await server.send("GET", `/sessions/${encodeURIComponent(id)}`));
      return EXIT.ok;
    });
  },
};
