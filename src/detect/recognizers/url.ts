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

function* findWritten(text: string): Iterable<Found> {
  for (let at = text.indexOf("."), done = 0; at >= 0; at = text.indexOf(".", Math.max(at + 1, done))) {
    let from = at;
    while (from > done && at - from < 64 && /[\p{L}\d.-]/u.test(text[from - 1] as string)) from--;
    if (from === at || text[from - 1] === "@") continue;
    const scheme = /(?:https?|ftp|wss?):\/\/(?:[^\s/@]{1,64}@)?$/.exec(text.slice(Math.max(0, from - 80), from));
    let hostEnd = at;
    while (hostEnd < text.length && hostEnd - at < 255 && /[\p{L}\d.-]/u.test(text[hostEnd] as string)) hostEnd++;
    while (hostEnd > at && /[.-]/.test(text[hostEnd - 1] as string)) hostEnd--;
    const tld = text.slice(text.lastIndexOf(".", hostEnd - 1) + 1, hostEnd);
    if (text[hostEnd] === "@") continue;
    const known = TLDS.has(tld) && !/^\d+$/.test(text.slice(from, at));
    if (!scheme && !text.startsWith("www.", from) && !known) continue;
    const begin = scheme ? from - scheme[0].length : from;
    // A sentence without its space ("done.in a week") is no domain.
    if (
      !scheme &&
      !text.startsWith("www.", from) &&
      tld.length === 2 &&
      text[hostEnd] !== "/" &&
      /^(?:me|in|it|at|be|no|us|de|es|se)$/.test(tld)
    )
      continue;
    const to =
      text[hostEnd] === "/" || text[hostEnd] === "?" || text[hostEnd] === ":" || text[hostEnd] === "#"
        ? Math.max(hostEnd, endOfUrl(text, hostEnd))
        : hostEnd;
    yield { from: begin, to, kind: "URL", score: 0.9, validated: false };
    done = to;
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
  misses: ["Take 2.5 mg", "e.g. twice", "v2.0.1", "Dr. Chen"],
};
