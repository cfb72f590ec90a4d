import type { CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { KIND_NAMES, KINDS } from "../../../detect/kind.ts";
import { ACTIONS, TOKENIZATIONS } from "../../../policy/vocabulary.ts";

type Field = readonly [name: string, says: string];

/** Fields by where they may stand. */
export const FIELDS = {
  policy: [
    ["name", "letters, digits, dots and dashes"],
    ["version", "of this format: 1"],
    ["description", "for people"],
    ["kid", "key of the tokens"],
    ["epsilon", "noise of counts in reports"],
    ["tokenization", "how values become tokens"],
    ["passes", "[regex], or [regex, ner]"],
    ["entities", "what is detected, by kind"],
    ["custom", "patterns of your own"],
    ["deny", "texts that are always masked"],
    ["allow", "texts that are never masked"],
    ["media", "images and audio"],
    ["on_ner_unavailable", "when the model cannot run"],
    ["audit", "what is kept"],
  ],
  rule: [
    ["enabled", "true or false"],
    ["regex", "found by patterns"],
    ["ner", "found by the model"],
    ["confidence_threshold", "0 to 1"],
    ["action", "what happens to it"],
    ["kid", "key of its tokens"],
  ],
  custom: [
    ["name", "of the pattern"],
    ["kind", "that its finds become"],
    ["pattern", "RE2 expression"],
    ["context", "words that must stand near"],
    ["check", "checksum"],
  ],
  audit: [
    ["log_events", "always true"],
    ["log_payloads", "keep texts, sealed"],
    ["retention_days", "of the events"],
  ],
} as const satisfies Readonly<Record<string, readonly Field[]>>;

const BOOLEANS = ["true", "false"] as const;

const VALUES: Readonly<Record<string, readonly string[]>> = {
  action: ACTIONS,
  tokenization: TOKENIZATIONS,
  media: ["strip", "block"],
  on_ner_unavailable: ["block", "regex_only"],
  kind: KIND_NAMES,
  passes: ["regex", "ner"],
  enabled: BOOLEANS,
  regex: BOOLEANS,
  ner: BOOLEANS,
  log_payloads: BOOLEANS,
};

/** Names that may begin here: fields of the block that a line stands in, or kinds below `entities`. */
export function namesAt(before: readonly string[], indent: number): readonly Field[] {
  const parents = parentsOf(before, indent);
  if (parents.length === 0) return FIELDS.policy;
  const [first] = parents;
  if (first === "entities") {
    return parents.length > 1 ? FIELDS.rule : KIND_NAMES.map((kind) => [kind, KINDS[kind].label] as const);
  }
  return first === "audit" || first === "custom" ? FIELDS[first] : [];
}

/** Keys of the blocks around a line, outermost first. */
function parentsOf(before: readonly string[], indent: number): readonly string[] {
  const parents: string[] = [];
  let limit = indent;
  for (const line of before.toReversed()) {
    const match = /^(\s*)(?:- +)?([A-Za-z_]+):/.exec(line);
    const depth = match?.[1]?.length ?? 0;
    if (!match || depth >= limit) continue;
    parents.unshift(match[2] ?? "");
    limit = depth;
    if (limit === 0) break;
  }
  return parents;
}

/** Fields and kinds at the start of a line, the fields of a rule within braces, the allowed values after a field. */
export function complete(context: CompletionContext): CompletionResult | null {
  const at = context.state.doc.lineAt(context.pos);
  const line = at.text.slice(0, context.pos - at.from);
  const value = /([a-z_]+):\s+\[?(?:[a-z]+,\s*)*([\w-]*)$/.exec(line);
  if (value) {
    const from = context.pos - (value[2]?.length ?? 0);
    return { from, options: (VALUES[value[1] ?? ""] ?? []).map((label) => ({ label, type: "enum" })) };
  }
  const field = /^(\s*(?:- +)?)(\w*)$/.exec(line);
  const inBraces = /[{,]\s*(\w*)$/.exec(line);
  const word = field?.[2] ?? inBraces?.[1];
  if (word === undefined || (word === "" && !context.explicit)) return null;
  const before = Array.from({ length: at.number - 1 }, (_, index) => context.state.doc.line(index + 1).text);
  const names = field ? namesAt(before, field[1]?.length ?? 0) : FIELDS.rule;
  return {
    from: context.pos - word.length,
    options: names.map(([label, detail]) => ({ label, detail, apply: `${label}: `, type: "property" })),
  };
}
