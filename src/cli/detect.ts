import { z } from "zod";
import type { Role, Span } from "../detect/detector.ts";
import { MaskerError } from "../errors.ts";
import { detectOptions } from "../policy/policy.ts";
import type { Command, CommandCall } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import {
  DETECTION_OPTIONS,
  inputBytes,
  type OfflineDetection,
  openDetection,
  readInput,
  textParts,
} from "./offline.ts";

/** Lines in work at once: enough to keep the model's threads busy, few enough to hold little. */
const LINES_AT_ONCE = 16;

export const detectCommand: Command = {
  name: "detect",
  summary: "Finds identifiers in a text, or in each line of a corpus, and prints where they are",
  options: {
    ...DETECTION_OPTIONS,
    threshold: { value: "T", summary: "confidence that a hit needs, 0 to 1 (the policy's, by kind)" },
    ndjson: { summary: 'a line {"id","text"} or {"id","messages"} in, a line {"id","spans"} out, in order' },
    "show-text": { summary: "add the text of each span: the output then holds identifiers" },
  },
  async run(call) {
    const detection = await openDetection(call);
    try {
      await (call.options.has("ndjson") ? detectLines(call, detection) : detectText(call, detection));
      return EXIT.ok;
    } finally {
      await detection.close();
    }
  },
};

async function detectText(call: CommandCall, detection: OfflineDetection): Promise<void> {
  const { policy, detector } = detection;
  const text = await readInput(call);
  const parts = textParts(text, null, "user");
  const found = await detector.detect(parts.slots, detectOptions(policy));
  const output = {
    spans: parts.locate(found.spans).map((span) => shown(span, text, call)),
    policy_name: policy.name,
    policy_version: policy.revision,
    ner_skipped: found.nerSkipped,
  };
  await call.io.out(`${JSON.stringify(output, null, call.io.outIsTerminal ? 2 : 0)}\n`);
}

/** Reads ahead by a few lines and writes in their order. */
async function detectLines(call: CommandCall, detection: OfflineDetection): Promise<void> {
  const { io, options } = call;
  const running: Promise<string>[] = [];
  let number = 0;
  let done = 0;
  const writeFirst = async () => {
    const line = await running.shift();
    await io.out(`${line}\n`);
    done++;
    if (io.errIsTerminal && !options.has("quiet") && done % 100 === 0) await io.err(`\r${done} lines`);
  };
  for await (const line of lines(inputBytes(options.get("input"), io))) {
    number++;
    if (line.trim() === "") continue;
    const result = detectLine(line, number, call, detection);
    // Its turn to be awaited may come after another line's failure.
    result.catch(() => {});
    running.push(result);
    if (running.length >= LINES_AT_ONCE) await writeFirst();
  }
  while (running.length > 0) await writeFirst();
  if (io.errIsTerminal && !options.has("quiet")) await io.err(`\r${done} lines\n`);
}

const ROLES: readonly string[] = ["system", "developer", "user", "assistant", "tool", "function"] satisfies Role[];

const idSchema = z.union([z.string(), z.number()]);
const lineSchema = z.union([
  z.object({ id: idSchema, text: z.string() }),
  z.object({ id: idSchema, messages: z.array(z.object({ role: z.string(), content: z.string().nullish() })) }),
]);

async function detectLine(
  line: string,
  number: number,
  call: CommandCall,
  { detector, policy }: OfflineDetection,
): Promise<string> {
  const row = readLine(line, number);
  const messages = "messages" in row ? row.messages : [{ role: "user", content: row.text }];
  const texts = messages.map(({ content }) => content ?? "");
  const parts = texts.map((text, index) => {
    const role = messages[index]?.role ?? "";
    return textParts(text, index, ROLES.includes(role) ? (role as Role) : "other");
  });
  const found = await detector.detect(
    parts.flatMap(({ slots }) => slots),
    detectOptions(policy),
  );
  let at = 0;
  const spans = parts.flatMap(({ slots, locate }, message) => {
    const own = found.spans.slice(at, at + slots.length);
    at += slots.length;
    return locate(own).map((span) => ({
      ...("messages" in row ? { message } : {}),
      ...shown(span, texts[message] ?? "", call),
    }));
  });
  return JSON.stringify({ id: row.id, spans });
}

function readLine(line: string, number: number): z.infer<typeof lineSchema> {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch {
    const message = `Line ${number} is not {"id","text"} or {"id","messages"} with text content.`;
    throw new MaskerError("validation_failed", { message });
  }
}

function shown({ start, end, kind, confidence, pass }: Span, text: string, { options }: CommandCall) {
  const rounded = Math.round(confidence * 1000) / 1000;
  const own = options.has("show-text") ? { text: text.slice(start, end) } : {};
  return { start, end, kind, confidence: rounded, pass, ...own };
}

async function* lines(input: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8");
  let rest = "";
  for await (const bytes of input) {
    const pieces = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = pieces.pop() ?? "";
    yield* pieces;
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}
