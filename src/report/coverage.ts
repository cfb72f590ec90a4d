import { z } from "zod";
import measured from "./coverage.json";
import { coverageRow, SAFE_HARBOR, type SafeHarborField } from "./report-schema.ts";

const coverageFile = z.strictObject({
  /** Commit whose executable was measured. */
  commit: z.string(),
  /** What counts as covered, and on which sets. */
  definition: z.string(),
  categories: z.strictObject(
    Object.fromEntries(Object.keys(SAFE_HARBOR).map((field) => [field, coverageRow])) as Record<
      SafeHarborField,
      typeof coverageRow
    >,
  ),
});

export type Coverage = z.infer<typeof coverageFile>;

/** The coverage matrix that `npm run eval` wrote for this release; never typed by hand. */
export const COVERAGE: Coverage = coverageFile.parse(measured);
