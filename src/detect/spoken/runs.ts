import type { Token } from "../text/tokens.ts";
import type { Atom } from "./atom.ts";
import { FILLERS, JOINERS } from "./words.ts";

/** A stretch of code: digits, letters and separators that are said or written one after the other. */
export interface Run {
  readonly atoms: readonly Atom[];
  /** Upper-case letters and digits only: what recognizers match. */
  readonly compact: string;
  /** Compact characters with separators as said or written, a space where groups stand apart. */
  readonly grouped: string;
  readonly digits: number;
  readonly letters: number;
  /** Token range, both included. */
  readonly first: number;
  readonly last: number;
  /** Indices of atoms before which the joint is weak: a comma, a full stop, "and". */
  readonly joints: readonly number[];
  readonly spoken: boolean;
}

type Joint = "none" | "weak" | "strong";

/** How two neighbouring atoms hang together. */
function jointOf(tokens: readonly Token[], left: Atom, right: Atom): Joint {
  let joint: Joint = "strong";
  for (let i = left.last + 1; i < right.first; i++) {
    const token = tokens[i] as Token;
    if (token.newline) return "none";
    if (token.type === "word" && FILLERS.has(token.text)) continue;
    if (token.type === "word" && JOINERS.has(token.text)) {
      joint = "weak";
      continue;
    }
    if (token.type === "mark" && (token.text === "," || token.text === "…")) {
      // "1,500" is one number, "4, 1, 5" is three.
      if ((tokens[i + 1] as Token | undefined)?.spaced === false) return "none";
      joint = "weak";
      continue;
    }
    return "none";
  }
  const next = tokens[right.first] as Token;
  if (next.newline) return "none";
  if (right.type === "symbol") {
    if (right.text === "@" || right.text === "*") return "none";
    if (right.text === ":" && !right.spoken && (tokens[right.first + 1]?.spaced ?? true)) return "none";
    if (right.text === "(" && next.spaced && left.type !== "digits") return "none";
    return joint;
  }
  if (left.type === "symbol") {
    if (left.text === "@" || left.text === "*") return "none";
    // A full stop with a space behind it ends a sentence, or is what a recogniser puts between groups of digits.
    if (left.text === "." && !left.spoken && next.spaced) return "weak";
    if (left.text === ")" && next.spaced && right.type !== "digits") return "none";
    return joint;
  }
  if (isTimesSign(tokens, left) || isTimesSign(tokens, right)) return "none";
  if (right.type === "ordinal" || left.type === "ordinal") return "none";
  return joint;
}

/** "4 x 2" in writing. */
function isTimesSign(tokens: readonly Token[], atom: Atom): boolean {
  const next = tokens[atom.last + 1];
  return (
    atom.text === "x" &&
    atom.type === "letters" &&
    atom.first === atom.last &&
    (tokens[atom.first] as Token).spaced &&
    next?.type === "digits" &&
    next.spaced &&
    tokens[atom.first - 1]?.type === "digits"
  );
}

/** An article or pronoun that only looks like a letter of the code. */
function looseLetter(tokens: readonly Token[], atom: Atom, atEnd: boolean): boolean {
  if (atom.type !== "letters" || atom.first !== atom.last || (atom.text !== "a" && atom.text !== "i")) return false;
  if ((tokens[atom.first] as Token).to - (tokens[atom.first] as Token).from > 1) return false;
  if (!(tokens[atom.first] as Token).spaced) return false;
  if (!atEnd) {
    const next = tokens[atom.first + 1];
    return (next?.spaced ?? true) && !(next?.type === "word" && next.text.length === 1 && next.text !== "o");
  }
  const next = tokens[atom.last + 1];
  return next?.type === "word" && next.spaced;
}

/** Builds a run of the atoms from `from` to `to` (end exclusive), edges trimmed to characters of code; null when none is left. */
function makeRun(tokens: readonly Token[], atoms: readonly Atom[], from: number, to: number): Run | null {
  while (from < to && trims(tokens, atoms[from] as Atom, false) && !opensGroup(atoms, from, to)) from++;
  while (to > from && trims(tokens, atoms[to - 1] as Atom, true)) to--;
  if (from >= to) return null;
  const parts = atoms.slice(from, to);
  const compact: string[] = [];
  const grouped: string[] = [];
  const joints: number[] = [];
  let digits = 0;
  let letters = 0;
  let spoken = true;
  parts.forEach((atom, i) => {
    if (i > 0) {
      const left = parts[i - 1] as Atom;
      if (jointOf(tokens, left, atom) === "weak") joints.push(i);
      if ((tokens[atom.first] as Token).spaced && !atom.spoken && !left.spoken) grouped.push(" ");
    }
    const text = atom.text.toUpperCase();
    grouped.push(text);
    if (atom.type === "symbol") return;
    compact.push(text);
    if (atom.type === "letters") letters += text.length;
    else digits += text.length;
    if (!atom.spoken) spoken = false;
  });
  return {
    atoms: parts,
    compact: compact.join(""),
    grouped: grouped.join(""),
    digits,
    letters,
    first: (parts[0] as Atom).first,
    last: (parts[parts.length - 1] as Atom).last,
    joints,
    spoken,
  };
}

/** The bracket of an area code: "(702) 555". */
function opensGroup(atoms: readonly Atom[], at: number, to: number): boolean {
  return atoms[at]?.text === "(" && at + 2 < to && atoms[at + 1]?.type === "digits" && atoms[at + 2]?.text === ")";
}

/** "this one": the pronoun. */
const POINTING: ReadonlySet<string> = new Set([
  "this",
  "that",
  "the",
  "correct",
  "right",
  "wrong",
  "new",
  "old",
  "other",
  "another",
  "which",
  "only",
  "first",
  "last",
  "same",
]);

function trims(tokens: readonly Token[], atom: Atom, atEnd: boolean): boolean {
  if (atom.type === "ordinal") return true;
  if (atom.type === "symbol") return !(!atEnd && atom.text === "+");
  if (!atEnd && (tokens[atom.first] as Token).text === "one" && POINTING.has(tokens[atom.first - 1]?.text ?? ""))
    return true;
  if (
    !atEnd &&
    atom.type === "digits" &&
    atom.text.length === 1 &&
    /^(?:last|first)$/.test(tokens[atom.first - 1]?.text ?? "")
  )
    return true;
  return looseLetter(tokens, atom, atEnd);
}

/** All runs of a text, in order. `taken` marks tokens that already belong to something else (a date). */
export function readRuns(tokens: readonly Token[], atoms: readonly Atom[], taken: (token: number) => boolean): Run[] {
  const runs: Run[] = [];
  let from = 0;
  for (let i = 0; i <= atoms.length; i++) {
    const atom = atoms[i];
    const left = atoms[i - 1];
    const broken =
      atom === undefined ||
      left === undefined ||
      taken(atom.first) ||
      taken(left.first) ||
      jointOf(tokens, left, atom) === "none";
    if (!broken || i === 0) continue;
    const run = taken((atoms[from] as Atom).first) ? null : makeRun(tokens, atoms, from, i);
    if (run) runs.push(run);
    from = i;
  }
  return runs;
}

/** The run cut at its weak joints. */
export function splitRun(tokens: readonly Token[], run: Run): Run[] {
  const edges = [0, ...run.joints, run.atoms.length];
  return edges.slice(1).flatMap((to, i) => makeRun(tokens, run.atoms, edges[i] as number, to) ?? []);
}
