import { DEFAULT_KID, generateKey } from "../config/keys.ts";
import { KID_PATTERN } from "../id.ts";
import { type Command, UsageError } from "./command.ts";
import { EXIT } from "./exit-code.ts";

export const keysGenerateCommand: Command = {
  name: "keys generate",
  summary: "Prints fresh keys, each a line for an environment file",
  options: { kid: { value: "KID", summary: `name of the token key (${DEFAULT_KID})` } },
  async run({ options, io }) {
    const kid = options.get("kid") ?? DEFAULT_KID;
    if (!KID_PATTERN.test(kid) || /_(OLD|FILE)$/.test(kid)) {
      throw new UsageError("--kid takes upper-case letters, digits and underscores, and must not end in _OLD or _FILE");
    }
    const names = ["MASKER_SESSION_SECRET", "MASKER_AUDIT_HMAC_KEY", "MASKER_SIGNING_KEY", `MASKER_KEY_${kid}`];
    const keys = Object.fromEntries(names.map((name) => [name, generateKey()]));
    await io.out(
      options.has("json")
        ? `${JSON.stringify(keys)}\n`
        : Object.entries(keys)
            .map(([name, key]) => `${name}=${key}\n`)
            .join(""),
    );
    return EXIT.ok;
  },
};
