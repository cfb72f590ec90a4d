/** Identifiers behind characters that hide them from a reader of bytes, and in places where nobody looks. */
import { describe, expect, it } from "vitest";
import { DEFAULT_POLICY_NAME, PRESETS } from "../../src/policy/presets.ts";
import { makeWorld } from "../api/world.ts";
import { chatPath, realDetector, startReal, unveiled } from "./real.ts";

/** What is said before and after, and the value. Each value's digits are nobody's but this test's. */
const VALUES = {
  phone: ["Call me at ", "415-263-0134"],
  ssn: ["my social security number is ", "219-45-6788"],
  card: ["my card number is ", "4532 0151 1283 0366"],
  medicare: ["my Medicare number is ", "1EG4-TE5-MK73"],
  email: ["write to ", "oona.pellweather@example.org"],
} as const;

const BARE =
  /4152630134|415\D{0,6}263\D{0,6}0134|219\D{0,6}45\D{0,6}6788|4532\D{0,6}0151|1283\D{0,6}0366|1eg4|pellweather|42\.3362|71\.0705/;

const INVISIBLE: Readonly<Record<string, string>> = {
  "zero-width space": "\u200b",
  "zero-width joiner": "\u200d",
  "zero-width non-joiner": "\u200c",
  "soft hyphen": "\u00ad",
  "word joiner": "\u2060",
  "byte order mark": "\ufeff",
  "right-to-left mark": "\u200f",
  "right-to-left override": "\u202e",
  "left-to-right isolate": "\u2066",
  "variation selector": "\ufe0f",
  "combining grapheme joiner": "\u034f",
  "Mongolian vowel separator": "\u180e",
  "Hangul filler": "\u3164",
  "tag space": "\u{e0020}",
};

const ZEROES: Readonly<Record<string, number>> = {
  "full-width": 0xff10,
  "Arabic-Indic": 0x660,
  Persian: 0x6f0,
  Devanagari: 0x966,
  "N'Ko": 0x7c0,
  "mathematical bold": 0x1d7ce,
  "mathematical monospace": 0x1d7f6,
  segmented: 0x1fbf0,
};

const SEPARATORS = [
  ...[
    "\u2010",
    "\u2011",
    "\u2012",
    "\u2013",
    "\u2014",
    "\u2212",
    "\u00b7",
    "\u2022",
    "\u30fb",
    "_",
    "~",
    "*",
    "/",
    "|",
  ],
  ...["\\", "…", ";", ":", " - ", "\u2009", "\u00a0", "\u3000", "\t", "\n", "\r\n"],
];

const inDigits = (text: string, zero: number) =>
  text.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));

