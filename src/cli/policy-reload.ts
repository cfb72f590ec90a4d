import type { Command } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import { SERVER_OPTIONS, withServer } from "./server-client.ts";

export const policyReloadCommand: Command = {
  name: "policy reload",
  summary: "Has a server read its policy files again; requests in flight keep the old policies",
  options: SERVER_OPTIONS,
  run: (call) =>
    withServer(call, async (server) => {
      const answer = (await server.send("POST", "/admin/policy/reload")) as { readonly reloaded: readonly string[] };
      if (call.options.has("json")) await call.io.out(`${JSON.stringify(answer)}\n`);
      else await call.io.out(answer.reloaded.map((name) => `${name}\n`).join("") || "nothing changed\n");
      return EXIT.ok;
    }),
};
