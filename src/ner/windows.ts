/** Cutting of long texts: into chunks that workers share, and of a chunk's pieces into sequences that the model can read. */

/** A part of something longer: read [from, to), but only what lies in [coreFrom, coreTo) counts; the rest is context. */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly coreFrom: number;
  readonly coreTo: number;
}

/** Pieces of context on each inner side of a window. */
const MARGIN_PIECES = 24;

/** Equal windows of at most `longest` pieces whose cores cover all `count` pieces once. */
export function pieceWindows(count: number, longest: number): readonly Window[] {
  if (count <= longest) return count === 0 ? [] : [{ from: 0, to: count, coreFrom: 0, coreTo: count }];
  const inner = count - 2 * MARGIN_PIECES;
  const windows = Math.ceil(inner / (longest - 2 * MARGIN_PIECES));
  const cut = (index: number) => {
    if (index === 0) return 0;
    return index === windows ? count : MARGIN_PIECES + Math.floor((index * inner) / windows);
  };
  return Array.from({ length: windows }, (_, index) => {
    const coreFrom = cut(index);
    const coreTo = cut(index + 1);
    return {
      from: Math.max(0, coreFrom - MARGIN_PIECES),
      to: Math.min(count, coreTo + MARGIN_PIECES),
      coreFrom,
      coreTo,
    };
  });
}

/** Characters of a chunk's core: some 350 word pieces, 30 ms of one core, so that a long text delays no short one by more. */
const CORE_CHARACTERS = 1200;
/** Characters of context on each inner side of a chunk. */
const MARGIN_CHARACTERS = 200;
/** How far back a cut looks for white space. */
const LOOK_BACK = 60;

/** Chunks of a text whose cores cover it once, cut at white space where there is some, never inside a surrogate pair. */
export function textChunks(text: string): readonly Window[] {
  const chunks: Window[] = [];
  let coreFrom = 0;
  while (coreFrom < text.length) {
    const rest = text.length - coreFrom;
    const coreTo =
      rest <= CORE_CHARACTERS + MARGIN_CHARACTERS ? text.length : cutBefore(text, coreFrom + CORE_CHARACTERS);
    chunks.push({
      from: coreFrom === 0 ? 0 : cutBefore(text, coreFrom - MARGIN_CHARACTERS),
      to: coreTo === text.length ? coreTo : cutBefore(text, Math.min(text.length, coreTo + MARGIN_CHARACTERS)),
      coreFrom,
      coreTo,
    });
    coreFrom = coreTo;
  }
  return chunks;
}

function cutBefore(text: string, at: number): number {
  if (at >= text.length) return text.length;
  for (let index = at; index > at - LOOK_BACK; index -= 1) {
    if (/\s/.test(text[index - 1] ?? "")) return index;
  }
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}
