import type { Span } from "../../src/detect/detector.ts";
import { merge } from "../../src/detect/merge.ts";
import { passOne } from "../../src/detect/pass-one.ts";
import type { Context } from "../../src/detect/recognizer.ts";

/** Spans of Pass 1 alone, without thresholds. */
export function spansOf(text: string, context: Context): Span[] {
  return merge(passOne(text, context).hits);
}
