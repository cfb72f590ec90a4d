import { expect, it } from "vitest";
import { oneAtATime } from "../../src/api/one-verification.ts";
import type { Verification } from "../../src/audit/verify.ts";
import { MaskerError } from "../../src/errors.ts";

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

it("lets a few questions wait and refuses more, until it has caught up", async () => {
  const verifier = oneAtATime({
    checkpoints: async () => [],
    verify: async () => {
      await Bun.sleep(1);
      return {} as Verification;
    },
  });
  const asked = await Promise.allSettled(Array.from({ length: 12 }, (_, at) => verifier.verify("a", String(at))));
  const refused = asked.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  expect(refused).toHaveLength(3);
  for (const reason of refused) expect(reason).toMatchObject({ code: "rate_limited", retryAfterSeconds: 30 });
  expect(refused[0]).toBeInstanceOf(MaskerError);
  await verifier.verify("a", "late");
});
