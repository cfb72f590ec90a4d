import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MaskerError } from "../../src/errors.ts";
import { Ledger } from "../../src/tokens/ledger.ts";
import { openAiChat } from "../../src/upstream/openai-chat.ts";
import { chatBody, maskPlanted, OPTIONS, type Planted, replacementsFor, tokenOf } from "./planted.ts";

const NAME = "Sarah Chen-Ortiz";
const PLANTED: readonly Planted[] = [{ value: NAME, kind: "NAME" }];
const TOKEN = tokenOf("NAME", 0);
/** The name as words, as detection sees it in a function's name. */
const IN_NAMES: readonly Planted[] = [...PLANTED, { value: "sarah chen ortiz", kind: "NAME" }];

type Json = ReturnType<typeof JSON.parse>;

function forwarded(members: Record<string, unknown>, planted = PLANTED): Json {
  return JSON.parse(maskPlanted(chatBody(members), planted).masked.body);
}

const user = (content: unknown) => ({ messages: [{ role: "user", content }] });
const assistant = (members: unknown) => ({ messages: [{ role: "assistant", content: null, ...(members as object) }] });
const tool = (parameters: unknown) => ({
  tools: [{ type: "function", function: { name: "f", description: "d", parameters, strict: true } }],
});

describe("text slots", () => {
  it.each([
    ["content", user(`I am ${NAME}.`), "messages[0].content", `I am ${TOKEN}.`],
    ["content part", user([{ type: "text", text: NAME }]), "messages[0].content[0].text", TOKEN],
    [
      "refusal part",
      assistant({ content: [{ type: "refusal", refusal: NAME }] }),
      "messages[0].content[0].refusal",
      TOKEN,
    ],
    ["refusal", assistant({ refusal: NAME }), "messages[0].refusal", TOKEN],
    ["reasoning_content", assistant({ reasoning_content: NAME }), "messages[0].reasoning_content", TOKEN],
    ["developer", { messages: [{ role: "developer", content: NAME }] }, "messages[0].content", TOKEN],
    [
      "custom tool input",
      assistant({ tool_calls: [{ id: "c", type: "custom", custom: { name: "n", input: NAME } }] }),
      "messages[0].tool_calls[0].input",
      TOKEN,
    ],
    [
      "tool description",
      { tools: [{ type: "function", function: { name: "f", description: NAME } }] },
      "tools[0].function.description",
      TOKEN,
    ],
    [
      "custom tool description",
      { tools: [{ type: "custom", custom: { name: "f", description: NAME } }] },
      "tools[0].custom.description",
      TOKEN,
    ],
    [
      "grammar",
      {
        tools: [
          {
            type: "custom",
            custom: { name: "f", format: { type: "grammar", grammar: { syntax: "lark", definition: NAME } } },
          },
        ],
      },
      "tools[0].custom.grammar.definition",
      TOKEN,
    ],
    ["functions", { functions: [{ name: "f", description: NAME }] }, "functions[0].description", TOKEN],
    [
      "answer schema",
      { response_format: { type: "json_schema", json_schema: { name: "s", description: NAME } } },
      "response_format.json_schema.description",
      TOKEN,
    ],
    ["prediction", { prediction: { type: "content", content: NAME } }, "prediction.content", TOKEN],
    [
      "prediction parts",
      { prediction: { type: "content", content: [{ type: "text", text: NAME }] } },
      "prediction.content[0].text",
      TOKEN,
    ],
    ["stop", { stop: NAME }, "stop", TOKEN],
    ["stops", { stop: ["a", NAME] }, "stop[1]", TOKEN],
    ["metadata", { metadata: { note: NAME } }, "metadata", TOKEN],
    ["an effort that nobody knows", { reasoning_effort: NAME }, "reasoning_effort", TOKEN],
  ])("%s", (_, members, path, expected) => {
    const { request, masked } = maskPlanted(chatBody(members), PLANTED);
    const slot = request.slots.find((candidate) => candidate.text.includes(NAME));
    expect(slot?.path.replace("function.", "").replace("custom.format.", "custom.")).toBe(
      path.replace("function.", ""),
    );
    expect(masked.body).not.toContain(NAME);
    expect(masked.body).toContain(JSON.stringify(expected).slice(1, -1));
    // The answer to the question whether it is read at all: the check at the exit sees it too.
    const bare = openAiChat.parse(chatBody(members)).render([], OPTIONS);
    expect(bare.strings.some((string) => string.text.includes(NAME))).toBe(true);
  });

  it("arguments and tool results are taken apart; the JSON stays as it was written", () => {
    const args = `{ "who" : "${NAME}", "n": 12345678901234567890, "deep": "{\\"x\\":\\"${NAME}\\"}" }`;
    const body = forwarded(
      assistant({ tool_calls: [{ id: "c", type: "function", function: { name: "n", arguments: args } }] }),
    );
    expect(body.messages[0].tool_calls[0].function.arguments).toBe(args.replaceAll(NAME, TOKEN));
    const result = forwarded({ messages: [{ role: "tool", tool_call_id: "c", content: args }] });
    expect(result.messages[0].content).toBe(args.replaceAll(NAME, TOKEN));
    const older = forwarded(assistant({ function_call: { name: "n", arguments: args } }));
    expect(older.messages[0].function_call.arguments).toBe(args.replaceAll(NAME, TOKEN));
  });

  it("arguments that are an object become JSON text", () => {
    const body = forwarded(assistant({ tool_calls: [{ id: "c", function: { name: "n", arguments: { who: NAME } } }] }));
    expect(body.messages[0].tool_calls[0]).toEqual({
      id: "c",
      type: "function",
      function: { name: "n", arguments: JSON.stringify({ who: TOKEN }) },
    });
  });

  it("a slot knows the key, the message, the role and where it stands in the raw text", () => {
    const content = '{"patient":{"na\\u006de":"Jos\\u00e9 Ruiz"},"phones":[{"home":4155552671}]}';
    const { slots } = openAiChat.parse(
      chatBody({
        messages: [
          { role: "user", content: "hi" },
          { role: "tool", tool_call_id: "c1", content },
        ],
      }),
    );
    const name = slots.find((slot) => slot.text === "José Ruiz");
    expect(name).toMatchObject({
      key: "patient.name",
      message: 1,
      role: "tool",
      path: "messages[1].content",
      numeric: false,
    });
    const [start, end] = name?.locate(0, 4) ?? [0, 0];
    expect(content.slice(start, end)).toBe("Jos\\u00e9");
    const phone = slots.find((slot) => slot.text === "4155552671");
    expect(phone).toMatchObject({ key: "phones.home", numeric: true });
    expect(phone?.locate(0, 10)).toEqual([content.indexOf("4155"), content.indexOf("4155") + 10]);
  });

  it("paths never hold keys of the caller's", () => {
    const { request } = maskPlanted(
      chatBody({
        ...tool({ type: "object", properties: { [NAME]: { type: "string", default: { [NAME]: NAME } } } }),
        metadata: { [NAME]: NAME },
        messages: [{ role: "user", content: JSON.stringify({ [NAME]: { [NAME]: NAME } }) }],
      }),
      PLANTED,
    );
    for (const slot of request.slots) expect(slot.path).not.toContain("Sarah");
  });

  it("messages come before everything else, in their order", () => {
    const { slots } = openAiChat.parse(
      '{"tools":[{"type":"function","function":{"name":"f","description":"t"}}],"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"model":"m"}',
    );
    expect(slots.map((slot) => slot.message)).toEqual([0, 1, null, null]);
  });
});

