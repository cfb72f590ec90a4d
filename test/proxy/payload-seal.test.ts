import { describe, expect, it } from "vitest";
import { createPayloadSealer } from "../../src/proxy/payload-seal.ts";

const key = (fill: number) => new Uint8Array(32).fill(fill);
const keys = (secret: Uint8Array, old: Uint8Array | null) => new Map([["K_A", { kid: "K_A", secret, old }]]);
const text = "I am Ada Obi";

function rowOf(sealed: string, over: { session_id?: string; stage?: "request" | "final" } = {}) {
  return { session_id: "sess_1", stage: "request" as const, sealed, created_at: 0, ...over };
}

describe("createPayloadSealer", () => {
  const sealer = createPayloadSealer(keys(key(1), null));
  const sealed = sealer.seal("K_A", "sess_1", "request", text);

  it("opens what it sealed, in its own place only", () => {
    expect(sealed).not.toContain("Ada");
    expect(sealer.open(rowOf(sealed))).toBe(text);
    expect(sealer.open(rowOf(sealed, { session_id: "sess_2" }))).toBeNull();
    expect(sealer.open(rowOf(sealed, { stage: "final" }))).toBeNull();
    expect(sealer.open(rowOf(`${sealed.slice(0, -2)}AA`))).toBeNull();
    expect(sealer.open(rowOf(""))).toBeNull();
  });

  it("moves to the present key what the key before sealed, and nothing else", () => {
    const rotating = createPayloadSealer(keys(key(2), key(1)));
    const moved = rotating.reseal(rowOf(sealed)) ?? "";
    expect(createPayloadSealer(keys(key(2), null)).open(rowOf(moved))).toBe(text);
    expect(rotating.reseal(rowOf(moved))).toBeNull();
    expect(rotating.reseal(rowOf(sealed, { stage: "final" }))).toBeNull();
  });

  it("opens what the key before sealed, and nothing once that is gone", () => {
    expect(createPayloadSealer(keys(key(2), key(1))).open(rowOf(sealed))).toBe(text);
    expect(createPayloadSealer(keys(key(2), null)).open(rowOf(sealed))).toBeNull();
    expect(createPayloadSealer(new Map()).open(rowOf(sealed))).toBeNull();
  });
});
