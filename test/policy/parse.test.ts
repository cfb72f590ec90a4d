import { describe, expect, it } from "vitest";
import { MaskerError } from "../../src/errors.ts";
import { parsePolicy, readPolicy } from "../../src/policy/parse.ts";

const kids = new Set(["K_HEALTHCARE", "K_SSN"]);
const context = { kids, revision: 3 };

const HEAD = `name: clinic
version: 1
kid: K_HEALTHCARE
tokenization: vault-deterministic
passes: [regex, gemma, diarize]
`;

describe("parsePolicy", () => {
  it("fills every default that the documentation names", () => {
    const policy = parsePolicy(`${HEAD}entities:\n  PHONE:\n`, context);
    expect(policy.entities.PHONE).toEqual({
      enabled: true,
      regex: true,
      ner: true,
      threshold: 0.6,
      action: "tokenize",
      kid: "K_HEALTHCARE",
    });
    expect(policy.passes).toEqual(["regex", "ner"]);
    expect(policy.media).toBe("strip");
    expect(policy.onNerUnavailable).toBe("block");
    expect(policy.audit).toEqual({ logPayloads: false, retentionDays: 2555 });
    expect(policy.revision).toBe(3);
  });

  it("masks kinds that are not mentioned, and leaves organisations alone until they are", () => {
    const policy = parsePolicy(`${HEAD}entities:\n  PHONE: { action: redact }\n`, context);
    expect(policy.entities.NAME.enabled).toBe(true);
    expect(policy.entities.ORG.enabled).toBe(false);
    expect(parsePolicy(`${HEAD}entities:\n  ORG: {}\n`, context).entities.ORG.enabled).toBe(true);
  });

  it("keeps Pass 1 on when a policy names only the second", () => {
    const yaml = `${HEAD.replace("[regex, gemma, diarize]", "[ner]")}entities:\n  PHONE:\n`;
    expect(parsePolicy(yaml, context).passes).toEqual(["regex", "ner"]);
  });

  it("gives a kind its own key", () => {
    expect(parsePolicy(`${HEAD}entities:\n  SSN: { kid: K_SSN }\n`, context).entities.SSN.kid).toBe("K_SSN");
  });

  it("reads custom recognizers and lists", () => {
    const policy = parsePolicy(
      `${HEAD}entities:\n  PHONE:\ncustom:\n  - { name: badge, kind: OTHER_ID, pattern: 'B-[0-9]{6}', context: [badge] }\ndeny: [Okonkwo]\nallow: [Elm Clinic]\n`,
      context,
    );
    expect(policy.custom).toEqual([
      { name: "badge", kind: "OTHER_ID", pattern: "B-[0-9]{6}", context: ["badge"], check: null },
    ]);
    expect(policy.deny).toEqual(["Okonkwo"]);
    expect(policy.allow).toEqual(["Elm Clinic"]);
  });

  it("refuses with the catalogue's code and the problems as details", () => {
    const refused = (() => {
      try {
        parsePolicy(`${HEAD}entities: {}\n`, context);
      } catch (error) {
        return error;
      }
      return null;
    })();
    expect(refused).toBeInstanceOf(MaskerError);
    expect((refused as MaskerError).code).toBe("policy_yaml_invalid");
    expect((refused as MaskerError).details).toMatchObject([{ path: "entities", code: "missing_entity", line: 6 }]);
  });
});

const ENTITIES = "entities:\n  PHONE:\n";

