import { describe, expect, it } from "vitest";
import { runThrough } from "../../src/detect/pace.ts";
import { checkEgress } from "../../src/proxy/egress.ts";
import type { ReplacedValue } from "../../src/proxy/mask.ts";
import { Ledger } from "../../src/tokens/ledger.ts";
import type { MaskedBody, Replacement } from "../../src/upstream/wire-format.ts";

const token = "MSKV1.NAME.K_HEALTHCARE.MFRGGZDFMZTWQ2LKNNWG23TPOA";

/** A body of plain texts. `deaf`: its masking does nothing. */
function bodyOf(texts: readonly string[], deaf = false): MaskedBody {
  const replaced = (text: string, edits: readonly Replacement[]) =>
    [...edits].reverse().reduce((out, edit) => out.slice(0, edit.start) + edit.text + out.slice(edit.end), text);
  return {
    body: texts.join("\n"),
    strings: texts.map((text, i) => ({ path: `messages[${i}].content`, text })),
    mask: (lists) =>
      bodyOf(
        texts.map((text, i) => (deaf ? text : replaced(text, lists[i] ?? []))),
        deaf,
      ),
    answer: () => {
      throw new Error("not asked here");
    },
  };
}

function check(texts: readonly string[], originals: readonly string[], deaf = false) {
  const ledger = new Ledger();
  ledger.add({ token, kind: "NAME", value: "x", numeric: false });
  const by = {
    kind: "NAME",
    pass: "regex",
    confidence: 1,
    action: "redact",
    replacement: "[REDACTED:NAME]",
    token: null,
    tokenKind: null,
    kid: null,
  } as const;
  const replaced = new Map<string, ReplacedValue>(
    originals.map((text) => [text, { replacement: "[REDACTED:NAME]", by }]),
  );
  return runThrough(checkEgress(bodyOf(texts, deaf), replaced, ledger));
}

describe("checkEgress", () => {
  it.each<[string, string, string[]]>([
    ["I saw Ada Obi.", "I saw [REDACTED:NAME].", ["Ada Obi"]],
    ["ADA OBI and ada obi", "[REDACTED:NAME] and [REDACTED:NAME]", ["Ada Obi"]],
    ["call (415) 555-2671, +1 (415) 555-2671", "call ([REDACTED:NAME], +1 ([REDACTED:NAME]", ["(415) 555-2671"]],
    ["Will you meet Will?", "[REDACTED:NAME] you meet [REDACTED:NAME]?", ["Will"]],
    ["will you mark it", "will you mark it", ["Will", "Mark"]],
    ["Ada Obison, XAda Obi, Ada Obi2", "Ada Obison, XAda Obi, Ada Obi2", ["Ada Obi"]],
    ["Ada Obi Okonkwo", "[REDACTED:NAME]", ["Ada Obi", "Ada Obi Okonkwo"]],
    ["Ann", "Ann", ["Ann"]],
    [`${token} is HEALTHCARE`, `${token} is [REDACTED:NAME]`, ["HEALTHCARE", "NAME", "MSKV1"]],
    [
      "MSKV1.NAME.K_HEALTHCARE.AAAAAAAAAAAAAAAAAAAAAAAAAA",
      "MSKV1.NAME.K_[REDACTED:NAME].AAAAAAAAAAAAAAAAAAAAAAAAAA",
      ["HEALTHCARE"],
    ],
    ["[REDACTED:PHONE]", "[REDACTED:PHONE]", ["PHONE", "REDACTED"]],
    ["İSTANBUL CLINIC", "[REDACTED:NAME]", ["İstanbul Clinic"]],
    ["İstanbul Ada Obi", "İstanbul [REDACTED:NAME]", ["Ada Obi"]],
    ["é Zoë Müller 😀 zoë müller", "é [REDACTED:NAME] 😀 [REDACTED:NAME]", ["Zoë Müller"]],
  ])("%j leaves as %j", (text, expected, originals) => {
    const { body, clean } = check([text], originals);
    expect(body.body).toBe(expected);
    expect(clean).toBe(true);
  });

  it("tells where survivors stood", () => {
    const { survivors } = check(["nothing", "see Ada Obi"], ["Ada Obi"]);
    expect(survivors).toMatchObject([{ slot: "messages[1].content", message: 1, span: [4, 11], kind: "NAME" }]);
  });

  it("says when a survivor cannot be masked", () => {
    expect(check(["see Ada Obi"], ["Ada Obi"], true).clean).toBe(false);
  });

  it("stays linear with many originals of one beginning", () => {
    const numbers = Array.from({ length: 60_000 }, (_, i) => `415 555 ${String(i).padStart(5, "0")}`);
    const { survivors } = check([numbers.slice(0, 30_000).join(", ")], numbers);
    expect(survivors).toHaveLength(30_000);
  });
});
