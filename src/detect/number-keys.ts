/** Numbers of a text by a keyed hash, so that a number is known again in any form without its digits being kept. */

import type { Atom } from "./spoken/atom.ts";
import { readAtoms } from "./spoken/atoms.ts";
import { readRuns } from "./spoken/runs.ts";
import { type Folded, fold } from "./text/fold.ts";
import { type Token, tokenize } from "./text/tokens.ts";

/** Digits that a stretch needs to be a number that may come again. */
const MIN_DIGITS = 3;
const FIELDS = 3;

/** Rows of key, start and end in the text. */
export type NumberKeys = Float64Array<ArrayBuffer>;

/** A value of 53 bits: two numbers of a request share one by chance less than once in a million long requests. */
function keyOf(compact: string, seed: bigint): number {
  return Number(Bun.hash.xxHash64(compact, seed) >> 11n);
}

/** The numbers of a text, from what was read of it. */
export function numberKeys(folded: Folded, tokens: readonly Token[], atoms: readonly Atom[], seed: bigint): NumberKeys {
  const rows: number[] = [];
  for (const run of readRuns(tokens, atoms, () => false)) {
    if (run.digits < MIN_DIGITS) continue;
    const start = folded.start((tokens[run.first] as Token).from);
    rows.push(keyOf(run.compact, seed), start, folded.end((tokens[run.last] as Token).to - 1));
  }
  return Float64Array.from(rows);
}

export function* eachNumber(keys: NumberKeys): Iterable<{ key: number; start: number; end: number }> {
  for (let i = 0; i < keys.length; i += FIELDS) {
    yield { key: keys[i] as number, start: keys[i + 1] as number, end: keys[i + 2] as number };
  }
}

/** Letters and digits of a value however it is said or written, and the key by which a text's numbers are compared. */
export function codeOf(value: string, seed: bigint): { readonly compact: string; readonly key: number } {
  const tokens = tokenize(fold(value));
  const compact = readRuns(tokens, readAtoms(tokens), () => false)
    .map((run) => run.compact)
    .join("");
  return { compact, key: keyOf(compact, seed) };
}
