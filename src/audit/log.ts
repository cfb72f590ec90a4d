import { dirname } from "node:path";
import type { AuditLog, AuditLogOptions } from "./audit-log.ts";
import { bootLog } from "./boot.ts";
import { nodeFiles } from "./files.ts";
import { lockLog } from "./lock.ts";
import { signerOf } from "./signing.ts";
import { AuditLogWriter } from "./writer.ts";

export type { AuditLog, AuditLogHealth, AuditLogOptions } from "./audit-log.ts";
export type { CommittedEvent } from "./group.ts";

/**
 * Opens the log at `path`, taking its lock. A log that cannot be written now (full disk) opens all the same, refuses, and
 * resumes by itself.
 * @throws MaskerError audit_unavailable when another process holds the lock; what the file system throws when the log is
 * there but cannot be read.
 */
export async function openAuditLog(options: AuditLogOptions): Promise<AuditLog> {
  const files = options.files ?? nodeFiles;
  await files.makeFolder(dirname(options.path));
  const lock = lockLog(options.path);
  try {
    const signer = signerOf(options.signingSeed);
    const { path, key, mark = null } = options;
    const boot = await bootLog({ path, key, publicKey: signer.publicKey, files, mark });
    const writer = new AuditLogWriter({ ...options, files }, signer, lock, boot);
    await writer.start();
    return writer;
  } catch (thrown) {
    lock.release();
    throw thrown;
  }
}