/** Each: what is wrong, the text, and the one expected problem. Lines are counted by hand from 1. */
const REFUSED: readonly [string, string, { path: string; line: number; code: string }][] = [
  [
    "unknown key",
    HEAD.replace("kid: K_HEALTHCARE", "kid: K_OTHER") + ENTITIES,
    { path: "kid", line: 3, code: "unknown_kid" },
  ],
  [
    "unknown key of a kind",
    `${HEAD}entities:\n  PHONE: {}\n  SSN:\n    action: redact\n    kid: K_NONE\n`,
    { path: "entities.SSN.kid", line: 10, code: "unknown_kid" },
  ],
  [
    "key named as a suffix variable",
    HEAD.replace("kid: K_HEALTHCARE", "kid: K_HEALTHCARE_OLD") + ENTITIES,
    { path: "kid", line: 3, code: "invalid_value" },
  ],
  [
    "unknown pass",
    `${HEAD.replace("[regex, gemma, diarize]", "\n  - regex\n  - llama")}${ENTITIES}`,
    { path: "passes[1]", line: 7, code: "invalid_pass" },
  ],
  [
    "no pass",
    `${HEAD.replace("[regex, gemma, diarize]", "[]")}${ENTITIES}`,
    { path: "passes", line: 5, code: "invalid_pass" },
  ],
  ["entities without any", `${HEAD}entities:\n`, { path: "entities", line: 6, code: "missing_entity" }],
  ["no entities", HEAD, { path: "entities", line: 1, code: "missing_entity" }],
  [
    "unknown kind",
    `${HEAD}entities:\n  PHONE: {}\n  HAIRCUT: {}\n`,
    { path: "entities.HAIRCUT", line: 8, code: "unknown_kind" },
  ],
  [
    "kind named as a member of every object",
    `${HEAD}entities:\n  PHONE: {}\n  constructor: {}\n`,
    { path: "entities.constructor", line: 8, code: "unknown_kind" },
  ],
  [
    "pattern with a backreference",
    `${HEAD}${ENTITIES}custom:\n  - name: x\n    kind: OTHER_ID\n    pattern: '(a)\\1'\n`,
    { path: "custom[0].pattern", line: 11, code: "unsafe_pattern" },
  ],
  [
    "pattern that matches nothing at all",
    `${HEAD}${ENTITIES}custom:\n  - name: x\n    kind: OTHER_ID\n    pattern: 'a*'\n`,
    { path: "custom[0].pattern", line: 11, code: "unsafe_pattern" },
  ],
  [
    "pattern of an unknown kind",
    `${HEAD}${ENTITIES}custom:\n  - { name: x, kind: NOPE, pattern: 'abc' }\n`,
    { path: "custom[0].kind", line: 9, code: "unknown_kind" },
  ],
  [
    "pattern of a kind that is switched off",
    `${HEAD}entities:\n  OTHER_ID: { enabled: false }\ncustom:\n  - { name: x, kind: OTHER_ID, pattern: 'abc' }\n`,
    { path: "custom[0].kind", line: 9, code: "missing_entity" },
  ],
  [
    "unlogged masking",
    `${HEAD}${ENTITIES}audit:\n  log_events: false\n`,
    { path: "audit.log_events", line: 9, code: "invalid_value" },
  ],
  [
    "threshold over one",
    `${HEAD}entities:\n  PHONE:\n    confidence_threshold: 6\n`,
    { path: "entities.PHONE.confidence_threshold", line: 8, code: "too_big" },
  ],
  [
    "unknown action",
    `${HEAD}entities:\n  PHONE:\n    action: shred\n`,
    { path: "entities.PHONE.action", line: 8, code: "invalid_value" },
  ],
  [
    "generalised phone",
    `${HEAD}entities:\n  PHONE:\n    action: generalize\n`,
    { path: "entities.PHONE.action", line: 8, code: "invalid_action" },
  ],
  ["unknown field", `${HEAD}${ENTITIES}colour: red\n`, { path: "colour", line: 8, code: "unknown_field" }],
  [
    "later schema version",
    HEAD.replace("version: 1", "version: 2") + ENTITIES,
    { path: "version", line: 2, code: "invalid_value" },
  ],
  ["no name", HEAD.replace("name: clinic\n", "") + ENTITIES, { path: "name", line: 1, code: "required" }],
  [
    "synthetic scheme",
    HEAD.replace("vault-deterministic", "synthetic") + ENTITIES,
    { path: "tokenization", line: 4, code: "unsupported" },
  ],
  ["broken YAML", `${HEAD}entities:\n  PHONE: {\n`, { path: "", line: 8, code: "yaml_syntax" }],
  ["a key twice", `${HEAD}${ENTITIES}kid: K_SSN\n`, { path: "", line: 8, code: "yaml_syntax" }],
  ["an unknown tag", `${HEAD}${ENTITIES}description: !!js/function 'x'\n`, { path: "", line: 8, code: "yaml_syntax" }],
];

describe("refused policies", () => {
  it.each(REFUSED)("%s", (_name, yaml, expected) => {
    const { policy, problems } = readPolicy(yaml, context);
    expect(policy).toBeNull();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject(expected);
  });

  it("reports every problem at once", () => {
    const yaml = `${HEAD.replace("K_HEALTHCARE", "K_X")}entities:\n  NOPE:\n  PHONE: { kid: K_Y }\n`;
    expect(readPolicy(yaml, context).problems.map((p) => p.code)).toEqual([
      "unknown_kid",
      "unknown_kind",
      "unknown_kid",
    ]);
  });

  it.each([
    ["fields", Array.from({ length: 60_000 }, (_, i) => `k${i}: 1`).join("\n")],
    ["fields on a line", `entities: {${Array.from({ length: 60_000 }, (_, i) => `k${i}: 1`).join(",")}}`],
    ["wrong entries", `${HEAD}${ENTITIES}deny: [${"{},".repeat(100_000)}]\n`],
    ["brackets", `a: ${"[".repeat(100_000)}`],
  ])("tells what is wrong with a text of nothing but %s, without reading all of it again for each", (_, yaml) => {
    const { policy, problems } = readPolicy(yaml, context);
    expect(policy).toBeNull();
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThanOrEqual(101);
  });

  it("finds a key that stands twice at any depth", () => {
    const yaml = `${HEAD}entities:\n  PHONE: { action: redact, action: passthrough }\n`;
    expect(readPolicy(yaml, context).problems).toMatchObject([{ line: 7, code: "yaml_syntax" }]);
  });

  it("stops at aliases that multiply", () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c]\n`;
    expect(readPolicy(bomb, context).problems).toMatchObject([{ code: "yaml_syntax" }]);
  });

  it.each(["", "null", "42", "[]", "- a", "just text", "\u0000", "%YAML 9.9\n---\n", "---\n---\n"])(
    "hostile text %j is refused, not thrown on",
    (yaml) => {
      expect(readPolicy(yaml, context).policy).toBeNull();
    },
  );

  it("never quotes a list of names", () => {
    const { problems } = readPolicy(`${HEAD}${ENTITIES}deny: [Okonkwo, [Featherstonehaugh], 7]\n`, context);
    expect(JSON.stringify(problems)).not.toMatch(/Okonkwo|Featherstonehaugh/);
  });
});
