import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Kind } from "../../src/detect/kind.ts";
import { jsonEscape } from "../../src/json/value.ts";
import type { LexerMode } from "../../src/rehydrate/escape-lexer.ts";
import { TokenIndex } from "../../src/rehydrate/find.ts";
import { type DeclaredType, TextRehydrator } from "../../src/rehydrate/text.ts";
import { Ledger } from "../../src/tokens/ledger.ts";
import { MAX_TOKEN_LENGTH } from "../../src/tokens/token.ts";

const NAME = "MSKV1.NAME.K_HEALTHCARE.MFRGGZDFMZTWQ2LKNNWG23TPOA";
const PHONE = "MSKV1.PHONE.K_HEALTHCARE.NBSWY3DPEB3W64TMMQQHG5DSMU";
const PHONE_2 = "MSKV1.PHONE.K_HEALTHCARE.NBSWY3DPAAAAAAAAAAAAAAAAAA";
const PLAN = "MSK1.HEALTH_PLAN_ID.K_HEALTHCARE.ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const FOREIGN = "MSKV1.SSN.K_HEALTHCARE.ZZZZZZZZZZZZZZZZZZZZZZZZZZ";

const VALUES: Readonly<Record<string, readonly [Kind, string, boolean]>> = {
  [NAME]: ["NAME", 'Sarah "Sal" Chen\\O\'Hara\n😀', false],
  [PHONE]: ["PHONE", "4155552671", true],
  [PHONE_2]: ["PHONE", "415-555-0000", false],
  [PLAN]: ["HEALTH_PLAN_ID", "$&1EG4$1", false],
};
const NAME_VALUE = VALUES[NAME]?.[1] as string;
const PLAN_VALUE = VALUES[PLAN]?.[1] as string;

function ledger(): Ledger {
  const entries = new Ledger();
  for (const [token, [kind, value, numeric]] of Object.entries(VALUES)) entries.add({ token, kind, value, numeric });
  return entries;
}

interface Result {
  readonly text: string;
  readonly restored: readonly string[];
  readonly unresolved: readonly Kind[];
}

function rehydrate(
  pieces: readonly string[],
  mode: LexerMode = "text",
  typeAt?: (keys: readonly string[]) => DeclaredType,
): Result {
  const restored: string[] = [];
  const unresolved: Kind[] = [];
  const rehydrator = new TextRehydrator(new TokenIndex(ledger()), {
    mode,
    ...(typeAt && { typeAt }),
    onRestored: (entry) => restored.push(entry.token),
    onUnresolved: (kind) => unresolved.push(kind),
  });
  const text = pieces.map((piece) => rehydrator.push(piece)).join("") + rehydrator.end();
  return { text, restored, unresolved };
}

