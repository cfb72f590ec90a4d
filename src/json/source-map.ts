import { simpleEscape } from "./parse.ts";

/**
 * Source offset of each boundary between decoded characters: `at(0)` where the first begins, `at(length)` where the last
 * ends. Characters stand side by side, so `[at(s), at(e))` is the source of `[s, e)`.
 */
export type SourceMap = (index: number) => number;

export const IDENTITY: SourceMap = (index) => index;

export function shifted(by: number): SourceMap {
  return by === 0 ? IDENTITY : (index) => index + by;
}

/** A map through two levels: `inner` leads into a decoded text, `outer` from there to the source. */
export function composed(outer: SourceMap, inner: SourceMap): SourceMap {
  return outer === IDENTITY ? inner : (index) => outer(inner(index));
}

/** From each decoded character of a JSON string to the source; its range includes the quotes. */
export function stringSourceMap(
  source: string,
  { start, end, length }: { readonly start: number; readonly end: number; readonly length: number },
): SourceMap {
  if (end - start - 2 === length) return shifted(start + 1);
  const offsets = boundaries(source, start + 1, length);
  return (index) => offsets[index] ?? end - 1;
}

function boundaries(source: string, from: number, decodedLength: number): Uint32Array {
  const offsets = new Uint32Array(decodedLength + 1);
  let at = from;
  for (let i = 0; i < decodedLength; i++) {
    offsets[i] = at;
    at += source[at] !== "\\" ? 1 : simpleEscape(source[at + 1] ?? "") === undefined ? 6 : 2;
  }
  offsets[decodedLength] = at;
  return offsets;
}

/** What JSON writes after a backslash. */
const AFTER_BACKSLASH = /u[0-9a-fA-F]{4}|["/nrtbf]/y;

/** Only JSON writes these together; without a quote `DOMAIN\nsmith` and `C:\temp` stay what they are. */
function looksLikeJson(text: string): boolean {
  return text.includes("\\") && (text.includes('"') || /\\u[0-9a-fA-F]{4}/.test(text));
}

/**
 * How a reader would see prose that holds pieces of JSON (a record pasted into a prompt, a tool result cut off in the
 * middle): escapes decoded with all their backslashes, everything else as it is. Only a view: what is not replaced leaves
 * as it was written.
 */
export function looselyDecoded(text: string): { readonly text: string; readonly map: SourceMap } {
  if (!looksLikeJson(text)) return { text, map: IDENTITY };
  let decoded = "";
  let from = 0;
  const offsets: number[] = [];
  const copy = (to: number) => {
    for (let i = from; i < to; i++) offsets.push(i);
    decoded += text.slice(from, to);
  };
  for (const run of text.matchAll(/\\+/g)) {
    AFTER_BACKSLASH.lastIndex = run.index + run[0].length;
    const letters = AFTER_BACKSLASH.exec(text)?.[0];
    if (letters === undefined) continue;
    copy(run.index);
    decoded += simpleEscape(letters) ?? String.fromCharCode(Number.parseInt(letters.slice(1), 16));
    offsets.push(run.index);
    from = AFTER_BACKSLASH.lastIndex;
  }
  if (from === 0) return { text, map: IDENTITY };
  copy(text.length);
  return { text: decoded, map: (index) => offsets[index] ?? text.length };
}
