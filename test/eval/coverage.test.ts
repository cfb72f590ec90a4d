import { describe, expect, it } from "vitest";
import { coverageRowOf, emptyTallies, tally, wilson } from "./coverage.ts";
import { tallyMedia } from "./media-cases.ts";

describe("coverage", () => {
  it("has the interval that the textbooks give", () => {
    // Newcombe 1998, table I: 81 of 263 and 15 of 148, score method without continuity correction.
    expect(wilson(81, 263).low).toBeCloseTo(0.2553, 4);
    expect(wilson(81, 263).high).toBeCloseTo(0.3662, 4);
    expect(wilson(15, 148).low).toBeCloseTo(0.0624, 4);
    expect(wilson(15, 148).high).toBeCloseTo(0.1605, 4);
  });

  it.each([
    [100, 100, "full"],
    [19, 19, "in_progress"],
    [20, 20, "partial"],
    [95, 100, "partial"],
    [200, 206, "full"],
    [70, 100, "partial"],
    [69, 100, "in_progress"],
    [0, 0, "in_progress"],
  ])("%d of %d is %s", (covered, cases, status) => {
    expect(coverageRowOf({ covered, cases }).status).toBe(status);
  });

  it("counts a span only when every letter and digit of it is covered, in its own message", () => {
    const tallies = emptyTallies();
    const gold = [
      { id: "a", text: "call (702) 555", spans: [{ start: 5, end: 14, kind: "PHONE" as const }] },
      {
        id: "b",
        messages: [
          { role: "user", content: "12" },
          { role: "user", content: "12" },
        ],
        spans: [{ message: 1, start: 0, end: 2, kind: "MRN" as const }],
      },
    ];
    const predicted = new Map([
      [
        "a",
        [
          { start: 6, end: 9, kind: "PHONE" as const },
          { start: 11, end: 14, kind: "AGE" as const },
        ],
      ],
      ["b", [{ message: 0, start: 0, end: 2, kind: "MRN" as const }]],
    ]);
    tally(tallies, gold, predicted);
    expect(tallies.D_phone).toEqual({ cases: 1, covered: 1 });
    expect(tallies.H_mrn).toEqual({ cases: 1, covered: 0 });
  });

  it("counts media parts that leave", () => {
    const { cases, covered } = tallyMedia();
    expect(cases).toBe(50);
    expect(covered).toBe(cases);
  });
});