describe("tokens as models write them", () => {
  it.each([
    ["as it is", NAME, NAME_VALUE],
    ["lower case", NAME.toLowerCase(), NAME_VALUE],
    ["mixed case", "Mskv1.Name.K_Healthcare.mfrggZDFMZTWQ2LKNNWG23TPOA", NAME_VALUE],
    ["possessive", `${NAME}'s son`, `${NAME_VALUE}'s son`],
    ["curly possessive", `${NAME}’s son`, `${NAME_VALUE}’s son`],
    ["quotes", `"${NAME}"`, `"${NAME_VALUE}"`],
    ["backticks", `\`${NAME}\``, `\`${NAME_VALUE}\``],
    ["bold", `**${NAME}**`, `**${NAME_VALUE}**`],
    ["italics", `_${NAME}_`, `_${NAME_VALUE}_`],
    ["link", `[call](tel:${NAME})`, `[call](tel:${NAME_VALUE})`],
    ["escaped underscore", NAME.replaceAll("_", "\\_"), NAME_VALUE],
    ["escaped dots", NAME.replaceAll(".", "\\."), NAME_VALUE],
    ["underscores lost", PLAN.replaceAll("_", ""), PLAN_VALUE],
    ["dashes", NAME.replaceAll("_", "-"), NAME_VALUE],
    ["line break inside", NAME.replace("HEALTH", "HEALTH\n"), NAME_VALUE],
    ["line break and indent inside the value", NAME.replace("MZTW", "MZ\r\n    TW"), NAME_VALUE],
    ["line break at a dot", NAME.replace(".MFR", ".\nMFR"), NAME_VALUE],
    ["other separators", NAME.replace("V1.", "V1:").replace(".K_", "/K_"), NAME_VALUE],
    ["spaces around separators", NAME.replaceAll(".", " . "), NAME_VALUE],
    ["spaces for separators", NAME.replaceAll(/[._]/g, " "), NAME_VALUE],
    ["zero-width characters inside", NAME.replace("MZTW", "MZ\u200b\u2060TW"), NAME_VALUE],
    ["end of a sentence", `I called ${NAME}.`, `I called ${NAME_VALUE}.`],
    ["end of a sentence, no space", `I called ${NAME}.Then`, `I called ${NAME_VALUE}.Then`],
    ["plural", `the ${NAME}s`, `the ${NAME_VALUE}s`],
    ["hyphen", `${NAME}-like`, `${NAME_VALUE}-like`],
    ["next to another", `${NAME}${PHONE}`, `${NAME_VALUE}4155552671`],
    ["with a letter before", `x${NAME}`, `x${NAME_VALUE}`],
    ["after a false start", `MSKMSKV1.MS${NAME}`, `MSKMSKV1.MS${NAME_VALUE}`],
    ["cut off in the value", "Call MSKV1.NAME.K_HEALTHCARE.MFRGG now", `Call ${NAME_VALUE} now`],
    ["cut off at the kind, one of its kind", "Call MSKV1.NAME, please", `Call ${NAME_VALUE}, please`],
    ["cut off, a new line, another word", "MSKV1.NAME.K_HEALTHCARE.MFRGG\nGo on", `${NAME_VALUE}\nGo on`],
    ["cut off at a full stop", "MSKV1.NAME.K_HEALTHCARE.MFRGG. Go on", `${NAME_VALUE}. Go on`],
    ["cut off with dots", "MSKV1.NAME.K_HEALTHCARE.MFRGG...", `${NAME_VALUE}...`],
  ])("%s", (_, text, expected) => {
    const result = rehydrate([text]);
    expect(result.text).toBe(expected);
    expect(result.unresolved).toEqual([]);
    expect(result.restored.length).toBeGreaterThan(0);
  });

  it.each([
    ["another request's token", FOREIGN, "[REDACTED:SSN]", "SSN"],
    ["in lower case", `a ${FOREIGN.toLowerCase()}.`, "a [REDACTED:SSN].", "SSN"],
    ["with a line break in its value", `${FOREIGN.slice(0, -5)}\n${FOREIGN.slice(-5)} is`, "[REDACTED:SSN] is", "SSN"],
    ["one letter wrong", `${NAME.slice(0, -1)}Z and`, "[REDACTED:NAME] and", "NAME"],
    ["a prefix of two", "MSKV1.PHONE.K_HEALTHCARE.NBSWY3DP!", "[REDACTED:PHONE]!", "PHONE"],
    ["a kind of two", "MSKV1.PHONE", "[REDACTED:PHONE]", "PHONE"],
    [
      "a kind that is none",
      "MSKV1.PASSPORT.K_HEALTHCARE.ZZZZZZZZZZZZZZZZZZZZZZZZZZ",
      "[REDACTED:OTHER_ID]",
      "OTHER_ID",
    ],
    [
      "a kind with underscores",
      "MSKV1.HEALTH_PLAN_ID.K_X.ZZZZZZZZZZZZZZZZZZZZZZZZZZ",
      "[REDACTED:HEALTH_PLAN_ID]",
      "HEALTH_PLAN_ID",
    ],
  ] as const)("what is none of this request is redacted: %s", (_, text, expected, kind) => {
    expect(rehydrate([text])).toEqual({ text: expected, restored: [], unresolved: [kind] });
  });

  it.each([
    ["Call MSKV1", "Call [REDACTED:OTHER_ID]"],
    ["Call mskv1.", "Call [REDACTED:OTHER_ID]."],
    ["Call MSKV1.NA", "Call [REDACTED:NAME]"],
    ["MSKV1.NA… is", "[REDACTED:NAME]… is"],
  ])("the stump of a token of this request is not said: %j", (text, expected) => {
    expect(rehydrate([text]).text).toBe(expected);
  });

  it.each([
    "Ms. Mask",
    "MSK",
    "msk1 is",
    "MSKV1, they say",
    "The MSKV1. scheme",
    "an MSK1.5 pump",
    "MSKV1.NAMES",
    "MSKV1 name",
    "MSK1 health plan",
    "m",
    "MSKV12.NAME",
    "Mskv",
  ])("%j is text", (text) => {
    expect(rehydrate([text])).toEqual({ text, restored: [], unresolved: [] });
  });

  it("does not look again at what it put in", () => {
    const own = new Ledger();
    own.add({ token: NAME, kind: "NAME", value: PHONE, numeric: false });
    own.add({ token: PHONE, kind: "PHONE", value: "wrong", numeric: false });
    const rehydrator = new TextRehydrator(new TokenIndex(own), { mode: "text", onRestored() {}, onUnresolved() {} });
    expect(rehydrator.push(`${NAME} `) + rehydrator.end()).toBe(`${PHONE} `);
  });
});

