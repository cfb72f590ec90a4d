import { join } from "node:path";
import type { Config } from "../config/config.ts";
import { listPoliciesInUse } from "../db/agents.ts";
import type { Db } from "../db/open.ts";
import { listAllPolicies } from "../db/policies.ts";
import { createDetector } from "../detect/detect.ts";
import type { Detector, NerModel } from "../detect/detector.ts";
import { createReadingThreads } from "../detect/reading-threads.ts";
import type { Log } from "../log/log.ts";
import { createNerModel } from "../ner/pool.ts";
import { PolicyBook } from "../policy/book.ts";
import { createFileRevisions } from "../policy/file-revisions.ts";
import { detectOptions, type Policy } from "../policy/policy.ts";
import { createTokenizer, type VaultTokenizer } from "../tokens/create-tokenizer.ts";
import { createUpstreams } from "../upstream/create-upstreams.ts";
import type { Upstreams } from "../upstream/upstream.ts";
import type { Keep } from "./keep.ts";
import { createLazyNer } from "./lazy-ner.ts";

/** What a turn goes through beside storage. */
export interface TurnParts {
  readonly tokenizer: VaultTokenizer;
  readonly policies: PolicyBook;
  readonly ner: NerModel;
  readonly detector: Detector;
  readonly upstreams: Upstreams;
}

/** @throws MaskerError policy_yaml_invalid */
export async function openTurnParts(config: Config, db: Db, log: Log, keep: Keep): Promise<TurnParts> {
  const { tokens: keys } = config.keys;
  const graceDays = config.retention.keyRotationGraceDays;
  const tokenizer = keep(createTokenizer({ vaultPath: config.vaultPath, keys, graceDays }));
  const policies = await openPolicies(config, db, log);
  const { modelPath, threads } = config.ner;
  const runtimeDir = join(config.dataDir, "runtime");
  const ner = keep(createLazyNer(() => createNerModel({ modelPath, threads, runtimeDir, log })));
  const inUse = await policiesInUse(db, policies);
  if (inUse.some(({ passes }) => passes.includes("ner"))) await ner.start();
  const cacheKey = crypto.getRandomValues(new Uint8Array(32));
  const readingThreads = keep(createReadingThreads());
  const detector = createDetector({ ner, timeoutMs: config.detectionTimeoutMs, cacheKey, threads: readingThreads });
  for (const policy of inUse) await warmUp(detector, policy);
  return { tokenizer, policies, ner, detector, upstreams: createUpstreams(config.upstream) };
}

/** The first texts are slow, while code is compiled and the model's memory is laid out: a caller must not wait for that. */
async function warmUp(detector: Detector, policy: Policy): Promise<void> {
  const texts = ["Thanks for calling, what is your name?", "my name is Ottilie Brandvold, call me at 415-555-0134"];
  const options = { ...detectOptions(policy), revision: "warm-up" };
  const slots = texts.map((text, message) => ({ text, message, role: message === 0 ? "assistant" : "user" }) as const);
  // It may well miss its budget, which is what it is for; whether detection works is the health's to say.
  await detector.detect(slots, options).catch(() => undefined);
}

function openPolicies(config: Config, db: Db, log: Log): Promise<PolicyBook> {
  return PolicyBook.open({
    kids: new Set(config.keys.tokens.keys()),
    path: config.policyPath,
    dev: config.dev,
    log,
    stored: async () =>
      (await listAllPolicies(db)).map(({ account_id: accountId, name, version, yaml }) => ({
        accountId,
        name,
        version,
        yaml,
      })),
    revisionOf: createFileRevisions(db).revisionOf,
  });
}

/** Policies that live agents name. */
async function policiesInUse(db: Db, policies: PolicyBook): Promise<readonly Policy[]> {
  const used = await listPoliciesInUse(db);
  return used.flatMap(({ account_id, policy_name }) => policies.get(account_id, policy_name) ?? []);
}
