import { describe, expect, it } from "vitest";
import type { Span } from "../../src/detect/detector.ts";
import { withForeignTokens } from "../../src/proxy/foreign-token.ts";

const token = "MSKV1.PHONE.K_HEALTHCARE.MFRGGZDFMZTWQ2LKNNWG23TPOA";

function found(text: string, spans: readonly Span[] = []): string[] {
  return withForeignTokens(text, spans).map((span) => `${span.kind}:${text.slice(span.start, span.end)}`);
}

describe("withForeignTokens", () => {
  it.each([
    [`say ${token} now`, [`PHONE:${token}`]],
    [token.toLowerCase(), [`PHONE:${token.toLowerCase()}`]],
    [token.replaceAll(".", " . "), [`PHONE:${token.replaceAll(".", " . ")}`]],
    [token.replaceAll("_", "\\_"), [`PHONE:${token.replaceAll("_", "\\_")}`]],
    [token.replaceAll(".", " "), [`PHONE:${token.replaceAll(".", " ")}`]],
    ["`MSK1.HEALTH_PLAN_ID.K_A.AAAABBBBCCCCDDDD`", ["HEALTH_PLAN_ID:MSK1.HEALTH_PLAN_ID.K_A.AAAABBBBCCCCDDDD"]],
    ["MSKV1.HAIRCUT.K_A.AAAABBBB", ["OTHER_ID:MSKV1.HAIRCUT.K_A.AAAABBBB"]],
    [`${token}${token}`, [`PHONE:${token}`, `PHONE:${token}`]],
    ["MSKV1.PHONE", ["PHONE:MSKV1.PHONE"]],
    ["the scheme MSKV1 is not a token", []],
    ["nothing here", []],
  ])("%j", (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  it("covers what detection found besides, and keeps the token's kind where they overlap", () => {
    const span = (start: number, end: number, kind: Span["kind"]): Span => ({
      start,
      end,
      kind,
      confidence: 0.9,
      pass: "ner",
    });
    const text = `Ada says ${token} 5`;
    const spans = [span(0, 3, "NAME"), span(4, 14, "OTHER_ID"), span(text.length - 4, text.length, "DATE")];
    expect(found(text, spans)).toEqual(["NAME:Ada", `PHONE:says ${token} 5`]);
  });

  // Work that is not linear in the text would run into the test's own limit.
  it.each([
    ["MSKV1.PHONE.".repeat(80_000), 80_000],
    [`MSKV1.PHONE.K_A.${"A".repeat(1_000_000)}`, 1],
    [`MSKV1.PHONE${"\\".repeat(1_000_000)}`, 1],
    [`MSKV1${" ".repeat(50)}`.repeat(18_000), 0],
    ["MSKV1 HEALTH PLAN ".repeat(55_000), 0],
  ])("reads a megabyte that is made to hurt", (text, count) => {
    expect(withForeignTokens(text, [])).toHaveLength(count);
  });
});