describe("JSON", () => {
  it("escapes a value as often as there are strings around it", () => {
    for (const depth of [1, 2, 3, 4]) {
      const nest = (text: string) => {
        let nested: unknown = text;
        for (let i = 0; i < depth; i++) nested = JSON.stringify({ v: nested, w: [1.0, "x"] });
        return nested as string;
      };
      expect(rehydrate([nest(`a ${NAME} b`)], "json").text).toBe(nest(`a ${NAME_VALUE} b`));
    }
  });

  it("finds a token written with escapes", () => {
    expect(rehydrate(['{"a":"\\u004dSKV1.NAME.K\\u005fHEALTHCARE.MFRGGZDFMZTWQ2LKNNWG23TPOA"}'], "json").text).toBe(
      JSON.stringify({ a: NAME_VALUE }),
    );
    expect(rehydrate([`{"a":"${NAME.replaceAll("_", "\\\\_")}"}`], "json").text).toBe(
      JSON.stringify({ a: NAME_VALUE }),
    );
  });

  it.each([
    ["a number that fills a string is a number again", `{"a":"${PHONE}"}`, '{"a":4155552671}'],
    ["in a list", `["${PHONE}", "${PHONE}"]`, "[4155552671, 4155552671]"],
    ["not as part of a string", `{"a":"${PHONE} "}`, '{"a":"4155552671 "}'],
    ["nor behind another", `{"a":"${PHONE}${PHONE}"}`, '{"a":"41555526714155552671"}'],
    ["not as a key", `{"${PHONE}":1}`, '{"4155552671":1}'],
    ["not when it was none", `{"a":"${PHONE_2}"}`, '{"a":"415-555-0000"}'],
    ["at level 3", JSON.stringify({ a: `{"b":"${PHONE}"}` }), JSON.stringify({ a: '{"b":4155552671}' })],
    ["quotes left out around a number", `{"a":${PHONE}}`, '{"a":4155552671}'],
    ["quotes left out around a text", `{"a":${PHONE_2}}`, '{"a":"415-555-0000"}'],
    ["empty", "", ""],
    ["cut off", `{"a":"${PHONE}`, '{"a":"4155552671'],
    ["cut off at the quote", '{"a":"', '{"a":"'],
    ["cut off in an escape", '{"a":"\\u00', '{"a":"\\u00'],
    ["an escape that is none", `{"a":"\\x ${PHONE_2}"}`, '{"a":"\\x 415-555-0000"}'],
    ["not JSON at all", `call ${NAME}`, `call ${NAME_VALUE}`],
    ["a string that only begins like JSON", `{"a":"[${NAME}]"}`, JSON.stringify({ a: `[${NAME_VALUE}]` })],
    ["a template", `{"a":"{{x}} ${NAME}"}`, JSON.stringify({ a: `{{x}} ${NAME_VALUE}` })],
  ])("%s", (_, text, expected) => {
    expect(rehydrate([text], "json").text).toBe(expected);
  });

  it("follows the declared type", () => {
    const typeAt = (keys: readonly string[]): DeclaredType =>
      keys.join(".") === "to" ? "text" : keys.join(".") === "n" ? "number" : "any";
    const text = `{"to":"${PHONE}","n":"${PHONE}","x":{"n":"${PHONE}"},"m":"${PHONE_2}"}`;
    expect(rehydrate([text], "json", typeAt).text).toBe(
      '{"to":"4155552671","n":4155552671,"x":{"n":4155552671},"m":"415-555-0000"}',
    );
  });

  it("in prose it is followed as long as it is JSON", () => {
    expect(rehydrate([` {"a":"${NAME}"}`]).text).toBe(` ${JSON.stringify({ a: NAME_VALUE })}`);
    expect(rehydrate([`[${NAME}] said "${NAME}"`]).text).toBe(`[${NAME_VALUE}] said "${NAME_VALUE}"`);
    expect(rehydrate([`{name} "${NAME}"`]).text).toBe(`{name} "${NAME_VALUE}"`);
    expect(rehydrate([`said "${NAME}"`]).text).toBe(`said "${NAME_VALUE}"`);
  });
});

