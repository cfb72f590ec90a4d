import type { Found, Reading } from "../recognizer.ts";
import type { Token } from "../text/tokens.ts";
import type { AtomIndex } from "./atom.ts";
import { DIGIT_WORDS, FILLERS, REPEAT_WORDS, TEEN_WORDS, TEN_WORDS } from "./words.ts";

/** Top-level domains that people say and write; others need "http" or "www" before them. */
export const TLDS: ReadonlySet<string> = new Set(
  `com org net edu gov mil io us co uk ca info biz me health care clinic app dev ai tv eu de fr es mx in au online
  site help live medical doctor hospital dental pharmacy mobi cloud tech nz ie za br jp cn hu pl it nl se ch at be
  dk no fi cz int life family`.split(/\s+/),
);

const PROVIDERS: ReadonlySet<string> = new Set(
  `gmail yahoo hotmail outlook icloud aol comcast protonmail verizon att msn sbcglobal live ymail mac cox charter
  earthlink bellsouth juno gmx fastmail zoho optonline rocketmail proton mail`.split(/\s+/),
);

/** Words that are never part of an address that is being said. */
const OUTSIDE: ReadonlySet<string> = new Set(
  `says said lives found hosted is it's its my email mail address at the that's thats to send me reach be would so
  yeah and or it also as use on was are this yes no okay ok sure you your his her hers their can could please with
  have has try under write contact by of a our we i i'm im he she they but then all lowercase sorry actually not
  from user username in into correct got online website site portal go visit see over just like about there's
  called look log up out if when let put one's hang wait meant mean said spelled an for`.split(/\s+/),
);

/** Words among those that domains are made of. */
const IN_DOMAINS: ReadonlySet<string> = new Set([
  "mail",
  "email",
  "site",
  "online",
  "portal",
  "me",
  "go",
  "all",
  "our",
]);

const isDot = (token: Token | undefined) =>
  token !== undefined && (token.text === "dot" || token.text === "." || token.text === "punto");
const isSaidDot = (token: Token | undefined) => token?.text === "dot" || token?.text === "punto";
const isLinkWord = (text: string) =>
  /^(?:dot|punto|underscore|dash|hyphen|minus|plus|point|period|slash|backslash|[._+-])$/.test(text);
const isPiece = (token: Token) =>
  token.type === "digits" ||
  token.text.length === 1 ||
  DIGIT_WORDS.has(token.text) ||
  TEEN_WORDS.has(token.text) ||
  TEN_WORDS.has(token.text) ||
  REPEAT_WORDS.has(token.text) ||
  isLinkWord(token.text);

/** The last token of a domain that begins at `at` ("elm clinic dot org", "gmail.com"), or -1. */
function domainAt(tokens: readonly Token[], at: number, labelWords: number, anchored = false): number {
  let last = -1;
  let words = 0;
  let i = at;
  while (i < tokens.length && i - at < 24) {
    const token = tokens[i] as Token;
    if (isDot(token)) {
      if (i === at) return -1;
      const next = tokens[i + 1];
      if (token.text === "." && (token.spaced || (next?.spaced ?? true))) {
        // "gmail. com" is how a recogniser may write it; else the sentence ends here.
        if (!(next && TLDS.has(next.text) && next.text.length === 3 && !token.spaced)) return last;
      }
      const spelled = spelledTld(tokens, i + 1);
      if (spelled > i + 1) return spelled;
      if (next?.type === "word" && TLDS.has(next.text)) {
        last = i + 1;
        words = 0;
        i += 2;
        if (!isDot(tokens[i])) return last;
        continue;
      }
      words = 0;
      i++;
      continue;
    }
    if (last >= 0) return last;
    if (token.type === "mark" && token.text !== "-") return last;
    const isThe = token.text === "the" && i === at;
    if (!anchored && OUTSIDE.has(token.text) && token.text.length > 1 && !isThe && !IN_DOMAINS.has(token.text))
      return last;
    if (!FILLERS.has(token.text) && !isPiece(token) && ++words > labelWords) return last;
    i++;
  }
  return last;
}

/** The last token of a top-level domain said letter by letter ("e d u"), or -1. */
function spelledTld(tokens: readonly Token[], at: number): number {
  let text = "";
  for (let i = at; i < at + 4 && tokens[i]?.type === "word" && tokens[i]?.text.length === 1; i++) {
    text += (tokens[i] as Token).text;
    if ((text.length === 3 || (text.length === 2 && tokens[i + 1]?.text.length !== 1)) && TLDS.has(text)) return i;
  }
  return -1;
}

