/** What every client is taken through, and what must be true of what it hears with Masker in between. */
import type { Ask, Heard, Message, Tool } from "./ask.ts";
import { type Asked, answering, events, type Script, whole } from "./upstream.ts";

/** Invented, and looked for in every byte that the provider gets. */
export const PLANTED = [
  "Marisol Quintanilla",
  "Quintanilla",
  "415-555-0134",
  "529-48-1173",
  "marisol.q@example.com",
  "84-71-9920",
  "03/14/1982",
];
export const SAID =
  "Hi, my name is Marisol Quintanilla, born 03/14/1982. My phone number is 415-555-0134, my social security number is " +
  '529-48-1173 and my e-mail is marisol.q@example.com. My medical record number is 84-71-9920. "Quoted", back\\slash, ' +
  "tab\t, ü and \u{1f600}.";

export interface Case {
  readonly name: string;
  /** Takes longer than ten seconds, and so is only in `npm run conformance`. */
  readonly slow?: boolean;
  /** Its note is a time. */
  readonly timed?: boolean;
  readonly ask: Omit<Ask, "model">;
  readonly script: Script;
  /** Problems of what was heard through Masker, beside what was heard without it. */
  check(masked: Outcome, plain: Outcome): readonly string[];
  /** A figure worth showing. */
  note?(masked: Outcome, plain: Outcome): string;
}

export interface Outcome {
  readonly heard: Heard;
  /** How often the provider was asked. */
  readonly requests: number;
  /** Epoch ms at which the provider saw its peer leave before the end. */
  readonly closedAt: number | null;
}

const SYSTEM: Message = { role: "system", content: "You answer the telephone of a clinic." };
const turn: readonly Message[] = [SYSTEM, { role: "user", content: SAID }];

const toolNamed = (name: string): Tool => ({
  type: "function",
  function: {
    name,
    description: "A tool of the clinic.",
    parameters: {
      type: "object",
      properties: { note: { type: "string" }, nested: { type: "string" } },
      required: ["note", "nested"],
      additionalProperties: false,
    },
  },
});

const SCHEMA = {
  type: "object",
  properties: { summary: { type: "string" }, count: { type: "integer" } },
  required: ["summary", "count"],
  additionalProperties: false,
};

const RECORD = JSON.stringify({
  patient: { name: "Marisol Quintanilla", dob: "03/14/1982", phone: "415-555-0134", mrn: "84-71-9920" },
  note: `said "${"529-48-1173"}" as her SSN`,
});

const afterTool: readonly Message[] = [
  SYSTEM,
  { role: "user", content: "Who am I?" },
  {
    role: "assistant",
    content: null,
    tool_calls: [
      {
        id: "call_abcdefghijklmnop0",
        type: "function",
        function: { name: "look_up", arguments: JSON.stringify({ note: SAID, nested: "{}" }) },
      },
    ],
  },
  { role: "tool", tool_call_id: "call_abcdefghijklmnop0", content: RECORD },
];

const plain = { messages: turn, retries: 0 } as const;

/** The same text, calls, reason and usage as without Masker, and all of it with the caller's values. */
function same(masked: Outcome, without: Outcome): string[] {
  const problems: string[] = [];
  if (without.heard.error !== null) problems.push(`without Masker: ${without.heard.error.message}`);
  if (masked.heard.error !== null) problems.push(`error: ${masked.heard.error.message}`);
  if (JSON.stringify(masked.heard.choices) !== JSON.stringify(without.heard.choices))
    problems.push("heard another answer");
  if (JSON.stringify(masked.heard.usage) !== JSON.stringify(without.heard.usage)) problems.push("heard another usage");
  if (!JSON.stringify(masked.heard.choices).includes("Quintanilla"))
    problems.push("the caller's values did not come back");
  return [...problems, ...noTokens(masked)];
}

function noTokens({ heard }: Outcome): string[] {
  return /MSKV?1/i.test(JSON.stringify(heard)) ? ["a token was heard"] : [];
}

function sameRequests(masked: Outcome, without: Outcome): string[] {
  return masked.requests === without.requests
    ? []
    : [`${masked.requests} requests, ${without.requests} without Masker`];
}

