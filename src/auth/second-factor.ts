import { deriveKey } from "../crypto/derive.ts";
import { openText, sealText } from "../crypto/seal.ts";
import { takeTotpStep, type UserRow, updateUser } from "../db/users.ts";
import { MaskerError } from "../errors.ts";
import { type AuthDeps, accountScope } from "./deps.ts";
import { matchTotp, newTotpSecret, totpUri } from "./totp.ts";

export function totpKey(deps: Pick<AuthDeps, "config">): Uint8Array {
  return deriveKey(deps.config.keys.session, "totp secret", "1");
}

/** Begins enrolment: a secret for the authenticator app, in force only once a code of it was shown. */
export async function beginTotp(
  deps: AuthDeps,
  user: UserRow,
): Promise<{ readonly secret: string; readonly uri: string }> {
  const secret = newTotpSecret();
  await updateUser(deps.db, user.id, { totp_pending_sealed: sealText(totpKey(deps), secret, user.id) });
  return { secret, uri: totpUri(secret, user.email) };
}

/** @throws MaskerError validation_failed when there is nothing to confirm or the code is wrong */
export async function confirmTotp(deps: AuthDeps, user: UserRow, code: string): Promise<void> {
  const pending = user.totp_pending_sealed;
  const secret = pending === null ? null : openText(totpKey(deps), pending, user.id);
  const step = secret === null ? null : matchTotp(secret, code, deps.clock(), null);
  if (step === null) {
    throw new MaskerError("validation_failed", { details: [{ path: "code", message: "is not the current code" }] });
  }
  await auditChange(deps, user, "second factor on");
  await updateUser(deps.db, user.id, { totp_sealed: pending, totp_pending_sealed: null, totp_last_step: null });
  await takeTotpStep(deps.db, user.id, step);
}

export async function removeTotp(deps: AuthDeps, user: UserRow): Promise<void> {
  await auditChange(deps, user, "second factor off");
  await updateUser(deps.db, user.id, { totp_sealed: null, totp_pending_sealed: null, totp_last_step: null });
}

async function auditChange(deps: AuthDeps, user: UserRow, change: string): Promise<void> {
  const body = { actor: user.id, user_id: user.id, change };
  await deps.audit.append([{ kind: "user_changed", scope: accountScope(user.account_id), body }]);
}
