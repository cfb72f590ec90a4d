import type { Role } from "../detector.ts";
import type { Kind } from "../kind.ts";
import type { Token } from "../text/tokens.ts";
import type { Cue } from "./cues.ts";

/** What the conversation is after at some point: kinds that a bare answer may be, or something harmless. */
export type Topic = readonly (Kind | "HARMLESS")[];

export const NO_TOPIC: Topic = [];

/** Words of a turn that only keeps the other side talking. */
const KEEPS_GOING = 7;
/** The same for a question, which asks for something new unless it is this short or goes back to what was said. */
const GOES_BACK = 3;
const BACK: ReadonlySet<string> = new Set([
  "that",
  "it",
  "more",
  "rest",
  "next",
  "then",
  "year",
  "again",
  "repeat",
  "correct",
  "right",
  "sure",
  "else",
  "yes",
  "missing",
  "end",
  "last",
  "slower",
  "that's",
]);

/**
 * The topic after a turn. A question sets it, a short remark or a read-back keeps it, any other turn of the agent ends it.
 * `codes`: digits and spelled letters in the turn.
 */
export function topicAfter(
  before: Topic,
  role: Role,
  tokens: readonly Token[],
  cues: readonly Cue[],
  codes: number,
): Topic {
  if (role === "system" || role === "developer" || role === "tool" || role === "function") return before;
  const words = tokens.reduce((n, token) => n + (token.type === "word" ? 1 : 0), 0);
  const asked = [
    ...new Set(cues.filter((cue) => cue.announces !== "ANY").map((cue) => cue.announces as Kind | "HARMLESS")),
  ];
  const kinds = asked.filter((kind) => kind !== "HARMLESS");
  if (role === "user") {
    // The caller who names a number and goes on in the next turn.
    return kinds.length > 0 && words <= 14 ? kinds : before;
  }
  if (kinds.length > 0) {
    const last = lastSentence(tokens);
    const late = [
      ...new Set(
        cues
          .filter((cue) => cue.first >= last && cue.announces !== "ANY" && cue.announces !== "HARMLESS")
          .map((cue) => cue.announces as Kind),
      ),
    ];
    return late.length > 0 ? late : kinds;
  }
  if (asked.length > 0 && tokens.some((token) => token.text === "?")) return ["HARMLESS"];
  if (codes >= 3) return before;
  const asks = tokens.some((token) => token.text === "?");
  return words <= (asks ? GOES_BACK : KEEPS_GOING) ||
    (asks && words <= 8 && tokens.some((token) => BACK.has(token.text)))
    ? before
    : NO_TOPIC;
}

/** Index of the first token of the last sentence. */
function lastSentence(tokens: readonly Token[]): number {
  for (let i = tokens.length - 2; i > 0; i--) {
    const token = tokens[i] as Token;
    if (token.type === "mark" && /^[.?!]$/.test(token.text) && tokens[i + 1]?.spaced) return i + 1;
  }
  return 0;
}
