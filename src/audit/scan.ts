/**
 * Looks at the members of a stored event without parsing it: verification of millions of lines spends its time here. What
 * it accepts is a flat walk over the outermost object with its names strictly ascending, which is all that is left to prove
 * of the canonical form once the hash over the bytes is right: the writer writes nothing else, and names that ascend leave
 * `this_hash` one place to be. What it does not accept is left to the full check in chain.ts, which finds the reason.
 */

/** Byte offsets into the buffer that was scanned; reused from line to line. */
export interface Scan {
  /** First digit of the 64 of each hash. */
  prevHash: number;
  thisHash: number;
  seq: number;
  /** First letter of the kind. */
  kind: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const HASH_LENGTH = 64;

/** Scans bytes `start` to `end`; false when they are no object of that form, or lack one of the three members. */
export function scanEvent(bytes: Uint8Array, start: number, end: number, scan: Scan): boolean {
  scan.prevHash = scan.thisHash = scan.seq = scan.kind = -1;
  if (bytes[start] !== OPEN_BRACE) return false;
  let lastName = 0;
  let lastLength = 0;
  for (let at = start + 1; ; at++) {
    if (bytes[at] !== QUOTE) return false;
    const name = ++at;
    while (at < end && bytes[at] !== QUOTE) {
      if (bytes[at] === BACKSLASH) return false;
      at++;
    }
    const length = at - name;
    if (!ascends(bytes, lastName, lastLength, name, length)) return false;
    lastName = name;
    lastLength = length;
    if (bytes[at + 1] !== COLON) return false;
    const value = at + 2;
    at = skipValue(bytes, value, end);
    if (at < 0) return false;
    if (!noteMember(bytes, name, length, value, at, scan)) return false;
    if (bytes[at] === CLOSE_BRACE) return at === end - 1 && scan.prevHash > 0 && scan.thisHash > 0 && scan.seq > 0;
    if (bytes[at] !== COMMA) return false;
  }
}

function noteMember(
  bytes: Uint8Array,
  name: number,
  length: number,
  value: number,
  valueEnd: number,
  scan: Scan,
): boolean {
  if (length === 3 && spells(bytes, name, "seq")) {
    scan.seq = 0;
    for (let at = value; at < valueEnd; at++) {
      const digit = bytes[at]! - 0x30;
      if (digit < 0 || digit > 9) return false;
      scan.seq = scan.seq * 10 + digit;
    }
  } else if (length === 4 && spells(bytes, name, "kind")) {
    scan.kind = value + 1;
  } else if (length === 9 && spells(bytes, name, "prev_hash")) {
    scan.prevHash = value + 1;
    return isHash(bytes, value, valueEnd);
  } else if (length === 9 && spells(bytes, name, "this_hash")) {
    scan.thisHash = value + 1;
    return isHash(bytes, value, valueEnd);
  }
  return true;
}

function isHash(bytes: Uint8Array, value: number, end: number): boolean {
  return end - value === HASH_LENGTH + 2 && bytes[value] === QUOTE && bytes[end - 1] === QUOTE;
}

export function spells(bytes: Uint8Array, at: number, word: string): boolean {
  for (let index = 0; index < word.length; index++) if (bytes[at + index] !== word.charCodeAt(index)) return false;
  return true;
}

/** True when the second name comes after the first; both are ASCII, where bytes and UTF-16 sort alike. */
function ascends(bytes: Uint8Array, a: number, aLength: number, b: number, bLength: number): boolean {
  const shorter = Math.min(aLength, bLength);
  for (let index = 0; index < shorter; index++) {
    const difference = bytes[b + index]! - bytes[a + index]!;
    if (difference !== 0) return difference > 0;
  }
  return bLength > aLength;
}

/** Offset behind the value that begins at `at`; -1 when it does not end. */
function skipValue(bytes: Uint8Array, at: number, end: number): number {
  let depth = 0;
  for (; at < end; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at++;
      while (at < end && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
      if (at >= end) return -1;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth++;
    } else if (byte === CLOSE_BRACKET || byte === CLOSE_BRACE) {
      if (depth === 0) return at;
      depth--;
    } else if (byte === COMMA && depth === 0) {
      return at;
    }
  }
  return -1;
}
