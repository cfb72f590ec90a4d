import { COMMON_WORDS } from "../context/common-words.ts";
import { UNITS } from "../context/units.ts";
import type { Token } from "../text/tokens.ts";
import type { Atom, AtomType } from "./atom.ts";
import { readNumber } from "./numbers.ts";
import {
  CLEAR_HOMOPHONES,
  DIGIT_WORDS,
  FILLERS,
  HOMOPHONES,
  LETTER_NAMES,
  NATO,
  REPEAT_WORDS,
  SPELLING_WORDS,
  SYMBOL_WORDS,
  TEEN_WORDS,
  TEN_WORDS,
} from "./words.ts";

/** Letters before the digits, or digits behind the ending: "A70ND0" is no seventieth. */
function isWithinCode(tokens: readonly Token[], at: number): boolean {
  const [before, digits, after] = [tokens[at - 1], tokens[at], tokens[at + 2]];
  return (before?.type === "word" && digits?.spaced === false) || (after?.type === "digits" && !after.spaced);
}

const SUFFIX = /^(?:st|nd|rd|th)(?:'s)?$/;
const CASE_WORDS: ReadonlySet<string> = new Set(["capital", "uppercase", "lowercase", "cap"]);
/** Two letters beside digits that are words or units, not a code's letters. */
const NOT_CODE: ReadonlySet<string> = new Set(
  `mg cc ml kg lb lbs hr hrs mm cm km pm dr mr mrs ms st nd rd th ft pt pts bp mcg mph vs tv hz db ct mri nsr prn
  qhs qd bd tds rn np md dvt ng dl mmhg mrn ssn dl npi pcp hmm hm mm nyc tbsp tsp sp yr yrs wks wk mths mth mins
  min sq ph rx hx dx sx tx cpt dx nwt pls plz thx grp nbr mbr plcy acct ctr blvd hwy ln ny nj nh nm nc nd sd sc ct
  tn tx ks ky md mn ms mt vt wv dc pr vmbr dds phd lpn crn cns bmp cbc ldl hdl tsh psa bmp hct hgb wbc rbc plt rr
  hr sr jr ph tpn gfr lvl`.split(/\s+/),
);

function single(token: Token | undefined): string | null {
  return token?.type === "word" && token.text.length === 1 && token.text >= "a" && token.text <= "z"
    ? token.text
    : null;
}

/** Reads every code-like piece of a text, left to right. Linear: each rule looks a fixed number of tokens ahead. */
export function readAtoms(tokens: readonly Token[]): Atom[] {
  const atoms: Atom[] = [];
  const push = (type: AtomType, text: string, first: number, last: number, spoken: boolean): void => {
    atoms.push({ type, text, first, last, spoken, cardinal: false });
  };
  const nearCode = (at: number) => {
    const last = atoms.at(-1);
    return last !== undefined && last.last === at - 1 && last.type !== "ordinal";
  };
  for (let at = 0; at < tokens.length; ) {
    const token = tokens[at] as Token;
    const next = tokens[at + 1];
    if (token.type === "digits") {
      const grouped = readThousandsGroup(tokens, at);
      if (grouped) {
        atoms.push(grouped);
        at = grouped.last + 1;
        continue;
      }
      const ordinal = next?.type === "word" && !next.spaced && SUFFIX.test(next.text) && !isWithinCode(tokens, at);
      push(ordinal ? "ordinal" : "digits", token.text, at, ordinal ? at + 1 : at, false);
      at += ordinal ? 2 : 1;
      continue;
    }
    if (token.type === "mark") {
      if ("-./:@+_#*()".includes(token.text)) push("symbol", token.text, at, at, false);
      at++;
      continue;
    }
    const repeat = REPEAT_WORDS.get(token.text);
    if (repeat !== undefined) {
      const after = next?.text === "-" && !next.spaced ? at + 2 : at + 1;
      const repeated = tokens[after]?.text ?? "";
      const unit = DIGIT_WORDS.get(repeated) ?? (/^[a-z\d]$/.test(repeated) ? repeated : null);
      if (repeat === 2 && (unit === "u" || repeated === "you")) {
        push("letters", "w", at, after, true);
        at = after + 1;
        continue;
      }
      if (unit !== null) {
        push(/\d/.test(unit) ? "digits" : "letters", unit.repeat(repeat), at, after, true);
        at = after + 1;
        continue;
      }
    }
    if (token.text === "x" && next?.text === "ray" && next.spaced && (nearCode(at) || codeFollows(tokens, at + 2))) {
      push("letters", "x", at, at + 1, true);
      at += 2;
      continue;
    }
    const phonetic = readPhonetic(tokens, at);
    if (phonetic) {
      push("letters", phonetic.letter, at, phonetic.last, true);
      at = phonetic.last + 1;
      continue;
    }
    // A lone "o" among letters is the letter: "r o s e", "O, R".
    const betweenLetters = token.text === "o" && isAmongLetters(tokens, atoms, at);
    const number = betweenLetters ? null : readNumber(tokens, at);
    if (number) {
      atoms.push(number);
      at = number.last + 1;
      continue;
    }
    const letter = single(token);
    if (letter !== null) {
      push("letters", letter, at, at, token.text.length === 1 && token.spaced);
      at++;
      continue;
    }
    if (/^(?:forward|back)$/.test(token.text) && next?.text === "slash") {
      push("symbol", "/", at, at + 1, true);
      at += 2;
      continue;
    }
    const symbol = SYMBOL_WORDS.get(token.text);
    if (symbol !== undefined) {
      push("symbol", symbol, at, at, true);
      at++;
      continue;
    }
    const homophone = HOMOPHONES.get(token.text);
    if (homophone !== undefined && digitAround(tokens, at)) {
      push("digits", homophone, at, at, true);
      at++;
      continue;
    }
    const nato = NATO.get(token.text);
    if (nato !== undefined && (nearCode(at) || codeFollows(tokens, at + 1))) {
      push("letters", nato, at, at, true);
      at++;
      continue;
    }
    const spelled = SPELLING_WORDS.get(token.text);
    if (
      spelled !== undefined &&
      nearCode(at) &&
      (codeFollows(tokens, at + 1) || SPELLING_WORDS.has(next?.text ?? ""))
    ) {
      push("letters", spelled, at, at, true);
      at++;
      continue;
    }
    const named = LETTER_NAMES.get(token.text);
    if (
      named !== undefined &&
      nearCode(at) &&
      !/^[ai]$/.test((tokens[at - 1] as Token).text) &&
      codeFollows(tokens, at + 1)
    ) {
      push("letters", named, at, at, true);
      at++;
      continue;
    }
    if (lettersOfCode(tokens, at)) {
      push("letters", token.text, at, at, false);
    }
    at++;
  }
  return atoms;
}

/** "61,340" as one quantity, or null. */
function readThousandsGroup(tokens: readonly Token[], at: number): Atom | null {
  let text = (tokens[at] as Token).text;
  if (text.length > 3) return null;
  let last = at;
  while (tokens[last + 1]?.text === "," && !(tokens[last + 1] as Token).spaced) {
    const group = tokens[last + 2];
    if (group?.type !== "digits" || group.spaced || group.text.length !== 3) break;
    text += group.text;
    last += 2;
  }
  return last === at ? null : { type: "digits", text, first: at, last, spoken: false, cardinal: true };
}

/** "b as in boy", "capital m like mary", "m for mother", "n as november"; null when no letter is explained here. */
function readPhonetic(tokens: readonly Token[], at: number): { letter: string; last: number } | null {
  let i = at;
  if (CASE_WORDS.has((tokens[i] as Token).text)) {
    i++;
    if (tokens[i]?.text === "letter") i++;
  } else if (/^(?:upper|lower)$/.test((tokens[i] as Token).text) && tokens[i + 1]?.text === "case") i += 2;
  const token = tokens[i];
  if (token === undefined) return null;
  const letter = single(token) ?? (i > at ? LETTER_NAMES.get(token.text) : LETTER_NAMES.get(token.text)) ?? null;
  if (letter === null) return null;
  let word = i + 1;
  if (tokens[word]?.text === ",") word++;
  const joint = tokens[word]?.text;
  if (joint === "as" && tokens[word + 1]?.text === "in") word += 2;
  else if (joint === "like" || joint === "for" || joint === "as" || joint === "is") {
    if (joint === "like" && tokens[word + 1]?.text === "in") word++;
    if (joint === "is" && tokens[word + 1]?.text === "for") word++;
    word++;
  } else return i > at && single(token) !== null ? { letter, last: i } : null;
  const example = tokens[word];
  if (letter === "x" && example?.text === "x" && /^(?:ray|-)$/.test(tokens[word + 1]?.text ?? "")) {
    return { letter, last: tokens[word + 1]?.text === "-" ? word + 2 : word + 1 };
  }
  // "i as", "a for": only an example word that begins with the letter explains it.
  if (example?.type !== "word" || example.text.length < 2 || example.text[0] !== letter) {
    return i > at && single(token) !== null ? { letter, last: i } : null;
  }
  if (joint === "is" && letter === "i") return null;
  return { letter, last: word };
}

/** True when the neighbour of a token, over a comma or a hyphen, is a single letter. */
function isAmongLetters(tokens: readonly Token[], atoms: readonly Atom[], at: number): boolean {
  const isJoint = (i: number) => /^[-,]$/.test(tokens[i]?.text ?? "");
  const next = tokens[isJoint(at + 1) ? at + 2 : at + 1];
  if (single(next) !== null && next?.text !== "o" && next?.text !== "i" && next?.text !== "a") return true;
  const before = atoms.findLast((atom) => atom.type !== "symbol");
  return before?.type === "letters" && at - before.last <= (isJoint(at - 1) ? 2 : 1);
}

/** A digit, a letter, or a word that is said for one. */
export function isCodeWord(token: Token | undefined): boolean {
  if (token === undefined) return false;
  if (token.type === "digits") return true;
  if (token.type !== "word") return false;
  return (
    single(token) !== null ||
    DIGIT_WORDS.has(token.text) ||
    TEEN_WORDS.has(token.text) ||
    TEN_WORDS.has(token.text) ||
    NATO.has(token.text) ||
    REPEAT_WORDS.has(token.text)
  );
}

function codeFollows(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  if (token?.type === "mark") return (token.text === "-" || token.text === ",") && isCodeWord(tokens[at + 1]);
  if (token?.type === "word" && (token.text === "dash" || token.text === "hyphen")) return true;
  return isCodeWord(token);
}

/** A homophone is a digit between digits, at least three of them near; a clear one also before or behind three digits. */
function digitAround(tokens: readonly Token[], at: number): boolean {
  const count = (step: 1 | -1): number => {
    let digits = 0;
    for (let i = at + step; digits < 3; i += step) {
      const token = tokens[i];
      if (token?.type !== "word") break;
      if (
        DIGIT_WORDS.has(token.text) ||
        TEN_WORDS.has(token.text) ||
        TEEN_WORDS.has(token.text) ||
        (digits > 0 && HOMOPHONES.has(token.text))
      )
        digits++;
      else if (!FILLERS.has(token.text) && !REPEAT_WORDS.has(token.text)) break;
    }
    return digits;
  };
  const [before, behind] = [count(-1), count(1)];
  if (before > 0 && behind > 0) return before + behind >= 3;
  return CLEAR_HOMOPHONES.has((tokens[at] as Token).text) && (before >= 3 || behind >= 3);
}

/** True when digits follow in what is written without a space, behind "-", "_", ".", "/", "#" or ":" ("KIT_AB_4417"). */
function reachesDigits(tokens: readonly Token[], at: number, step: 1 | -1): boolean {
  for (let i = at, seen = 0; seen < 6; seen++) {
    const glued = step > 0 ? tokens[i + 1] : tokens[i];
    if (glued === undefined || glued.spaced) return false;
    i += step;
    const token = tokens[i];
    if (token === undefined) return false;
    if (token.type === "digits") return seen > 0;
    if (token.type === "mark" ? !/^[-_/.#:]$/.test(token.text) : token.text.length > 8) return false;
  }
  return false;
}

/** Letters written as part of a code: glued or hyphened to digits, or a short unpronounceable group beside digits. */
function lettersOfCode(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at] as Token;
  const next = tokens[at + 1];
  const before = tokens[at - 1];
  const gluedAfter = next !== undefined && !next.spaced && next.type === "digits";
  const gluedBefore = before?.type === "digits" && !token.spaced;
  if ((gluedAfter || gluedBefore) && token.text.length <= 12) return true;
  if (
    token.text.length <= 8 &&
    (reachesDigits(tokens, at, 1) || (reachesDigits(tokens, at, -1) && !UNITS.has(token.text)))
  )
    return true;
  const two = tokens[at - 2];
  if (
    token.capitals &&
    token.text.length <= 3 &&
    !COMMON_WORDS.has(token.text) &&
    before?.type === "digits" &&
    two?.capitals === true
  )
    return true;
  const nearest = next?.text === "," ? tokens[at + 2] : next;
  if (
    token.capitals &&
    !COMMON_WORDS.has(token.text) &&
    token.text.length >= 2 &&
    isCodeWord(nearest) &&
    (!NOT_CODE.has(token.text) || (nearest?.type === "digits" && nearest.text.length >= 4))
  )
    return true;
  if (token.text.length > 4 || token.text.length < 2 || /[aeiouy']/.test(token.text) || NOT_CODE.has(token.text))
    return false;
  return isCodeWord(next) || (before !== undefined && isCodeWord(before) && before.text !== "a" && before.text !== "i");
}