const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        NAME,
        PHONE,
        PHONE_2,
        PLAN,
        FOREIGN,
        NAME.toLowerCase(),
        NAME.slice(0, 30),
        `"${PHONE}"`,
        "MSKV1",
      ),
      fc.constantFrom(...'{}[]":,\\\n \u200b._m', "\\u", "\\u004d", "true", "12", '{"a":"', '"}', "😀", "M", "."),
      fc.string({ unit: "binary", maxLength: 5 }),
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.join(""));
const anyMode = fc.constantFrom<LexerMode>("text", "json");

describe("streams", () => {
  it("give the same however they are cut, to single code units", () => {
    fc.assert(
      fc.property(anyText, anyMode, fc.array(fc.nat(400), { maxLength: 6 }), (text, mode, cuts) => {
        const whole = rehydrate([text], mode);
        expect(rehydrate(text.split(""), mode)).toEqual(whole);
        const points = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
        const pieces = points.slice(1).map((point, i) => text.slice(points[i], point));
        expect(rehydrate(pieces, mode)).toEqual(whole);
      }),
      { numRuns: 1500 },
    );
  });

  it("leave text without tokens as it is", () => {
    const noToken = fc.string({ unit: "binary", maxLength: 80 }).filter((text) => !/ms\s*k/i.test(text));
    fc.assert(
      fc.property(noToken, anyMode, (text, mode) => {
        expect(rehydrate([text], mode).text).toBe(text);
      }),
    );
  });

  it("give out no token of the request, whatever stands around it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), anyMode, (before, after, mode) => {
        const { text, restored } = rehydrate([before + NAME + after], mode);
        expect(text).not.toContain(NAME);
        expect(restored.length + (text.includes("[REDACTED:") ? 1 : 0)).toBeGreaterThan(0);
      }),
    );
  });

  it("hold back only what may begin a token", () => {
    const rehydrator = new TextRehydrator(new TokenIndex(ledger()), {
      mode: "text",
      onRestored() {},
      onUnresolved() {},
    });
    expect(rehydrator.push("Hello, Ms")).toBe("Hello, ");
    expect(rehydrator.push(". Chen")).toBe("Ms. Chen");
    expect(rehydrator.push(" MSKV1.PHO")).toBe(" ");
    expect(rehydrator.push("ton")).toBe("");
    expect(rehydrator.push("!")).toBe("MSKV1.PHOton!");
    expect(rehydrator.push(NAME)).toBe(NAME_VALUE);
  });

  it("never hold back more than the longest token", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("A", "2", ".", "_", "\n", " ", "M", "\\"), { maxLength: 4000 }), (noise) => {
        const rehydrator = new TextRehydrator(new TokenIndex(ledger()), {
          mode: "text",
          onRestored() {},
          onUnresolved() {},
        });
        let held = 0;
        for (const char of [..."MSKV1.NAME.K_X.", ...noise]) {
          held += 1;
          if (rehydrator.push(char) !== "") held = 0;
          expect(held).toBeLessThanOrEqual(MAX_TOKEN_LENGTH + 1);
        }
      }),
      { numRuns: 20 },
    );
  });

  it("are told from twenty thousand others without looking at each of them", () => {
    const entries = new Ledger();
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const tokenOf = (i: number) =>
      `MSKV1.PHONE.K_HEALTHCARE.${[...i.toString(32).padStart(26, "0")].map((digit) => alphabet[Number.parseInt(digit, 32)]).join("")}`;
    const tokens = Array.from({ length: 20_000 }, (_, i) => tokenOf(i * 7919));
    for (const [i, token] of tokens.entries()) entries.add({ token, kind: "PHONE", value: `<${i}>`, numeric: false });
    const none = { onRestored: () => {}, onUnresolved: () => {} };
    const rehydrator = new TextRehydrator(new TokenIndex(entries), { mode: "text", ...none });
    const cpu = process.cpuUsage();
    const text = rehydrator.push(tokens.toReversed().join(" ")) + rehydrator.end();
    const spent = process.cpuUsage(cpu);
    expect(text).toBe(
      tokens
        .map((_, i) => `<${i}>`)
        .toReversed()
        .join(" "),
    );
    // Twenty common characters of each token times all tokens would take a minute.
    expect((spent.user + spent.system) / 1e6).toBeLessThan(10);
  });

  it("are linear in hostile text", () => {
    for (const piece of [
      "MSKV1.",
      "MSKV1.NAME.",
      "m",
      "MSKV1.NAME.A\n",
      "\\",
      '"',
      "[",
      '{"a":"',
      "MSKV1.NAME.K_HEALTHCARE.MFRGG ",
    ]) {
      const text = piece.repeat(Math.ceil(60_000 / piece.length));
      expect(rehydrate([text], "json").text.length).toBeGreaterThan(0);
      expect(rehydrate([text], "text").text.length).toBeGreaterThan(0);
    }
  });

  it("report changes of length where they happen", () => {
    const changes: unknown[] = [];
    const rehydrator = new TextRehydrator(new TokenIndex(ledger()), {
      mode: "text",
      onRestored() {},
      onUnresolved() {},
      onReplaced: (change) => changes.push(change),
    });
    rehydrator.push(`ab ${PHONE} c ${PHONE_2}`);
    rehydrator.end();
    expect(changes).toEqual([
      { at: 3, removed: PHONE.length, added: 10 },
      { at: 3 + PHONE.length + 3, removed: PHONE_2.length, added: 12 },
    ]);
  });
});

describe("mask then rehydrate", () => {
  it("is the identity at every nesting level", () => {
    const safe = fc.string({ unit: "binary", maxLength: 12 }).filter((text) => !/m\W*s/i.test(text));
    fc.assert(
      fc.property(
        safe,
        safe,
        safe.filter((text) => text !== ""),
        fc.integer({ min: 1, max: 5 }),
        (before, after, value, depth) => {
          const own = new Ledger();
          own.add({ token: NAME, kind: "NAME", value, numeric: false });
          const inner = (text: string) => `"x${jsonEscape(before)}${text}${jsonEscape(after)}"`;
          const wrap = (text: string) => {
            let nested = `{"k":${text}}`;
            for (let i = 1; i < depth; i++) nested = JSON.stringify({ k: nested });
            return nested;
          };
          const rehydrator = new TextRehydrator(new TokenIndex(own), {
            mode: "json",
            onRestored() {},
            onUnresolved() {},
          });
          const masked = wrap(inner(NAME));
          const out =
            masked
              .split("")
              .map((char) => rehydrator.push(char))
              .join("") + rehydrator.end();
          expect(out).toBe(wrap(inner(jsonEscape(value))));
        },
      ),
      { numRuns: 300 },
    );
  });
});
