import { readPolicy } from "../policy/parse.ts";
import { type Command, UsageError } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import { namedKids, policyText } from "./offline.ts";

export const policyValidateCommand: Command = {
  name: "policy validate",
  summary: "Checks policy files without a server; names every problem with its line; exit code 3 for a bad one",
  operands: "FILE...",
  async run({ operands, options, io }) {
    if (operands.length === 0) throw new UsageError("give the file of a policy");
    let valid = true;
    for (const file of operands) {
      const yaml = policyText(file);
      const { policy, problems } = readPolicy(yaml, { kids: namedKids(yaml), revision: 1 });
      valid &&= policy !== null;
      if (options.has("json")) {
        await io.out(`${JSON.stringify({ file, valid: policy !== null, name: policy?.name ?? null, problems })}\n`);
      } else if (policy !== null) {
        if (!options.has("quiet")) await io.out(`${file}: valid (${policy.name})\n`);
      } else {
        for (const { path, line, message } of problems) {
          await io.out(`${file}:${line}: ${path === "" ? "" : `${path}: `}${message}\n`);
        }
      }
    }
    return valid ? EXIT.ok : EXIT.policyInvalid;
  },
};
