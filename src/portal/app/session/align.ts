import { isKind, type Kind } from "../../../detect/kind.ts";

/** A piece of text, and the token that stands for it on the other side (null: the same on both sides). */
export interface Piece {
  readonly text: string;
  /** What the model gets in its place. */
  readonly masked: string;
  /** Where it begins, in UTF-16 units of the text that it was cut from. */
  readonly at: number;
  readonly kind: Kind | null;
  /** Names the identifier across panels: its token, or the placeholder with its place. */
  readonly token: string | null;
}

/** Where the events say that an identifier ends which begins here; undefined: no event. */
export type KnownEnd = (start: number) => number | undefined;

const TOKEN = /(?:MSKV1|MSK1)\.([A-Z_]+)\.[A-Z][A-Z0-9_]*\.[A-Z2-7]{16,}|\[REDACTED:([A-Z_]+)\]/g;

/** Ways to cut that are tried before the text is shown whole: enough for any real call, and never a frozen page. */
const MOST_TRIES = 20_000;

/** The masked text cut at its tokens. `slot` tells placeholders of several texts apart. */
export function cutAtTokens(masked: string, slot = ""): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of masked.matchAll(TOKEN)) {
    const name = match[1] ?? match[2] ?? "";
    if (match.index > at) pieces.push(plain(masked.slice(at, match.index), at));
    const token = match[1] === undefined ? `${match[0]}@${slot}:${match.index}` : match[0];
    const kind = isKind(name) ? name : null;
    pieces.push({ text: match[0], masked: match[0], at: match.index, kind, token: kind && token });
    at = match.index + match[0].length;
  }
  if (at < masked.length) pieces.push(plain(masked.slice(at), at));
  return pieces;
}

/**
 * The original text cut where the masked one has tokens: what stands between two literals there is what was replaced. Null
 * when the two do not match, because the text was changed in another way.
 */
export function cutLikeMasked(
  original: string,
  masked: string,
  { slot = "", knownEnd = () => undefined }: { readonly slot?: string; readonly knownEnd?: KnownEnd } = {},
): readonly Piece[] | null {
  const cut = cutAtTokens(masked, slot);
  const ends = endsIn(original, cut, knownEnd);
  return (
    ends && cut.map((piece, i) => ({ ...piece, at: ends[i - 1] ?? 0, text: original.slice(ends[i - 1] ?? 0, ends[i]) }))
  );
}

/** Where each piece of the masked text ends in the original; a wrong guess is taken back and a longer one tried. */
function endsIn(original: string, cut: readonly Piece[], knownEnd: KnownEnd): readonly number[] | null {
  const ends: number[] = [];
  let atLeast = 0;
  for (let i = 0, tries = 0; i < cut.length; ) {
    const end = endOf(i, ends[i - 1] ?? 0);
    if (end !== null) {
      ends[i++] = end;
      atLeast = 0;
      continue;
    }
    do i--;
    while (i >= 0 && cut[i]?.token === null);
    if (i < 0 || ++tries > MOST_TRIES) return null;
    atLeast = (ends[i] ?? 0) + 1;
    ends.length = i;
  }
  return (ends.at(-1) ?? 0) === original.length ? ends : null;

  function endOf(i: number, at: number): number | null {
    const piece = cut[i];
    const next = cut[i + 1];
    if (piece === undefined) return null;
    if (piece.token === null) {
      const end = at + piece.text.length;
      return original.startsWith(piece.text, at) && (next !== undefined || end === original.length) ? end : null;
    }
    const known = knownEnd(at);
    if (known !== undefined) return atLeast === 0 ? known : null;
    const least = Math.max(at + 1, atLeast);
    if (next === undefined) return atLeast === 0 ? original.length : null;
    const end = next.token === null ? original.indexOf(next.text, least) : least;
    return end < 0 || end > original.length ? null : end;
  }
}

export function plain(text: string, at: number): Piece {
  return { text, masked: text, at, kind: null, token: null };
}
