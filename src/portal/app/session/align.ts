import { isKind, type Kind } from "../../../detect/kind.ts";

/** A piece of text, and the token that stands for it on the other side (null: the same on both sides). */
export interface Piece {
  readonly text: string;
  readonly kind: Kind | null;
  /** Names the identifier across panels: its token, or the placeholder with its place. */
  readonly token: string | null;
}

const TOKEN = /(?:MSKV1|MSK1)\.([A-Z_]+)\.[A-Z][A-Z0-9_]*\.[A-Z2-7]{16,}|\[REDACTED:([A-Z_]+)\]/g;

/** The masked text cut at its tokens. */
export function cutAtTokens(masked: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of masked.matchAll(TOKEN)) {
    const name = match[1] ?? match[2] ?? "";
    if (match.index > at) pieces.push({ text: masked.slice(at, match.index), kind: null, token: null });
    const token = match[1] === undefined ? `${match[0]}@${match.index}` : match[0];
    pieces.push({ text: match[0], kind: isKind(name) ? name : null, token });
    at = match.index + match[0].length;
  }
  if (at < masked.length) pieces.push({ text: masked.slice(at), kind: null, token: null });
  return pieces;
}

/**
 * The original text cut where the masked one has tokens: what stands between two literals there is what was replaced. When the
 * two do not match (the text was changed in another way), the original comes whole.
 */
export function cutLikeMasked(original: string, masked: string): readonly Piece[] {
  const cut = cutAtTokens(masked);
  const pieces: Piece[] = [];
  let at = 0;
  for (let i = 0; i < cut.length; i++) {
    const piece = cut[i];
    if (piece === undefined) break;
    if (piece.token === null) {
      if (!original.startsWith(piece.text, at)) return [{ text: original, kind: null, token: null }];
      pieces.push(piece);
      at += piece.text.length;
      continue;
    }
    const next = cut[i + 1];
    const end = next === undefined ? original.length : original.indexOf(next.text, at);
    if (end < at) return [{ text: original, kind: null, token: null }];
    pieces.push({ ...piece, text: original.slice(at, end) });
    at = end;
  }
  if (at !== original.length) return [{ text: original, kind: null, token: null }];
  return pieces;
}
