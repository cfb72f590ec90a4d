const SPEAKERS: Readonly<Record<string, "user" | "assistant" | "system">> = {
  caller: "user",
  patient: "user",
  user: "user",
  agent: "assistant",
  assistant: "assistant",
  system: "system",
};

export interface Message {
  readonly role: "user" | "assistant" | "system";
  readonly content: string;
}

/** Lines that name a speaker become turns; lines without one belong to the turn before. */
export function parseConversation(text: string): readonly Message[] {
  const messages: Message[] = [];
  for (const line of text.split("\n")) {
    const match = /^\s*([a-z]+)\s*:\s*(.*)$/i.exec(line);
    const role = match ? SPEAKERS[match[1]?.toLowerCase() ?? ""] : undefined;
    const last = messages.at(-1);
    if (role !== undefined) messages.push({ role, content: match?.[2] ?? "" });
    else if (last === undefined) messages.push({ role: "user", content: line });
    else messages[messages.length - 1] = { ...last, content: `${last.content}\n${line}` };
  }
  return messages.filter((message) => message.content.trim() !== "");
}
