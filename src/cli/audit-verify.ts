import { type Verification, verifyLog } from "../audit/verify.ts";
import { AUDIT_SOURCE_OPTIONS, auditSource } from "./audit-source.ts";
import { type Command, UsageError } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import { progressBar } from "./progress-bar.ts";

export const auditVerifyCommand: Command = {
  name: "audit verify",
  summary: "Verifies the chain of an audit log; exit code 2 when it is broken",
  options: {
    ...AUDIT_SOURCE_OPTIONS,
    checkpoint: { value: "FILE", summary: "signed checkpoints (default: audit.checkpoints beside the log)" },
    anchor: { value: "FILE", summary: "lines that the audit anchor got, kept elsewhere (a file, or a syslog of it)" },
  },
  async run(call) {
    const { options, io } = call;
    const { path, key } = auditSource(call);
    const checkpoints = options.get("checkpoint");
    const anchor = options.get("anchor");
    for (const file of [checkpoints, anchor]) {
      if (file !== undefined && !(await Bun.file(file).exists())) {
        throw new UsageError(`there is no such file of ${file === anchor ? "anchor lines" : "checkpoints"}`);
      }
    }
    const bar = progressBar(io, "verifying", options.has("quiet"));
    const verification = await verifyLog({
      path,
      key,
      whole: !options.has("log"),
      ...(checkpoints === undefined ? {} : { checkpoints }),
      ...(anchor === undefined ? {} : { anchor }),
      onProgress: (done, total) => bar.update(done, total),
    }).catch((thrown) => {
      if ((thrown as { code?: string }).code === "ENOENT") throw new UsageError("there is no such log");
      throw thrown;
    });
    await bar.end();
    await io.out(options.has("json") ? `${JSON.stringify(verification)}\n` : inWords(verification));
    return verification.ok ? EXIT.ok : EXIT.commandSpecific;
  },
};

function inWords(verification: Verification): string {
  const { ok, message, events, first_seq, last_seq, root_hash, breaks, notes } = verification;
  const lines = [ok ? message : `BROKEN: ${message}`];
  if (breaks > 1) lines.push(`${breaks - 1} more ${breaks === 2 ? "break" : "breaks"} behind it`);
  const span = first_seq === null ? "" : `, seq ${first_seq} to ${last_seq}`;
  lines.push(`events that stand: ${events}${span}`, `head: ${root_hash}`, ...notes.map((note) => `note: ${note}`));
  return lines.map((line) => `${line}\n`).join("");
}
