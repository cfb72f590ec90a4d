import { diffPolicies } from "../policy/diff.ts";
import { parsePolicy } from "../policy/parse.ts";
import type { Policy } from "../policy/policy.ts";
import { type Command, UsageError } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import { namedKids, policyText } from "./offline.ts";

export const policyDiffCommand: Command = {
  name: "policy diff",
  summary: "What a move from one policy to another changes; exit code 2 when anything does",
  operands: "FROM TO (each a built-in policy or a YAML file)",
  async run({ operands, options, io }) {
    const [from, to] = operands;
    if (from === undefined || to === undefined || operands.length !== 2) throw new UsageError("takes two policies");
    const diff = diffPolicies(read(from), read(to));
    if (options.has("json")) await io.out(`${JSON.stringify(diff)}\n`);
    else {
      for (const kind of diff.kinds_removed) await io.out(`- ${kind} is no longer looked for\n`);
      for (const kind of diff.kinds_added) await io.out(`+ ${kind} is looked for\n`);
      for (const change of diff.changes) {
        await io.out(`~ ${change.path}: ${JSON.stringify(change.from)} -> ${JSON.stringify(change.to)}\n`);
      }
      if (diff.changes.length === 0 && !options.has("quiet")) await io.err("no difference\n");
    }
    return diff.changes.length === 0 ? EXIT.ok : EXIT.commandSpecific;
  },
};

function read(named: string): Policy {
  const yaml = policyText(named);
  return parsePolicy(yaml, { kids: namedKids(yaml), revision: 1 });
}
