/**
 * From YAML to a policy in force: syntax, then schema, then meaning. Every problem is reported at once, with the field and
 * its line.
 */
import { type Document, isNode, isScalar, LineCounter, parseDocument, visit, type YAMLMap } from "yaml";
import type { z } from "zod";
import { CHECK_NAMES, checkCustomPattern } from "../detect/custom.ts";
import type { Pass } from "../detect/detector.ts";
import { isKind, KIND_NAMES, type Kind } from "../detect/kind.ts";
import { MaskerError } from "../errors.ts";
import { GENERALIZABLE_KINDS } from "./generalize.ts";
import type { EntityRule, Policy } from "./policy.ts";
import { entitySchema, MAX_POLICY_CHARS, type PolicyDocument, policySchema } from "./schema.ts";

export interface PolicyProblem {
  /** Field as the YAML nests it: `entities.SSN.action`, `custom[0].pattern`; empty for the text as a whole. */
  readonly path: string;
  /** Line of the field, or of the map that lacks it; from 1. */
  readonly line: number;
  readonly message: string;
  /** `unknown_kid`, `invalid_pass`, `missing_entity`, `unknown_kind`, `unsafe_pattern`, `yaml_syntax`, or a schema code. */
  readonly code: string;
}

export interface ParseContext {
  /** Names of the keys that this installation has. */
  readonly kids: ReadonlySet<string>;
  readonly revision: number;
}

type Path = readonly PropertyKey[];

/**
 * Reads a policy.
 * @throws MaskerError policy_yaml_invalid whose details are `PolicyProblem`s.
 */
export function parsePolicy(yaml: string, context: ParseContext): Policy {
  const result = readPolicy(yaml, context);
  if (result.policy === null) throw new MaskerError("policy_yaml_invalid", { details: result.problems });
  return result.policy;
}

/** As `parsePolicy`, with the problems as a value: null policy exactly when there is at least one. */
export function readPolicy(
  yaml: string,
  context: ParseContext,
): { readonly policy: Policy | null; readonly problems: readonly PolicyProblem[] } {
  if (yaml.length > MAX_POLICY_CHARS) {
    return { policy: null, problems: [problem([], 1, "too_big", `longer than ${MAX_POLICY_CHARS} characters`)] };
  }
  const lines = new LineCounter();
  const document = parseDocument(yaml, {
    lineCounter: lines,
    prettyErrors: false,
    // Compares every key with every other, which takes minutes for a text of keys: `keyProblems` does it below.
    uniqueKeys: false,
    merge: false,
    // Else the parser warns on standard error and quotes the text.
    logLevel: "error",
  });
  const syntax = [...document.errors, ...document.warnings]
    .slice(0, MAX_ISSUES)
    .map((error) =>
      problem([], lines.linePos(firstVisible(yaml, error.pos[0])).line, "yaml_syntax", describeSyntax(error.code)),
    );
  if (syntax.length > 0) return { policy: null, problems: syntax };
  const keys = keyProblems(document, lines);
  if (keys.length > 0) return { policy: null, problems: keys };

  const plain = toPlain(document);
  if (plain === null) return { policy: null, problems: [problem([], 1, "yaml_syntax", "too many aliases")] };
  const lineOf = (path: Path) => lineAt(document, lines, path);
  const parsed = policySchema.safeParse(plain.value);
  if (!parsed.success) return { policy: null, problems: schemaProblems(parsed.error, lineOf) };

  const problems = meaningProblems(parsed.data, context.kids, lineOf);
  return problems.length > 0
    ? { policy: null, problems }
    : { policy: build(parsed.data, yaml, context.revision), problems };
}

/** No map of a policy has nearly as many. */
const MAX_KEYS = 200;

