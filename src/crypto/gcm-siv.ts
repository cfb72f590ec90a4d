/**
 * AES-256-GCM-SIV (RFC 8452). The block cipher is the runtime's own, in constant time; POLYVAL multiplies without tables or
 * branches, so that its time tells nothing of keys or values either. A library in plain JavaScript takes ten times as long
 * for a short value, most of it for tables of keys that are used once.
 */
import { createCipheriv, timingSafeEqual } from "node:crypto";
import { Polyval } from "./polyval.ts";

export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
const BLOCK = 16;

/** Keys of one message. */
interface MessageKeys {
  readonly authentication: Uint8Array;
  readonly encryption: Uint8Array;
}

/**
 * The ciphertext with its tag behind it.
 * @param key 32 bytes
 * @param nonce 12 bytes; one that comes again tells only that a message came again
 */
export function sealSiv(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array, associated: Uint8Array): Uint8Array {
  const keys = messageKeys(key, nonce);
  const aes = blockCipher(keys.encryption);
  const tag = tagOf(keys, aes, { nonce, plain, associated });
  const sealed = new Uint8Array(plain.length + TAG_BYTES);
  cipherInto(sealed, plain, aes, tag);
  sealed.set(tag, plain.length);
  return sealed;
}

/** The plain bytes, or null when key, nonce, associated data or any bit is not what it was. */
export function openSiv(
  key: Uint8Array,
  nonce: Uint8Array,
  sealed: Uint8Array,
  associated: Uint8Array,
): Uint8Array | null {
  if (nonce.length !== NONCE_BYTES || sealed.length < TAG_BYTES) return null;
  const keys = messageKeys(key, nonce);
  const aes = blockCipher(keys.encryption);
  const tag = sealed.subarray(sealed.length - TAG_BYTES);
  const plain = new Uint8Array(sealed.length - TAG_BYTES);
  cipherInto(plain, sealed.subarray(0, plain.length), aes, tag);
  return timingSafeEqual(tagOf(keys, aes, { nonce, plain, associated }), tag) ? plain : null;
}

/** Encrypts blocks, each by itself. */
type BlockCipher = (blocks: Uint8Array) => Uint8Array;

function blockCipher(key: Uint8Array): BlockCipher {
  const cipher = createCipheriv("aes-256-ecb", key, null).setAutoPadding(false);
  return (blocks) => cipher.update(blocks);
}

/** RFC 8452 section 4: six blocks of counter and nonce, of each encrypted one the first half. */
function messageKeys(key: Uint8Array, nonce: Uint8Array): MessageKeys {
  if (key.length !== 32 || nonce.length !== NONCE_BYTES) throw new RangeError("a key has 32 bytes, a nonce 12");
  const blocks = new Uint8Array(6 * BLOCK);
  for (let i = 0; i < 6; i++) {
    blocks[i * BLOCK] = i;
    blocks.set(nonce, i * BLOCK + 4);
  }
  const encrypted = blockCipher(key)(blocks);
  const derived = new Uint8Array(48);
  for (let i = 0; i < 6; i++) derived.set(encrypted.subarray(i * BLOCK, i * BLOCK + 8), i * 8);
  return { authentication: derived.subarray(0, 16), encryption: derived.subarray(16) };
}

interface Message {
  readonly nonce: Uint8Array;
  readonly plain: Uint8Array;
  readonly associated: Uint8Array;
}

function tagOf({ authentication }: MessageKeys, aes: BlockCipher, { nonce, plain, associated }: Message): Uint8Array {
  const polyval = new Polyval(authentication);
  polyval.padded(associated);
  polyval.padded(plain);
  polyval.lengths(associated.length * 8, plain.length * 8);
  const digest = polyval.digest();
  for (let i = 0; i < NONCE_BYTES; i++) digest[i] = (digest[i] as number) ^ (nonce[i] as number);
  digest[15] = (digest[15] as number) & 0x7f;
  return aes(digest);
}

/** Counter blocks whose key stream is made at a stretch. */
const STREAM_BLOCKS = 4096;

/** Counter mode from the tag on: a 32-bit little-endian counter, which wraps. */
function cipherInto(out: Uint8Array, text: Uint8Array, aes: BlockCipher, tag: Uint8Array): void {
  const counter = new Uint8Array(tag);
  counter[15] = (counter[15] as number) | 0x80;
  let count = new DataView(counter.buffer).getUint32(0, true);
  for (let from = 0; from < text.length; from += STREAM_BLOCKS * BLOCK) {
    const length = Math.min(text.length - from, STREAM_BLOCKS * BLOCK);
    const blocks = new Uint8Array(Math.ceil(length / BLOCK) * BLOCK);
    const view = new DataView(blocks.buffer);
    for (let at = 0; at < blocks.length; at += BLOCK) {
      blocks.set(counter, at);
      view.setUint32(at, count, true);
      count = (count + 1) >>> 0;
    }
    const stream = aes(blocks);
    for (let i = 0; i < length; i++) out[from + i] = (text[from + i] as number) ^ (stream[i] as number);
  }
}
