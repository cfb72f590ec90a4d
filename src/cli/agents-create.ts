import { type Command, UsageError } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import { printResource } from "./rows.ts";
import { SERVER_OPTIONS, withServer } from "./server-client.ts";

export const agentsCreateCommand: Command = {
  name: "agents create",
  summary: "Makes an agent on a server; its key, if it has one, is shown this once",
  options: {
    ...SERVER_OPTIONS,
    name: { value: "N", summary: "1 to 64 characters, needed" },
    upstream: { value: "U", summary: "stub, openai:gpt-4o-mini, or <provider>:<model>, needed" },
    policy: { value: "NAME", summary: "policy (healthcare-default)" },
    tokenization: { value: "T", summary: "vault-deterministic (the default) or reversible-aead" },
    platform: { value: "P", summary: "vapi, retell, elevenlabs, bolna, livekit or custom" },
  },
  run: (call) => {
    const { options } = call;
    const [name, upstream] = [options.get("name"), options.get("upstream")];
    if (!name || !upstream) throw new UsageError("--name and --upstream are needed");
    return withServer(call, async (server) => {
      const body = {
        name,
        upstream,
        policy_name: options.get("policy"),
        tokenization: options.get("tokenization"),
        platform: options.get("platform"),
      };
      await printResource(call, await server.send("POST", "/agents", body));
      return EXIT.ok;
    });
  },
};
