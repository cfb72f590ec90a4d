/** Web addresses: RFC 3986 with http(s), "www.", bare domains of common top-level domains, and as they are said. */
import type { Found, Reading, Recognizer } from "../recognizer.ts";
import { findSpokenUrls, TLDS } from "../spoken/web.ts";

const STOP = /[\s"'<>`{}|\\^]/;

function endOfUrl(text: string, from: number): number {
  let to = from;
  while (to < text.length && to - from < 2048 && !STOP.test(text[to] as string)) to++;
  while (to > from && /[.,;:!?)\]]/.test(text[to - 1] as string)) to--;
  return to;
}

const isHost = (text: string, i: number) => {
  const code = text.charCodeAt(i);
  if (code > 127) return /\p{L}/u.test(text[i] as string);
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 45 || code === 46;
};

/** Endings that are also words: a sentence without its space ("done.in a week") is no domain. */
const WORD_ENDINGS = /^(?:me|in|it|at|be|no|us|de|es|se)$/;

/** Looks at each maximal stretch of host characters with a dot in it once. */
function* findWritten(text: string): Iterable<Found> {
  for (let at = text.indexOf("."), done = 0; at >= 0; at = text.indexOf(".", done)) {
    let from = at;
    while (from > done && isHost(text, from - 1)) from--;
    let hostEnd = at + 1;
    while (hostEnd < text.length && isHost(text, hostEnd)) hostEnd++;
    done = hostEnd;
    while (hostEnd > at && /[.-]/.test(text[hostEnd - 1] as string)) hostEnd--;
    while (from < at && /[.-]/.test(text[from] as string)) from++;
    if (from === at || hostEnd <= at || hostEnd - from > 253 || text[from - 1] === "@" || text[hostEnd] === "@")
      continue;
    const scheme = /(?:https?|ftp|wss?):\/\/(?:[^\s/@]{1,64}@)?$/.exec(text.slice(Math.max(0, from - 80), from));
    const isWeb = text.startsWith("www.", from);
    const ending = text.slice(text.lastIndexOf(".", hostEnd - 1) + 1, hostEnd);
    if (!scheme && !isWeb) {
      if (!TLDS.has(ending) || !/[^\d.-]/.test(text.slice(from, hostEnd - ending.length))) continue;
      if (WORD_ENDINGS.test(ending) && text[hostEnd] !== "/") continue;
    }
    const to = /[/?:#]/.test(text[hostEnd] ?? "") ? Math.max(hostEnd, endOfUrl(text, hostEnd)) : hostEnd;
    yield { from: scheme ? from - scheme[0].length : from, to, kind: "URL", score: 0.9, validated: false };
    done = Math.max(done, to);
  }
}

function* findUrls(reading: Reading): Iterable<Found> {
  yield* findWritten(reading.folded.text);
  yield* findSpokenUrls(reading);
}

export const url: Recognizer = {
  name: "url",
  kind: "URL",
  cues: ["url", "website", "web site", "web address", "portal link", "web page"],
  find: findUrls,
  hits: [
    "see «https://portal.example.org/p/8841?x=1» now",
    "go to «www.elmclinic.org»",
    "it's «w w w dot elm clinic dot org slash login»",
    "on «elmclinic dot org»",
  ],
  misses: ["Take 2.5 mg", "e.g. twice", "v2.0.1", "and. then"],
};
