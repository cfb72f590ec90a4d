/**
 * POLYVAL (RFC 8452 section 3): a sum of products in GF(2^128) modulo x^128 + x^127 + x^126 + x^121 + 1, each divided by
 * x^128. Words are little-endian, bit i is x^i. Products without carries come from integer multiplication with holes between
 * the bits, and their upper halves from the same over reversed bits, as in BearSSL's ctmul32: always the same steps.
 */
const BLOCK = 16;

/** Low 32 bits of the product without carries. */
function product(x: number, y: number): number {
  const x0 = x & 0x11111111;
  const x1 = x & 0x22222222;
  const x2 = x & 0x44444444;
  const x3 = x & 0x88888888;
  const y0 = y & 0x11111111;
  const y1 = y & 0x22222222;
  const y2 = y & 0x44444444;
  const y3 = y & 0x88888888;
  const z0 = Math.imul(x0, y0) ^ Math.imul(x1, y3) ^ Math.imul(x2, y2) ^ Math.imul(x3, y1);
  const z1 = Math.imul(x0, y1) ^ Math.imul(x1, y0) ^ Math.imul(x2, y3) ^ Math.imul(x3, y2);
  const z2 = Math.imul(x0, y2) ^ Math.imul(x1, y1) ^ Math.imul(x2, y0) ^ Math.imul(x3, y3);
  const z3 = Math.imul(x0, y3) ^ Math.imul(x1, y2) ^ Math.imul(x2, y1) ^ Math.imul(x3, y0);
  return (z0 & 0x11111111) | (z1 & 0x22222222) | (z2 & 0x44444444) | (z3 & 0x88888888);
}

function reversed(word: number): number {
  let x = word;
  x = ((x & 0x55555555) << 1) | ((x >>> 1) & 0x55555555);
  x = ((x & 0x33333333) << 2) | ((x >>> 2) & 0x33333333);
  x = ((x & 0x0f0f0f0f) << 4) | ((x >>> 4) & 0x0f0f0f0f);
  x = ((x & 0x00ff00ff) << 8) | ((x >>> 8) & 0x00ff00ff);
  return (x << 16) | (x >>> 16);
}

/** Four words and their sums, as Karatsuba's method multiplies them. */
type Factors = Int32Array<ArrayBuffer>;
const FACTORS = 9;

function factorsInto(out: Factors, a: number, b: number, c: number, d: number): Factors {
  out[0] = a;
  out[1] = b;
  out[2] = c;
  out[3] = d;
  out[4] = a ^ b;
  out[5] = c ^ d;
  out[6] = a ^ c;
  out[7] = b ^ d;
  out[8] = a ^ b ^ c ^ d;
  return out;
}

/** The low halves of all products of words, summed by their place: seven of them. */
function productsInto(out: Int32Array, x: Factors, y: Factors): void {
  const p0 = product(x[0] as number, y[0] as number);
  const p1 = product(x[1] as number, y[1] as number);
  const p2 = product(x[2] as number, y[2] as number);
  const p3 = product(x[3] as number, y[3] as number);
  const p6 = product(x[6] as number, y[6] as number);
  const p7 = product(x[7] as number, y[7] as number);
  const p01 = product(x[4] as number, y[4] as number) ^ p0 ^ p1;
  const p23 = product(x[5] as number, y[5] as number) ^ p2 ^ p3;
  const middle = product(x[8] as number, y[8] as number) ^ p6 ^ p7;
  out[0] = p0;
  out[1] = p01;
  out[2] = p0 ^ p1 ^ p2 ^ p6;
  out[3] = p01 ^ p23 ^ middle;
  out[4] = p1 ^ p2 ^ p3 ^ p7;
  out[5] = p23;
  out[6] = p3;
}

export class Polyval {
  readonly #key: Factors;
  readonly #reversedKey: Factors;
  readonly #sum = new Int32Array(4);
  // Room for one step, made once: garbage for each block would cost more than the block.
  readonly #x: Factors = new Int32Array(FACTORS);
  readonly #low = new Int32Array(7);
  readonly #high = new Int32Array(7);
  readonly #z = new Int32Array(8);

  /** @param key 16 bytes */
  constructor(key: Uint8Array) {
    const view = new DataView(key.buffer, key.byteOffset, BLOCK);
    const word = (i: number) => view.getInt32(4 * i, true);
    this.#key = factorsInto(new Int32Array(FACTORS), word(0), word(1), word(2), word(3));
    const mirrored = [0, 1, 2, 3].map((i) => reversed(word(i))) as [number, number, number, number];
    this.#reversedKey = factorsInto(new Int32Array(FACTORS), ...mirrored);
  }

  /** Takes in bytes, with zeros behind them to the end of a block. */
  padded(bytes: Uint8Array): void {
    const whole = bytes.length - (bytes.length % BLOCK);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at < whole; at += BLOCK) this.#block(view, at);
    if (whole === bytes.length) return;
    const last = new Uint8Array(BLOCK);
    last.set(bytes.subarray(whole));
    this.#block(new DataView(last.buffer), 0);
  }

  /** Takes in two lengths in bits, each as 64 bits. */
  lengths(first: number, second: number): void {
    const view = new DataView(new ArrayBuffer(BLOCK));
    view.setBigUint64(0, BigInt(first), true);
    view.setBigUint64(8, BigInt(second), true);
    this.#block(view, 0);
  }

  /** 16 bytes. */
  digest(): Uint8Array<ArrayBuffer> {
    const view = new DataView(new ArrayBuffer(BLOCK));
    for (let i = 0; i < 4; i++) view.setInt32(4 * i, this.#sum[i] as number, true);
    return new Uint8Array(view.buffer);
  }

  #block(view: DataView, at: number): void {
    const sum = this.#sum;
    const a = (sum[0] as number) ^ view.getInt32(at, true);
    const b = (sum[1] as number) ^ view.getInt32(at + 4, true);
    const c = (sum[2] as number) ^ view.getInt32(at + 8, true);
    const d = (sum[3] as number) ^ view.getInt32(at + 12, true);
    const [low, high, z] = [this.#low, this.#high, this.#z];
    productsInto(low, this.#key, factorsInto(this.#x, a, b, c, d));
    productsInto(high, this.#reversedKey, factorsInto(this.#x, reversed(a), reversed(b), reversed(c), reversed(d)));
    z.set(low);
    z[7] = 0;
    // The upper half of a product is the lower half of that of reversed words, reversed and moved by one.
    for (let i = 0; i < 7; i++) z[i + 1] = (z[i + 1] as number) ^ (reversed(high[i] as number) >>> 1);
    for (let i = 0; i < 4; i++) {
      const word = z[i] as number;
      z[i + 4] = (z[i + 4] as number) ^ word ^ (word >>> 1) ^ (word >>> 2) ^ (word >>> 7);
      z[i + 3] = (z[i + 3] as number) ^ (word << 31) ^ (word << 30) ^ (word << 25);
    }
    for (let i = 0; i < 4; i++) sum[i] = z[i + 4] as number;
  }
}
