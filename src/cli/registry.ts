/** Every command, in the order of the help: one line each, so that additions do not meet. */
import { auditShowCommand } from "./audit-show.ts";
import { auditVerifyCommand } from "./audit-verify.ts";
import type { Command } from "./command.ts";
import { detectCommand } from "./detect.ts";
import { keysGenerateCommand } from "./keys-generate.ts";
import { maskCommand } from "./mask.ts";
import { reportVerifyCommand } from "./report-verify.ts";
import { serveCommand } from "./serve.ts";
import { vaultExportCommand } from "./vault-export.ts";
import { vaultImportCommand } from "./vault-import.ts";
import { vaultPurgeCommand } from "./vault-purge.ts";
import { vaultRotateKeyCommand } from "./vault-rotate-key.ts";
import { vaultStatsCommand } from "./vault-stats.ts";
import { versionCommand } from "./version.ts";

export const COMMANDS: readonly Command[] = [
  serveCommand,
  maskCommand,
  detectCommand,
  auditVerifyCommand,
  auditShowCommand,
  reportVerifyCommand,
  vaultStatsCommand,
  vaultRotateKeyCommand,
  vaultExportCommand,
  vaultImportCommand,
  vaultPurgeCommand,
  keysGenerateCommand,
  versionCommand,
];