describe("schemas", () => {
  const schema = {
    type: "object",
    title: NAME,
    description: NAME,
    properties: {
      [NAME]: { type: "string", enum: [NAME, "other"], pattern: "^[A-Z]+$", maxLength: 20 },
      ssn: { type: "integer", const: 123456789, minimum: 1 },
      list: { type: "array", items: { type: "string", examples: [NAME], default: NAME } },
      any: { anyOf: [{ const: NAME }, { $ref: `#/$defs/${NAME}` }] },
    },
    $defs: { [NAME]: { type: "string", example: NAME, "x-note": NAME, $comment: NAME } },
    required: [NAME, "ssn"],
    dependentRequired: { ssn: [NAME] },
    patternProperties: { [`^${NAME}`]: { type: "string" } },
    additionalProperties: false,
  };
  const planted: readonly Planted[] = [...PLANTED, { value: "123456789", kind: "SSN" }];

  it.each([
    ["tools", tool(schema), (body: Json) => body.tools[0].function.parameters],
    ["functions", { functions: [{ name: "f", parameters: schema }] }, (body: Json) => body.functions[0].parameters],
    [
      "response_format",
      { response_format: { type: "json_schema", json_schema: { name: "s", schema, strict: true } } },
      (body: Json) => body.response_format.json_schema.schema,
    ],
  ])("%s: every string and number is masked, names follow", (_, members, schemaOf) => {
    const { masked } = maskPlanted(chatBody(members), planted);
    expect(masked.body).not.toContain("Sarah");
    expect(masked.body).not.toContain("123456789");
    const out = schemaOf(JSON.parse(masked.body));
    expect(Object.keys(out.properties)).toEqual([TOKEN, "ssn", "list", "any"]);
    expect(out.required).toEqual([TOKEN, "ssn"]);
    expect(out.dependentRequired.ssn).toEqual([TOKEN]);
    expect(out.properties.any.anyOf[1].$ref).toBe(`#/$defs/${TOKEN}`);
    expect(Object.keys(out.$defs)).toEqual([TOKEN]);
    // Nothing of the node forbids the token any more.
    expect(out.properties[TOKEN]).toEqual({ type: "string", enum: [TOKEN, "other"] });
    expect(out.properties.ssn).toEqual({ type: ["string", "integer"], const: tokenOf("SSN", 1) });
  });

  it("without anything to mask it is the same, digit for digit", () => {
    const text =
      '{"type":"object","properties":{"n":{"type":"number","minimum":1.0,"maximum":12345678901234567890,"multipleOf":1e-2},"s":{"type":["string","null"],"format":"date-time","pattern":"^\\\\d+$"}},"required":["n"],"additionalProperties":false}';
    const body = `{"model":"m","messages":[],"tools":[{"type":"function","function":{"name":"f","parameters":${text},"strict":true}}]}`;
    expect(openAiChat.parse(body).render([], OPTIONS).body).toContain(text);
  });

  it("a masked limit is left out", () => {
    const body = forwarded(
      { functions: [{ name: "f", parameters: { type: "integer", minimum: 123456789 } }] },
      planted,
    );
    expect(body.functions[0].parameters).toEqual({ type: "integer" });
  });
});

