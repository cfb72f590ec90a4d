/** Every command, in the order of the help: one line each, so that additions do not meet. */

import { adminCreateCommand } from "./admin-create.ts";
import { adminResetPasswordCommand } from "./admin-reset-password.ts";
import { agentsCreateCommand } from "./agents-create.ts";
import { agentsDeleteCommand } from "./agents-delete.ts";
import { agentsListCommand } from "./agents-list.ts";
import { agentsShowCommand } from "./agents-show.ts";
import { auditShowCommand } from "./audit-show.ts";
import { auditVerifyCommand } from "./audit-verify.ts";
import type { Command } from "./command.ts";
import { detectCommand } from "./detect.ts";
import { keysGenerateCommand } from "./keys-generate.ts";
import { maskCommand } from "./mask.ts";
import { policyDiffCommand } from "./policy-diff.ts";
import { policyReloadCommand } from "./policy-reload.ts";
import { policyShowCommand } from "./policy-show.ts";
import { policyValidateCommand } from "./policy-validate.ts";
import { reportCommand } from "./report.ts";
import { reportVerifyCommand } from "./report-verify.ts";
import { serveCommand } from "./serve.ts";
import { sessionsListCommand } from "./sessions-list.ts";
import { sessionsShowCommand } from "./sessions-show.ts";
import { sessionsTailCommand } from "./sessions-tail.ts";
import { tokensCreateCommand } from "./tokens-create.ts";
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
  policyValidateCommand,
  policyDiffCommand,
  policyShowCommand,
  policyReloadCommand,
  agentsListCommand,
  agentsCreateCommand,
  agentsShowCommand,
  agentsDeleteCommand,
  sessionsListCommand,
  sessionsShowCommand,
  sessionsTailCommand,
  auditVerifyCommand,
  auditShowCommand,
  reportCommand,
  reportVerifyCommand,
  vaultStatsCommand,
  vaultRotateKeyCommand,
  vaultExportCommand,
  vaultImportCommand,
  vaultPurgeCommand,
  adminCreateCommand,
  adminResetPasswordCommand,
  tokensCreateCommand,
  keysGenerateCommand,
  versionCommand,
];