/** Keys that stand twice in a map, and maps with more keys than any policy has: each would be looked up line by line. */
function keyProblems(document: Document, lines: LineCounter): PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const add = (offset: number, code: string, message: string) =>
    problems.push(problem([], lines.linePos(offset).line, code, message));
  visit(document, {
    Map(_, map: YAMLMap) {
      if (map.items.length > MAX_KEYS) {
        add(map.range?.[0] ?? 0, "too_big", `more than ${MAX_KEYS} fields`);
        return visit.BREAK;
      }
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) add(key.range?.[0] ?? 0, "yaml_syntax", describeSyntax("DUPLICATE_KEY"));
        seen.add(key.value);
      }
      return undefined;
    },
  });
  return problems.slice(0, MAX_ISSUES);
}

/** The name that a text gives its policy, even one that is not valid; null when it cannot be told. */
export function declaredName(yaml: string): string | null {
  const plain = toPlain(
    parseDocument(yaml.slice(0, MAX_POLICY_CHARS), { prettyErrors: false, uniqueKeys: false, logLevel: "error" }),
  );
  const name = policySchema.shape.name.safeParse((plain?.value as { name?: unknown } | null | undefined)?.name);
  return name.success ? name.data : null;
}

function toPlain(document: Document): { value: unknown } | null {
  try {
    return { value: document.toJS({ maxAliasCount: 50 }) };
  } catch {
    return null;
  }
}

/** Some positions of yaml's errors are the end of the line before. */
function firstVisible(yaml: string, offset: number): number {
  const skipped = yaml.slice(offset).search(/\S/);
  return skipped < 0 ? offset : offset + skipped;
}

/** yaml's own messages may quote the source; its codes cannot. */
function describeSyntax(code: string): string {
  return `not valid YAML: ${code.toLowerCase().replaceAll("_", " ")}`;
}

/** Enough to begin with; a list may be wrong in every entry, and the line of each is looked up. */
const MAX_ISSUES = 100;

function schemaProblems(error: z.ZodError, lineOf: (path: Path) => number): PolicyProblem[] {
  return error.issues.slice(0, MAX_ISSUES).flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => {
        const path = [...issue.path, key];
        return problem(path, lineOf(path), "unknown_field", "not a field of a policy");
      });
    }
    const missing = issue.code === "invalid_type" && issue.message.endsWith("received undefined");
    const empty = missing || (issue.code === "invalid_type" && issue.message.endsWith("received null"));
    if (empty && issue.path.length === 1 && issue.path[0] === "entities") {
      return [
        problem(issue.path, lineOf(issue.path), "missing_entity", "entities is required and names at least one kind"),
      ];
    }
    return [
      missing
        ? problem(issue.path, lineOf(issue.path), "required", "is required")
        : problem(
            issue.path,
            lineOf(issue.path),
            issue.code === "custom" ? "invalid_value" : issue.code,
            issue.message,
          ),
    ];
  });
}

function meaningProblems(
  doc: PolicyDocument,
  kids: ReadonlySet<string>,
  lineOf: (path: Path) => number,
): PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const add = (path: Path, code: string, message: string) => problems.push(problem(path, lineOf(path), code, message));
  const checkKid = (path: Path, kid: string | undefined) => {
    if (kid !== undefined && !kids.has(kid)) add(path, "unknown_kid", "no such key: set MASKER_KEY_<kid>");
  };

  checkKid(["kid"], doc.kid);
  if (doc.tokenization === "synthetic") {
    add(["tokenization"], "unsupported", "the synthetic scheme is not part of this version");
  }
  if (doc.passes.length === 0) add(["passes"], "invalid_pass", "names at least one pass");
  for (const [i, pass] of doc.passes.entries()) {
    if (!Object.hasOwn(PASS_NAMES, pass)) add(["passes", i], "invalid_pass", "one of regex, ner, gemma, diarize");
  }
  if (Object.keys(doc.entities).length === 0) add(["entities"], "missing_entity", "names at least one kind");
  for (const [kind, rule] of Object.entries(doc.entities)) {
    if (!isKind(kind)) {
      add(["entities", kind], "unknown_kind", "no such kind of identifier");
      continue;
    }
    checkKid(["entities", kind, "kid"], rule.kid);
    if (rule.action === "generalize" && !GENERALIZABLE_KINDS.has(kind)) {
      add(["entities", kind, "action"], "invalid_action", "only dates, ages and addresses can be generalised");
    }
  }
  for (const [i, custom] of doc.custom.entries()) {
    if (!isKind(custom.kind)) add(["custom", i, "kind"], "unknown_kind", "no such kind of identifier");
    else if (doc.entities[custom.kind]?.enabled === false) {
      add(
        ["custom", i, "kind"],
        "missing_entity",
        "this kind is switched off under entities, so nothing would be masked",
      );
    }
    const refusal = checkCustomPattern(custom.pattern);
    if (refusal !== null) add(["custom", i, "pattern"], "unsafe_pattern", refusal);
    if (custom.check !== null && !CHECK_NAMES.includes(custom.check)) {
      add(["custom", i, "check"], "invalid_value", `one of ${CHECK_NAMES.join(", ")}`);
    }
  }
  return problems;
}

