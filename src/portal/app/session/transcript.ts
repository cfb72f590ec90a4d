/** One text of a turn: what was said, or the arguments of a tool call. */
export interface Part {
  /** Path in the request as the audit events name it (`messages[0].content`); in an answer only unique. */
  readonly slot: string;
  /** Stands above it: the tool that is called, or the media that was sent. */
  readonly label: string | null;
  readonly text: string;
}

/** One turn of a conversation as a person reads it. */
export interface Turn {
  readonly role: string;
  readonly parts: readonly Part[];
}

type Fields = Readonly<Record<string, unknown>>;

/** The turns of a chat request's JSON. */
export function turnsOfRequest(payload: string): readonly Turn[] {
  const body = parse(payload);
  const messages = isObject(body) && Array.isArray(body.messages) ? body.messages : [];
  return messages.map((message, at) => turnOf(isObject(message) ? message : {}, `messages[${at}]`));
}

/** The turns of an answer, whole JSON or server-sent events; one for each choice. */
export function turnsOfAnswer(payload: string): readonly Turn[] {
  if (/^\s*(data|event|:)/.test(payload)) return turnsOfStream(payload);
  const body = parse(payload);
  const choices = isObject(body) && Array.isArray(body.choices) ? body.choices : [];
  return choices
    .filter(isObject)
    .map((choice, at) => turnOf(isObject(choice.message) ? choice.message : {}, `choices[${at}].message`));
}

function turnOf(message: Fields, path: string): Turn {
  const role = String(message.role ?? "assistant");
  const name = typeof message.name === "string" && role !== "tool" ? ` ${message.name}` : "";
  return {
    role: `${role}${name}`,
    parts: [...contentParts(message.content, `${path}.content`), ...callParts(message, path)],
  };
}

function contentParts(content: unknown, path: string): readonly Part[] {
  if (typeof content === "string") return content === "" ? [] : [{ slot: path, label: null, text: content }];
  if (!Array.isArray(content)) return [];
  return content.filter(isObject).map((part, at) => {
    const type = String(part.type ?? "text");
    const text = part[type];
    return typeof text === "string"
      ? { slot: `${path}[${at}].${type}`, label: null, text }
      : { slot: `${path}[${at}]`, label: type.replaceAll("_", " "), text: "" };
  });
}

function callParts(message: Fields, path: string): readonly Part[] {
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls.filter(isObject) : [];
  const parts = calls.map((call, at): Part => {
    const type = isObject(call.custom) ? "custom" : "function";
    const body = isObject(call[type]) ? (call[type] as Fields) : {};
    const field = type === "custom" ? "input" : "arguments";
    return {
      slot: `${path}.tool_calls[${at}].${field}`,
      label: `calls ${body.name ?? ""}`,
      text: asText(body[field]),
    };
  });
  const old = message.function_call;
  if (!isObject(old)) return parts;
  return [
    ...parts,
    { slot: `${path}.function_call.arguments`, label: `calls ${old.name ?? ""}`, text: asText(old.arguments) },
  ];
}

/** Puts the pieces of a stream together again. */
function turnsOfStream(payload: string): readonly Turn[] {
  const texts = new Map<number, { content: string; calls: { name: string; text: string }[] }>();
  for (const line of payload.split("\n")) {
    if (!line.startsWith("data:")) continue;
    const chunk = parse(line.slice(5));
    const choices = isObject(chunk) && Array.isArray(chunk.choices) ? chunk.choices.filter(isObject) : [];
    for (const choice of choices) {
      const number = Number(choice.index ?? 0);
      const turn = texts.get(number) ?? { content: "", calls: [] };
      texts.set(number, turn);
      const delta = isObject(choice.delta) ? choice.delta : {};
      if (typeof delta.content === "string") turn.content += delta.content;
      for (const call of Array.isArray(delta.tool_calls) ? delta.tool_calls.filter(isObject) : []) {
        const body = isObject(call.function) ? call.function : {};
        const index = Number(call.index ?? 0);
        const known = turn.calls[index] ?? { name: "", text: "" };
        turn.calls[index] = known;
        known.name += typeof body.name === "string" ? body.name : "";
        known.text += asText(body.arguments);
      }
    }
  }
  return [...texts]
    .sort(([a], [b]) => a - b)
    .map(([at, { content, calls }]) => ({
      role: "assistant",
      parts: [
        ...contentParts(content, `choices[${at}].message.content`),
        ...calls.map(({ name, text }, call) => ({
          slot: `choices[${at}].calls[${call}]`,
          label: `calls ${name}`,
          text,
        })),
      ],
    }));
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
