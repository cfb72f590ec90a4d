/** The JSON form on its way to a file; the list of sessions is never in memory as a whole. */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { canonicalJson } from "../audit/canonical.ts";
import type { Signer } from "../audit/signing.ts";
import type { Report, ReportBody, SessionLine } from "./report-schema.ts";
import type { SessionLines } from "./session-lines.ts";
import { formatReport, signatureOf } from "./sign-report.ts";

/**
 * Signs the report and writes it as `formatReport` would format it.
 * @param body with an empty list of sessions; those in `lines` take its place
 */
export async function writeReport(
  file: string,
  { body, lines, signer }: { readonly body: ReportBody; readonly lines: SessionLines; readonly signer: Signer },
): Promise<void> {
  const canonical = split(canonicalJson(body), '"sessions":[', "]");
  const signature = signInFile(`${file}.canonical`, signer, function* () {
    yield Buffer.from(canonical.before);
    yield* lines.canonicalPieces();
    yield Buffer.from(canonical.after);
  });
  const text = split(formatReport({ ...body, signature }), '\n  "sessions": [', "]");
  const descriptor = openSync(file, "w", 0o600);
  try {
    write(descriptor, text.before);
    let some = false;
    for (const batch of lines.batches()) {
      write(descriptor, batch.map((line, at) => `${some || at > 0 ? "," : ""}\n${indented(line)}`).join(""));
      some ||= batch.length > 0;
      // A long list leaves the thread's own messages a turn now and then.
      await new Promise((resolve) => setImmediate(resolve));
    }
    write(descriptor, `${some ? "\n  " : ""}${text.after}`);
  } finally {
    closeSync(descriptor);
  }
}

/** Ed25519 takes its message whole: it is put together in a file, and lies in memory as pages that the system can drop. */
function signInFile(path: string, signer: Signer, pieces: () => Generator<Uint8Array>): Report["signature"] {
  const descriptor = openSync(path, "w", 0o600);
  try {
    for (const piece of pieces()) writeAll(descriptor, piece);
    return signatureOf(signer, process.platform === "win32" ? readFileSync(path) : Bun.mmap(path));
  } finally {
    closeSync(descriptor);
    rmSync(path, { force: true });
  }
}

/** `text` around the place where the empty list is; no text inside the report can look like it, its quotes being escaped. */
function split(text: string, open: string, close: string): { readonly before: string; readonly after: string } {
  const at = text.indexOf(open + close);
  if (at < 0 || text.indexOf(open + close, at + 1) >= 0) throw new Error("a report has one list of sessions");
  return { before: text.slice(0, at + open.length), after: text.slice(at + open.length) };
}

function indented(line: SessionLine): string {
  return `    ${JSON.stringify(line, null, 2).replaceAll("\n", "\n    ")}`;
}

function write(descriptor: number, text: string): void {
  writeAll(descriptor, Buffer.from(text));
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
}
