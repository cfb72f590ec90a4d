import { COMMON_WORDS } from "../context/common-words.ts";
import { BRAND_WORDS, EPONYM_WORDS, isDrugName } from "../context/known-things.ts";
import type { Found, Reading } from "../recognizer.ts";
import type { Token } from "../text/tokens.ts";
import type { Atom } from "./atom.ts";
import { FILLERS } from "./words.ts";

/** How far the word may stand from its spelling, in tokens. */
const REACH = 7;

/** Words that tell of a drug or a test, whose names are spelled too. */
const DRUG_TALK =
  /^(?:mg|mcg|ml|milligrams?|micrograms?|units?|tablets?|pills?|capsules?|medicines?|medications?|meds|drugs?|prescri.*|refills?|generic|brand|doses?|inhaler|scan|test|acronym|stands)$/;

/** Letters said or written one by one: "s a r a h", "C-H-E-N", "b as in boy o b". */
function* spellings(reading: Reading): Iterable<readonly Atom[]> {
  let letters: Atom[] = [];
  const { tokens, atoms } = reading;
  const isJoint = (from: number, to: number) => {
    for (let i = from; i < to; i++)
      if (!/^[-,.]$/.test((tokens[i] as Token).text) && !FILLERS.has((tokens[i] as Token).text)) return false;
    return true;
  };
  for (const atom of atoms) {
    if (atom.type === "symbol" && atom.text === "-") continue;
    const previous = letters.at(-1);
    const single = atom.type === "letters" && (atom.text.length === 1 || atom.last > atom.first);
    if (single && previous && atom.first - previous.last <= 3 && isJoint(previous.last + 1, atom.first)) {
      letters.push(atom);
      continue;
    }
    if (letters.length >= 3) yield letters;
    letters = single ? [atom] : [];
  }
  if (letters.length >= 3) yield letters;
}

/** A word and its spelling beside it, or letters explained with words ("c as in charlie"), where neither is a drug or a common word. */
export function* findSpellings(reading: Reading): Iterable<Found> {
  const { tokens } = reading;
  let isDosed: boolean | null = null;
  for (const letters of spellings(reading)) {
    const [first, last] = [letters[0] as Atom, letters.at(-1) as Atom];
    const spelled = letters.map((atom) => atom.text).join("");
    if (
      spelled.length > 60 ||
      COMMON_WORDS.has(spelled) ||
      BRAND_WORDS.has(spelled) ||
      EPONYM_WORDS.has(spelled) ||
      isDrugName(spelled)
    )
      continue;
    isDosed ??= tokens.some((token) => DRUG_TALK.test(token.text));
    if (isDosed) continue;
    const word = wordBeside(tokens, first.first, last.last, spelled);
    const explained = letters.some(
      (atom) => atom.last > atom.first && !/^(?:double|triple)$/.test((tokens[atom.first] as Token).text),
    );
    if (word < 0 && !explained) continue;
    const made = (from: number, to: number, score: number): Found => ({
      from,
      to,
      kind: "NAME",
      score,
      validated: false,
    });
    if (word >= 0) yield made((tokens[word] as Token).from, (tokens[word] as Token).to, 0.8);
    yield made((tokens[first.first] as Token).from, (tokens[last.last] as Token).to, word >= 0 ? 0.8 : 0.62);
  }
}

/** The token near a spelling that is the word itself, or begins or ends like it; -1 when there is none. */
function wordBeside(tokens: readonly Token[], first: number, last: number, spelled: string): number {
  for (let far = 1; far <= REACH; far++) {
    for (const at of [first - far, last + far]) {
      const token = tokens[at];
      if (token?.type !== "word" || token.text.length < 3 || COMMON_WORDS.has(token.text)) continue;
      const word = token.text.endsWith("'s") ? token.text.slice(0, -2) : token.text;
      if (word.replaceAll("'", "") === spelled) return at;
    }
  }
  return -1;
}
