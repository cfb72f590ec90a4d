/** Detection without an appliance: for commands that read a text and store nothing. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { createDetector } from "../detect/detect.ts";
import type { Detector, NerModel, Pass, Span, TextSlot } from "../detect/detector.ts";
import type { Kind } from "../detect/kind.ts";
import { type TextLeaf, textLeaves } from "../json/leaves.ts";
import { createLog } from "../log/create-log.ts";
import { createNerModel } from "../ner/pool.ts";
import { parsePolicy } from "../policy/parse.ts";
import type { EntityRule, Policy } from "../policy/policy.ts";
import { DEFAULT_POLICY_NAME, PRESETS } from "../policy/presets.ts";
import { type CommandCall, type CommandOption, UsageError } from "./command.ts";

/** Options of commands that detect. */
export const DETECTION_OPTIONS: Readonly<Record<string, CommandOption>> = {
  input: { value: "FILE", summary: "read FILE instead of standard input" },
  policy: {
    value: "POLICY",
    summary: `a built-in policy or a YAML file (MASKER_POLICY_PATH, else ${DEFAULT_POLICY_NAME})`,
  },
  passes: { value: "LIST", summary: "detection passes, such as regex or regex,ner (the policy's)" },
};

export interface OfflineDetection {
  readonly detector: Detector;
  readonly policy: Policy;
  close(): Promise<void>;
}

/** No caller waits for an answer here, so a long text may take its time. */
const TIMEOUT_MS = 60_000;

/** @throws MaskerError for a bad configuration, policy, or model; UsageError for bad options. */
export async function openDetection({ options, io }: CommandCall): Promise<OfflineDetection> {
  const configFile = options.get("config");
  const config = loadConfig(io.env, { ...(configFile ? { configFile } : {}), throwawayKeys: true });
  const policy = withOptions(findPolicy(options.get("policy"), config), options);
  const model = policy.passes.includes("ner") ? await openModel(config) : null;
  const cacheKey = crypto.getRandomValues(new Uint8Array(32));
  return {
    policy,
    detector: createDetector({ ner: model?.ner ?? null, timeoutMs: TIMEOUT_MS, cacheKey }),
    close: async () => model?.close(),
  };
}

function findPolicy(named: string | undefined, config: Config): Policy {
  const yaml = policyText(named ?? config.policyPath ?? DEFAULT_POLICY_NAME);
  return parsePolicy(yaml, { kids: namedKids(yaml), revision: 1 });
}

/** YAML of a built-in policy or of a file. @throws UsageError when there is neither. */
export function policyText(named: string): string {
  const preset = PRESETS.get(named);
  if (preset !== undefined) return preset;
  try {
    return readFileSync(named, "utf8");
  } catch {
    throw new UsageError(`a policy is one of ${[...PRESETS.keys()].join(", ")}, or a YAML file`);
  }
}

/** The keys that a policy names. Nothing is sealed here, so a key that only the server has is no problem. */
export function namedKids(yaml: string): ReadonlySet<string> {
  return new Set([...yaml.matchAll(/^\s*kid:\s*["']?(\w+)/gm)].map((match) => match[1] ?? ""));
}

function withOptions(policy: Policy, options: ReadonlyMap<string, string>): Policy {
  const passes = options.get("passes");
  const threshold = options.get("threshold");
  return {
    ...policy,
    passes: passes === undefined ? policy.passes : readPasses(passes),
    entities: threshold === undefined ? policy.entities : withThreshold(policy.entities, threshold),
  };
}

function readPasses(text: string): readonly Pass[] {
  return text.split(",").map((part) => {
    const pass = part.trim() === "gemma" ? "ner" : part.trim();
    if (pass !== "regex" && pass !== "ner") throw new UsageError("--passes takes regex, ner, or both with a comma");
    return pass;
  });
}

function withThreshold(entities: Policy["entities"], text: string): Policy["entities"] {
  const threshold = Number(text);
  if (!(text.trim() !== "" && threshold >= 0 && threshold <= 1)) throw new UsageError("--threshold takes 0 to 1");
  const rules = Object.entries(entities).map(([kind, rule]): [string, EntityRule] => [kind, { ...rule, threshold }]);
  return Object.fromEntries(rules) as Record<Kind, EntityRule>;
}

async function openModel(config: Config): Promise<{ readonly ner: NerModel; close(): Promise<void> }> {
  // The appliance keeps the native library in its data folder; without one it goes to a folder of this run.
  const kept = existsSync(config.dataDir);
  const runtimeDir = kept ? join(config.dataDir, "runtime") : mkdtempSync(join(tmpdir(), "masker-runtime-"));
  const log = createLog({ ...config.log, level: "warn" });
  const ner = await createNerModel({ ...config.ner, runtimeDir, log });
  return {
    ner,
    async close() {
      await ner.close();
      if (!kept) rmSync(runtimeDir, { recursive: true, force: true });
    },
  };
}

/** The slots of a text, JSON in it taken apart as the proxy does, with the way back to the text's own offsets. */
export interface TextParts {
  readonly slots: readonly TextSlot[];
  readonly leaves: readonly TextLeaf[];
  /** Spans of the slots as spans of the text. */
  locate(spans: readonly (readonly Span[])[]): readonly Span[];
}

export function textParts(text: string, message: number | null, role: TextSlot["role"]): TextParts {
  const leaves = textLeaves(text);
  const slots = leaves.map((leaf): TextSlot => {
    const key = leaf.keys.join(".");
    return { text: leaf.text, message, role, ...(key !== "" && { key }), ...(leaf.type === "key" && { isKey: true }) };
  });
  return {
    slots,
    leaves,
    locate: (spans) =>
      spans.flatMap((list, index) =>
        list.map((span) => {
          const [start, end] = leaves[index]?.locate(span.start, span.end) ?? [span.start, span.end];
          return { ...span, start, end };
        }),
      ),
  };
}

/** All of the input as text. @throws UsageError when it cannot be read or is not UTF-8. */
export async function readInput({ options, io }: CommandCall): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const bytes of inputBytes(options.get("input"), io)) chunks.push(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new UsageError("the input is not valid UTF-8");
  }
}

/** The bytes of `--input`, or of standard input. */
export async function* inputBytes(path: string | undefined, io: CommandCall["io"]): AsyncGenerator<Uint8Array> {
  if (path === undefined) yield* io.input();
  else if (await Bun.file(path).exists()) yield* Bun.file(path).stream() as unknown as AsyncIterable<Uint8Array>;
  else throw new UsageError("--input: no such file");
}