const CASES: readonly (readonly [string, string])[] = [
  ...Object.entries(VALUES).flatMap(([kind, [cue, value]]) => [
    ...Object.entries(INVISIBLE).map(
      ([name, char]) => [`${kind} with ${name}`, `${cue}${[...value].join(char)} ok`] as const,
    ),
    [
      `${kind} in full width`,
      `${cue}${value.replace(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0))} ok`,
    ] as const,
    [`${kind} after a lone surrogate`, `\ud800${cue}${value}\udc00 ok`] as const,
    [`${kind} between lone surrogates`, `${cue}\udfff${value}\ud800 ok`] as const,
    [`${kind} after a null`, `${cue}\u0000${value}\u0000 ok`] as const,
    [`${kind} in direction marks`, `${cue}\u202e\u2067${value}\u2069\u202c ok`] as const,
    [`${kind} in Markdown`, `${cue}**${value}** and \`${value}\` and [${value}](tel:${value}) ok`] as const,
    [`${kind} in HTML`, `${cue}<b title="${value}">${value}</b> ok`] as const,
    [`${kind} in capitals`, `${cue}${value}`.toUpperCase()] as const,
  ]),
  ...Object.entries(ZEROES).flatMap(([name, zero]) =>
    (["phone", "ssn", "card"] as const).map(
      (kind) => [`${kind} in ${name} digits`, `${VALUES[kind][0]}${inDigits(VALUES[kind][1], zero)} ok`] as const,
    ),
  ),
  ...SEPARATORS.flatMap((mark) =>
    (["phone", "ssn"] as const).map(
      (kind) =>
        [
          `${kind} parted by ${JSON.stringify(mark)}`,
          `${VALUES[kind][0]}${VALUES[kind][1].replaceAll("-", mark)} ok`,
        ] as const,
    ),
  ),
  ["in a URL", "open https://portal.example/p?ssn=219-45-6788&phone=%2B14152630134 now"],
  ["as base64", `the record is ${Buffer.from("My SSN is 219-45-6788, call me").toString("base64")}`],
  ["as hexadecimal", `the record is ${Buffer.from("My SSN is 219-45-6788, call me").toString("hex")}`],
  ["an address with (at)", "mail me: oona.pellweather(at)example.org"],
  ["an address with [at] and [dot]", "mail me: oona.pellweather [at] example [dot] org"],
  ["an address with an entity", "mail me: oona.pellweather&#64;example.org"],
  ["an address in percent signs", "see portal?mail=oona.pellweather%40example.org"],
  ["JSON with escapes in prose", 'they said {"phone": "\\u0034\\u0031\\u0035-263-0134"} and left'],
  ["JSON with escapes in a fence", '```json\n{"ssn": "\\u003219-45-6788"}\n```'],
  ["JSON lines", '{"phone":"\\u0034152630134"}\n{"ssn":"\\u003219-45-6788"}'],
  ["JSON that breaks off", '{"phone":"\\u0034152630134", "ssn":"\\u003219-45-6788"'],
  ["XML", '<patient phone="415-263-0134" ssn="219456788"/>'],
];

/** Bodies as they are sent. */
const BODIES: readonly (readonly [string, string])[] = [
  ["a duplicate key, the first", '{"messages":[{"role":"user","content":"Call 415-263-0134","content":"hi"}]}'],
  ["a duplicate key, the last", '{"messages":[{"role":"user","content":"hi","content":"Call me at 415-263-0134"}]}'],
  [
    "duplicate messages",
    '{"messages":[{"role":"user","content":"415-263-0134"}],"messages":[{"role":"user","content":"hi"}]}',
  ],
  [
    "__proto__",
    '{"__proto__":{"x":"415-263-0134"},"messages":[{"__proto__":{"content":"415-263-0134"},"role":"user","content":"hi"}]}',
  ],
  [
    "__proto__ in a result",
    '{"messages":[{"role":"function","name":"f","content":"{\\"__proto__\\":{\\"phone\\":\\"415-263-0134\\"},\\"constructor\\":{\\"ssn\\":\\"219-45-6788\\"}}"}]}',
  ],
  [
    "a key in other case",
    '{"messages":[{"role":"user","content":"hi","Content":"415-263-0134"}],"Messages":[{"role":"user","content":"219-45-6788"}]}',
  ],
  [
    "duplicate keys in a result",
    '{"messages":[{"role":"function","name":"f","content":"{\\"phone\\":\\"415-263-0134\\",\\"phone\\":1}"}]}',
  ],
  [
    "numbers of all forms",
    '{"messages":[{"role":"function","name":"f","content":"{\\"phone\\":4152630134.0,\\"ssn\\":219456788.0,\\"phone2\\":4.152630134e9}"}]}',
  ],
  ["a participant", '{"messages":[{"role":"user","name":"oona_pellweather","content":"hi"}]}'],
  [
    "ids and names of calls",
    '{"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"call_4152630134","type":"function","function":{"name":"call_4152630134","arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_4152630134","content":"ok"}]}',
  ],
  [
    "the name of a schema",
    '{"messages":[{"role":"user","content":"hi"}],"response_format":{"type":"json_schema","json_schema":{"name":"report_219-45-6788","schema":{"type":"object","properties":{"219-45-6788":{"type":"string"}}}}}}',
  ],
  [
    "an id of a spoken answer",
    '{"messages":[{"role":"assistant","audio":{"id":"audio_4152630134219456788abc"},"content":null},{"role":"user","content":"x"}]}',
  ],
  ["token ids", '{"messages":[{"role":"user","content":"hi"}],"logit_bias":{"219456788":1}}'],
  [
    "words of the protocol",
    '{"messages":[{"role":"user","content":"hi"}],"service_tier":"415-263-0134","reasoning_effort":"219-45-6788","verbosity":"415-263-0134"}',
  ],
  [
    "fields without a known form",
    '{"messages":[{"role":"user","content":"hi"}],"moderation":{"x":"415-263-0134"},"prompt_cache_options":{"219-45-6788":219456788}}',
  ],
  [
    "a location",
    '{"messages":[{"role":"user","content":"hi"}],"web_search_options":{"user_location":{"type":"approximate","approximate":{"country":"US","city":"415-263-0134"}}}}',
  ],
  [
    "every keyword of a schema",
    '{"messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"string","pattern":"415-263-0134","minimum":219456788,"$ref":"#/$defs/219-45-6788","x-note":"415-263-0134","enum":[219456788,"415-263-0134"],"const":4152630134,"default":{"219-45-6788":1}}}}}}]}',
  ],
  [
    "two parts of one message",
    '{"messages":[{"role":"user","content":[{"type":"text","text":"my number is 415-"},{"type":"text","text":"263-0134"}]}]}',
  ],
  [
    "three messages",
    '{"messages":[{"role":"user","content":"my social is 219"},{"role":"assistant","content":"go on"},{"role":"user","content":"45"},{"role":"assistant","content":"and"},{"role":"user","content":"6788"}]}',
  ],
  ...[
    { items: [{ patient_name: "Oona Pellweather" }] },
    { event: { file: { caller: "Oona Pellweather" } } },
    { customer: "Oona Pellweather", policyHolder: "Oona Pellweather" },
    { responsible_party: "Pellweather, Oona", patients: ["Oona Pellweather"] },
    { home: { lat: 42.3362, lng: -71.0705 } },
  ].map((record): readonly [string, string] => {
    const content = JSON.stringify(record);
    return [`the record ${content}`, JSON.stringify({ messages: [{ role: "function", name: "f", content }] })];
  }),
];

