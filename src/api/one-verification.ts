import type { Verification } from "../audit/verify.ts";
import type { AuditVerifier } from "./deps.ts";

/**
 * One walk over the log at a time: each reads the whole of it, and several at once would only slow each other down. The same
 * question asked meanwhile gets the answer that is on its way.
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
      const answer = last.then(() => verifier.verify(accountId, findHash)).finally(() => asked.delete(question));
      asked.set(question, answer);
      last = answer.catch(() => undefined);
      return answer;
    },
  };
}
