/** One turn of a conversation as a person reads it. */
export interface Turn {
  readonly role: string;
  readonly text: string;
}

/** The turns of a chat request's JSON; content parts and tool calls become text. */
export function turnsOfRequest(payload: string): readonly Turn[] {
  const body = parse(payload);
  const messages = isObject(body) && Array.isArray(body.messages) ? body.messages : [];
  return messages
    .filter(isObject)
    .map((message) => ({ role: String(message.role ?? "other"), text: textOfMessage(message) }));
}

/** The turns of an answer, whole JSON or server-sent events; one for each choice. */
export function turnsOfAnswer(payload: string): readonly Turn[] {
  return payload.trimStart().startsWith("data:") ? turnsOfStream(payload) : turnsOfWhole(payload);
}

function turnsOfWhole(payload: string): readonly Turn[] {
  const body = parse(payload);
  const choices = isObject(body) && Array.isArray(body.choices) ? body.choices : [];
  return choices
    .filter(isObject)
    .map((choice) => ({ role: "assistant", text: isObject(choice.message) ? textOfMessage(choice.message) : "" }));
}

function turnsOfStream(payload: string): readonly Turn[] {
  const texts = new Map<number, string>();
  for (const line of payload.split("\n")) {
    if (!line.startsWith("data:")) continue;
    const chunk = parse(line.slice(5));
    const choices = isObject(chunk) && Array.isArray(chunk.choices) ? chunk.choices : [];
    for (const choice of choices.filter(isObject)) {
      const index = Number(choice.index ?? 0);
      texts.set(index, (texts.get(index) ?? "") + (isObject(choice.delta) ? textOfDelta(choice.delta) : ""));
    }
  }
  return [...texts].sort(([a], [b]) => a - b).map(([, text]) => ({ role: "assistant", text }));
}

function textOfMessage(message: Record<string, unknown>): string {
  const calls = toolCalls(message).map((call) => `→ ${String(call.name ?? "")}(${String(call.arguments ?? "")})`);
  return [textOfContent(message.content), ...calls].filter((text) => text !== "").join("\n");
}

function textOfContent(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .filter(isObject)
    .map((part) => (typeof part.text === "string" ? part.text : `[${String(part.type ?? "part")}]`))
    .join("\n");
}

function textOfDelta(delta: Record<string, unknown>): string {
  const calls = toolCalls(delta).map(
    (call) => (call.name === undefined ? "" : `\n→ ${String(call.name)} `) + String(call.arguments ?? ""),
  );
  return textOfContent(delta.content) + calls.join("");
}

function toolCalls(message: Record<string, unknown>): readonly Record<string, unknown>[] {
  if (!Array.isArray(message.tool_calls)) return [];
  return message.tool_calls.filter(isObject).map((call) => (isObject(call.function) ? call.function : {}));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