/** The first token of what is said before "at", or -1. `atoms` by last token: phonetic letters count as one. */
function localBefore(tokens: readonly Token[], at: number, endsAt: AtomIndex): number {
  let first = -1;
  let words = 0;
  let i = at - 1;
  while (i >= 0 && at - i < 60) {
    const token = tokens[i] as Token;
    const atom = endsAt.get(i);
    if (atom && atom.last > atom.first) {
      first = atom.first;
      i = atom.first - 1;
      continue;
    }
    if (FILLERS.has(token.text)) {
      i--;
      continue;
    }
    if (token.type === "mark") {
      const following = tokens[i + 1] as Token;
      if (token.text === "," && i > 0 && isPiece(following)) {
        i--;
        continue;
      }
      if (!/^[._+-]$/.test(token.text) || (token.text === "." && following.spaced)) break;
      i--;
      continue;
    }
    if (!isPiece(token)) {
      const linked = isLinkWord(tokens[i + 1]?.text ?? "") || isLinkWord(tokens[i - 1]?.text ?? "");
      if (OUTSIDE.has(token.text) && !(linked && isLinkWord(tokens[i + 1]?.text ?? "") && token.text.length > 3)) break;
      // A plain word before spelled letters is the sentence, not the address.
      if (!linked && /^[a-z]$/.test(tokens[i + 1]?.text ?? "") && /^[a-z]$/.test(tokens[i + 2]?.text ?? "")) break;
      if (!linked && ++words > 2) break;
    } else if (token.text === "i" || token.text === "a") {
      if (
        first === i + 1 &&
        tokens[i - 1] !== undefined &&
        !isPiece(tokens[i - 1] as Token) &&
        (tokens[i + 1] as Token).text.length > 1
      )
        break;
    }
    first = i;
    i--;
  }
  return first;
}

/** "NAME at DOMAIN dot TLD", with words, letters, digits and symbols; linear, each "at" looks at most 60 tokens back. */
export function* findSpokenEmails(reading: Reading): Iterable<Found> {
  const { tokens } = reading;
  for (let at = 1; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    if (token.text !== "at" && token.text !== "@" && token.text !== "arroba") continue;
    // A written address was read as such.
    if (token.text === "@" && !token.spaced) continue;
    if (/^(?:www|w)$/.test(tokens[at + 1]?.text ?? "")) continue;
    const begin = tokens[at + 1]?.text === "sign" || tokens[at + 1]?.text === "symbol" ? at + 2 : at + 1;
    let last = domainAt(tokens, begin, 4);
    let score = 0.9;
    const next = tokens[at + 1];
    if (last < 0 && next) {
      const provider = PROVIDERS.has(next.text)
        ? at + 1
        : next.text === "g" && tokens[at + 2]?.text === "mail"
          ? at + 2
          : -1;
      if (provider < 0 || next.text === "mail" || next.text === "live" || next.text === "mac") continue;
      last = provider;
      score = 0.8;
    }
    if (last < 0) continue;
    const first = localBefore(tokens, at, reading.endsAt);
    if (first < 0 && !reading.context.topic.includes("EMAIL")) continue;
    yield {
      from: (tokens[first < 0 ? at : first] as Token).from,
      to: (tokens[last] as Token).to,
      kind: "EMAIL",
      score,
      validated: true,
    };
  }
}

/** "quill underscore seven": nobody says "underscore" outside a name of an account. */
export function* findUnderscored(reading: Reading): Iterable<Found> {
  const { tokens } = reading;
  for (let at = 1; at + 1 < tokens.length; at++) {
    if ((tokens[at] as Token).text !== "underscore") continue;
    let first = at - 1;
    while (first > 0 && at - first < 40 && isPiece(tokens[first] as Token) && isPiece(tokens[first - 1] as Token))
      first--;
    let last = at + 1;
    while (
      last + 1 < tokens.length &&
      last - at < 40 &&
      (isPiece(tokens[last + 1] as Token) || tokens[last]?.text === "underscore")
    )
      last++;
    const kind = reading.context.topic.includes("EMAIL") ? "EMAIL" : "OTHER_ID";
    yield { from: (tokens[first] as Token).from, to: (tokens[last] as Token).to, kind, score: 0.75, validated: false };
    at = last;
  }
}

/** In answer to "what's your e-mail": the local part alone, linked by "dot" or spelled. */
export function* findLocalParts(reading: Reading): Iterable<Found> {
  const { tokens, context } = reading;
  if (!context.topic.includes("EMAIL")) return;
  for (let at = 1; at + 1 < tokens.length; at++) {
    const token = tokens[at] as Token;
    if (token.text !== "dot" && !(token.text === "." && !token.spaced && !tokens[at + 1]?.spaced)) continue;
    let first = at - 1;
    while (first > 0 && at - first < 40 && isPiece(tokens[first] as Token) && isPiece(tokens[first - 1] as Token))
      first--;
    yield {
      from: (tokens[first] as Token).from,
      to: (tokens[at + 1] as Token).to,
      kind: "EMAIL",
      score: 0.75,
      validated: false,
    };
    at++;
  }
}