/** Fails `times` times, then answers. */
const failing = (times: number, status: number, headers: Readonly<Record<string, string>>): Script => {
  return (asked) =>
    asked.attempt < times ? { status, headers, steps: [errorBody(`Busy: ${asked.text}`)] } : answering(asked);
};

function errorBody(message: string): string {
  return JSON.stringify({ error: { message, type: "server_error", param: null, code: "some_code" } });
}

/** Told as an error with a status, in words that hold nothing of the caller. */
function refused(masked: Outcome): string[] {
  const { error } = masked.heard;
  if (error === null) return ["no error was told"];
  const problems = PLANTED.some((value) => error.message.includes(value)) ? ["the error quotes the caller"] : [];
  if (error.status !== 502) problems.push(`status ${error.status}`);
  return [...problems, ...noTokens(masked)];
}

/** What came before a break is the beginning of the answer, with no part of a token in it, and the break is told. */
function brokenOff(masked: Outcome, full: string): string[] {
  const { heard } = masked;
  const text = heard.choices[0]?.text ?? "";
  const kept = text.replace(/\[REDACTED:[A-Z_]+\]$/, "");
  const problems = full.startsWith(kept) ? [] : ["what was heard is not the beginning of the answer"];
  if (heard.error === null && heard.choices[0]?.reason !== "stop") problems.push("the break was not told");
  return [...problems, ...noTokens(masked)];
}

/** A stream up to its finish; the usage chunk, which comes after that, is left out however the client asks. */
function unfinished(asked: Asked): readonly string[] {
  return events({ ...asked, usage: false }).slice(0, -2);
}

/** Where an answer may break: each a name and the steps until then. */
const BREAKS: readonly (readonly [string, boolean, (asked: Asked) => readonly (string | number)[] | null])[] = [
  ["before the head", true, () => null],
  ["after the head", true, () => []],
  ["inside the first event", true, (asked) => [events(asked)[0]!.slice(0, 40)]],
  ["after the first event", true, (asked) => events(asked).slice(0, 1)],
  ["inside a token", true, (asked) => events(asked).slice(0, 6)],
  ["inside an event", true, (asked) => [...events(asked).slice(0, 12), events(asked)[12]!.slice(0, 150)]],
  ["before the finish", true, unfinished],
  ["before [DONE]", true, (asked) => events(asked).slice(0, -1)],
  ["inside [DONE]", true, (asked) => [...events(asked).slice(0, -1), "data: [DO"]],
  ["before the head of a whole answer", false, () => null],
  ["after the head of a whole answer", false, () => []],
  ["inside a whole answer", false, (asked) => [whole(asked).slice(0, 250)]],
];

