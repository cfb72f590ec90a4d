/** Strict schemas: the model can give a token where it must give a number or a string of a pattern (protocols 5). */
import { describe, expect, it } from "vitest";
import { chatBody, maskPlanted, type Planted, tokenOf } from "./planted.ts";

type Json = ReturnType<typeof JSON.parse>;

const PLANTED: readonly Planted[] = [
  { value: "4155552671", kind: "PHONE" },
  { value: "March 14, 1982", kind: "DOB" },
];
const PHONE = tokenOf("PHONE", 0);
const DOB = tokenOf("DOB", 1);

const schema = {
  type: "object",
  properties: {
    phone: { type: "integer", minimum: 1 },
    maybe: { type: ["number", "null"] },
    born: { type: "string", format: "date" },
    code: { type: "string", pattern: "^[0-9]+$" },
    note: { type: "string" },
    kind: { type: "integer", enum: [1, 2] },
    list: { type: "array", items: { type: "integer" } },
  },
  required: ["phone", "maybe", "born", "code", "note", "kind", "list"],
  additionalProperties: false,
};

const tools = (strict: boolean) => [{ type: "function", function: { name: "f", parameters: schema, strict } }];
const forms = {
  tool: (strict: boolean) => ({ tools: tools(strict) }),
  answer: (strict: boolean) => ({
    response_format: { type: "json_schema", json_schema: { name: "s", schema, strict } },
  }),
};
const schemaOf = (body: Json): Json => body.tools?.[0].function.parameters ?? body.response_format.json_schema.schema;
const said = (content: string) => ({ messages: [{ role: "user", content }] });

describe.each(Object.entries(forms))("a strict schema of a %s", (_, form) => {
  it("has room for tokens where numbers and patterns forbid them", () => {
    const { masked } = maskPlanted(chatBody({ ...said("I am 4155552671, March 14, 1982"), ...form(true) }), PLANTED);
    const { properties } = schemaOf(JSON.parse(masked.body));
    for (const name of ["phone", "maybe", "born", "code"] as const) {
      expect(properties[name].anyOf[0]).toEqual(schema.properties[name]);
      expect(properties[name].anyOf[1]).toMatchObject({ type: "string" });
    }
    expect(properties.list.items.anyOf[0]).toEqual({ type: "integer" });
    expect(properties.note).toEqual(schema.properties.note);
    expect(properties.kind).toEqual(schema.properties.kind);
  });

  it("stays as it is when nothing was masked, or nothing that could be a number", () => {
    const plain = maskPlanted(chatBody({ ...said("hello"), ...form(true) }), PLANTED).masked;
    expect(schemaOf(JSON.parse(plain.body))).toEqual(schema);
    const dated = maskPlanted(chatBody({ ...said("March 14, 1982"), ...form(true) }), PLANTED).masked;
    const { properties } = schemaOf(JSON.parse(dated.body));
    expect(properties.phone).toEqual(schema.properties.phone);
    expect(properties.born.anyOf).toHaveLength(2);
  });

  it("stays as it is when it is not strict: then the model may answer with a token anyway", () => {
    const { masked } = maskPlanted(chatBody({ ...said("4155552671"), ...form(false) }), PLANTED);
    expect(schemaOf(JSON.parse(masked.body))).toEqual(schema);
  });
});

describe("what comes back", () => {
  it("is of the type that the caller declared", () => {
    const { masked, ledger } = maskPlanted(
      chatBody({ ...said("I am 4155552671, March 14, 1982"), tools: tools(true) }),
      PLANTED,
    );
    const values = { phone: PHONE, maybe: PHONE, born: DOB, code: PHONE, note: PHONE, kind: 1, list: [PHONE] };
    const call = { id: "c", type: "function", function: { name: "f", arguments: JSON.stringify(values) } };
    const message = { role: "assistant", content: null, tool_calls: [call] };
    const body = JSON.stringify({ choices: [{ index: 0, message, finish_reason: "tool_calls" }] });
    const out = JSON.parse(masked.answer(ledger).whole(body)) as Json;
    expect(JSON.parse(out.choices[0].message.tool_calls[0].function.arguments)).toEqual({
      phone: 4155552671,
      maybe: 4155552671,
      born: "March 14, 1982",
      code: "4155552671",
      note: "4155552671",
      kind: 1,
      list: [4155552671],
    });
  });
});
