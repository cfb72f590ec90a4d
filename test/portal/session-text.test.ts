/** How texts are cut at what was found in them, and what the policy editor offers where. */
import { describe, expect, it } from "vitest";
import { entitySchema, policySchema } from "../../src/policy/schema.ts";
import { FIELDS, namesAt } from "../../src/portal/app/policy/completion.ts";
import { cutLikeMasked } from "../../src/portal/app/session/align.ts";
import { isJson, prettyPieces } from "../../src/portal/app/session/pretty-json.ts";
import { turnsOfAnswer, turnsOfRequest } from "../../src/portal/app/session/transcript.ts";

const token = (kind: string, letter: string) => `MSKV1.${kind}.K_HEALTHCARE.${letter.repeat(26)}`;
const NAME = token("NAME", "A");
const PHONE = token("PHONE", "B");

describe("a text", () => {
  it.each([
    ["Hi Ann Lee.", `Hi ${NAME}.`, ["Ann Lee"]],
    // The blank after the first token stands within its value, too.
    ["Ann Lee 415 is here", `${NAME} ${PHONE} is here`, ["Ann", "Lee 415"]],
    ["Ann Lee and Bo", `${NAME} and Bo`, ["Ann Lee"]],
    ["a b a b c", `${NAME} c`, ["a b a b"]],
    ["born 1984", "born [REDACTED:DOB]", ["1984"]],
  ])("%j is cut like %j", (original, masked, values) => {
    const pieces = cutLikeMasked(original, masked);
    expect(pieces?.map((piece) => piece.text).join("")).toBe(original);
    expect(pieces?.map((piece) => piece.masked).join("")).toBe(masked);
    expect(pieces?.filter((piece) => piece.token !== null).map((piece) => piece.text)).toEqual(values);
  });

  it("is cut where the events say, when the words alone leave it open", () => {
    const ends = new Map([
      [0, 7],
      [8, 11],
    ]);
    const pieces = cutLikeMasked("Ann Lee 415 is here", `${NAME} ${PHONE} is here`, { knownEnd: (at) => ends.get(at) });
    expect(pieces?.filter((piece) => piece.token !== null).map((piece) => piece.text)).toEqual(["Ann Lee", "415"]);
  });

  it.each([
    ["another text", `Hi ${NAME}.`],
    ["Hi ", `Hi ${NAME} there`],
    ["Hi Ann. More", `Hi ${NAME}.`],
  ])("%j does not go with %j", (original, masked) => {
    expect(cutLikeMasked(original, masked)).toBeNull();
  });
});

describe("JSON", () => {
  it("is laid out without a change to what it says", () => {
    const text = '{"a":"x, {y}: \\"z\\"","b":[],"c":[1,{"d":null}]}';
    expect(isJson(text)).toBe(true);
    const pieces = prettyPieces(cutLikeMasked(text, text) ?? []);
    const laidOut = pieces.map((piece) => piece.text).join("");
    expect(laidOut).toBe(JSON.stringify(JSON.parse(text), null, 2));
  });
});

describe("turns", () => {
  it("have the paths that the audit events name", () => {
    const call = { id: "c", type: "function", function: { name: "book", arguments: "{}" } };
    const messages = [
      {
        role: "user",
        content: [
          { type: "text", text: "hi" },
          { type: "image_url", image_url: { url: "data:" } },
        ],
      },
      { role: "assistant", content: null, tool_calls: [call] },
    ];
    const parts = turnsOfRequest(JSON.stringify({ messages })).flatMap((turn) => turn.parts);
    expect(parts.map(({ slot }) => slot)).toEqual([
      "messages[0].content[0].text",
      "messages[0].content[1]",
      "messages[1].tool_calls[0].arguments",
    ]);
  });

  it("come together again from a stream", () => {
    const chunk = (delta: object) => `data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`;
    const stream = `${chunk({ content: "Good " })}${chunk({ content: "day" })}data: [DONE]\n\n`;
    expect(turnsOfAnswer(stream).map((turn) => turn.parts.map((part) => part.text))).toEqual([["Good day"]]);
  });
});

describe("the policy editor", () => {
  const names = (fields: readonly (readonly [string, string])[]) => fields.map(([name]) => name).sort();

  it("offers the fields of the schema, all of them and no others", () => {
    expect(names(FIELDS.policy)).toEqual(Object.keys(policySchema.shape).sort());
    expect(names(FIELDS.rule)).toEqual(Object.keys(entitySchema.shape).sort());
  });

  it("knows in which block a line stands", () => {
    expect(namesAt(["name: x", "entities:", "  NAME:"], 4)).toBe(FIELDS.rule);
    expect(names(namesAt(["name: x", "entities:"], 2))).toContain("PHONE");
    expect(namesAt(["entities:", "  NAME: {}", "audit:"], 2)).toBe(FIELDS.audit);
    expect(namesAt(["custom:", "  - name: a"], 4)).toBe(FIELDS.custom);
    expect(namesAt(["entities:", "  NAME: {}"], 0)).toBe(FIELDS.policy);
  });
});