export const CASES: readonly Case[] = [
  { name: "whole", ask: { ...plain, stream: false }, script: answering, check: same },
  { name: "streamed", ask: { ...plain, stream: true }, script: answering, check: same },
  {
    name: "streamed byte by byte",
    ask: { ...plain, stream: true },
    script: (asked) => ({ steps: events(asked, 1) }),
    check: same,
  },
  { name: "usage chunk", ask: { ...plain, stream: true, usage: true }, script: answering, check: withUsage },
  { name: "several", ask: { ...plain, stream: false, n: 2 }, script: answering, check: same },
  { name: "several, streamed", ask: { ...plain, stream: true, n: 2 }, script: answering, check: same },
  ...[false, true].flatMap((stream): Case[] => {
    const how = stream ? ", streamed" : "";
    return [
      { name: `tool${how}`, ask: { ...plain, stream, tools: [toolNamed("book")] }, script: answering, check: same },
      {
        name: `parallel tools${how}`,
        ask: { ...plain, stream, tools: [toolNamed("book"), toolNamed("notify"), toolNamed("look_up")] },
        script: answering,
        check: same,
      },
      {
        name: `after a tool's result${how}`,
        ask: { messages: afterTool, stream, retries: 0 },
        script: answering,
        check: same,
      },
      {
        name: `structured output${how}`,
        ask: { ...plain, stream, schema: SCHEMA },
        script: answering,
        check: same,
      },
    ];
  }),
  {
    name: "retry after 503",
    ask: { ...plain, stream: false, retries: 2 },
    script: failing(2, 503, {}),
    check: (masked, without) => [...same(masked, without), ...sameRequests(masked, without)],
  },
  {
    name: "retry after 429, streamed",
    ask: { ...plain, stream: true, retries: 2 },
    script: failing(1, 429, { "retry-after": "1" }),
    check: (masked) => (masked.requests === 2 ? noTokens(masked) : [`${masked.requests} requests`]),
    note: (masked, without) => `${masked.requests}/${without.requests} requests`,
  },
  {
    name: "error before the answer",
    ask: { ...plain, stream: false, retries: 2 },
    script: ({ text }) => ({ status: 400, steps: [errorBody(`I cannot read: ${text}`)] }),
    check: refused,
    note: (masked, without) => `${masked.requests}/${without.requests} requests`,
  },
  {
    name: "error before the stream",
    ask: { ...plain, stream: true, retries: 0 },
    script: ({ text }) => ({ status: 500, steps: [errorBody(`I cannot read: ${text}`)] }),
    check: refused,
  },
  {
    name: "error in the stream",
    ask: { ...plain, stream: true },
    script: (asked) => ({
      steps: [...events(asked).slice(0, 12), `data: ${errorBody(`Overloaded by ${asked.text}`)}\n\n`],
    }),
    check: (masked) => [
      ...brokenOff(masked, SAID),
      ...(masked.heard.error === null ? ["no error was told"] : []),
      ...(/Overloaded|415-555/.test(masked.heard.error?.message ?? "") ? ["the error quotes the provider"] : []),
    ],
  },
  {
    name: "client leaves",
    timed: true,
    ask: { ...plain, stream: true, leave: true },
    script: (asked) => ({ steps: [...events(asked).slice(0, 20), 5_000, ...events(asked).slice(20)] }),
    check: (masked) => (masked.closedAt === null ? ["the provider went on"] : noTokens(masked)),
    note: (masked, without) => `${leavingTime(masked)}/${leavingTime(without)} ms`,
  },
  {
    name: "slow provider",
    ask: { ...plain, stream: true },
    script: (asked) => ({ steps: events(asked, 40).flatMap((event) => [event, 60]) }),
    check: same,
  },
  {
    name: "provider silent in the stream",
    ask: { ...plain, stream: true },
    script: (asked) => ({ steps: [...events(asked).slice(0, 10), 3_500, ...events(asked).slice(10)] }),
    check: same,
  },
  {
    name: "provider silent before the stream",
    slow: true,
    ask: { ...plain, stream: true },
    script: (asked) => ({ steps: [12_000, ...events(asked)] }),
    check: same,
  },
  {
    name: "provider silent before an answer",
    slow: true,
    ask: { ...plain, stream: false },
    script: (asked) => ({ steps: [12_000, whole(asked)] }),
    check: same,
  },
  {
    name: "stream without [DONE]",
    ask: { ...plain, stream: true },
    script: (asked) => ({ steps: events(asked).slice(0, -1) }),
    check: same,
  },
  {
    name: "stream without its end",
    ask: { ...plain, stream: true },
    script: (asked) => ({ steps: unfinished(asked) }),
    check: (masked) => [...brokenOff(masked, SAID), ...(masked.heard.error === null ? ["no error was told"] : [])],
    note: (masked, without) => `${told(masked)}/${told(without)}`,
  },
  ...BREAKS.map(
    ([where, stream, steps]): Case => ({
      name: `breaks ${where}`,
      ask: { ...plain, stream },
      script: (asked) => {
        const until = steps(asked);
        return { steps: until && [...until, "break"] };
      },
      check: (masked) => brokenOff(masked, SAID),
      note: (masked, without) => `${told(masked)}/${told(without)}`,
    }),
  ),
];

function withUsage(masked: Outcome, without: Outcome): string[] {
  return [...same(masked, without), ...(masked.heard.usage?.output === 7 ? [] : ["no usage was heard"])];
}

function leavingTime({ heard, closedAt }: Outcome): string {
  return heard.leftAt === null || closedAt === null ? "?" : String(Math.max(0, closedAt - heard.leftAt));
}

function told({ heard }: Outcome): string {
  return heard.error === null ? "end" : "error";
}
