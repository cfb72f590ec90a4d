/** AES-256-GCM-SIV against the vectors of RFC 8452 and against another implementation. */
import { gcmsiv } from "@noble/ciphers/aes.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openSiv, sealSiv } from "../../src/crypto/gcm-siv.ts";
import { Polyval } from "../../src/crypto/polyval.ts";

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));
const hex = (given: Uint8Array) => Buffer.from(given).toString("hex");

describe("POLYVAL", () => {
  it("gives the sum of RFC 8452, appendix A", () => {
    const polyval = new Polyval(bytes("25629347589242761d31f826ba4b757b"));
    polyval.padded(bytes("4f4f95668c83dfb6401762bb2d01a262d1a24ddd2721d006bbe45f20d3c9f362"));
    expect(hex(polyval.digest())).toBe("f7a3b47b846119fae5b7866cf5e5b77e");
  });
});

describe("the vectors of RFC 8452", () => {
  // Appendix C.2.
  it.each([
    ["", "", "07f5f4169bbf55a8400cd47ea6fd400f"],
    ["0100000000000000", "", "c2ef328e5c71c83b843122130f7364b761e0b97427e3df28"],
    ["010000000000000000000000", "", "9aab2aeb3faa0a34aea8e2b18ca50da9ae6559e48fd10f6e5c9ca17e"],
    ["01000000000000000000000000000000", "", "85a01b63025ba19b7fd3ddfc033b3e76c9eac6fa700942702e90862383c6c366"],
    ["0200000000000000", "01", "1de22967237a813291213f267e3b452f02d01ae33e4ec854"],
  ])("encrypt %j with associated data %j", (plain, associated, expected) => {
    const key = bytes(`01${"00".repeat(31)}`);
    const nonce = bytes(`03${"00".repeat(11)}`);
    expect(hex(sealSiv(key, nonce, bytes(plain), bytes(associated)))).toBe(expected);
    expect(hex(openSiv(key, nonce, bytes(expected), bytes(associated)) ?? bytes("ff"))).toBe(plain);
  });

  // Appendix C.3: the counter wraps at 32 bits.
  it.each([
    [
      "000000000000000000000000000000004db923dc793ee6497c76dcc03a98e108",
      "f3f80f2cf0cb2dd9c5984fcda908456cc537703b5ba70324a6793a7bf218d3eaffffffff000000000000000000000000",
    ],
    [
      "eb3640277c7ffd1303c7a542d02d3e4c0000000000000000",
      "18ce4f0b8cb4d0cac65fea8f79257b20888e53e72299e56dffffffff000000000000000000000000",
    ],
  ])("encrypt %j under a counter that wraps", (plain, expected) => {
    const [key, nonce] = [new Uint8Array(32), new Uint8Array(12)];
    expect(hex(sealSiv(key, nonce, bytes(plain), new Uint8Array()))).toBe(expected);
  });
});

describe("another implementation", () => {
  const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const nonce = fc.uint8Array({ minLength: 12, maxLength: 12 });
  const text = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ minLength: 60_000, maxLength: 70_000 }));

  it("seals the same bytes and opens ours, whatever key, nonce, text and associated data are", () => {
    fc.assert(
      fc.property(key, nonce, text, fc.uint8Array({ maxLength: 100 }), (k, n, plain, associated) => {
        const sealed = sealSiv(k, n, plain, associated);
        expect(hex(sealed)).toBe(hex(gcmsiv(k, n, associated).encrypt(plain)));
        expect(hex(openSiv(k, n, sealed, associated) ?? new Uint8Array([0]))).toBe(hex(plain));
      }),
      { numRuns: 300 },
    );
  });

  it("reads a piece of a longer buffer as what it is", () => {
    const [k, n] = [new Uint8Array(32).fill(3), new Uint8Array(12).fill(4)];
    const around = new Uint8Array(101).map((_, i) => i);
    const piece = around.subarray(7, 55);
    expect(hex(sealSiv(k, n, piece, around.subarray(60, 77)))).toBe(
      hex(sealSiv(k, n, piece.slice(), around.slice(60, 77))),
    );
  });
});

describe("opening", () => {
  it("refuses what was changed in any bit, cut short, or named otherwise", () => {
    const [k, n, plain, associated] = [new Uint8Array(32).fill(1), new Uint8Array(12), bytes("00112233"), bytes("aa")];
    const sealed = sealSiv(k, n, plain, associated);
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = sealed.slice();
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(openSiv(k, n, changed, associated)).toBeNull();
    }
    expect(openSiv(k, n, sealed.subarray(0, 15), associated)).toBeNull();
    expect(openSiv(k, n, sealed, bytes("ab"))).toBeNull();
    expect(openSiv(k, n.subarray(1), sealed, associated)).toBeNull();
    expect(openSiv(new Uint8Array(32), n, sealed, associated)).toBeNull();
  });

  it("takes no key and no nonce of another length", () => {
    expect(() => sealSiv(new Uint8Array(16), new Uint8Array(12), bytes(""), bytes(""))).toThrow(RangeError);
    expect(() => sealSiv(new Uint8Array(32), new Uint8Array(11), bytes(""), bytes(""))).toThrow(RangeError);
  });
});
