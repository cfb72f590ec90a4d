/** User names and handles: "@name" where it is no e-mail address, and the word behind "log in as", "username". */
import { COMMON_WORDS } from "../context/common-words.ts";
import type { Found, Reading, Recognizer } from "../recognizer.ts";
import { findUnderscored } from "../spoken/web.ts";
import type { Token } from "../text/tokens.ts";

/** The last token of what is written without a space from `at`, full stops at its end left out. */
function gluedEnd(tokens: readonly Token[], at: number): number {
  let last = at;
  for (let i = at + 1; i < tokens.length && i - at < 24; i++) {
    const token = tokens[i] as Token;
    if (token.spaced || (token.type === "mark" && !/^[._-]$/.test(token.text))) break;
    if (token.type !== "mark" || token.text === "_") last = i;
  }
  return last;
}

function* findHandles(reading: Reading): Iterable<Found> {
  const { tokens } = reading;
  yield* findUnderscored(reading);
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    if (token.text === "@" && (token.spaced || tokens[at - 1]?.type === "mark") && tokens[at + 1]?.spaced === false) {
      if (tokens[at + 1]?.type === "mark" && tokens[at + 1]?.text !== "_") continue;
      const last = gluedEnd(tokens, at + 1);
      const written = reading.folded.text.slice(token.from, (tokens[last] as Token).to);
      if (written.length >= 4 && /[a-z]/.test(written)) {
        yield { from: token.from, to: (tokens[last] as Token).to, kind: "OTHER_ID", score: 0.8, validated: false };
      }
      at = last;
      continue;
    }
    const start = afterLogin(tokens, at);
    const first = start < 0 ? undefined : tokens[start];
    if (first === undefined || first.type === "mark" || COMMON_WORDS.has(first.text)) continue;
    const last = gluedEnd(tokens, start);
    const written = reading.folded.text.slice(first.from, (tokens[last] as Token).to);
    // A name is a user name only when it looks like one; "user reports pain" is prose.
    if (
      written.length >= 4 &&
      /[a-z]/.test(written) &&
      (/[\d._]/.test(written) || /^user ?name|^handle/.test(token.text + (tokens[at + 1]?.text ?? "")))
    ) {
      yield { from: first.from, to: (tokens[last] as Token).to, kind: "OTHER_ID", score: 0.8, validated: false };
      at = last;
    }
  }
}

/** Where a user name may begin behind words that announce one at `at`, or -1. */
function afterLogin(tokens: readonly Token[], at: number): number {
  const word = (i: number) => tokens[i]?.text ?? "";
  let i = -1;
  if (/^(?:user|username|login|handle|userid)$/.test(word(at))) i = at + 1;
  else if (/^(?:log|logged|sign|signed)$/.test(word(at)) && word(at + 1) === "in" && word(at + 2) === "as") i = at + 3;
  else if (/^(?:login|logon)$/.test(word(at)) && word(at + 1) === "as") i = at + 2;
  if (i < 0) return -1;
  if (word(i) === "name" || word(i) === "id") i++;
  while (/^(?:is|:|=|"|'|as)$/.test(word(i))) i++;
  return i;
}

export const handle: Recognizer = {
  name: "handle",
  kind: "OTHER_ID",
  find: findHandles,
  hits: ["message me at «@marsh_wren77» there", "I log in as «tbrook.81» every time", "username: «quillfeather»"],
  misses: ["the user reports mild pain", "@ 5 tomorrow", "log in as usual", "see you @ noon"],
};
