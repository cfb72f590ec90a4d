import { expect, it } from "vitest";
import { oneAtATime } from "../../src/api/one-verification.ts";
import type { Verification } from "../../src/audit/verify.ts";

it("walks the log once at a time, joins the same question, and survives a walk that fails", async () => {
  let running = 0;
  const walks: string[] = [];
  const verifier = oneAtATime({
    checkpoints: async () => [],
    async verify(accountId) {
      running += 1;
      expect(running).toBe(1);
      walks.push(accountId);
      await Bun.sleep(1);
      running -= 1;
      if (accountId === "broken") throw new Error("unreadable");
      return { message: accountId } as Verification;
    },
  });
  const answers = await Promise.allSettled([
    verifier.verify("a", undefined),
    verifier.verify("a", undefined),
    verifier.verify("broken", undefined),
    verifier.verify("b", undefined),
    verifier.verify("a", "00"),
  ]);
  expect(walks).toEqual(["a", "broken", "b", "a"]);
  expect(answers.map((answer) => (answer.status === "fulfilled" ? answer.value.message : answer.status))).toEqual([
    "a",
    "a",
    "rejected",
    "b",
    "a",
  ]);
  await verifier.verify("a", undefined);
  expect(walks).toHaveLength(5);
});
