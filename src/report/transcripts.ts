import { createHmac } from "node:crypto";

/** One turn of a sample: what crossed to the model or came back, tokens only. */
export interface SampleTurn {
  readonly role: string;
  readonly text: string;
}

export interface SampleTranscript {
  readonly session_id: string;
  readonly turns: readonly SampleTurn[];
}

const MAX_SAMPLES = 20;
const MAX_TURNS = 12;
const MAX_TURN_LENGTH = 600;

/** The same sessions for the same report: sorted by a keyed hash of their ids. */
export function drawSample(sessionIds: readonly string[], seed: string): readonly string[] {
  const rank = (id: string) => createHmac("sha256", seed).update(id).digest("hex");
  return sessionIds
    .map((id) => [rank(id), id] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, MAX_SAMPLES)
    .map(([, id]) => id);
}

/** The last turns of a masked request, cut to a readable length. */
export function sampleTurns(masked: string): readonly SampleTurn[] {
  const body = parse(masked);
  const messages = isObject(body) && Array.isArray(body.messages) ? body.messages : [];
  return messages
    .filter(isObject)
    .slice(-MAX_TURNS)
    .map((message) => ({
      role: String(message.role ?? "other"),
      text: textOf(message.content).slice(0, MAX_TURN_LENGTH),
    }));
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .filter(isObject)
    .map((part) => (typeof part.text === "string" ? part.text : ""))
    .join(" ");
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
