import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { type Command, UsageError } from "./command.ts";
import { EXIT } from "./exit-code.ts";

export const reportVerifyCommand: Command = {
  name: "report verify",
  summary: "Checks a report, JSON or PDF, offline; exit code 2 when it is not as it was signed",
  operands: "FILE",
  options: {
    key: {
      value: "BASE64",
      summary: "the installation's public key (GET /api/v1/reports/public-key), got on another way",
    },
  },
  async run({ operands, options, io }) {
    const path = operands[0];
    if (path === undefined || !existsSync(path)) throw new UsageError("give the file of a report");
    const given = options.get("key");
    const trusted = given === undefined ? null : new Uint8Array(Buffer.from(given, "base64"));
    if (trusted !== null && trusted.length !== 32) throw new UsageError("--key takes base64 of 32 bytes");
    // Loaded here: the PDF library is large, and the other commands do not need it.
    const { verifyReport } = await import("../report/verify-report.ts");
    const verdict = await verifyReport(await readFile(path), trusted);
    await io.out(
      options.has("json")
        ? `${JSON.stringify(verdict)}\n`
        : `${verdict.ok ? "OK" : "NOT GENUINE"}: ${verdict.message}\n`,
    );
    return verdict.ok ? EXIT.ok : EXIT.commandSpecific;
  },
};
