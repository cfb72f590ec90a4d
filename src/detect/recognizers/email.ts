/** E-mail addresses, RFC 5322 in the common form, and as they are spelled out: "sarah dot chen at gmail dot com". */
import type { Found, Reading, Recognizer } from "../recognizer.ts";
import { findLocalParts, findSpokenEmails } from "../spoken/web.ts";

const isWordCode = (code: number) => (code >= 97 && code <= 122) || (code >= 48 && code <= 57);
const isBeyondAscii = (text: string, i: number) => text.charCodeAt(i) > 127 && /\p{L}/u.test(text[i] as string);
/** Characters of a local part; letters beyond ASCII pass, as in internationalised addresses. */
const isLocal = (text: string, i: number) =>
  isWordCode(text.charCodeAt(i)) || "._%+'-".includes(text[i] as string) || isBeyondAscii(text, i);
const isDomain = (text: string, i: number) =>
  isWordCode(text.charCodeAt(i)) || text[i] === "." || text[i] === "-" || isBeyondAscii(text, i);

function* findWritten(text: string): Iterable<Found> {
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    let from = at;
    while (from > 0 && at - from < 64 && isLocal(text, from - 1)) from--;
    let to = at + 1;
    while (to < text.length && to - at < 255 && isDomain(text, to)) to++;
    while (to > at + 1 && /[.-]/.test(text[to - 1] as string)) to--;
    while (from < at && /['.%-]/.test(text[from] as string)) from++;
    if (from < at && /\.\p{L}{2,24}$/u.test(text.slice(at + 1, to))) {
      yield { from, to, kind: "EMAIL", score: 0.95, validated: true };
    }
  }
}

const DOT = String.raw`(?:\.|\s{0,2}[([{<]\s?dot\s?[)\]}>]\s{0,2}|&#(?:0{0,4}46|x0{0,4}2e);|%2e)`;
const LABEL = String.raw`[\p{L}\d-]{1,63}`;
/** The sign as it is written to hide from collectors of addresses, in HTML and in URLs. */
const HIDDEN_AT = /\s{0,2}[([{<]\s?at\s?[)\]}>]\s{0,2}|&#(?:0{0,4}64|x0{0,4}40);|&commat;|%40/g;
const AFTER_AT = new RegExp(`${LABEL}(?:${DOT}${LABEL}){1,6}`, "uy");
const HIDDEN_DOT_BEFORE = /\s{0,2}[([{<]\s?dot\s?[)\]}>]\s{0,2}$/;
/** Characters before the sign that are looked at. */
const LOCAL_REACH = 100;

/** Where the local part before `at` begins: `at` itself when there is none. Nothing before `bound` is looked at. */
function localStart(text: string, at: number, bound: number): number {
  let from = at;
  for (;;) {
    while (from > bound && isLocal(text, from - 1) && text[from - 1] !== "%") from--;
    const dot = /[)\]}>\s]/.test(text[from - 1] ?? "")
      ? HIDDEN_DOT_BEFORE.exec(text.slice(Math.max(bound, from - 12), from))
      : null;
    if (dot === null) break;
    from -= dot[0].length;
  }
  while (from < at && /[\s'([{<.-]/.test(text[from] as string)) from++;
  return from;
}

function* findHidden(text: string): Iterable<Found> {
  let bound = 0;
  for (const at of text.matchAll(HIDDEN_AT)) {
    const from = localStart(text, at.index, Math.max(bound, at.index - LOCAL_REACH));
    bound = at.index + at[0].length;
    if (from === at.index) continue;
    AFTER_AT.lastIndex = bound;
    if (AFTER_AT.test(text)) yield { from, to: AFTER_AT.lastIndex, kind: "EMAIL", score: 0.95, validated: true };
  }
}

function* findEmails(reading: Reading): Iterable<Found> {
  yield* findWritten(reading.folded.text);
  yield* findHidden(reading.folded.text);
  yield* findSpokenEmails(reading);
  yield* findLocalParts(reading);
}

export const email: Recognizer = {
  name: "email",
  kind: "EMAIL",
  cues: ["email", "e mail", "email address", "e mail address", "mail address", "gmail", "correo"],
  codes: [{ name: "spelled", pattern: /^(?=.*[A-Z].*[A-Z])[A-Z\d]{3,40}$/, alone: 0, cued: 0.75 }],
  find: findEmails,
  hits: [
    "write to «sarah.chen+lab@example.org» please",
    "it's «sarah dot chen at gmail dot com»",
    "write to «sarah.chen(at)example.org» or «sarah [dot] chen [at] example [dot] org»",
    "mail=«sarah.chen%40example.org» or «sarah.chen&#64;example.org»",
    "«j underscore park eighty two at yahoo dot com»",
    "my email is «b as in boy o b at outlook dot com»",
  ],
  misses: ["meet me (at) noon", "meet me at noon", "look at the website", "I'm at home", "@ 5pm"],
};