describe("a disguised identifier does not leave", () => {
  it("through the proxy", async () => {
    await using h = await startReal();
    const bodies = [
      ...CASES.map(([name, content]) => [name, { messages: [{ role: "user", content }] }] as const),
      ...CASES.map(([name, note]) => {
        const content = JSON.stringify({ note, deep: JSON.stringify({ note }) });
        return [`${name}, in a result`, { messages: [{ role: "function", name: "f", content }] }] as const;
      }),
      ...BODIES,
    ];
    const leaks: string[] = [];
    const failures: string[] = [];
    for (const [name, body] of bodies) {
      h.received.length = 0;
      const response = await h.post(chatPath(h), body);
      const answer = await response.text();
      if (response.status !== 200 && response.status !== 400) failures.push(`${name}: ${response.status} ${answer}`);
      if (h.received.some((sent) => BARE.test(unveiled(sent.body)))) leaks.push(name);
      if (BARE.test(unveiled(answer))) leaks.push(`${name}, in the answer`);
    }
    expect({ leaks, failures }).toEqual({ leaks: [], failures: [] });
    expect(unveiled(await h.stored())).not.toMatch(BARE);
  });

  it("through the API's preview", async () => {
    const world = await makeWorld();
    const { api } = world;
    (api.deps as { detector: unknown }).detector = realDetector();
    const { token } = await world.tenant();
    const yaml = PRESETS.get(DEFAULT_POLICY_NAME)!.replace(/^passes: .*$/m, "passes: [regex]");
    try {
      const leaks: string[] = [];
      for (const [name, text] of CASES) {
        const answer = await world.call("POST", "/mask", { token, body: { text, policy_yaml: yaml } });
        if (answer.status !== 200) leaks.push(`${name}: ${answer.status} ${answer.text}`);
        else if (BARE.test(unveiled(answer.json.masked))) leaks.push(name);
      }
      expect(leaks.slice(0, 5)).toEqual([]);
    } finally {
      await world.close();
    }
  });
});
