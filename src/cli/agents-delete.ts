import type { Command } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import { requireOperand, SERVER_OPTIONS, withServer } from "./server-client.ts";

export const agentsDeleteCommand: Command = {
  name: "agents delete",
  summary: "Deletes an agent of a server; it can be restored for 30 days",
  operands: "AGENT_ID",
  options: SERVER_OPTIONS,
  run: (call) => {
    const id = requireOperand(call, "agent id");
    return withServer(call, async (server) => {
      await server.send("DELETE", `/agents/${encodeURIComponent(id)}`);
      if (!call.options.has("quiet")) await call.io.err(`${id} deleted; its proxy URL answers 404 from now on\n`);
      return EXIT.ok;
    });
  },
};