describe("names", () => {
  const fn = "chart_of_sarah_chen_ortiz";
  const members = {
    messages: [
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "c", type: "function", function: { name: fn, arguments: "{}" } }],
      },
      { role: "function", name: fn, content: "x" },
      { role: "assistant", content: null, function_call: { name: fn, arguments: "{}" } },
    ],
    tools: [
      { type: "function", function: { name: fn } },
      { type: "function", function: { name: "other" } },
    ],
    tool_choice: { type: "function", function: { name: fn } },
    function_call: { name: fn },
  };

  it("a function's name with an identifier becomes one alias everywhere, and comes back", () => {
    const { masked, ledger } = maskPlanted(chatBody(members), IN_NAMES);
    const body = JSON.parse(masked.body);
    const alias = body.tools[0].function.name;
    expect(alias).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(masked.body.toLowerCase()).not.toContain("sarah");
    expect(body.messages[0].tool_calls[0].function.name).toBe(alias);
    expect(body.messages[1].name).toBe(alias);
    expect(body.messages[2].function_call.name).toBe(alias);
    expect(body.tool_choice.function.name).toBe(alias);
    expect(body.function_call.name).toBe(alias);
    expect(body.tools[1].function.name).toBe("other");
    const answer = {
      choices: [
        {
          index: 0,
          message: {
            role: "assistant",
            content: null,
            tool_calls: [{ id: "x", type: "function", function: { name: alias, arguments: "{}" } }],
          },
          finish_reason: "tool_calls",
        },
      ],
    };
    const out = JSON.parse(masked.answer(ledger).whole(JSON.stringify(answer)));
    expect(out.choices[0].message.tool_calls[0].function.name).toBe(fn);
  });

  it("allowed tools use the same alias", () => {
    const body = forwarded(
      {
        tools: members.tools,
        tool_choice: {
          type: "allowed_tools",
          allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: fn } }] },
        },
      },
      IN_NAMES,
    );
    expect(body.tool_choice.allowed_tools.tools[0].function.name).toBe(body.tools[0].function.name);
  });

  it("an alias never takes the name of another function", () => {
    const body = forwarded(
      { tools: ["function_1", fn, "function_2"].map((name) => ({ type: "function", function: { name } })) },
      IN_NAMES,
    );
    const names = body.tools.map((item: Json) => item.function.name);
    expect(new Set(names).size).toBe(3);
    expect(names[0]).toBe("function_1");
    expect(names[2]).toBe("function_2");
  });

  it("a participant's name is always an alias, the same for the same name", () => {
    const body = forwarded({
      messages: ["Dana", "Lee", "Dana"].map((name) => ({ role: "user", name, content: "x" })),
    });
    expect(body.messages.map((message: Json) => message.name)).toEqual([
      "participant_1",
      "participant_2",
      "participant_1",
    ]);
  });

  it("a call id with an identifier becomes an alias at both ends; a provider's own passes", () => {
    const id = "sarah-chen-ortiz-1";
    const own = "call_Ab3dEf6hIj9lMn2pQr5tUv8x";
    const body = forwarded(
      {
        messages: [
          {
            role: "assistant",
            content: null,
            tool_calls: [id, own].map((callId) => ({
              id: callId,
              type: "function",
              function: { name: "f", arguments: "{}" },
            })),
          },
          { role: "tool", tool_call_id: id, content: "x" },
          { role: "tool", tool_call_id: own, content: "x" },
        ],
      },
      IN_NAMES,
    );
    const alias = body.messages[0].tool_calls[0].id;
    expect(alias).toMatch(/^[A-Za-z0-9]{9}$/);
    expect(body.messages[1].tool_call_id).toBe(alias);
    expect(body.messages[0].tool_calls[1].id).toBe(own);
    expect(body.messages[2].tool_call_id).toBe(own);
  });
});

