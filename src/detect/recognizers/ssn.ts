/**
 * Social Security number, Social Security Administration: area, group, serial (3-2-4); no area 000, 666 or 9xx, no group 00,
 * no serial 0000 (ssa.gov/employer/randomization.html). A named number is masked even when it breaks those rules.
 */
import { ssn as valid } from "../checks.ts";
import type { Recognizer } from "../recognizer.ts";

export const ssn: Recognizer = {
  name: "ssn",
  kind: "SSN",
  cues: [
    "ssn",
    "s s n",
    "social",
    "social security",
    "social security number",
    "social security card",
    "social card",
    "soc sec",
    "last four of my social",
    "last four of the social",
    "last four of your social",
    "last 4 of my social",
    "last 4 ssn",
    "ssn last 4",
    "ssn last four",
    "socials",
    "itin",
    "taxpayer id",
    "tax id",
  ],
  codes: [
    { name: "grouped", grouped: true, pattern: /^\d{3}[- ]\d{2}[- ]\d{4}$/, alone: 0.85, cued: 0.98, valid },
    { name: "nine", pattern: /^\d{9}$/, alone: 0, cued: 0.95 },
    { name: "part", pattern: /^\d{3,10}$/, alone: 0, cued: 0.85 },
  ],
  fakes: new Set(["123456789", "078051120", "219099999"]),
  hits: [
    "SSN «529-48-1173»",
    "my social is «five two nine, forty eight, eleven seventy three»",
    "the last four of my social are «1173»",
  ],
  misses: ["Social work saw him for 45 minutes", "she is very social at 82"],
};
