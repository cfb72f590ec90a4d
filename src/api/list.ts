import { z } from "zod";
import { MaskerError } from "../errors.ts";
import { parseSince } from "./since.ts";

/** Query fields of every list (rest-api, Pagination). */
export const pageInput = {
  limit: z.int().min(1).max(100).default(25),
  cursor: z.string().optional(),
};

export function listOf<Row extends z.ZodType>(row: Row) {
  return z.object({ data: z.array(row), next_cursor: z.string().nullable() });
}

/** A time on the wire: ISO 8601 UTC with milliseconds. */
export const timeSchema = z.string().meta({ format: "date-time" });

/** @throws MaskerError validation_failed */
export function readSince(text: string, nowMs: number, path = "since"): number {
  const since = parseSince(text, nowMs);
  if (since === null) {
    throw new MaskerError("validation_failed", {
      details: [{ path, message: "must be a duration such as 24h or 7d, or an ISO 8601 UTC timestamp" }],
    });
  }
  return since;
}

/** The instant of a `since`: what it meant on the first page as long as a client pages. */
export const sinceInput = z.string().default("24h");
