import type { Command } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import { printResource } from "./rows.ts";
import { requireOperand, SERVER_OPTIONS, withServer } from "./server-client.ts";

export const agentsShowCommand: Command = {
  name: "agents show",
  summary: "One agent of a server with its policy and figures",
  operands: "AGENT_ID",
  options: SERVER_OPTIONS,
  run: (call) => {
    const id = requireOperand(call, "agent id");
    return withServer(call, async (server) => {
      await printResource(call, await server.send("GET", `/agents/${encodeURIComponent(id)}`));
      return EXIT.ok;
    });
  },
};