describe("what leaves", () => {
  it("is only what is known", () => {
    const secret = "twilio-secret-and-415-555-2671";
    const { masked } = maskPlanted(
      chatBody({
        messages: [
          {
            role: "user",
            content: [{ type: "text", text: "a", extra: secret, cache_control: { type: secret } }],
            extra: secret,
          },
          {
            role: "assistant",
            content: "b",
            audio: { id: secret },
            annotations: [secret],
            tool_calls: [
              { id: "c", type: "function", function: { name: "f", arguments: "{}", extra: secret }, extra: secret },
            ],
          },
        ],
        tools: [{ type: "function", extra: secret, function: { name: "f", extra: secret } }],
        stream_options: { include_usage: true, extra: secret },
        web_search_options: {
          search_context_size: "low",
          user_location: {
            type: "approximate",
            approximate: { city: secret, region: secret, country: "US", timezone: secret },
          },
        },
        call: { id: "x", secret },
        customer: { number: secret },
        phoneNumber: { twilioAuthToken: secret },
        metadata: { patient: secret },
        elevenlabs_extra_body: secret,
        audio: { voice: secret },
        unknown: secret,
        user: secret,
        safety_identifier: secret,
        prompt_cache_key: secret,
      }),
      [],
    );
    expect(masked.body).not.toContain("twilio");
    const body = JSON.parse(masked.body);
    expect(body).toMatchObject({ stream_options: { include_usage: true }, user: "p_30", prompt_cache_key: "p_30" });
    expect(body.web_search_options).toEqual({
      search_context_size: "low",
      user_location: { type: "approximate", approximate: { country: "US" } },
    });
    expect(body.metadata).toBeUndefined();
  });

  it("passes what is not text, with its digits", () => {
    const text =
      '{"model":"m","messages":[],"temperature":0.70,"top_p":1.0,"n":2,"seed":12345678901234567890,"max_tokens":256,"logit_bias":{"50256":-100},"logprobs":true,"parallel_tool_calls":false,"store":false,"reasoning_effort":"low","service_tier":"auto","verbosity":"high","modalities":["text"],"stream":true,"stream_options":{"include_usage":true},"response_format":{"type":"json_object"}}';
    const body = openAiChat.parse(text).render([], OPTIONS).body;
    for (const part of [
      '"temperature":0.70',
      '"top_p":1.0',
      '"seed":12345678901234567890',
      '"logit_bias":{"50256":-100}',
    ]) {
      expect(body).toContain(part);
    }
    expect(JSON.parse(body)).toEqual({ ...JSON.parse(text), model: "upstream-model" });
  });

  it("null is as good as absent", () => {
    const body = forwarded({
      tools: null,
      user: null,
      stop: null,
      response_format: null,
      temperature: null,
      stream: null,
    });
    expect(Object.keys(body)).toEqual(["model", "messages"]);
  });

  it("of a duplicate key the last one, and only it", () => {
    const body = `{"model":"m","messages":[{"role":"user","content":"${NAME}"}],"messages":[{"role":"user","content":"first ${NAME}","content":"last"}]}`;
    const { masked } = maskPlanted(body, PLANTED);
    expect(JSON.parse(masked.body).messages).toEqual([{ role: "user", content: "last" }]);
    expect(masked.body).not.toContain("first");
  });

  it("media parts become notes", () => {
    const { request, masked } = maskPlanted(
      chatBody(
        user([
          { type: "image_url", image_url: { url: `https://x.example/${NAME}.png` } },
          { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
          { type: "file", file: { filename: NAME, file_data: "AAAA" } },
          { type: "text", text: "look" },
        ]),
      ),
      [],
    );
    expect(request.media.map((part) => part.path)).toEqual([0, 1, 2].map((i) => `messages[0].content[${i}]`));
    expect(masked.body).not.toContain("Sarah");
    expect(masked.body).not.toContain("AAAA");
    expect(JSON.parse(masked.body).messages[0].content.map((part: Json) => part.type)).toEqual([
      "text",
      "text",
      "text",
      "text",
    ]);
  });

  it("metadata that a token made too long stays here", () => {
    const body = forwarded({ metadata: { note: `${NAME}${"x".repeat(490)}`, ok: "y", n: 1 } });
    expect(body.metadata).toEqual({ ok: "y" });
  });
});

describe("the check at the exit", () => {
  it("sees every string that leaves but the protocol's own, and masks what it is told", () => {
    const members = {
      messages: [
        { role: "system", content: `{"a":"{\\"b\\":\\"${NAME}\\"}","n":123456789}` },
        {
          role: "assistant",
          content: null,
          tool_calls: [
            {
              id: "sarah-chen-ortiz",
              type: "function",
              function: { name: "of_sarah_chen_ortiz", arguments: `{"${NAME}":1}` },
            },
          ],
        },
        { role: "tool", tool_call_id: "sarah-chen-ortiz", content: "x" },
      ],
      ...tool({ type: "object", properties: { [NAME]: { type: "string", format: "date" } }, required: [NAME] }),
      metadata: { [NAME]: NAME },
      stop: [NAME],
    };
    // Nothing is masked at first, as if every slot had been missed.
    const bare = openAiChat.parse(chatBody(members)).render([], OPTIONS);
    const texts = bare.strings.map((string) => string.text);
    for (const word of ["assistant", "function", "upstream-model", "object", "properties", "date", "string"]) {
      expect(texts).not.toContain(word);
    }
    const planted: readonly Planted[] = [...IN_NAMES, { value: "123456789", kind: "SSN" }];
    const masked = bare.mask(replacementsFor(bare.strings, planted, new Ledger()));
    expect(masked.body.toLowerCase()).not.toContain("sarah");
    expect(masked.body).not.toContain("123456789");
    const body = JSON.parse(masked.body);
    expect(JSON.parse(JSON.parse(body.messages[0].content).a)).toEqual({ b: TOKEN });
    expect(body.messages[1].tool_calls[0].id).toBe(body.messages[2].tool_call_id);
    expect(body.tools[0].function.parameters.required).toEqual([TOKEN]);
    expect(replacementsFor(masked.strings, planted, new Ledger()).flat()).toEqual([]);
  });
});

describe("refused", () => {
  const message = (value: unknown) => ({ messages: [value] });
  it.each([
    ["no object", "[]", "body"],
    ["no JSON", "{", "body"],
    ["nothing", "", "body"],
    ["no messages", '{"model":"m"}', "body.messages"],
    ["messages of another type", '{"messages":{}}', "messages"],
    ["too deep", `{"messages":${"[".repeat(200)}${"]".repeat(200)}}`, "body"],
    ["model", chatBody({ model: 1 }), "model"],
    ["stream", chatBody({ stream: "yes" }), "stream"],
    ["message", chatBody(message("hi")), "messages[0]"],
    ["role absent", chatBody(message({ content: "x" })), "messages[0].role"],
    ["role unknown", chatBody(message({ role: NAME, content: "x" })), "messages[0].role"],
    ["role __proto__", chatBody(message({ role: "__proto__", content: "x" })), "messages[0].role"],
    ["content number", chatBody(user(5)), "messages[0].content"],
    ["content object", chatBody(user({ text: NAME })), "messages[0].content"],
    ["part string", chatBody(user([NAME])), "messages[0].content[0]"],
    ["part without type", chatBody(user([{ text: NAME }])), "messages[0].content[0].type"],
    ["part unknown", chatBody(user([{ type: NAME }])), "messages[0].content[0].type"],
    ["part of a prototype's name", chatBody(user([{ type: "toString" }])), "messages[0].content[0].type"],
    ["text number", chatBody(user([{ type: "text", text: 1 }])), "messages[0].content[0].text"],
    ["name", chatBody(message({ role: "user", content: "x", name: {} })), "messages[0].name"],
    ["tool calls", chatBody(assistant({ tool_calls: "x" })), "messages[0].tool_calls"],
    ["tool call", chatBody(assistant({ tool_calls: [1] })), "messages[0].tool_calls[0]"],
    [
      "tool call of another kind",
      chatBody(assistant({ tool_calls: [{ id: "c", type: "x" }] })),
      "messages[0].tool_calls[0].type",
    ],
    [
      "arguments",
      chatBody(assistant({ tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: 1 } }] })),
      "messages[0].tool_calls[0].arguments",
    ],
    ["tool", chatBody({ tools: [{ type: "retrieval" }] }), "tools[0].type"],
    ["tool choice", chatBody({ tool_choice: NAME }), "tool_choice"],
    ["format", chatBody({ response_format: { type: NAME } }), "response_format.type"],
    ["spoken answers", chatBody({ modalities: ["text", "audio"] }), "modalities"],
    ["temperature", chatBody({ temperature: NAME }), "temperature"],
    ["more texts than a model reads", chatBody(user(`[${"1,".repeat(100_000)}1]`)), "messages[0].content"],
    ["logit bias", chatBody({ logit_bias: { [NAME]: 1 } }), "logit_bias"],
    ["stop", chatBody({ stop: [1] }), "stop[0]"],
    ["user", chatBody({ user: { id: NAME } }), "user"],
    [
      "media outside messages",
      chatBody({ prediction: { type: "content", content: [{ type: "file", file: {} }] } }),
      "prediction.content[0].type",
    ],
    [
      "JSON nested too deeply in a text",
      chatBody(user(`${'{"a":'.repeat(150)}"\\u0041"${"}".repeat(150)}`)),
      "messages[0].content",
    ],
  ])("%s", (_, body, path) => {
    let error: unknown;
    try {
      openAiChat.parse(body);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(MaskerError);
    expect((error as MaskerError).code).toBe("validation_failed");
    expect((error as MaskerError).details?.map((detail) => detail.path)).toEqual([path]);
    expect(JSON.stringify([(error as MaskerError).message, (error as MaskerError).details])).not.toContain("Sarah");
  });

  it.each([5, 6, 7])("JSON %i strings deep is refused, or read again at the exit", (levels) => {
    let text: string = NAME;
    for (let i = 0; i < levels; i++) text = JSON.stringify({ note: text });
    const parse = () => openAiChat.parse(chatBody(user(text)));
    if (levels > 6) return expect(parse).toThrow(MaskerError);
    const parsed = parse();
    const { strings } = parsed.render([], OPTIONS);
    expect(strings.map((string) => string.text)).toContain(NAME);
  });

  it("no body brings anything but a MaskerError, and what is accepted can be rendered and read again", () => {
    const anyBody = fc.oneof(
      fc.json(),
      fc
        .record(
          {
            messages: fc.array(
              fc.record(
                {
                  role: fc.constantFrom("user", "assistant", "tool"),
                  content: fc.jsonValue(),
                  tool_calls: fc.jsonValue(),
                },
                { requiredKeys: ["role"] },
              ),
            ),
            tools: fc.jsonValue(),
            metadata: fc.jsonValue(),
            response_format: fc.jsonValue(),
            stop: fc.jsonValue(),
          },
          { requiredKeys: ["messages"] },
        )
        .map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(anyBody, (body) => {
        try {
          const masked = openAiChat.parse(body).render([], OPTIONS);
          JSON.parse(masked.body);
          masked.strings.map((string) => string.text);
        } catch (error) {
          expect(error).toBeInstanceOf(MaskerError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("identity of a request", () => {
  it("reads the call id in both forms", () => {
    expect(openAiChat.parse(chatBody({ call: { id: "a" } })).callId).toBe("a");
    expect(openAiChat.parse(chatBody({ call: { callId: "b" } })).callId).toBe("b");
    for (const call of [{}, null, "x", { id: 5 }, { id: "" }, { id: "x".repeat(300) }]) {
      expect(openAiChat.parse(chatBody({ call })).callId).toBeNull();
    }
  });

  it("is told by each message as it came, whatever stands around it", () => {
    const messages = [
      { role: "user", content: "a" },
      { role: "assistant", content: "b" },
    ];
    const text = (members: object) => openAiChat.parse(JSON.stringify(members));
    const one = text({ model: "m", messages });
    const other = text({ temperature: 1, messages: [messages[0], { ...messages[1], content: "c" }] });
    expect(other.messageKeys[0]).toBe(one.messageKeys[0]);
    expect(other.messageKeys[1]).not.toBe(one.messageKeys[1]);
    expect(one.messageKeys).toEqual(messages.map((message) => JSON.stringify(message)));
  });
});
