import type { Verification } from "../audit/verify.ts";
import { MaskerError } from "../errors.ts";
import type { AuditVerifier } from "./deps.ts";

/** Questions that may wait; each is a walk over the whole log. */
const MAX_WAITING = 8;
const RETRY_AFTER_SECONDS = 30;

/**
 * One walk over the log at a time: each reads the whole of it, and several at once would only slow each other down. The same
 * question asked meanwhile gets the answer that is on its way.
 * `verify` throws MaskerError rate_limited when too many other questions wait.
 */
export function oneAtATime(verifier: AuditVerifier): AuditVerifier {
  const asked = new Map<string, Promise<Verification>>();
  let last: Promise<unknown> = Promise.resolve();
  return {
    checkpoints: () => verifier.checkpoints(),
    verify(accountId, findHash) {
      const question = JSON.stringify([accountId, findHash]);
      const coming = asked.get(question);
      if (coming) return coming;
      if (asked.size > MAX_WAITING) {
        const message = "Too many verifications are waiting.";
        return Promise.reject(new MaskerError("rate_limited", { message, retryAfterSeconds: RETRY_AFTER_SECONDS }));
      }
      const answer = last.then(() => verifier.verify(accountId, findHash)).finally(() => asked.delete(question));
      asked.set(question, answer);
      last = answer.catch(() => undefined);
      return answer;
    },
  };
}
