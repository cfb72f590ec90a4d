import { describe, expect, it } from "vitest";
import { isId, newId } from "../src/id.ts";

describe("ids", () => {
  it("makes ids that are told apart by their prefix", () => {
    const id = newId("agent");
    expect(isId("agent", id)).toBe(true);
    expect(isId("session", id)).toBe(false);
    expect(isId("agent", `${id}0`)).toBe(false);
    expect(isId("agent", "agt_")).toBe(false);
  });

  it("does not make neighbouring ids within a millisecond", () => {
    const tails = new Set(Array.from({ length: 50 }, () => newId("agent", 1_700_000_000_000).slice(14, 26)));
    expect(tails.size).toBe(50);
  });
});
