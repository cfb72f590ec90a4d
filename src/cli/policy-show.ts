import { loadConfig } from "../config/load.ts";
import { parsePolicy } from "../policy/parse.ts";
import { DEFAULT_POLICY_NAME } from "../policy/presets.ts";
import { type Command, UsageError } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import { namedKids, policyText } from "./offline.ts";

export const policyShowCommand: Command = {
  name: "policy show",
  summary: `Text of a built-in policy or a file (MASKER_POLICY_PATH, else ${DEFAULT_POLICY_NAME}); \`--json\`: as it is understood`,
  operands: "[POLICY]",
  async run({ operands, options, io }) {
    if (operands.length > 1) throw new UsageError("takes one policy");
    const configFile = options.get("config");
    const byDefault = () =>
      loadConfig(io.env, { ...(configFile ? { configFile } : {}), throwawayKeys: true }).policyPath;
    const yaml = policyText(operands[0] ?? byDefault() ?? DEFAULT_POLICY_NAME);
    if (!options.has("json")) {
      await io.out(yaml.endsWith("\n") ? yaml : `${yaml}\n`);
      return EXIT.ok;
    }
    const { yaml: _, ...policy } = parsePolicy(yaml, { kids: namedKids(yaml), revision: 1 });
    await io.out(`${JSON.stringify(policy)}\n`);
    return EXIT.ok;
  },
};
