const SPEAKERS = {
  caller: "user",
  patient: "user",
  user: "user",
  agent: "assistant",
  assistant: "assistant",
  system: "system",
  developer: "developer",
  tool: "tool",
} as const;

export interface Message {
  readonly role: (typeof SPEAKERS)[keyof typeof SPEAKERS];
  readonly content: string;
  /** Where the content begins in the text that was typed. */
  readonly start: number;
}

/** Lines that name a speaker become turns; lines without one belong to the turn before. */
export function parseConversation(text: string): readonly Message[] {
  const messages: Message[] = [];
  let at = 0;
  for (const line of text.split("\n")) {
    const match = /^(\s*([a-z]+)\s*:[^\S\n]*)(.*)$/i.exec(line);
    const role = match ? roleOf(match[2] ?? "") : undefined;
    const last = messages.at(-1);
    if (role !== undefined) messages.push({ role, content: match?.[3] ?? "", start: at + (match?.[1]?.length ?? 0) });
    else if (last === undefined) messages.push({ role: "user", content: line, start: at });
    else messages[messages.length - 1] = { ...last, content: `${last.content}\n${line}` };
    at += line.length + 1;
  }
  return messages.filter((message) => message.content.trim() !== "");
}

function roleOf(speaker: string): Message["role"] | undefined {
  const name = speaker.toLowerCase();
  return Object.hasOwn(SPEAKERS, name) ? SPEAKERS[name as keyof typeof SPEAKERS] : undefined;
}