/** "www dot elm clinic dot org slash login", "elmclinic dot org". */
export function* findSpokenUrls(reading: Reading): Iterable<Found> {
  const { tokens } = reading;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    const threeW =
      token.text === "w" && tokens[at + 1]?.text === "w" && tokens[at + 2]?.text === "w"
        ? at + 2
        : token.text === "www"
          ? at
          : -1;
    let first = -1;
    let last = -1;
    if (threeW >= 0) {
      const from = isDot(tokens[threeW + 1]) ? threeW + 2 : threeW + 1;
      last = domainAt(tokens, from, 4, true);
      first = at;
      if (last < 0) continue;
    } else if (isSaidDot(token) && (TLDS.has(tokens[at + 1]?.text ?? "") || spelledTld(tokens, at + 1) >= 0)) {
      first = labelBefore(tokens, at);
      last = Math.max(at + 1, spelledTld(tokens, at + 1));
      if (isSaidDot(tokens[at + 2]) && TLDS.has(tokens[at + 3]?.text ?? "")) last = at + 3;
      if (first < 0) continue;
    } else continue;
    first = schemeBefore(tokens, first);
    last = pathAfter(tokens, last);
    yield {
      from: (tokens[first] as Token).from,
      to: (tokens[last] as Token).to,
      kind: "URL",
      score: 0.85,
      validated: false,
    };
    at = last;
  }
}

function labelBefore(tokens: readonly Token[], dot: number): number {
  let first = -1;
  let words = 0;
  for (let i = dot - 1; i >= 0 && dot - i < 30; i--) {
    const token = tokens[i] as Token;
    if (token.type === "mark" && token.text !== "-") break;
    if (!isPiece(token)) {
      const isMyChart =
        (token.text === "my" &&
          (tokens[i + 1]?.text === "chart" ||
            /^(?:at|to|on|is|visit|bookmark|up|under|dot)$/.test(tokens[i - 1]?.text ?? ""))) ||
        /^(?:dash|hyphen|underscore|-)$/.test(tokens[i + 1]?.text ?? "");
      if ((OUTSIDE.has(token.text) && !isMyChart) || FILLERS.has(token.text)) break;
      const linked = isLinkWord(tokens[i + 1]?.text ?? "") && i + 1 !== dot;
      if (!linked && ++words > 3) break;
    } else if ((token.text === "a" || token.text === "i") && first === i + 1) break;
    first = i;
  }
  return first;
}

function schemeBefore(tokens: readonly Token[], first: number): number {
  // The scheme as a word or letter by letter, a colon and two slashes.
  let i = first - 1;
  let slashes = 0;
  while (slashes < 2 && (tokens[i]?.text === "slash" || tokens[i]?.text === "/" || tokens[i]?.text === "forward")) {
    if (tokens[i]?.text !== "forward") slashes++;
    i--;
  }
  if (tokens[i]?.text === "forward") i--;
  if (slashes < 2 || (tokens[i]?.text !== "colon" && tokens[i]?.text !== ":")) return first;
  i--;
  if (/^https?$/.test(tokens[i]?.text ?? "")) return i;
  const spelled = tokens
    .slice(Math.max(0, i - 4), i + 1)
    .map((t) => t.text)
    .join("");
  if (spelled.endsWith("https")) return i - 4;
  return spelled.endsWith("http") ? i - 3 : first;
}

/** "slash" and what is said behind it, up to three plain words or any number of spelled pieces. */
function pathAfter(tokens: readonly Token[], last: number): number {
  let end = last;
  let i = last + 1;
  while (
    tokens[i]?.text === "slash" ||
    tokens[i]?.text === "backslash" ||
    (tokens[i]?.text === "/" && !(tokens[i] as Token).spaced) ||
    tokens[i]?.text === "forward"
  ) {
    if (tokens[i]?.text === "forward") i++;
    i++;
    const before = end;
    let words = 0;
    while (i < tokens.length && i - end < 40) {
      const token = tokens[i] as Token;
      if (
        token.text === "slash" ||
        token.text === "backslash" ||
        token.text === "forward" ||
        (token.type === "mark" && !/^[-_]$/.test(token.text))
      )
        break;
      if (!isPiece(token) && (OUTSIDE.has(token.text) || (++words > 1 && !isLinkWord(tokens[i - 1]?.text ?? ""))))
        break;
      end = i;
      i++;
    }
    if (end === before) return end;
    i = end + 1;
  }
  return end;
}