/** What each name of a pass means; `diarize` is accepted, speakers are told apart by their role. */
const PASS_NAMES: Readonly<Record<string, Pass | null>> = { regex: "regex", ner: "ner", gemma: "ner", diarize: null };

function build(doc: PolicyDocument, yaml: string, revision: number): Policy {
  // Pass 1 is deterministic and always on: a policy can add the second pass, not drop the first.
  const passes = new Set<Pass>(["regex"]);
  for (const name of doc.passes) {
    const pass = PASS_NAMES[name];
    if (pass) passes.add(pass);
  }
  const entities = Object.fromEntries(
    KIND_NAMES.map((kind) => [kind, entityRule(kind, doc.entities[kind], doc.kid)]),
  ) as Record<Kind, EntityRule>;
  return Object.freeze({
    name: doc.name,
    revision,
    description: doc.description,
    kid: doc.kid,
    tokenization: doc.tokenization === "reversible-aead" ? "reversible-aead" : "vault-deterministic",
    passes: [...passes],
    entities,
    custom: doc.custom.map((custom) => ({ ...custom, kind: custom.kind as Kind })),
    deny: doc.deny,
    allow: doc.allow,
    media: doc.media,
    onNerUnavailable: doc.on_ner_unavailable,
    audit: { logPayloads: doc.audit.log_payloads, retentionDays: doc.audit.retention_days },
    yaml,
  });
}

/** A kind that the policy does not mention is masked; only ORG, which is no Safe Harbor identifier, is off until named. */
function entityRule(kind: Kind, rule: PolicyDocument["entities"][string] | undefined, policyKid: string): EntityRule {
  const { confidence_threshold, kid, ...rest } = rule ?? entitySchema.parse({ enabled: kind !== "ORG" });
  return { ...rest, threshold: confidence_threshold, kid: kid ?? policyKid };
}

function problem(path: Path, line: number, code: string, message: string): PolicyProblem {
  const text = path.reduce<string>(
    (joined, step) =>
      typeof step === "number" ? `${joined}[${step}]` : joined === "" ? String(step) : `${joined}.${String(step)}`,
    "",
  );
  return { path: text, line, message, code };
}

/** The line of the deepest node on the path that stands in the text. */
function lineAt(document: Document, lines: LineCounter, path: Path): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const prefix = path.slice(0, depth);
    const offset = keyOffset(document, prefix) ?? nodeOffset(document, prefix);
    if (offset !== null) return lines.linePos(offset).line;
  }
  return 1;
}

/** Where the key of a map entry stands: a value that is a block begins on the line after it. */
function keyOffset(document: Document, path: Path): number | null {
  if (path.length === 0) return null;
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const items = (parent as { items?: readonly { key?: unknown }[] } | null | undefined)?.items ?? [];
  for (const pair of items) {
    if (isNode(pair.key) && "value" in pair.key && pair.key.value === path.at(-1)) return pair.key.range?.[0] ?? null;
  }
  return null;
}

function nodeOffset(document: Document, path: Path): number | null {
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  return isNode(node) ? (node.range?.[0] ?? null) : null;
}
