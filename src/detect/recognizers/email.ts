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

function* findEmails(reading: Reading): Iterable<Found> {
  yield* findWritten(reading.folded.text);
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
    "«j underscore park eighty two at yahoo dot com»",
    "my email is «b as in boy o b at outlook dot com»",
  ],
  misses: ["meet me at noon", "look at the website", "I'm at home", "@ 5pm"],
};
